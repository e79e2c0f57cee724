"""A worker reads an uploaded export, with what the tenant has learned about names and columns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import IO

from django.db import transaction
from django.db.models import F, QuerySet

from projects import catalog, importers
from projects.actions.imports import NotReady, end_unless_ended, locked_import
from projects.actions.uploaded import tell_of_upload
from projects.importers import CannotRead, LeaveOut, Result
from projects.importers.quoting import without_names
from projects.models import DeviceImport, LearnedColumns, LearnedName
from projects.models.imports import MOST_BEGUN
from tenants import clock
from tenants.models import Tenant, User
from tenants.wake import READ_IMPORT, wake

State = DeviceImport.State
OpenAgain = Callable[[], IO[bytes]]
SECONDS_BETWEEN_REPORTS = 0.5
UNNAMED = "Device list"
"""The source of a plain list that nobody named."""
_NO_SYSTEMS = "no_systems"
_FEW, _VERY_FEW = 20, 3
"""A column with so few names that no rule places is still taken for one of operating systems.

Where not one is placed, at most half of the rows may have a name of their own, but for very few.
"""


class _Cancelled(Exception):
    """Somebody cancelled while the file was being read."""


class ColumnsWanted(Exception):
    """No known kind of export: somebody has to say which column tells what. `why` says what was wrong with the last."""

    def __init__(self, header_key: str, why: str = "") -> None:
        super().__init__(header_key)
        self.header_key, self.why = header_key, why


def learned_names(tenant: Tenant) -> dict[str, str]:
    """What a tenant has said that names of systems mean, as the reader wants it."""
    return dict(LearnedName.objects.filter(tenant=tenant).values_list("key", "means"))


def read_import(pk: int) -> None:
    """Read the file of an import that waits. Once only, however often it is called; a dead worker's is begun again."""
    now = clock.now()
    claim = DeviceImport.objects.to_be_read(now).filter(pk=pk)
    if not claim.update(state=State.RUNNING, progressed_at=now, rows=0, percent=0, begun=F("begun") + 1):
        return
    row = DeviceImport.objects.select_related("project__tenant").get(pk=pk)
    try:
        _read_to_its_end(row)
    finally:
        tell_of_upload(row)


def _read_to_its_end(row: DeviceImport) -> None:
    if row.begun > MOST_BEGUN:
        end_unless_ended(row, State.FAILED, why={"code": "stopped", "values": {}})
        return
    try:
        result = _read(row)
    except ColumnsWanted as wanted:
        why = {"code": wanted.why, "values": {}} if wanted.why else {}
        _running(row).update(state=State.COLUMNS, header_key=wanted.header_key, columns={}, why=why)
    except CannotRead as error:
        end_unless_ended(row, State.FAILED, why={"code": error.code, "values": error.values})
    except _Cancelled:
        return
    except FileNotFoundError:
        end_unless_ended(row, State.FAILED, why={"code": "gone", "values": {}})
    except Exception:
        end_unless_ended(row, State.FAILED, why={"code": "stopped", "values": {}})
        raise
    else:
        _running(row).update(
            state=State.PREVIEW,
            result=result.as_json(),
            format=result.format,
            header_key=row.header_key,
            columns=row.columns,
            source=row.source or _source_name(result.format),
            rows=result.read,
            percent=100,
            why={},
            progressed_at=clock.now(),
        )


def _running(row: DeviceImport) -> QuerySet[DeviceImport]:
    return DeviceImport.objects.filter(pk=row.pk, state=State.RUNNING)


def _source_name(format_key: str) -> str:
    known = catalog.export_formats().get(format_key)
    return (known.source_name if known else "") or UNNAMED


@contextmanager
def opened(row: DeviceImport) -> Iterator[OpenAgain]:
    """A function that opens the file of an import anew; what it opened is closed at the end."""
    streams: list[IO[bytes]] = []

    def open_again() -> IO[bytes]:
        streams.append(row.file.storage.open(str(row.file.name), "rb"))
        return streams[-1]

    try:
        yield open_again
    finally:
        for stream in streams:
            stream.close()


