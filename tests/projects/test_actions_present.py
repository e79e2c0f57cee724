"""Keeping a list of what is there, and taking over into the plan what it lacks."""

from __future__ import annotations

import json
from datetime import date

import pytest

from projects import actions, plan
from projects.document.present import Held
from projects.importers.present import Present
from projects.models import Assignment, PresentAccess
from projects.rules.story import sentence
from tenants.models import LedgerEntry

RAVI = Held("global-administrator", "Ravi Menon", "ravi@northwind.example", "person", "active", date(2100, 1, 1))
SOC = Held("security-reader", "SOC-Tier1", "", "group", "eligible")


def listed(*rows: Held, file_hash: str = "f1", **values) -> Present:
    told = {"format": "pim_portal", "read": 3, "left_out": {"inherited": 1}, "problems": (), "wrong": 1}
    return Present(**{**told, "rows": rows, "file_hash": file_hash, **values})


def last(project) -> LedgerEntry:
    return LedgerEntry.objects.of(project).order_by("-seq").first()


def test_a_list_is_kept_and_the_history_tells_of_nobody_in_it(project, lead):
    actions.keep_present_access(project=project, read=listed(RAVI, SOC), by=lead)
    kept = PresentAccess.objects.get(project=project)
    assert [Held.from_row(each) for each in kept.rows] == [RAVI, SOC]
    assert (kept.read_by, kept.format, kept.file_hash) == (lead.name, "pim_portal", "f1")
    entry = last(project)
    assert entry.verb == "present access read"
    assert not entry.is_material
    assert "Ravi" not in entry.body
    assert "SOC" not in entry.body
    what = json.loads(entry.body)["what"]
    assert (what["rows"], what["left_out"]) == (2, 2)
    assert sentence(entry.verb, what, []) == "read a list of the roles that are held now, 2 lines"


def test_another_list_replaces_it(project, lead):
    actions.keep_present_access(project=project, read=listed(RAVI, SOC), by=lead)
    actions.keep_present_access(project=project, read=listed(SOC, file_hash="f2"), by=lead)
    assert [len(each.rows) for each in PresentAccess.objects.all()] == [1]


def test_the_same_file_again_changes_nothing(project, lead):
    actions.keep_present_access(project=project, read=listed(RAVI), by=lead)
    before = last(project).seq
    with pytest.raises(actions.SameFile):
        actions.keep_present_access(project=project, read=listed(RAVI), by=lead)
    assert last(project).seq == before


def test_an_archived_project_keeps_no_list(project, lead):
    actions.archive(project=project, by=lead)
    with pytest.raises(actions.Archived):
        actions.keep_present_access(project=project, read=listed(RAVI), by=lead)
    assert not PresentAccess.objects.exists()


def test_a_list_is_no_part_of_what_is_signed(project, lead):
    before = dict(project.digests)
    actions.keep_present_access(project=project, read=listed(RAVI), by=lead)
    project.refresh_from_db()
    assert project.digests == before


def test_deleting_the_list_deletes_all_names_and_is_told_once(project, lead):
    actions.keep_present_access(project=project, read=listed(RAVI), by=lead)
    actions.forget_present_access(project=project, by=lead)
    assert not PresentAccess.objects.exists()
    assert last(project).verb == "present access forgotten"
    before = last(project).seq
    actions.forget_present_access(project=project, by=lead)
    assert last(project).seq == before


def test_taking_over_writes_the_row_as_it_is_held(project, lead):
    actions.keep_present_access(project=project, read=listed(SOC, RAVI), by=lead)
    actions.take_over(project=project, place=1, file_hash="f1", by=lead)
    row = Assignment.objects.get(project=project)
    assert (row.entra_role, row.assignee, row.assignee_kind) == ("global-administrator", "Ravi Menon", "person")
    assert (row.held, row.duration, row.ends_on) == ("active", "temporary", date(2100, 1, 1))
    assert row.persona
    assert row.justification.startswith("Taken over from what was there on ")
    assert last(project).verb == "added"


def test_a_role_of_the_portal_is_taken_over_by_its_name(project, lead):
    tier = Held("Tier 9", "SOC-9", "", "group", is_end_told=False)
    actions.keep_present_access(project=project, read=listed(tier, format="portal_roles"), by=lead)
    actions.take_over(project=project, place=0, file_hash="f1", by=lead)
    row = Assignment.objects.get(project=project)
    assert (row.role, row.entra_role, row.assignee_kind, row.duration) == ("Tier 9", "", "group", "permanent")


def test_what_is_planned_already_is_not_taken_over_twice(project, lead):
    actions.keep_present_access(project=project, read=listed(RAVI), by=lead)
    actions.take_over(project=project, place=0, file_hash="f1", by=lead)
    with pytest.raises(actions.PlannedAlready):
        actions.take_over(project=project, place=0, file_hash="f1", by=lead)
    assert len(plan.read("access", [project])[project.pk].assignments) == 1


@pytest.mark.parametrize(("place", "file_hash"), [(0, "old"), (1, "f1"), (-1, "f1")])
def test_a_line_of_a_list_that_was_replaced_is_not_taken_over(project, lead, place, file_hash):
    actions.keep_present_access(project=project, read=listed(RAVI), by=lead)
    with pytest.raises(actions.ListReplaced):
        actions.take_over(project=project, place=place, file_hash=file_hash, by=lead)
    assert not Assignment.objects.exists()
