"""What is done to the rows of a plan. Lock the project, then look; every change ends in the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from projects import catalog, ledger, plan
from projects.actions.policy import refused_end
from projects.actions.projects import editable
from projects.document import Row, as_json, rows
from projects.models import PlanRow, Project, Route
from projects.rules.labels import title_of
from projects.rules.temporary import OF_THE_REMOVAL, RECORDED, must_stay
from projects.rules.ticked import as_held
from projects.tables import Table
from tenants import clock
from tenants.models import LedgerEntry, User
from tenants.wake import RECOMPUTE, wake


class RowMoved(Exception):
    """Somebody else changed the row after it was opened for editing. `entries` say who changed what."""

    def __init__(self, row: PlanRow, entries: list[LedgerEntry]) -> None:
        super().__init__(row.key)
        self.row, self.entries = row, entries


class RowGone(Exception):
    """The row was removed by somebody else."""


def value(row: PlanRow, field: str) -> Any:
    return plan.frozen(getattr(row, field))


def as_document(table: Table, row: PlanRow) -> Row:
    """The row as the document has it."""
    return table.row(key=row.key, **{field: value(row, field) for field in table.fields})


def find(table: Table, project: Project, key: str) -> PlanRow:
    """The stored row, or the generated one of the connectivity table that nobody has touched. Raises RowGone."""
    row = table.model._default_manager.filter(project=project, key=key).first()
    if row is not None:
        return row
    if table.row is rows.Route and key.startswith("route-"):
        return Route(project=project, key=key, system=key.removeprefix("route-"))
    raise RowGone(key)


def refuse_if_moved(table: Table, row: PlanRow, seen: int | None) -> None:
    """Raises RowMoved if somebody changed the row after it was `seen`."""
    if seen is not None and row.changed_seq > seen:
        raise RowMoved(row, changed_since(table, row, seen))


def changed_since(table: Table, row: PlanRow, seen: int) -> list[LedgerEntry]:
    entries = LedgerEntry.objects.of(row.project).filter(seq__gt=seen, sections__contains=f" {table.section} ")
    return [entry for entry in entries.order_by("seq") if f'"key":"{row.key}"' in entry.body]


def _refuse_what_is_recorded(table: Table, row: PlanRow, values: Mapping[str, Any]) -> None:
    """Whether a role is gone is not typed into its row: it is recorded, and a second person confirms it."""
    if table.row is not rows.Assignment:
        return
    moved = [name for name in RECORDED if name in values and value(row, name) != plan.frozen(values[name])]
    if moved:
        words = _("A removal is recorded, and confirmed by a second person, on the page “Temporary access”.")
        raise ValidationError(dict.fromkeys(moved, words))


def _refuse_for_too_long(table: Table, row: PlanRow, values: Mapping[str, Any]) -> None:
    """A temporary role ends within the time for which the tenant lets it be held."""
    if table.row is rows.Assignment and (why := refused_end(row, values)):
        raise ValidationError({"ends_on": why})


def _refuse_before_its_end(table: Table, row: PlanRow, values: Mapping[str, Any]) -> None:
    """What was removed from whom stays as it was recorded, until the record is taken back."""
    if table.row is not rows.Assignment or row.pk is None:
        return
    if value(row, "removed_on"):
        moved = [name for name in OF_THE_REMOVAL if name in values and value(row, name) != plan.frozen(values[name])]
        words = _("Its removal is recorded. Take the record back first, on the page “Temporary access”.")
        if moved:
            raise ValidationError(dict.fromkeys(moved, words))
    if values.get("does_not_apply"):
        _refuse_to_lose(table, row)


def _refuse_to_lose(table: Table, row: PlanRow) -> None:
    """A temporary role that ran out is gone by its recorded and confirmed removal alone."""
    if table.row is not rows.Assignment or row.pk is None:
        return
    written = as_document(table, row)
    assert isinstance(written, rows.Assignment)
    if why := must_stay(written, clock.today(row.project.tenant.time_zone)):
        raise ValidationError(why)


def write(
    table: Table, row: PlanRow, *, by: User | None, verb: str, why: str, before: Mapping[str, Any] | None
) -> PlanRow:
    """Save a row and the entry about it. `before` is None for a row that is new."""
    project = row.project
    row.changed_seq = project.ledger_seq + 1
    row.full_clean(exclude=["project", "key"], validate_constraints=False)
    row.validate_constraints(exclude={"key"})
    row.save()
    after = {field: as_json(value(row, field)) for field in table.fields}
    told = {key: old for key, old in before.items() if old != after[key]} if before is not None else None
    ledger.record(
        project,
        by=by,
        verb=verb,
        sections={table.section},
        table=table.name,
        key=row.key,
        title=title_of(as_document(table, row)),
        before=told,
        after={key: after[key] for key in told} if told is not None else after,
        why=why,
    )
    wake(RECOMPUTE, project.pk)
    return row


def want_room(project: Project, table: Table, more: int) -> None:
    """Raises ValidationError if a table cannot hold `more` rows than it has."""
    if not table.most:
        return
    left = table.most - table.model._default_manager.filter(project=project).count()
    if more > left:
        limit = catalog.fact(table.most_because)
        source = catalog.source(limit.source)
        words = {"most": f"{table.most:,}", "left": f"{left:,}", "limit": limit.text, "title": source.title}
        raise ValidationError(
            _("No more than %(most)s fit in, %(left)s are left. %(limit)s (Microsoft: %(title)s)") % words
        )


@transaction.atomic
def add_row(
    *,
    project: Project,
    table: Table,
    values: Mapping[str, Any],
    by: User | None,
    why: str = "",
    key: str = "",
    is_held: bool = False,
) -> PlanRow:
    """Add a row at the end of a table. Raises ValidationError with the fields that are wrong.

    A role that `is_held` already is written down as it is: that it ends too late is a finding then.
    """
    project = editable(project)
    want_room(project, table, 1)
    last = table.model._default_manager.filter(project=project).aggregate(last=Max("position"))["last"]
    _refuse_what_is_recorded(table, table.model(), values)
    if not is_held:
        _refuse_for_too_long(table, table.model(project=project), values)
    row = table.model(project=project, key=key, position=(last or 0) + 1, **values)
    return write(table, row, by=by, verb="added", why=why, before=None)


@transaction.atomic
def change_row(
    *,
    project: Project,
    table: Table,
    key: str,
    values: Mapping[str, Any],
    by: User | None,
    why: str = "",
    seen: int | None = None,
) -> PlanRow:
    """Change fields of a row. `seen` is the row's `changed_seq` when the editor opened it: newer raises RowMoved."""
    project = editable(project)
    row = find(table, project, key)
    row.project = project
    refuse_if_moved(table, row, seen)
    _refuse_what_is_recorded(table, row, values)
    _refuse_before_its_end(table, row, values)
    _refuse_for_too_long(table, row, values)
    before = {field: as_json(value(row, field)) for field in table.fields}
    for field, new in values.items():
        setattr(row, field, as_held(field, getattr(row, field), new))
    if row.pk and before == {field: as_json(value(row, field)) for field in table.fields}:
        return row
    return write(table, row, by=by, verb="changed", why=why, before=before)


