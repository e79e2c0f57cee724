"""Who has decided and who has not; the strip above a section; and what an edit would do, before it is saved."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.urls import reverse

from projects.models import Project
from stakeholders.models import Decision, Request, Stakeholder
from tenants import emails
from tenants.models import Mail
from tests.remembered import remembered
from tests.stakeholders.conftest import answer, ask, change, request_of, signed_in
from tests.stakeholders.test_views_decide import text


@pytest.fixture
def address(project):
    return reverse("stakeholders:approvals", args=[project.slug])


@pytest.fixture
@remembered
def signed(asked, ciso, head_of_cdoc):
    """Dana and Marcus approved Environment (100 servers) and Licences."""
    for person in (ciso, head_of_cdoc):
        answer(request_of(asked, person), person)


def test_nobody_was_asked_yet_and_what_to_do_is_said(project, lead, address):
    words = text(signed_in(lead).get(address))
    assert "Nobody has been asked yet." in words
    assert "Name the stakeholders" in words


def test_on_a_phone_it_is_said_who_has_a_section_not_in_scope(asked, project, lead, address):
    Stakeholder.objects.filter(project=project, key="role-head-of-cdoc").update(scope=["access"])
    page = signed_in(lead).get(address).content.decode()
    assert '<td data-label="Marcus Webb" class="is-calm">not in scope</td>' in page


def test_who_is_waited_for_and_what_became_of_the_mail(asked, lead, ciso, address):
    client = signed_in(lead)
    assert "The mail is waiting to be sent." in text(client.get(address))
    for mail in Mail.objects.filter(kind="decision_request"):
        emails.send(mail.pk)
    words = text(client.get(address))
    assert re.search(r"Dana Reyes .* approves Waiting since .* Mail sent .*, not opened\.", words)
    signed_in(ciso).post(reverse("stakeholders:opened", args=[asked.project.slug, 1]),
                         {"code": request_of(asked, ciso).code})  # fmt: skip
    assert "Opened " in text(client.get(address))


def test_a_decision_changes_that_were_asked_for_and_input_are_shown_with_their_words(
    asked, lead, ciso, head_of_cdoc, architect, address
):
    answer(request_of(asked, ciso), ciso)
    answer(request_of(asked, head_of_cdoc), head_of_cdoc, "changes", comment="Tier 1 cannot work like that.")
    answer(request_of(asked, architect), architect, "input", comment="Within 2 %.")
    words = text(signed_in(lead).get(address))
    assert "Approved Environment and Licences" in words
    assert "Changes requested Environment and Licences" in words
    assert "“Tier 1 cannot work like that.”" in words
    assert "“Within 2 %.”" in words


def test_changes_that_were_asked_for_and_asked_about_again_have_no_later_answer(
    asked, project, lead, head_of_cdoc, address
):
    answer(request_of(asked, head_of_cdoc), head_of_cdoc, "changes", comment="Tier 1 cannot work like that.")
    again = ask(project, lead)
    words = text(signed_in(lead).get(address))
    assert "Changes requested Environment and Licences. Asked again, and not answered yet." in words
    answer(request_of(again, head_of_cdoc), head_of_cdoc)
    words = text(signed_in(lead).get(address))
    assert "Changes requested Environment and Licences. A later answer took its place." in words


def test_that_counts_may_drift_is_said_only_of_what_has_counts(asked, project, lead, ciso):
    answer(request_of(asked, ciso), ciso, answers={"licences": "approve"})
    assert not Decision.objects.latest("pk").may_drift
    answer(request_of(asked, ciso), ciso, answers={"environment": "approve"})
    assert Decision.objects.latest("pk").may_drift
    client = signed_in(lead)
    for section, is_said in (("licences", False), ("environment", True)):
        page = text(client.get(reverse("stakeholders:difference", args=[project.slug, section, "role-ciso"])))
        assert ("may drift" in page) is is_said


def test_an_edit_shows_since_when_a_signature_is_out_of_date_and_the_difference(
    signed, project, lead, editor, servers, address
):
    change(project, servers, editor, count=200, why="A second data centre.")
    client = signed_in(lead)
    words = text(client.get(address))
    assert words.count("Out of date Environment. Out of date since ") == 2
    assert "Approved Licences" in words
    response = client.get(reverse("stakeholders:difference", args=[project.slug, "environment", "role-ciso"]))
    words = text(response)
    assert "Windows Server 2019 100 200" in words
    assert "“A second data centre.”" in words
    assert "Out of date" in words


@pytest.mark.parametrize(
    ("section", "key"), [("access", "role-ciso"), ("nothing", "role-ciso"), ("environment", "nobody")]
)
def test_a_difference_that_is_not_there_is_404(signed, project, lead, section, key):
    assert signed_in(lead).get(reverse("stakeholders:difference", args=[project.slug, section, key])).status_code == 404


def test_a_reminder_goes_out_once_a_day(asked, lead, ciso, address):
    client = signed_in(lead)
    url = reverse("stakeholders:remind", args=[asked.project.slug, request_of(asked, ciso).code])
    assert "gets a reminder by mail" in text(client.post(url, follow=True))
    assert "gets no reminder now" in text(client.post(url, follow=True))
    assert Mail.objects.filter(kind="reminder").count() == 1
    assert client.get(url).status_code == 405


def test_a_request_is_withdrawn_with_a_reason(asked, lead, address):
    client = signed_in(lead)
    url = reverse("stakeholders:withdraw", args=[asked.project.slug, 1])
    response = client.post(url, {"because": " "})
    assert response.status_code == 422
    assert "Say why: the people who were asked will read it." in text(response)
    client.post(url, {"because": "Counts are wrong."})
    assert "“Counts are wrong.”" in text(client.get(address))
    assert not Request.objects.open().exists()


def test_who_may_only_read_has_no_deeds(asked, viewer, ciso, address):
    client = signed_in(viewer)
    page = client.get(address).content.decode()
    assert "Withdraw" not in page
    assert "Remind" not in page
    code = request_of(asked, ciso).code
    assert client.post(reverse("stakeholders:remind", args=[asked.project.slug, code])).status_code == 403
    assert client.post(reverse("stakeholders:withdraw", args=[asked.project.slug, 1])).status_code == 403
    assert signed_in(ciso).get(address).status_code == 403


def test_a_request_of_another_project_is_not_reminded(asked, lead, tenant, ciso):
    from stakeholders.actions import start_project

    other = start_project(tenant=tenant, lead=lead, by=lead, name="Other", kind="deployment")
    code = request_of(asked, ciso).code
    assert signed_in(lead).post(reverse("stakeholders:remind", args=[other.slug, code])).status_code == 404


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_page_asks_the_database_as_often_for_one_request_as_for_three(
    asked, project, lead, ciso, address, rounds, django_assert_num_queries
):
    for section in ["access", "adoption"][: rounds - 1]:
        answer(request_of(ask(project, lead, sections=(section,)), ciso), ciso)
    client = signed_in(lead)
    client.get(address)
    with django_assert_num_queries(36):
        client.get(address)


# The strip above a section --------------------------------------------------------------------------------------------
def strip(project, section="environment", can=("submit_project",)):
    fresh = Project.objects.select_related("tenant").get(pk=project.pk)
    made = Template("{% load signoff %}{% signatures project section %}").render(
        Context({"project": fresh, "section": section, "can": set(can)})
    )
    return " ".join(re.sub(r"<[^>]+>", " ", made).replace("\xa0", " ").split())


def test_the_strip_says_where_each_signature_stands(project, asked, ciso):
    assert "Dana Reyes" in strip(project)
    assert "Waiting since" in strip(project)
    answer(request_of(asked, ciso), ciso)
    assert re.search(r"Dana Reyes .*, approves \(SO\) Approved Approved", strip(project))


def test_the_strip_says_that_nobody_approves(project):
    assert "Has not been asked about this section." in strip(project)


def test_the_strip_leads_to_the_difference(signed, project, editor, servers):
    change(project, servers, editor, count=200)
    words = strip(project)
    assert words.count("Out of date since") == 2
    assert "See the difference" in words


def test_the_strip_costs_five_queries_while_signatures_stand(signed, project, django_assert_num_queries):
    fresh = Project.objects.select_related("tenant").get(pk=project.pk)
    template = Template("{% load signoff %}{% signatures project 'environment' %}")
    with django_assert_num_queries(5):
        template.render(Context({"project": fresh, "can": set()}))


# What an edit would do ------------------------------------------------------------------------------------------------
def effect(client, project, key, section="environment", table="devices", **values):
    url = reverse("stakeholders:effect", args=[project.slug, section, table, key])
    response = client.get(url, values)
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


def test_before_saving_it_is_said_what_ends_and_what_stays(signed, project, lead, servers):
    client = signed_in(lead)
    ends = "100 → 190 is +90.0 %, more than the 5 % that was approved. Both signatures on Environment end."
    assert effect(client, project, servers.key, count=190) == ends
    assert effect(client, project, servers.key, count="103") == "100 → 103 is +3.0 %: within what was approved."
    assert effect(client, project, servers.key, count=100) == ""
    assert effect(client, project, servers.key, count="many") == ""
    assert effect(client, project, servers.key, note="x") == "Wording or progress: no signature is touched."


def test_a_new_row_ends_signatures_and_it_is_said(signed, project, lead):
    said = effect(signed_in(lead), project, "new", system="rhel-8", kind="server", count=1)
    assert said == "It is part of what was signed. Both signatures on Environment end."


def test_taking_an_edit_back_brings_signatures_back_and_it_is_said(signed, project, lead, editor, servers):
    change(project, servers, editor, count=200)
    assert effect(signed_in(lead), project, servers.key, count=100) == "Both signatures cover Environment again."


def test_asking_what_an_edit_would_do_writes_nothing(signed, project, lead, servers):
    effect(signed_in(lead), project, servers.key, count=190)
    servers.refresh_from_db()
    assert servers.count == 100


def test_the_effect_is_for_those_who_edit(signed, project, viewer, servers):
    url = reverse("stakeholders:effect", args=[project.slug, "environment", "devices", servers.key])
    assert signed_in(viewer).get(url, {"count": 1}).status_code == 403


@pytest.mark.parametrize(("section", "table", "key"), [("environment", "nothing", "x"), ("nothing", "x", "x"),
                                                       ("environment", "devices", "gone")])  # fmt: skip
def test_the_effect_on_what_is_not_there_is_404(project, lead, section, table, key):
    url = reverse("stakeholders:effect", args=[project.slug, section, table, key])
    assert signed_in(lead).get(url).status_code == 404


def test_the_tag_repeats_the_arithmetic_only_where_another_count_was_signed(signed, project, editor, servers):
    template = Template("{% load signoff %}{% signature_effect project 'environment' 'devices' key count=190 %}")
    context = Context({"project": Project.objects.select_related("tenant").get(pk=project.pk), "key": servers.key})
    assert ">More than the 5 % that was approved." in template.render(context)
    change(project, servers, editor, count=102)
    context["project"].refresh_from_db()
    assert "100 → 190 is +90.0 %" in template.render(context)


def test_the_matrix_says_it_too(asked, project, lead, ciso):
    round_ = ask(project, lead, sections=("stakeholders",))
    answer(request_of(round_, ciso), ciso)
    said = effect(signed_in(lead), project, "role-ciso", section="stakeholders", table="rows", part="R")
    assert "The signature of Dana Reyes on Stakeholders ends." in said
