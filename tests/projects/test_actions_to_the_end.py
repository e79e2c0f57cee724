"""A temporary role is gone by its recorded and confirmed removal alone: no edit of its row takes it away before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from projects import actions
from projects.models import Assignment
from projects.tables import TABLES
from tenants import clock

ASSIGNMENTS = TABLES["access", "assignments"]
KEY = "role-mia"


def role(project, lead, days: int) -> Assignment:
    today = clock.today(project.tenant.time_zone)
    values = {
        "persona": "Endpoint Administrator", "entra_role": "intune-administrator", "assignee": "Mia Berg",
        "assignee_kind": "person", "duration": "temporary", "ends_on": today + timedelta(days=days),
    }  # fmt: skip
    return actions.add_row(project=project, table=ASSIGNMENTS, values=values, by=lead, key=KEY)  # type: ignore[return-value]


def record(project, lead) -> None:
    today = clock.today(project.tenant.time_zone)
    actions.record_removal(project=project, key=KEY, on=today, removed_by="Lena", evidence="Ticket 1", by=lead)


def change(project, lead, **values) -> None:
    actions.change_row(project=project, table=ASSIGNMENTS, key=KEY, values=values, by=lead)


def lose(project, lead) -> None:
    actions.remove_row(project=project, table=ASSIGNMENTS, key=KEY, by=lead)


def set_aside(project, lead) -> None:
    actions.set_aside(project=project, table=ASSIGNMENTS, key=KEY, because="Not needed.", by=lead)


@pytest.mark.parametrize("deed", [lose, set_aside])
@pytest.mark.parametrize("days", [0, -1])
def test_a_role_that_ran_out_is_neither_removed_from_the_plan_nor_set_aside(project, lead, deed, days):
    role(project, lead, days)
    with pytest.raises(ValidationError, match="record that it is gone"):
        deed(project, lead)
    assert Assignment.objects.get(key=KEY).does_not_apply == ""


@pytest.mark.parametrize("deed", [lose, set_aside])
def test_a_role_that_still_runs_may_leave_the_plan(project, lead, deed):
    role(project, lead, 5)
    deed(project, lead)
    assert not Assignment.objects.filter(key=KEY, does_not_apply="").exists()


@pytest.mark.parametrize("deed", [lose, set_aside])
def test_a_removal_that_waits_for_a_second_person_is_not_lost(project, lead, editor, deed):
    role(project, lead, 5)
    record(project, lead)
    with pytest.raises(ValidationError, match="waits for a second person"):
        deed(project, lead)
    actions.confirm_removal(project=project, key=KEY, by=editor)
    deed(project, lead)


@pytest.mark.parametrize("values", [{"assignee": "Somebody Else"}, {"entra_role": "security-operator"}])
def test_a_recorded_removal_is_never_that_of_somebody_else(project, lead, editor, values):
    role(project, lead, 5)
    record(project, lead)
    actions.confirm_removal(project=project, key=KEY, by=editor)
    with pytest.raises(ValidationError, match="Take the record back first"):
        change(project, lead, **values)
    change(project, lead, justification="For the rollout.")
    assert Assignment.objects.get(key=KEY).assignee == "Mia Berg"


def test_it_was_not_removed_before_it_was_held(project, lead):
    role(project, lead, 30)
    today = clock.today(project.tenant.time_zone)
    change(project, lead, starts_on=today + timedelta(days=2))
    with pytest.raises(ValidationError, match="was not held yet"):
        record(project, lead)


def test_the_page_says_why_a_role_that_ran_out_cannot_be_removed(client, project, lead):
    role(project, lead, -1)
    client.force_login(lead)
    for name, data in (("row_remove", {"why": "gone"}), ("row_aside", {"because": "gone"})):
        response = client.post(reverse(f"projects:{name}", args=[project.slug, "access", "assignments", KEY]), data)
        assert response.status_code == 422
        assert "record that it is gone" in response.content.decode()
    assert Assignment.objects.get(key=KEY).does_not_apply == ""
