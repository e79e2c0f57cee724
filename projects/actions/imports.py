"""From an uploaded export to counts in the plan. Nothing but counts, days and names of systems outlives the file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

from projects import catalog, importers, ledger, plan
from projects.actions.projects import editable
from projects.actions.rows import add_row, change_row, remove_row
from projects.document import as_json
from projects.document.rows import DeviceCount as DeviceRow
from projects.importers import CannotRead, LeaveOut, Result
from projects.models import DeviceImport, Project, Source
from projects.models.imports import FOLDER, KEPT_FOR
from projects.rules.imports import GONE, CountChange, compared, fingerprint, written
from projects.tables import TABLES
from tenants import clock
from tenants.models import User
from tenants.wake import READ_IMPORT, RECOMPUTE, wake

DEVICES, SOURCES = TABLES["environment", "devices"], TABLES["environment", "sources"]
State = DeviceImport.State
SECONDS_BETWEEN_REPORTS = 0.5
MOST_UNKNOWN_KEPT = 50
LONGEST_NAME = 200
UNNAMED = "Device list"
"""The source of a plain list that nobody named."""


class AlreadyApplied(Exception):
    """The counts of the plan come from this very file. `device_import` is the one that brought them."""

    def __init__(self, device_import: DeviceImport) -> None:
        super().__init__(str(device_import))
        self.device_import = device_import


class NotReady(Exception):
    """The import is not at the point where this can be done: somebody else applied or cancelled it, or it runs."""


class NothingCounted(Exception):
    """No row of the file is counted: applying it would only remove counts."""


class CountsMoved(Exception):
    """Somebody changed the counts after the comparison was looked at: it is to be looked at again."""


class _Cancelled(Exception):
    """Somebody cancelled while the file was being read."""


def start_import(
    *,
    project: Project,
    file: File[Any],
    by: User | None,
    source: str = "",
    wanted: str = "",
    leave_out: LeaveOut | None = None,
    is_queued: bool = True,
) -> DeviceImport:
    """Keep an uploaded export until a worker reads it; or, not `is_queued`, until the caller does.

    Raises AlreadyApplied, CannotRead.
    """
    if not file.size:
        raise CannotRead("empty")
    if file.size > importers.MOST_BYTES:
        raise CannotRead("too_large", most=importers.MOST_BYTES // 2**20)
    told = asdict(leave_out or LeaveOut())
    file_hash = _hash(file)
    row = DeviceImport(
        project=project, uploaded_by=by, source=source.strip(), wanted_format=wanted, leave_out=told,
        size=file.size, file_hash=file_hash, created_at=clock.now(),
    )  # fmt: skip
    row.file.save("export", file, save=False)  # before the lock: a large file takes a while
    try:
        with transaction.atomic():
            _refuse_again(editable(project), file_hash, told)
            row.save()
            if is_queued:
                wake(READ_IMPORT, row.pk)
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


def _hash(file: File[Any]) -> str:
    found = hashlib.sha256()
    for piece in file.chunks():
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def _refuse_again(project: Project, file_hash: str, leave_out: dict[str, Any]) -> None:
    stands = Source.objects.filter(project=project, file_hash=file_hash).exists()
    done = DeviceImport.objects.filter(project=project, file_hash=file_hash, state=State.APPLIED)
    last = done.order_by("applied_at").last()
    if stands and last and last.leave_out == leave_out:
        raise AlreadyApplied(last)


def read_import(pk: int) -> None:
    """Read the file of an import that waits. Once only, however often it is called; a dead worker's is begun again."""
    now = clock.now()
    claim = DeviceImport.objects.to_be_read(now).filter(pk=pk)
    if not claim.update(state=State.RUNNING, progressed_at=now, rows=0, percent=0):
        return
    row = DeviceImport.objects.select_related("project__tenant").get(pk=pk)
    try:
        result = _read(row)
    except CannotRead as error:
        _end(row, State.FAILED, why={"code": error.code, "values": error.values})
    except _Cancelled:
        return
    except FileNotFoundError:
        _end(row, State.FAILED, why={"code": "gone", "values": {}})
    except Exception:
        _end(row, State.FAILED, why={"code": "stopped", "values": {}})
        raise
    else:
        _running(row).update(
            state=State.PREVIEW,
            result=result.as_json(),
            format=result.format,
            source=row.source or catalog.export_format(result.format).source_name or UNNAMED,
            rows=result.read,
            percent=100,
            progressed_at=clock.now(),
        )


