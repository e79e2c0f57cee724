"""The counts of an export become those of the plan: what would change, and the change."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from projects import ledger, plan
from projects.actions.imports import end_import, locked_import
from projects.actions.learned import remember_columns
from projects.actions.projects import editable
from projects.actions.rows import add_row, change_row, remove_row
from projects.document import as_json
from projects.document.rows import DeviceCount as DeviceRow
from projects.document.sections import Environment
from projects.importers import Result
from projects.models import DeviceImport, Project, Source
from projects.rules.imports import ELSEWHERE, GONE, CountChange, compared, fingerprint, written
from projects.rules.sources import in_order_of_kinds, record_of
from projects.tables import TABLES
from tenants import clock
from tenants.models import User
from tenants.wake import RECOMPUTE, wake

DEVICES, SOURCES = TABLES["environment", "devices"], TABLES["environment", "sources"]
State = DeviceImport.State
MOST_UNKNOWN_KEPT = 50
LONGEST_NAME = 200


class NothingCounted(Exception):
    """No row of the file is counted: applying it would only remove counts."""


class CountsMoved(Exception):
    """Somebody changed the counts after the comparison was looked at: it is to be looked at again."""


def counted(project: Project) -> Environment:
    """The devices of a plan and the sources of their counts; the rest of its environment is left out."""
    devices: Any = plan.stored_rows(DEVICES, [project]).get(project.pk, ())
    sources: Any = plan.stored_rows(SOURCES, [project]).get(project.pk, ())
    return plan.built(Environment, devices=devices, sources=sources)


def changes_of(device_import: DeviceImport, environment: Environment | None = None) -> tuple[CountChange, ...]:
    """What applying an import would change in the plan as it is now."""
    found = environment or counted(device_import.project)
    result = Result.from_json(device_import.result)
    day = clock.today(device_import.project.tenant.time_zone)
    return compared(found.devices, device_import.source, result.counts, record_of(found.sources, found.devices), day)


@transaction.atomic
def apply_import(
    *, device_import: DeviceImport, by: User | None, take_over: Collection[str] = (), seen: str | None = None
) -> DeviceImport:
    """Replace the counts of this source, and of the systems taken over from others.

    `take_over`: systems, or NOBODYS. `seen` is the fingerprint of the comparison that was looked at.
    Raises NotReady, NothingCounted, CountsMoved.
    """
    project = editable(device_import.project)
    row = locked_import(device_import, {State.PREVIEW})
    result = Result.from_json(row.result)
    if not result.counted:
        raise NothingCounted
    row.project = project
    before = counted(project)
    changes = changes_of(row, before)
    if seen is not None and seen != fingerprint(changes):
        raise CountsMoved
    day = clock.today(project.tenant.time_zone)
    for change in written(changes, take_over):
        write_count(project, change, by=by, why=f"{row.source}, {day.day} {day:%b %Y}")
    _write_source(project, row, result, by=by, before=_in_all(before.devices))
    if taken := [one.system for one in changes if one.what == ELSEWHERE and one.is_among(take_over)]:
        _make_record(project, row.source, taken, by=by)
    if row.columns:
        remember_columns(project=project, key=row.header_key, columns=row.columns, by=by)
    return end_import(row, State.APPLIED, why={})


def _in_all(devices: Collection[DeviceRow]) -> int:
    return sum(row.count for row in devices)


def write_count(project: Project, change: CountChange, *, by: User | None, why: str) -> None:
    """Write one change on the row of its system."""
    if change.what == GONE:
        remove_row(project=project, table=DEVICES, key=change.key, by=by, why=why)
    elif change.key:
        change_row(project=project, table=DEVICES, key=change.key, values=change.values, by=by, why=why)
    else:
        add_row(project=project, table=DEVICES, values=change.new_values, by=by, why=why)


def _write_source(project: Project, row: DeviceImport, result: Result, *, by: User | None, before: int) -> None:
    """Say what was read of the file, in the table of sources and, with its fingerprint, on the history."""
    stored = Source.objects.filter(project=project, name=row.source).first()
    was = _as_json(stored) if stored else None
    source = stored or Source(project=project, name=row.source)
    source.imported_on = clock.today(project.tenant.time_zone)
    source.read, source.counted, source.duplicates = result.read, result.counted, result.duplicates
    source.left_out, source.not_placed = sum(result.left_out.values()), result.not_placed
    source.not_readable, source.file_hash = result.not_readable, result.file_hash
    unknown = [(text[:LONGEST_NAME], times) for text, times in result.unknown[:MOST_UNKNOWN_KEPT]]
    source.unknown, source.unknown_times = [text for text, _times in unknown], [times for _text, times in unknown]
    source.counts = [[system, n] for system, n in result.counts.items()]
    project.refresh_from_db(fields=["ledger_seq"])
    source.changed_seq = project.ledger_seq + 1
    source.full_clean(exclude=["project", "key"])
    source.save()
    now = _as_json(source)
    moved = [field for field in now if was is None or was[field] != now[field]]
    after = counted(project).devices
    ledger.record(
        project,
        by=by,
        verb="imported",
        sections={"environment"},
        table=SOURCES.name,
        key=source.key,
        title=source.name,
        before={field: was[field] for field in moved} if was else None,
        after={field: now[field] for field in moved},
        format=result.format,
        file_hash=result.file_hash,
        left_out=dict(result.left_out),
        devices_before=before,
        devices_after=_in_all(after),
    )
    wake(RECOMPUTE, project.pk)


def _make_record(project: Project, name: str, systems: Collection[str], *, by: User | None) -> None:
    """Make a source the one of record for systems, instead of any other."""
    for source in counted(project).sources:
        mine = {*source.of_record_for, *systems} if source.name == name else {*source.of_record_for} - {*systems}
        if mine != {*source.of_record_for}:
            values = {"of_record_for": list(in_order_of_kinds(mine))}
            change_row(project=project, table=SOURCES, key=source.key, values=values, by=by)


def _as_json(source: Source) -> dict[str, Any]:
    return {field: as_json(getattr(source, field)) for field in SOURCES.fields}
