"""Several rows of a section changed as one deed: one entry of the history, which tells every row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Max

from projects import ledger
from projects.actions.rows import as_document, value, want_room
from projects.document import as_json
from projects.models import PlanRow, Project
from projects.models.rows import new_key
from projects.rules.labels import title_of
from projects.rules.ticked import as_held
from projects.tables import Table
from tenants.models import User
from tenants.wake import RECOMPUTE, wake

A_BATCH = 500


class Change(NamedTuple):
    """New values of the row of this key."""

    table: Table
    key: str
    values: Mapping[str, Any]


def change_rows(project: Project, changes: Sequence[Change], *, by: User | None, verb: str, why: str = "") -> None:
    """Write rows of one section of a locked project. Nothing is written, and nothing told, where nothing changes.

    Raises ValidationError for values that the database would refuse.
    """
    [section] = {change.table.section for change in changes} or {""}
    _tell(project, section, changed(project, changes), by=by, verb=verb, why=why)


def changed(project: Project, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Write rows of a locked project, and answer with what an entry tells of them: the caller records it."""
    told: list[dict[str, Any]] = []
    for table in dict.fromkeys(change.table for change in changes):
        wanted = {change.key: change.values for change in changes if change.table is table}
        found = {row.key: row for row in table.model._default_manager.filter(project=project, key__in=wanted)}
        moved = []
        for key, values in wanted.items():
            row = found[key]
            row.project = project
            entry = _set(table, row, values)
            if entry:
                told.append(entry)
                moved.append(row)
        fields = sorted({name for values in wanted.values() for name in values})
        table.model._default_manager.bulk_update(_checked(project, moved), [*fields, "changed_seq"], A_BATCH)
    return told


def add_rows(
    project: Project, table: Table, rows: Sequence[Mapping[str, Any]], *, by: User | None, verb: str, why: str = ""
) -> None:
    """Add rows at the end of a table of a locked project. Raises ValidationError if they are too many."""
    _tell(project, table.section, added(project, table, rows), by=by, verb=verb, why=why)


def added(project: Project, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add rows, and answer with what an entry tells of them: the caller records it."""
    want_room(project, table, len(rows))
    last = table.model._default_manager.filter(project=project).aggregate(last=Max("position"))["last"] or 0
    made = [
        table.model(project=project, key=new_key(table.model.__name__), position=last + place, **values)
        for place, values in enumerate(rows, start=1)
    ]
    table.model._default_manager.bulk_create(_checked(project, made), A_BATCH)
    return [_entry(table, row, None, _json(table, row)) for row in made]


def removed(project: Project, table: Table, keys: Collection[str]) -> list[dict[str, Any]]:
    """Remove rows, and answer with what an entry tells of them: the caller records it."""
    rows = table.model._default_manager.filter(project=project, key__in=keys)
    told = [_entry(table, row, _json(table, row), None) for row in rows]
    rows.delete()
    return told


def _set(table: Table, row: PlanRow, values: Mapping[str, Any]) -> dict[str, Any] | None:
    before = _json(table, row)
    for name, new in values.items():
        setattr(row, name, as_held(name, getattr(row, name), new))
    after = _json(table, row)
    moved = [name for name in after if before[name] != after[name]]
    if not moved:
        return None
    return _entry(table, row, {name: before[name] for name in moved}, {name: after[name] for name in moved})


def _json(table: Table, row: PlanRow) -> dict[str, Any]:
    return {name: as_json(value(row, name)) for name in table.fields}


def _entry(table: Table, row: PlanRow, before: Any, after: Any) -> dict[str, Any]:
    title = title_of(as_document(table, row))
    return {"table": table.name, "key": row.key, "title": title, "before": before, "after": after}


def _checked(project: Project, rows: list[PlanRow]) -> list[PlanRow]:
    for row in rows:
        row.changed_seq = project.ledger_seq + 1
        try:
            row.full_clean(exclude=["project", "key"], validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            raise ValidationError([f"{row}: {text}" for text in error.messages]) from error
    return rows


def _tell(project: Project, section: str, rows: list[dict[str, Any]], *, by: User | None, verb: str, why: str) -> None:
    if rows:
        ledger.record(project, by=by, verb=verb, sections={section}, rows=rows, why=why)
        wake(RECOMPUTE, project.pk)