def _running(row: DeviceImport) -> Any:
    return DeviceImport.objects.filter(pk=row.pk, state=State.RUNNING)


def _read(row: DeviceImport) -> Result:
    opened: list[IO[bytes]] = []

    def open_again() -> IO[bytes]:
        opened.append(row.file.storage.open(str(row.file.name), "rb"))
        return opened[-1]

    try:
        return importers.read(
            open_again,
            today=clock.today(row.project.tenant.time_zone),
            leave_out=LeaveOut(**row.leave_out),
            wanted=row.wanted_format,
            report=_reporter(row),
        )
    finally:
        for stream in opened:
            stream.close()


def _reporter(row: DeviceImport) -> Callable[[int, int], None]:
    last = time.monotonic()

    def report(rows: int, taken: int) -> None:
        nonlocal last
        if time.monotonic() - last < SECONDS_BETWEEN_REPORTS:
            return
        last = time.monotonic()
        percent = min(99, taken * 100 // max(row.size, 1))
        if not _running(row).update(rows=rows, percent=percent, progressed_at=clock.now()):
            raise _Cancelled

    return report


@transaction.atomic
def read_again(*, device_import: DeviceImport, leave_out: LeaveOut, by: User | None) -> DeviceImport:
    """Count the same file otherwise. Raises NotReady once the file is gone."""
    row = _locked(device_import, {State.PREVIEW})
    row.leave_out, row.state, row.rows, row.percent = asdict(leave_out), State.WAITING, 0, 0
    row.save(update_fields=["leave_out", "state", "rows", "percent"])
    wake(READ_IMPORT, row.pk)
    return row


def changes_of(device_import: DeviceImport) -> tuple[CountChange, ...]:
    """What applying an import would change in the plan as it is now."""
    devices: Any = plan.stored_rows(DEVICES, [device_import.project]).get(device_import.project_id, ())
    result = Result.from_json(device_import.result)
    return compared(_only_counts(devices), device_import.source, result.counts)


def _only_counts(rows: Collection[Any]) -> list[DeviceRow]:
    return [row for row in rows if isinstance(row, DeviceRow)]


@transaction.atomic
def apply_import(
    *, device_import: DeviceImport, by: User | None, take_over: Collection[str] = (), seen: str | None = None
) -> DeviceImport:
    """Replace the counts of this source, and of the systems taken over from others.

    `seen` is the fingerprint of the comparison that was looked at. Raises NotReady, NothingCounted, CountsMoved.
    """
    project = editable(device_import.project)
    row = _locked(device_import, {State.PREVIEW})
    result = Result.from_json(row.result)
    if not result.counted:
        raise NothingCounted
    row.project = project
    changes = changes_of(row)
    if seen is not None and seen != fingerprint(changes):
        raise CountsMoved
    before = _devices_in_all(project)
    day = clock.today(project.tenant.time_zone)
    why = f"{row.source}, {day.day} {day:%b %Y}"
    for change in written(changes, take_over):
        _write(project, change, source=row.source, day=day, by=by, why=why)
    _write_source(project, row, result, by=by, before=before)
    row.state, row.applied_at, name = State.APPLIED, clock.now(), _let_go(row)
    row.save(update_fields=["state", "applied_at", "file"])
    _delete_after_commit(name)
    return row


def _devices_in_all(project: Project) -> int:
    return sum(row.count for row in _only_counts(plan.stored_rows(DEVICES, [project]).get(project.pk, ())))


def _write(project: Project, change: CountChange, *, source: str, day: Any, by: User | None, why: str) -> None:
    if change.what == GONE:
        remove_row(project=project, table=DEVICES, key=change.key, by=by, why=why)
        return
    values = {"count": change.now, "source": source, "counted_on": day}
    if change.key:
        change_row(project=project, table=DEVICES, key=change.key, values=values, by=by, why=why)
    else:
        values |= {"system": change.system, "kind": change.kind}
        add_row(project=project, table=DEVICES, values=values, by=by, why=why)


def _write_source(project: Project, row: DeviceImport, result: Result, *, by: User | None, before: int) -> None:
    """Say what was read of the file, in the table of sources and, with its fingerprint, on the history."""
    stored = Source.objects.filter(project=project, name=row.source).first()
    was = _as_json(stored) if stored else None
    source = stored or Source(project=project, name=row.source)
    source.imported_on = clock.today(project.tenant.time_zone)
    source.read, source.counted, source.duplicates = result.read, result.counted, result.duplicates
    source.left_out, source.not_placed = sum(result.left_out.values()), result.not_placed
    source.not_readable, source.file_hash = result.not_readable, result.file_hash
    source.unknown = [text[:LONGEST_NAME] for text, _times in result.unknown[:MOST_UNKNOWN_KEPT] if text]
    project.refresh_from_db(fields=["ledger_seq"])
    source.changed_seq = project.ledger_seq + 1
    source.full_clean(exclude=["project", "key"])
    source.save()
    now = _as_json(source)
    moved = [field for field in now if was is None or was[field] != now[field]]
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
        devices_after=_devices_in_all(project),
    )
    wake(RECOMPUTE, project.pk)


