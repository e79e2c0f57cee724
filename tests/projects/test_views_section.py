"""The pages of a plan: who may see them, what they say, and that they cost the same however many rows there are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from projects import access, actions
from projects.actions import create_project
from projects.models import TimelineItem
from projects.rules.roles import Role
from projects.tables import TABLES
from readiness.actions import recompute
from tenants.models import LedgerEntry
from tests.conftest import make_person
from tests.projects.exports import applied, intune
from tests.projects.test_rules_estate import EXAMPLE

SECTIONS = ["environment", "licences", "access", "connectivity", "adoption", "timeline"]


def section(project, name):
    return reverse("projects:section", args=[project.slug, name])


def count(project, lead, system, number, **more):
    from projects import catalog

    return actions.add_row(
        project=project,
        table=TABLES["environment", "devices"],
        values={"system": system, "kind": catalog.system(system).kind, "count": number, **more},
        by=lead,
    )


@pytest.fixture
def page(client, lead, project):
    """The text of a page as the lead sees it."""
    client.force_login(lead)

    def get(url, status=200):
        answer = client.get(url)
        assert answer.status_code == status
        return answer.content.decode()

    return get


def test_the_plan_starts_with_its_first_section(client, lead, project):
    client.force_login(lead)
    assert client.get(reverse("projects:plan", args=[project.slug])).url == section(project, "environment")


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_has_a_page_with_every_row_of_the_template(page, project, name):
    text = page(section(project, name))
    for (where, table), known in TABLES.items():
        if where == name:
            for row in known.model._default_manager.filter(project=project):
                assert f'id="row-{row.key}"' in text, (table, row.key)


def test_a_new_deployment_has_no_checklist_of_a_migration(page, project):
    page(section(project, "migration"), status=404)
    page(section(project, "nonsense"), status=404)


def test_a_migration_has_its_checklist_by_step(client, tenant, lead):
    project = create_project(tenant=tenant, lead=lead, by=lead, name="Move", kind="migration", plan="P1")
    client.force_login(lead)
    text = client.get(section(project, "migration")).content.decode()
    assert "Step 1: get and deploy updates" in text
    assert "https://support.apple.com/HT201541" in text


def test_a_viewer_reads_and_is_offered_nothing_to_change(client, project, viewer):
    client.force_login(viewer)
    for name in SECTIONS:
        text = client.get(section(project, name)).content.decode()
        assert "/edit/" not in text
        assert "/new/" not in text
        assert "hx-post" not in text


def test_who_holds_nothing_gets_404_and_who_lacks_the_right_403(client, project, tenant, viewer, admin, other_tenant):
    outsiders = [make_person(tenant, "Sofia Lind"), make_person(other_tenant, "Jon Park")]
    for outsider in outsiders:
        client.force_login(outsider)
        assert client.get(section(project, "environment")).status_code == 404
    new = reverse("projects:row_new", args=[project.slug, "environment", "devices"])
    client.force_login(viewer)
    assert client.get(new).status_code == 403
    client.force_login(admin)
    assert client.get(section(project, "environment")).status_code == 403


def test_nobody_is_sent_to_sign_in_first(client, project):
    assert "login" in client.get(section(project, "environment")).url


def test_the_environment_adds_up(page, project, lead):
    for system, number in EXAMPLE.items():
        count(project, lead, system, number, source="Intune" if number > 500 else "by hand")
    text = page(section(project, "environment"))
    for number in ("5,398", "2,795", "337", "109", "8,639"):
        assert f">{number}<" in text
    assert "8,619 can be onboarded, 20 cannot" in text
    assert "355 as they are, 86 need an extra step, 5 cannot be onboarded" in text
    assert ">8,193 endpoints<" in text
    assert ">446 servers<" in text


def test_a_question_that_does_not_apply_hides_the_empty_table_it_stands_for(page, project, lead):
    assert "Which SIEM is in use" in page(section(project, "environment"))
    actions.set_aside(
        project=project,
        table=TABLES["environment", "topics"],
        key="topic-siem",
        because="We have no SIEM.",
        by=lead,
    )
    text = page(section(project, "environment"))
    assert "Which SIEM is in use" not in text
    assert "Does not apply: We have no SIEM." in text


def test_the_two_pools_are_never_added(page, project, lead):
    for system, number in EXAMPLE.items():
        count(project, lead, system, number)
    for product, number in (("microsoft-365-e5", 6050), ("mde-server", 340)):
        actions.add_row(
            project=project,
            table=TABLES["licences", "entitlements"],
            values={"product": product, "quantity": number},
            by=lead,
        )
    text = page(section(project, "licences"))
    assert "30,250 + 340 = 30,590? No. The two are never added." in text
    assert "101 short" in text
    assert "enough, 22,057 spare" in text


def test_connectivity_has_a_row_per_system_with_the_page_to_read(page, project, lead):
    count(project, lead, "windows-server-2025", 12)
    count(project, lead, "rhel-9", 12)
    text = page(section(project, "connectivity"))
    assert 'id="row-route-windows-server-2025"' in text
    assert "inferred" in text
    assert "/defender-endpoint/microsoft-defender-endpoint-linux#network-connections" in text


@pytest.mark.parametrize(("style", "words"), [("current", "Entra role"), ("seed", "Azure AD role")])
def test_the_access_page_speaks_the_names_that_the_project_chose(page, project, lead, style, words):
    actions.edit_facts(project=project, values={"terminology": style}, by=lead)
    assert words in page(section(project, "access"))


def test_an_empty_timeline_is_placed_backwards_from_its_end(client, lead, project):
    client.force_login(lead)
    assert "No dates yet." in client.get(section(project, "timeline")).content.decode()
    place = reverse("projects:place_timeline", args=[project.slug])
    end = date.today() + timedelta(days=200)
    assert client.post(place, {"ends_on": end.isoformat()}).status_code == 302
    assert TimelineItem.objects.get(project=project, title="Full ring, wave 4").due_on == end
    number = TimelineItem.objects.filter(project=project).count()
    [told] = LedgerEntry.objects.of(project).filter(body__contains='"verb":"timeline placed"')
    history = client.get(reverse("projects:history", args=[project.slug])).content.decode()
    assert f"laid down {number} dates of the timeline" in history
    assert told.sections.strip() == "timeline"
    client.post(place, {"ends_on": (end + timedelta(days=30)).isoformat()})
    assert TimelineItem.objects.filter(project=project).count() == number


@time_machine.travel("2026-11-22 12:00:00+00:00")
def test_no_date_is_placed_in_the_past(client, lead, project):
    client.force_login(lead)
    place = reverse("projects:place_timeline", args=[project.slug])
    refused = client.post(place, {"ends_on": "2027-04-20"}, follow=True).content.decode()
    assert "From today it takes until 2 May 2027." in refused
    assert not TimelineItem.objects.filter(project=project).exists()
    client.post(place, {"ends_on": "2027-05-02"})
    days = TimelineItem.objects.filter(project=project).values_list("due_on", flat=True)
    assert min(days) == date(2026, 11, 22)


def test_a_date_that_has_passed_is_late(page, project, lead):
    actions.add_row(
        project=project,
        table=TABLES["timeline", "items"],
        values={"title": "Network request answered", "due_on": date.today() - timedelta(days=2)},
        by=lead,
    )
    assert "2 days late" in page(section(project, "timeline")) or "1 day late" in page(section(project, "timeline"))


def test_an_archived_project_is_read_only_and_says_so(client, project, lead):
    actions.archive(project=project, by=lead)
    client.force_login(lead)
    text = client.get(section(project, "environment")).content.decode()
    assert "This project was archived on" in text
    assert "/edit/" not in text
    new = reverse("projects:row_new", args=[project.slug, "environment", "devices"])
    assert client.post(new, {"system": "rhel-9", "count": "1"}).status_code == 403


QUERIES = {"environment": 20, "licences": 14, "access": 19, "connectivity": 14, "adoption": 12, "timeline": 12}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_page_asks_the_same_at_one_row_and_at_three(client, lead, project, name, django_assert_num_queries):
    client.force_login(lead)
    actions.set_owner(project=project, section=name, person=lead, by=lead)
    client.get(section(project, name))
    for systems in (["rhel-9"], ["rhel-8", "windows-11"]):
        for system in systems:
            count(project, lead, system, 5)
            add_one(project, lead, name, system)
        recompute(project.pk)  # what the worker does after each change
        with django_assert_num_queries(QUERIES[name]):
            assert client.get(section(project, name)).status_code == 200


def add_one(project, lead, name, system):
    values = {
        "licences": ("entitlements", {"product": "mde-server", "quantity": 3}),
        "access": ("assignments", {"persona": "Security Analyst", "assignee": system}),
        "timeline": ("items", {"title": system, "due_on": date(2027, 1, 1)}),
    }.get(name)
    if values:
        actions.add_row(project=project, table=TABLES[name, values[0]], values=values[1], by=lead)


def test_the_print_view_has_every_section_and_nothing_to_click(client, project, lead, viewer):
    count(project, lead, "rhel-9", 22)
    client.force_login(viewer)
    text = client.get(reverse("projects:print", args=[project.slug])).content.decode()
    for title in ("Environment", "Licences", "Access", "Connectivity", "Adoption order", "Timeline"):
        assert title in text
    assert "Red Hat Enterprise Linux 9" in text
    assert "<form" not in text.split("<main")[1].split("</main")[0]


def test_the_owner_of_a_section_is_named_on_its_page(client, project, lead, tenant):
    tom = make_person(tenant, "Tomas Silva")
    access.grant(project=project, user=tom, role=Role.EDITOR, by=lead)
    client.force_login(lead)
    url = reverse("projects:owner", args=[project.slug, "environment"])
    assert client.get(url).status_code == 200
    assert client.post(url, {"person": tom.pk, "team": ""}).status_code == 302
    assert "owner Tomas Silva" in client.get(section(project, "environment")).content.decode()


def test_an_import_is_no_change_of_wording(page, project, lead):
    """Its last entry says what was read, the ones before it what is counted now."""
    applied(project, lead, intune(windows_11=3))
    assert "wording or progress only" not in page(section(project, "environment"))


def test_a_change_of_wording_days_after_says_so(page, project, lead):
    row = count(project, lead, "windows-11", 3)
    devices = TABLES["environment", "devices"]
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        actions.change_row(project=project, table=devices, key=row.key, values={"note": "as told"}, by=lead)
    assert "wording or progress only" in page(section(project, "environment"))


def test_the_print_view_names_the_sections_that_each_is_asked_about(client, project, lead):
    client.force_login(lead)
    text = client.get(reverse("projects:print", args=[project.slug])).content.decode()
    assert "Access, Connectivity, Adoption order, Environment" in text
    assert "all sections" in text
    assert "access, connectivity" not in text