def set_aside(
    *, project: Project, table: Table, key: str, because: str, by: User | None, seen: int | None = None
) -> PlanRow:
    """Say that a row does not apply, and why: shown to approvers, and no blocker. An empty reason takes it back."""
    return change_row(
        project=project, table=table, key=key, values={"does_not_apply": because}, by=by, why=because, seen=seen
    )


@transaction.atomic
def remove_row(*, project: Project, table: Table, key: str, by: User | None, why: str = "") -> None:
    """Remove a row. The history keeps what it said."""
    project = editable(project)
    row = find(table, project, key)
    row.project = project
    told = as_document(table, row)
    before = {field: as_json(value(row, field)) for field in table.fields}
    if row.pk is None:
        return
    _refuse_to_lose(table, row)
    row.delete()
    ledger.record(
        project,
        by=by,
        verb="removed",
        sections={table.section},
        table=table.name,
        key=key,
        title=title_of(told),
        before=before,
        after=None,
        why=why,
    )
    wake(RECOMPUTE, project.pk)


@transaction.atomic
def move_row(*, project: Project, table: Table, key: str, up: bool, by: User | None) -> None:
    """Move a row one place up or down in the display. The order is wording: no signature is touched."""
    project = editable(project)
    keys = list(table.model._default_manager.filter(project=project).values_list("key", flat=True))
    if key not in keys:
        raise RowGone(key)
    place = keys.index(key)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(keys):
        return
    keys[place], keys[other] = keys[other], keys[place]
    for position, row_key in enumerate(keys, start=1):
        table.model._default_manager.filter(project=project, key=row_key).update(position=position)
    ledger.record(project, by=by, verb="moved", sections={table.section}, table=table.name, key=key, up=up)
    wake(RECOMPUTE, project.pk)
