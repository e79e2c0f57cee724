"""The counts of an export become those of the plan: what would change, and the change."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from projects import ledger, plan
from projects.actions.imports import end_import, locked_import
from projects.actions.learned import remember_columns
from projects.actions.many import Change, added, change_rows, changed, removed
from projects.actions.projects import editable
from projects.actions.rows import add_row, change_row, remove_row
from projects.document.rows import DeviceCount as DeviceRow
from projects.document.sections import Environment
from projects.importers import Result
from projects.models import DeviceImport, Project, Source
from projects.rules.estate import estate_of
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
    return Environment(devices=devices, sources=sources)


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
    """Replace the counts of this source, and of the systems taken over from others: one entry of the history.

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
    told = [*_write_source(project, row.source, result), *_write_counts(project, written(changes, take_over))]
    ledger.record(
        project,
        by=by,
        verb="imported",
        sections={"environment"},
        rows=told,
        title=row.source,
        read=result.read,
        format=result.format,
        file_hash=result.file_hash,
        left_out=dict(result.left_out),
        devices_before=_in_all(before.devices),
        devices_after=_in_all(counted(project).devices),
    )
    wake(RECOMPUTE, project.pk)
    if taken := [one.system for one in changes if one.what == ELSEWHERE and one.is_among(take_over)]:
        _make_record(project, row.source, taken, by=by)
    if row.columns:
        remember_columns(project=project, key=row.header_key, columns=row.columns, by=by)
    return end_import(row, State.APPLIED, why={})


@transaction.atomic
def leave_out(*, project: Project, group: str, because: str, by: User) -> int:
    """Say of every counted system of a group of the estate that it does not apply, and why: one entry of the history.

    Returns how many devices are left out.
    """
    project = editable(project)
    lines = [line for line in estate_of(counted(project), project.plan).group(group).lines if line.count]
    values = {"does_not_apply": because}
    if lines:
        changes = [Change(DEVICES, line.key, values) for line in lines]
        change_rows(project, changes, by=by, verb="systems left out", why=because)
    return sum(line.count for line in lines)


def _in_all(devices: Collection[DeviceRow]) -> int:
    return sum(row.count for row in devices)


def _write_counts(project: Project, changes: Collection[CountChange]) -> list[dict[str, Any]]:
    """Write the changes on the rows of their systems; what the history tells of them."""
    present = [Change(DEVICES, change.key, change.values) for change in changes if change.key and change.what != GONE]
    new = [change.new_values for change in changes if not change.key]
    gone = [change.key for change in changes if change.what == GONE]
    return [*changed(project, present), *added(project, DEVICES, new), *removed(project, DEVICES, gone)]


def write_count(project: Project, change: CountChange, *, by: User | None, why: str) -> None:
    """Write one change on the row of its system."""
    if change.what == GONE:
        remove_row(project=project, table=DEVICES, key=change.key, by=by, why=why)
    elif change.key:
        change_row(project=project, table=DEVICES, key=change.key, values=change.values, by=by, why=why)
    else:
        add_row(project=project, table=DEVICES, values=change.new_values, by=by, why=why)


def _write_source(project: Project, name: str, result: Result) -> list[dict[str, Any]]:
    """Say what was read of the file, in the table of sources; what the history tells of that."""
    unknown = [(text[:LONGEST_NAME], times) for text, times in result.unknown[:MOST_UNKNOWN_KEPT]]
    values = {
        "imported_on": clock.today(project.tenant.time_zone),
        "read": result.read,
        "counted": result.counted,
        "duplicates": result.duplicates,
        "left_out": sum(result.left_out.values()),
        "not_placed": result.not_placed,
        "not_readable": result.not_readable,
        "unknown": [text for text, _times in unknown],
        "unknown_times": [times for _text, times in unknown],
        "counts": [[system, n] for system, n in result.counts.items()],
        "file_hash": result.file_hash,
    }
    stored = Source.objects.filter(project=project, name=name).first()
    if stored is None:
        return added(project, SOURCES, [{"name": name, **values}])
    return changed(project, [Change(SOURCES, stored.key, values)])


def _make_record(project: Project, name: str, systems: Collection[str], *, by: User | None) -> None:
    """Make a source the one of record for systems, instead of any other."""
    for source in counted(project).sources:
        mine = {*source.of_record_for, *systems} if source.name == name else {*source.of_record_for} - {*systems}
        if mine != {*source.of_record_for}:
            values = {"of_record_for": list(in_order_of_kinds(mine))}
            change_row(project=project, table=SOURCES, key=source.key, values=values, by=by)
