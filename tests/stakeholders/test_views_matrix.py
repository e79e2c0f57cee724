"""The matrix as a page: who is in it, changed in place, and never weakened in silence."""

from __future__ import annotations

import pytest
from django.urls import reverse

from stakeholders import actions
from stakeholders.models import MatrixSettings, Stakeholder
from tenants.models import Mail
from tests.stakeholders.conftest import signed_in
from tests.stakeholders.test_views_decide import text


@pytest.fixture
def address(project):
    return reverse("stakeholders:matrix", args=[project.slug])


@pytest.fixture
def lena(lead, project):
    return signed_in(lead)


def row_url(project, name, key, table="rows"):
    return reverse(f"stakeholders:{name}", args=[project.slug, table, key])


def fields(response, **more):
    form = response.context["opened"].form
    found = {field.html_name: field.value() for field in form}
    return {name: value for name, value in found.items() if value is not None} | more


def test_an_empty_matrix_says_who_to_start_with(lena, address):
    words = text(lena.get(address))
    assert "Who pays and decides? Start with the CISO’s mail address." in words
    assert words.count("nobody yet") >= 5
    assert "Is asked: “Do you, as sponsor, agree" in words


def test_a_person_is_put_on_a_row_in_place(lena, address, project):
    url = row_url(project, "row_edit", "role-ciso")
    response = lena.post(url, fields(lena.get(url), name="Dana Reyes", email="Dana@Contoso.Example"))
    assert response.url == f"{address}#row-role-ciso"
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    assert (row.name, row.email) == ("Dana Reyes", "dana@contoso.example")
    assert "Dana Reyes" in text(lena.get(address))


def test_the_links_of_a_row_are_those_of_every_section_and_lead_here(project):
    generic = reverse("projects:row_edit", args=[project.slug, "stakeholders", "rows", "role-ciso"])
    assert generic == row_url(project, "row_edit", "role-ciso")


def test_weakening_an_approver_wants_a_reason_at_its_field_and_keeps_what_was_typed(lena, project, ciso):
    url = row_url(project, "row_edit", "role-ciso")
    typed = fields(lena.get(url), part="R", telephone="+353 1 555 0100")
    response = lena.post(url, typed)
    assert response.status_code == 422
    assert "Say why: everybody who approves is told" in text(response)
    assert "+353 1 555 0100" in response.content.decode()
    assert lena.post(url, typed | {"why": "Dana asked for it."}).status_code == 302
    assert Mail.objects.filter(kind="sponsor_matrix_changed").exists()


def test_one_approval_instead_of_all_wants_a_reason(lena, project, ciso):
    url = row_url(project, "row_edit", "matrix-settings", "settings")
    assert lena.post(url, {"quorum": "any", "seen": "99"}).status_code == 422
    lena.post(url, {"quorum": "any", "seen": "99", "why": "Marcus is away until spring."})
    assert MatrixSettings.objects.get(project=project).quorum == "any"


def test_a_row_can_be_added_moved_set_aside_and_removed(lena, address, project):
    new = reverse("stakeholders:row_new", args=[project.slug, "rows"])
    lena.post(
        new, {"role": "Works council", "part": "R", "name": "Ida", "email": "ida@contoso.example", "scope": ["access"]}
    )
    row = Stakeholder.objects.get(role="Works council")
    assert row.scope == ["access"]
    lena.post(row_url(project, "row_move", row.key), {"way": "up"})
    keys = list(Stakeholder.objects.filter(project=project).values_list("key", flat=True))
    assert keys.index(row.key) == 4
    lena.post(row_url(project, "row_aside", row.key), {"because": "There is none."})
    assert "Does not apply: There is none." in text(lena.get(address))
    lena.post(row_url(project, "row_remove", row.key), {"why": ""})
    assert not Stakeholder.objects.filter(key=row.key).exists()


def test_an_approver_is_not_removed_without_a_reason(lena, project, ciso):
    url = row_url(project, "row_remove", "role-ciso")
    assert lena.post(url, {"why": ""}).status_code == 422
    assert lena.post(url, {"why": "Dana left."}).status_code == 302


def test_the_second_of_two_editors_is_told_what_the_first_did(lena, project, lead):
    url = row_url(project, "row_edit", "role-ciso")
    typed = fields(lena.get(url), telephone="+353 1 555 0100")
    actions.assign(project=project, key="role-ciso", email="dana@contoso.example", name="Dana Reyes", by=lead)
    response = lena.post(url, typed)
    assert response.status_code == 409
    assert "dana@contoso.example" in response.content.decode()
    assert "+353 1 555 0100" in response.content.decode()


def test_a_wrong_address_is_refused_at_its_field(lena, project):
    url = row_url(project, "row_edit", "role-ciso")
    response = lena.post(url, fields(lena.get(url), email="dana at contoso"))
    assert response.status_code == 422
    assert not Stakeholder.objects.exclude(email="").exists()


def test_a_viewer_reads_and_an_editor_does_not_edit_the_matrix(address, project, viewer, editor):
    assert "Change" not in text(signed_in(viewer).get(address))
    assert signed_in(editor).get(address).status_code == 200
    for name in ("row_edit", "row_remove", "row_aside", "row_move", "row_confirm"):
        assert signed_in(editor).post(row_url(project, name, "role-ciso")).status_code == 403


def test_who_only_decides_does_not_see_the_matrix(address, asked, ciso):
    assert signed_in(ciso).get(address).status_code == 403


@pytest.mark.parametrize("names", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_person_as_for_three(
    address, project, lead, names, django_assert_num_queries
):
    for key in ["role-ciso", "role-head-of-cdoc", "role-security-architect"][:names]:
        actions.assign(project=project, key=key, email=f"{key}@contoso.example", name=key, by=lead)
    client = signed_in(lead)
    client.get(address)
    with django_assert_num_queries(14):
        client.get(address)


@pytest.mark.parametrize("key", ["role-security-architect", "role-workplace-architect"])
def test_saving_another_field_moves_and_drops_no_section_of_a_row(lena, project, key):
    """The template's order is its own, and a deployment has no section for the migration that a row may name."""
    before = Stakeholder.objects.get(project=project, key=key).scope
    url = row_url(project, "row_edit", key)
    boxes = [name for name in before if name != "migration"]
    assert lena.post(url, fields(lena.get(url), telephone="+353 1 555 0100", scope=boxes)).status_code == 302
    row = Stakeholder.objects.get(project=project, key=key)
    assert (row.telephone, row.scope) == ("+353 1 555 0100", before)


def test_a_section_that_is_unticked_goes_and_one_that_is_ticked_comes_last(lena, project):
    url = row_url(project, "row_edit", "role-security-architect")
    lena.post(url, fields(lena.get(url), scope=["timeline", "access", "adoption"]))
    row = Stakeholder.objects.get(project=project, key="role-security-architect")
    assert row.scope == ["access", "adoption", "timeline"]