def _read(row: DeviceImport) -> Result:
    with opened(row) as open_again:
        result, row.header_key, row.columns = read_export(
            open_again,
            tenant=row.project.tenant,
            leave_out=LeaveOut(**row.leave_out),
            wanted=row.wanted_format,
            columns=row.columns,
            report=_reporter(row),
        )
    return result


def read_export(
    open_again: OpenAgain,
    *,
    tenant: Tenant,
    leave_out: LeaveOut,
    wanted: str = "",
    columns: Mapping[str, str] | None = None,
    report: importers.Report | None = None,
) -> tuple[Result, str, dict[str, str]]:
    """What an export tells, read with all that a tenant has learned; the key of its headers and the picked columns.

    The last two are empty for a known kind of export. Raises CannotRead; ColumnsWanted where somebody has to pick.
    """

    def read(picked: Mapping[str, str] | None) -> Result:
        result = importers.read(
            open_again,
            today=clock.today(tenant.time_zone),
            leave_out=leave_out,
            wanted=wanted,
            columns=picked,
            learned=learned_names(tenant),
            report=report,
        )
        return without_names(result)

    if not columns:
        try:
            found = read(None)
            if found.format != importers.PLAIN or _holds_systems(found):
                return found, "", {}
            why = _NO_SYSTEMS
        except CannotRead as error:
            if error.code != "unknown_format":
                raise
            why = ""
        key, columns = known_columns(tenant, open_again, why)
    else:
        key = importers.header_key(importers.headers(open_again))
    result = read(columns)
    if not _holds_systems(result):
        raise ColumnsWanted(key, _NO_SYSTEMS)
    return result, key, dict(columns)


def known_columns(tenant: Tenant, open_again: OpenAgain, why: str = "") -> tuple[str, dict[str, str]]:
    """The key of a file's headers, and the columns that were picked for it before.

    Raises ColumnsWanted where none were; CannotRead where the first line is no line of headers but a device.
    """
    headers = importers.headers(open_again)
    if any(importers.place(header) for header in headers):
        raise CannotRead("no_headers")
    key = importers.header_key(headers)
    known = LearnedColumns.objects.filter(tenant=tenant, key=key).first()
    if known is None:
        raise ColumnsWanted(key, why)
    return key, known.columns


def _holds_systems(result: Result) -> bool:
    """Whether a column, picked or called “System”, holds operating systems; if not, nothing of what it holds is kept."""
    half = result.read // 2
    return len(result.unknown) <= (max(_FEW, half) if result.counted else min(_FEW, max(_VERY_FEW, half)))


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
    row = locked_import(device_import, {State.PREVIEW})
    row.leave_out = asdict(leave_out)
    return wait_again(row)


@transaction.atomic
def pick_columns(*, device_import: DeviceImport, columns: Mapping[str, str], by: User | None) -> DeviceImport:
    """Say which column of a file of no known kind tells what: role -> header. Remembered once the counts are applied.

    Raises NotReady where the file is not asked about; ValueError without a column of operating systems.
    """
    row = locked_import(device_import, {State.COLUMNS, State.PREVIEW})
    if row.state == State.PREVIEW and not row.columns:
        raise NotReady(row.state)
    if not columns.get("system"):
        raise ValueError("One column must be the operating system.")
    row.columns = {role: header for role, header in columns.items() if header}
    return wait_again(row)


def wait_again(row: DeviceImport) -> DeviceImport:
    """Let a worker read a locked import once more."""
    row.state, row.begun, row.rows, row.percent, row.why = State.WAITING, 0, 0, 0, {}
    row.save(update_fields=["state", "begun", "rows", "percent", "why", "leave_out", "columns"])
    wake(READ_IMPORT, row.pk)
    return row
