"""The page of temporary access: where each role stands, the deeds, and what each says when it is refused."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from icalendar import Calendar

from projects import actions
from projects.models import Assignment
from projects.tables import TABLES
from tenants.models import LedgerEntry
from tests.projects.test_actions_temporary import TODAY, add, confirm, now, record
from tests.remembered import remembered

pytestmark = pytest.mark.django_db


def url(name, project, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


def words(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
@remembered
def role(project, lead):
    return add(project, lead)


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def as_editor(editor):
    from django.test import Client

    client = Client()
    client.force_login(editor)
    return client


def form(role, **more):
    values = {"on": TODAY.isoformat(), "removed_by": "Cleo Mann", "evidence": "CHG-4711", "seen": now(role).changed_seq}
    return {**values, **more}


# The list -------------------------------------------------------------------------------------------------------------
def test_every_dated_role_stands_there_with_its_state_remover_and_proof_the_worst_first(as_lead, project, lead, editor):
    gone = add(project, lead, assignee="Gone", remover="Priya Nair")
    add(project, lead, assignee="Later", starts_on=TODAY + timedelta(days=3), ends_on=TODAY + timedelta(days=9))
    add(project, lead, assignee="Soon", ends_on=TODAY + timedelta(days=6), remover="Priya Nair")
    add(project, lead, assignee="Today", ends_on=TODAY)
    add(project, lead, assignee="Late", ends_on=TODAY - timedelta(days=2))
    add(project, lead, assignee="For good", duration="permanent", ends_on=None)
    record(gone, lead)
    confirm(gone, editor)
    text = words(as_lead.get(url("temporary", project)))
    places = [text.index(f">{who}<") for who in ("Late", "Today", "Soon", "Later", "Gone")]
    assert places == sorted(places)
    for state in ("overdue 2 days", "due for removal today", "ends in 6 days", "starts on", "removed and confirmed"):
        assert state in text
    assert "confirmed by Priya Nair" in text
    assert "5 roles that end, 4 still open" in text
    assert "For good" not in text
    assert "nobody named" in text


def test_partner_access_that_ends_stands_there_too(as_lead, project, lead):
    partners = TABLES["access", "partners"]
    for values in (
        {"partner": "Northwind", "ends_on": TODAY + timedelta(days=5)},
        {"partner": "Tailspin", "ends_on": TODAY + timedelta(days=5), "is_extended": True},
        {"partner": "Endless"},
    ):
        actions.add_row(project=project, table=partners, values=values, by=lead)
    text = words(as_lead.get(url("temporary", project)))
    assert "ends by itself in 5 days" in text
    assert "extends automatically" in text
    assert "Endless" not in text


def test_without_a_dated_role_the_page_says_what_to_do(as_lead, project):
    text = words(as_lead.get(url("temporary", project)))
    assert "No role in this plan ends." in text
    assert "Give a role its end date" in text


def test_a_role_that_is_longer_than_the_tenant_allows_says_until_when(as_lead, project, lead, tenant):
    add(project, lead, ends_on=TODAY + timedelta(days=100))
    assert "allowed until" not in words(as_lead.get(url("temporary", project)))
    actions.set_access_policy(tenant=tenant, values={"longest_days": 30}, by=None)
    text = words(as_lead.get(url("temporary", project)))
    assert "allowed until" in text
    assert "held for 30 days at most" in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_questions_with_one_role_and_with_three(
    as_lead, project, lead, count, django_assert_num_queries
):
    for number in range(count):
        record(add(project, lead, assignee=f"Person {number}"), lead)
    as_lead.get(url("temporary", project))
    with django_assert_num_queries(TEMPORARY):
        assert as_lead.get(url("temporary", project)).status_code == 200


# session, person, project with its policy, administered, permissions; assignments, recorders, partners, settings
TEMPORARY = 8


# Recording ------------------------------------------------------------------------------------------------------------
def test_a_removal_is_recorded_with_the_fingerprint_of_a_file_that_is_not_kept(as_lead, project, role, settings):
    file = SimpleUploadedFile("audit.csv", b"removed")
    answer = as_lead.post(url("record_removal", project, role.key), form(role, evidence="", file=file))
    assert answer.url == url("temporary", project)
    found = now(role)
    assert (found.removed_on, found.evidence) == (TODAY, "audit.csv")
    assert found.evidence_hash == hashlib.sha256(b"removed").hexdigest()
    assert not settings.MEDIA_ROOT.exists() or not list(settings.MEDIA_ROOT.rglob("*.*"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"on": (TODAY + timedelta(days=1)).isoformat()}, "This day is still to come."),
        ({"on": "yesterday"}, "A day is written as year-month-day"),
        ({"on": ""}, "Say on which day."),
        ({"removed_by": ""}, "Say who removed it."),
        ({"evidence": ""}, "Give a reference, for example a ticket, or choose a file."),
        ({"evidence": "x\x00y"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_what_was_typed_is_kept(as_lead, project, role, wrong, says):
    answer = as_lead.post(url("record_removal", project, role.key), form(role, removed_by="Ärne “X”") | wrong)
    assert answer.status_code == 422
    text = words(answer)
    assert says in text
    if "removed_by" not in wrong:
        assert 'value="Ärne “X”"' in text
    assert now(role).removed_on is None


def test_an_empty_file_proves_nothing(as_lead, project, role):
    data = form(role, evidence="", file=SimpleUploadedFile("proof.png", b""))
    answer = as_lead.post(url("record_removal", project, role.key), data)
    assert answer.status_code == 422
    assert "This file is empty: it proves nothing." in words(answer)


def test_who_changed_the_row_meanwhile_is_said_and_nothing_is_recorded(as_lead, project, role, editor):
    data = form(role)
    table = TABLES["access", "assignments"]
    actions.change_row(project=project, table=table, key=role.key, values={"remover": "Cleo"}, by=editor)
    answer = as_lead.post(url("record_removal", project, role.key), data)
    assert answer.status_code == 409
    assert "Priya Nair changed it in the meantime (Removed by whom when it ends)." in words(answer)
    assert 'value="CHG-4711"' in words(answer)
    assert now(role).removed_on is None
    assert as_lead.post(url("record_removal", project, role.key), form(role)).status_code == 302


def test_a_second_record_is_refused_in_words(as_lead, project, role, editor):
    record(role, editor)
    answer = as_lead.post(url("record_removal", project, role.key), form(role))
    assert answer.status_code == 409
    assert "Somebody else did that" in words(answer)


def test_the_form_of_the_row_asks_nothing_of_a_removal_and_takes_nothing(as_lead, project, role):
    edit = reverse("projects:row_edit", args=[project.slug, "access", "assignments", role.key])
    text = words(as_lead.get(edit))
    assert "confirmed_by" not in text
    assert "removed_on" not in text
    data = {"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": "Ravi Menon",
            "assignee_kind": "person", "held": "active", "duration": "temporary", "people": 0,
            "ends_on": (TODAY - timedelta(days=1)).isoformat(), "seen": now(role).changed_seq}  # fmt: skip
    forged = {"removed_on": TODAY, "removed_by": "x", "confirmed_on": TODAY, "confirmed_by": "Priya Nair"}
    as_lead.post(edit, data | forged)
    found = now(role)
    assert (found.removed_on, found.removed_by, found.confirmed_on, found.confirmed_by) == (None, "", None, "")


# Confirming -----------------------------------------------------------------------------------------------------------
def confirm_form(role):
    return {"seen": now(role).changed_seq}


def test_a_second_person_confirms_and_whoever_recorded_is_told_why_not(as_lead, as_editor, project, role, lead):
    record(role, lead)
    mine = words(as_lead.get(url("removal", project, role.key)))
    assert "You recorded the removal yourself." in mine
    assert "Confirm that it is gone" not in mine
    assert "Confirm that it is gone" in words(as_editor.get(url("removal", project, role.key)))
    answer = as_editor.post(url("confirm_removal", project, role.key), confirm_form(role))
    assert answer.url == url("temporary", project)
    assert now(role).confirmed_by == "Priya Nair"


def test_a_forged_confirmation_of_whoever_recorded_it_is_refused_in_words(as_lead, project, role, lead):
    record(role, lead)
    answer = as_lead.post(url("confirm_removal", project, role.key), confirm_form(role))
    assert answer.status_code == 403
    assert "You recorded the removal yourself. Somebody else who may change the plan confirms it." in words(answer)
    assert now(role).confirmed_on is None
    assert not LedgerEntry.objects.of(project).filter(verb="removal confirmed").exists()


def test_whoever_held_the_role_is_refused_in_words(as_editor, project, lead):
    role = add(project, lead, assignee="Priya Nair (Contoso)")
    record(role, lead)
    answer = as_editor.post(url("confirm_removal", project, role.key), confirm_form(role))
    assert answer.status_code == 403
    assert "You held this role yourself." in words(answer)


@pytest.mark.parametrize("seen", ["", "0", "-1", "x", "9" * 40, "²"])
def test_a_confirmation_that_does_not_say_what_was_seen_confirms_nothing(as_editor, project, role, lead, seen):
    record(role, lead)
    answer = as_editor.post(url("confirm_removal", project, role.key), {"seen": seen})
    assert answer.status_code == 409
    assert now(role).confirmed_on is None


# Taking back ----------------------------------------------------------------------------------------------------------
def test_a_wrong_record_is_taken_back_with_a_reason(as_lead, project, role, lead):
    record(role, lead)
    page = url("take_back_removal", project, role.key)
    empty = as_lead.post(page, {"seen": now(role).changed_seq, "why": ""})
    assert empty.status_code == 422
    assert "Say what was wrong: it stays in the history." in words(empty)
    assert as_lead.post(page, {"seen": now(role).changed_seq, "why": "The wrong person."}).status_code == 302
    assert now(role).removed_on is None
    assert as_lead.post(page, {"seen": now(role).changed_seq, "why": "Again."}).status_code == 409


# Who sees what --------------------------------------------------------------------------------------------------------
def test_a_viewer_reads_and_is_offered_nothing(client, viewer, project, role, lead):
    client.force_login(viewer)
    for page in (url("temporary", project), url("removal", project, role.key)):
        text = words(client.get(page))
        assert "overdue 1 day" in text
        assert "Record the removal" not in text
    record(role, lead)
    assert "Confirm that it is gone" not in words(client.get(url("removal", project, role.key)))


@pytest.mark.parametrize("name", ["removal", "removal_calendar"])
def test_a_role_without_an_end_has_no_page(as_lead, project, lead, name):
    role = add(project, lead, duration="permanent", ends_on=None)
    assert as_lead.get(url(name, project, role.key)).status_code == 404
    assert as_lead.get(url(name, project, "nothing")).status_code == 404
    answer = as_lead.post(url("record_removal", project, role.key), form(role))
    assert answer.status_code == 404


def test_the_deeds_are_not_there_by_get(as_lead, project, role):
    for name in ("record_removal", "confirm_removal", "take_back_removal"):
        assert as_lead.get(url(name, project, role.key)).url == url("removal", project, role.key)


def test_a_hostile_name_is_text(as_lead, project, lead):
    role = add(project, lead, assignee="<script>alert(1)</script>", remover='"><img src=x>')
    for page in (url("temporary", project), url("removal", project, role.key)):
        text = words(as_lead.get(page))
        assert "<script>alert" not in text
        assert "<img src" not in text


# Calendar -------------------------------------------------------------------------------------------------------------
def test_a_calendar_of_one_role_and_of_all(as_lead, project, role, lead):
    other = add(project, lead, assignee="Ana Ruiz")
    one = as_lead.get(url("removal_calendar", project, role.key))
    assert one["Content-Type"] == "text/calendar; charset=utf-8"
    assert f'filename="{project.slug}-{role.key}.ics"' in one["Content-Disposition"]
    assert len(Calendar.from_ical(one.content).walk("VEVENT")) == 1
    everything = Calendar.from_ical(as_lead.get(url("temporary_calendar", project)).content).walk("VEVENT")
    found = {str(event["uid"]) for event in everything}
    assert found == {f"temporary-{project.pk}-{key}@testserver" for key in (role.key, other.key)}
    assert all(event["dtstart"].params["VALUE"] == "DATE" for event in everything)
    places = {f"http://testserver{url('removal', project, key)}" for key in (role.key, other.key)}
    assert {str(event["url"]) for event in everything} == places


def test_an_empty_calendar_is_a_calendar(as_lead, project):
    assert Calendar.from_ical(as_lead.get(url("temporary_calendar", project)).content).walk("VEVENT") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_asks_the_same_number_of_questions_with_one_role_and_with_three(
    as_lead, project, lead, count, django_assert_num_queries
):
    for number in range(count):
        add(project, lead, assignee=f"Person {number}")
    as_lead.get(url("temporary_calendar", project))
    with django_assert_num_queries(5):
        as_lead.get(url("temporary_calendar", project))
    assert Assignment.objects.filter(project=project, duration="temporary").count() == count


def test_the_section_leads_to_both_pages(as_lead, project):
    text = words(as_lead.get(reverse("projects:section", args=[project.slug, "access"])))
    assert url("temporary", project) in text
    assert url("switch", project) in text
