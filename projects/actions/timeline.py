"""Lay down the template's dates, counted back from the day on which Onboard is to be finished."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from projects import catalog, plan
from projects.actions.many import add_rows
from projects.actions.projects import editable
from projects.actions.rows import add_row
from projects.models import PlanRow, Project, TimelineItem
from projects.rules.operations import day_before_onboarding
from projects.tables import TABLES
from tenants import clock
from tenants.models import User

ITEMS = TABLES["timeline", "items"]
RING_OF = {"ring_evaluate": "evaluate", "ring_pilot": "pilot"}


class HasDates(Exception):
    """The timeline has dates already: they are moved one by one."""


@transaction.atomic
def place_timeline(*, project: Project, ends_on: date, by: User | None) -> int:
    """Add the template's milestones and rings to an empty timeline, in one deed; how many they are.

    Raises HasDates if it is not empty.
    """
    project = editable(project)
    if TimelineItem.objects.filter(project=project).exists():
        raise HasDates
    dates = dates_back_from(ends_on)
    add_rows(project, ITEMS, dates, by=by, verb="timeline placed")
    return len(dates)


@transaction.atomic
def propose_task(*, project: Project, task: str, by: User | None) -> PlanRow:
    """Add a task of the template, due on the last day before onboarding; the one that is there already, as it is.

    Raises LookupError for a task that the template does not have.
    """
    wanted = next((each for each in catalog.standard_template().tasks if each.key == task), None)
    if wanted is None:
        raise LookupError(task)
    project = Project.objects.locked(project.pk)
    present = TimelineItem.objects.filter(project=project, title__iexact=wanted.title).first()
    if present is not None:
        return present
    items: Any = plan.stored_rows(ITEMS, [project]).get(project.pk, ())
    values = {
        "title": wanted.title,
        "kind": "task",
        "phase": wanted.phase,
        "due_on": day_before_onboarding(items, clock.today(project.tenant.time_zone)),
        "exit_criteria": wanted.done_when,
    }
    return add_row(project=project, table=ITEMS, values=values, by=by)


def earliest_end(today: date) -> date:
    """The first day on which Onboard can be finished if no date of the template may lie before `today`."""
    return today + timedelta(days=max(each.days_before_end for each in catalog.standard_template().milestones))


def dates_back_from(ends_on: date) -> list[dict[str, Any]]:
    """The values of the template's rows, in the order of their days."""
    template = catalog.standard_template()
    rings = {ring.key: ring for ring in template.rings}
    found = []
    for milestone in template.milestones:
        ring = rings.get("full" if milestone.key.startswith("full_") else RING_OF.get(milestone.key, ""))
        found.append(
            {
                "title": milestone.title,
                "kind": "ring" if ring else "milestone",
                "phase": milestone.phase,
                "due_on": ends_on - timedelta(days=milestone.days_before_end),
                "devices": ring.devices if ring else None,
                "exit_criteria": "\n".join(ring.exit_criteria) if ring else "",
            }
        )
    return found
