"""Values that somebody proposes for a row: kept apart from the plan until they are accepted, through the row's action.

Who proposes writes nothing of the plan; who accepts does, and is its author. The history names both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from projects.actions.counts import DEVICES
from projects.actions.projects import editable
from projects.actions.rows import RowGone, add_row, change_row, find
from projects.actions.sources import type_count
from projects.document import as_json
from projects.models import PlanRow, Project, Proposal, Question
from projects.tables import TABLES, Table
from tenants import clock
from tenants.models import User

GENERATED = "routes"
"""A table with rows that nobody has touched yet: they are made, not found."""


class AlreadySettled(Exception):
    """Somebody accepted, declined or withdrew it meanwhile."""


def table_of(proposal: Proposal | Question) -> Table:
    return TABLES[proposal.section, proposal.table]


def as_written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a form as a proposal keeps them."""
    return {name: as_json(tuple(value) if isinstance(value, list) else value) for name, value in values.items()}


def proposed(proposal: Proposal) -> dict[str, Any]:
    """What a proposal keeps, as the row has it. Raises ValidationError for what this version no longer takes."""
    table, found = table_of(proposal), {}
    for name, value in proposal.values.items():
        if name not in table.fields:
            raise ValidationError({name: "This field is gone."})
        field = table.model._meta.get_field(name)
        assert isinstance(field, models.Field)
        found[name] = field.to_python(value)
    return found


def propose(
    *,
    project: Project,
    table: Table,
    key: str,
    values: Mapping[str, Any],
    name: str,
    email: str,
    why: str = "",
    question: Question | None = None,
) -> Proposal:
    """Keep what somebody proposes. Its caller records it: as an answer, or as a suggestion."""
    return Proposal.objects.create(
        project=project, section=table.section, table=table.name, key=key, values=as_written(values), why=why,
        made_by_name=name, made_by_email=email, made_at=clock.now(), question=question,
    )  # fmt: skip


def _locked(proposal: Proposal) -> Proposal:
    row = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    if row.state != Proposal.State.OPEN:
        raise AlreadySettled
    return row


@transaction.atomic
def accept_proposal(*, proposal: Proposal, by: User, seen: int | None, why: str) -> PlanRow:
    """Write what was proposed into the plan. `seen` is the row's `changed_seq` that was compared with.

    Raises AlreadySettled, RowMoved, RowGone, and ValidationError with the fields that are wrong.
    """
    project = editable(proposal.project)
    proposal, table = _locked(proposal), table_of(proposal)
    values = proposed(proposal)
    if proposal.key and table == DEVICES:
        row = type_count(project=project, key=proposal.key, values=values, by=by, why=why, seen=seen)
    elif proposal.key:
        row = change_row(
            project=project, table=table, key=proposal.key, values=values, by=by, why=why, seen=seen
        )  # fmt: skip
    else:
        row = add_row(project=project, table=table, values=values, by=by, why=why)
    _settle(proposal, Proposal.State.ACCEPTED, by)
    return row


@transaction.atomic
def decline_proposal(*, proposal: Proposal, by: User) -> None:
    """Leave the plan as it is. Raises AlreadySettled."""
    Project.objects.locked(proposal.project_id)
    _settle(_locked(proposal), Proposal.State.DECLINED, by)


def _settle(proposal: Proposal, state: str, by: User) -> None:
    proposal.state, proposal.settled_by_name, proposal.settled_at = state, str(by), clock.now()
    proposal.save(update_fields=["state", "settled_by_name", "settled_at"])


def present_row(about: Proposal | Question) -> PlanRow | None:
    """The row that it is about, as it is now; None for a new row, or one that is gone."""
    try:
        return find(table_of(about), about.project, about.key) if about.key else None
    except RowGone:
        return None


def present_rows(questions: Collection[Question]) -> dict[int, PlanRow | None]:
    """The rows that these questions are about (of any project), by question; a query for each table."""
    found: dict[tuple[str, str, int, str], PlanRow] = {}
    for section, table in {(each.section, each.table) for each in questions if each.key}:
        asked = [each for each in questions if (each.section, each.table) == (section, table)]
        rows = TABLES[section, table].model._default_manager.filter(
            project__in={each.project_id for each in asked}, key__in={each.key for each in asked}
        )
        found |= {(section, table, row.project_id, row.key): row for row in rows}
    return {
        each.pk: found.get((each.section, each.table, each.project_id, each.key))
        or (present_row(each) if each.table == GENERATED else None)
        for each in questions
    }
