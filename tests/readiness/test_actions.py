"""Verdicts: judged on the spot, remembered, reconciled; and the gate."""

from __future__ import annotations

import pytest

from projects import actions as plan_actions
from projects.models import Project
from projects.tables import TABLES
from readiness import actions
from readiness.models import Verdict, VerdictChange
from readiness.rules.findings import CHECKS
from readiness.rules.verdict import State
from tenants.models import LedgerEntry

DEVICES = TABLES["environment", "devices"]


def test_there_are_two_dozen_checks_over_all_sections():
    assert len(CHECKS) == 66
    assert {check.section for check in CHECKS} == {
        "stakeholders", "environment", "licences", "access", "connectivity", "adoption", "migration", "timeline",
    }  # fmt: skip


def test_a_project_with_nothing_but_the_template_has_not_started(project):
    verdict = actions.recompute(project.pk)
    assert (verdict.state, verdict.ledger_seq) == (State.NOT_STARTED, project.ledger_seq)


def test_a_verdict_is_of_the_change_it_was_made_from(project, lead):
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 12}, by=lead
    )
    verdict = actions.recompute(project.pk)
    found = {f["id"]: f for f in verdict.payload["findings"]}
    assert found["servers_are_licensed"]["title"] == "12 servers have no licence"
    assert verdict.state == State.STOPPED
    assert actions.behind(limit=10) == []


def test_an_edit_puts_the_verdict_behind_and_the_sweep_catches_up(project, lead):
    actions.recompute(project.pk)
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 12}, by=lead
    )
    assert actions.behind(limit=10) == [project.pk]
    assert actions.present_verdict(Project.objects.get(pk=project.pk)).ledger_seq > project.ledger_seq
    assert actions.behind(limit=10) == []


def test_an_older_verdict_never_replaces_a_newer_one(project, lead):
    newer = actions.recompute(project.pk)
    Verdict.objects.filter(pk=newer.pk).update(ledger_seq=newer.ledger_seq + 5)
    actions.recompute(project.pk)
    assert Verdict.objects.get(project=project).ledger_seq == newer.ledger_seq + 5


def test_the_gate_is_refused_with_its_blockers_and_that_is_on_the_history(project, lead):
    with pytest.raises(actions.GateIsShut) as caught:
        actions.leave_phase(project=project, by=lead)
    assert caught.value.blockers
    entry = LedgerEntry.objects.of(project).latest("seq")
    assert (entry.verb, entry.is_material) == ("phase refused", False)
    assert Project.objects.get(pk=project.pk).phase == "prepare"


def test_what_failed_before_keeps_its_day(project, lead):
    verdict = actions.recompute(project.pk)
    payload = verdict.payload
    for finding in payload["findings"]:
        if finding["state"] == "fail":
            finding["since"] = "2026-01-01"
    Verdict.objects.filter(pk=verdict.pk).update(payload=payload)
    again = actions.recompute(project.pk)
    assert {f["since"] for f in again.payload["findings"] if f["state"] == "fail"} == {"2026-01-01"}


def test_a_change_of_the_verdict_is_remembered_once(project, lead):
    actions.recompute(project.pk)
    actions.recompute(project.pk)
    assert VerdictChange.objects.filter(project=project).count() == 1