def _as_json(source: Source) -> dict[str, Any]:
    return {field: as_json(getattr(source, field)) for field in SOURCES.fields}


@transaction.atomic
def cancel_import(*, device_import: DeviceImport, by: User | None) -> DeviceImport:
    """Throw the file away; the counts stay as they are. Raises NotReady if it was applied meanwhile."""
    row = _locked(device_import, set(DeviceImport.UNFINISHED))
    return _over(row, State.CANCELLED, why={})


def expire_uploads() -> None:
    """Delete what nobody applied within a day, and files that no import knows."""
    old = DeviceImport.objects.unfinished().filter(created_at__lt=clock.now() - KEPT_FOR)
    for row in old:
        _end(row, State.CANCELLED, why={"code": "expired", "values": {}})
    _delete_strays()


def _delete_strays() -> None:
    storage = _storage()
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in (f"{FOLDER}/{name}" for name in names):
        is_old = storage.get_modified_time(name) < timezone.now() - KEPT_FOR
        if is_old and not DeviceImport.objects.filter(file=name).exists():
            storage.delete(name)


def _locked(device_import: DeviceImport, states: Collection[str]) -> DeviceImport:
    rows = DeviceImport.objects.select_for_update(of=("self",), no_key=True).select_related("project__tenant")
    row = rows.get(pk=device_import.pk)
    if row.state not in states:
        raise NotReady(row.state)
    return row


@transaction.atomic
def _end(row: DeviceImport, state: str, *, why: dict[str, Any]) -> None:
    """End an import that nobody has ended meanwhile."""
    try:
        locked = _locked(row, set(DeviceImport.UNFINISHED))
    except (NotReady, DeviceImport.DoesNotExist):
        return
    _over(locked, state, why=why)


def _over(row: DeviceImport, state: str, *, why: dict[str, Any]) -> DeviceImport:
    row.state, row.why, name = state, why, _let_go(row)
    row.save(update_fields=["state", "why", "file"])
    _delete_after_commit(name)
    return row


def _let_go(row: DeviceImport) -> str:
    name = str(row.file.name or "")
    row.file = ""
    return name


def _delete_after_commit(name: str) -> None:
    if name:
        transaction.on_commit(lambda: _storage().delete(name), robust=True)


def _storage() -> Storage:
    found: Storage = DeviceImport.file.field.storage
    return found
