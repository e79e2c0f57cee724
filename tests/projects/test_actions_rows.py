"""Rows of a plan: added, changed, set aside, removed, moved; each on the history, with what it did to fingerprints."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError

from projects import actions
from projects.models import DeviceCount, Project
from projects.tables import TABLES
from tenants import ledger
from tenants.models import LedgerEntry

DEVICES = TABLES["environment", "devices"]
SERVERS = {"system": "windows-server-2019", "kind": "server", "count": 141}


def entries(project: Project) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.of(project).order_by("seq"))


def test_a_new_project_has_every_row_of_the_template_and_a_history(project):
    assert project.digests.keys() == {
        "environment",
        "licences",
        "access",
        "connectivity",
        "adoption",
        "timeline",
        "stakeholders",
    }
    assert next(e.verb for e in entries(project)) == "project created"
    assert TABLES["environment", "topics"].model.objects.filter(project=project).count() == 5


def test_adding_a_row_moves_the_fingerprint_of_its_section_alone(project, lead):
    before = dict(project.digests)
    actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead, why="First count")
    project.refresh_from_db()
    assert {name for name in before if before[name] != project.digests[name]} == {"environment"}
    entry = entries(project)[-1]
    told = json.loads(entry.body)["what"]
    assert (entry.verb, entry.is_material, told["why"], told["after"]["count"]) == ("added", True, "First count", 141)
    assert ledger.verify(project) == []


def test_wording_is_on_the_history_and_touches_no_fingerprint(project, lead):
    row = actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)
    project.refresh_from_db()
    before = dict(project.digests)
    actions.change_row(project=project, table=DEVICES, key=row.key, values={"note": "counted twice"}, by=lead)
    project.refresh_from_db()
    assert project.digests == before
    assert not entries(project)[-1].is_material


def test_the_same_value_again_changes_nothing(project, lead):
    row = actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)
    seq = len(entries(project))
    actions.change_row(project=project, table=DEVICES, key=row.key, values={"count": 141}, by=lead)
    assert len(entries(project)) == seq


def test_the_second_of_two_editors_is_told_what_the_first_changed(project, lead, editor):
    row = actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)
    actions.change_row(
        project=project, table=DEVICES, key=row.key, values={"count": 150}, by=editor, seen=row.changed_seq
    )
    with pytest.raises(actions.RowMoved) as caught:
        actions.change_row(
            project=project, table=DEVICES, key=row.key, values={"count": 160}, by=lead, seen=row.changed_seq
        )
    assert [entry.actor_id for entry in caught.value.entries] == [editor.pk]
    assert DeviceCount.objects.get(pk=row.pk).count == 150


def test_a_wrong_value_is_refused_and_nothing_is_written(project, lead):
    seq = len(entries(project))
    with pytest.raises(ValidationError) as caught:
        actions.add_row(project=project, table=DEVICES, values={**SERVERS, "count": -1}, by=lead)
    assert "count" in caught.value.message_dict
    assert len(entries(project)) == seq


def test_a_row_that_does_not_apply_says_why(project, lead):
    topic = TABLES["environment", "topics"]
    actions.set_aside(project=project, table=topic, key="topic-siem", because="We have no SIEM.", by=lead)
    assert topic.model.objects.get(project=project, key="topic-siem").does_not_apply == "We have no SIEM."
    assert entries(project)[-1].is_material


def test_a_removed_row_stays_on_the_history(project, lead):
    row = actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)
    actions.remove_row(project=project, table=DEVICES, key=row.key, by=lead, why="Typed twice")
    told = json.loads(entries(project)[-1].body)["what"]
    assert (told["before"]["count"], told["after"], told["title"]) == (141, None, "Windows Server 2019")


def test_moving_a_row_touches_no_fingerprint(project, lead):
    first = actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)
    second = actions.add_row(
        project=project, table=DEVICES, values={**SERVERS, "system": "windows-11", "kind": "computer"}, by=lead
    )
    project.refresh_from_db()
    before = dict(project.digests)
    actions.move_row(project=project, table=DEVICES, key=second.key, up=True, by=lead)
    project.refresh_from_db()
    assert list(DeviceCount.objects.filter(project=project).values_list("key", flat=True)) == [second.key, first.key]
    assert project.digests == before


def test_changing_a_fact_of_the_project_moves_every_section(project, lead):
    before = dict(project.digests)
    actions.edit_facts(project=project, values={"plan": "P1"}, by=lead)
    project.refresh_from_db()
    assert all(before[name] != project.digests[name] for name in before)


def test_renaming_the_project_moves_none(project, lead):
    before = dict(project.digests)
    actions.edit_facts(project=project, values={"name": "Contoso 2027"}, by=lead)
    project.refresh_from_db()
    assert project.digests == before


def test_a_system_is_counted_once(project, lead):
    actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)
    seq = len(entries(project))
    with pytest.raises(ValidationError):
        actions.add_row(project=project, table=DEVICES, values={**SERVERS, "count": 2}, by=lead)
    assert len(entries(project)) == seq


def test_an_archived_project_is_not_edited(project, lead):
    row = actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)
    actions.archive(project=project, by=lead)
    deeds = [
        lambda: actions.add_row(project=project, table=DEVICES, values={**SERVERS, "system": "rhel-9"}, by=lead),
        lambda: actions.change_row(project=project, table=DEVICES, key=row.key, values={"count": 1}, by=lead),
        lambda: actions.remove_row(project=project, table=DEVICES, key=row.key, by=lead),
        lambda: actions.move_row(project=project, table=DEVICES, key=row.key, up=True, by=lead),
        lambda: actions.edit_facts(project=project, values={"plan": "P1"}, by=lead),
        lambda: actions.set_owner(project=project, section="access", person=lead, by=lead),
    ]
    for deed in deeds:
        with pytest.raises(actions.Archived):
            deed()
    actions.restore(project=project, by=lead)
    actions.change_row(project=project, table=DEVICES, key=row.key, values={"count": 1}, by=lead)
