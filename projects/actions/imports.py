"""An uploaded export on its way: kept until a worker has read it, gone once it is applied, cancelled or a day old."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

from projects import importers
from projects.actions.projects import editable
from projects.importers import CannotRead, LeaveOut
from projects.models import DeviceImport, Project, Source
from projects.models.imports import FOLDER, KEPT_FOR
from tenants import clock
from tenants.models import User
from tenants.wake import READ_IMPORT, wake

State = DeviceImport.State


class AlreadyApplied(Exception):
    """The counts of the plan come from this very file. `device_import` is the one that brought them."""

    def __init__(self, device_import: DeviceImport) -> None:
        super().__init__(str(device_import))
        self.device_import = device_import


class NotReady(Exception):
    """The import is not at the point where this can be done: somebody else applied or cancelled it, or it runs."""


def start_import(
    *,
    project: Project,
    file: File[Any],
    by: User | None,
    source: str = "",
    wanted: str = "",
    leave_out: LeaveOut | None = None,
    columns: Mapping[str, str] | None = None,
    is_queued: bool = True,
) -> DeviceImport:
    """Keep an uploaded export until a worker reads it; or, not `is_queued`, until the caller does.

    `columns`: what a column tells -> its header, for a file of no known kind of which that is known already.
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
        columns=dict(columns or {}), size=file.size, file_hash=file_hash, created_at=clock.now(),
    )  # fmt: skip
    row.file.save("export", file, save=False)  # before the lock: a large file takes a while
    try:
        with transaction.atomic():
            _refuse_again(editable(project), file_hash, LeaveOut(**told))
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


def _refuse_again(project: Project, file_hash: str, leave_out: LeaveOut) -> None:
    stands = Source.objects.filter(project=project, file_hash=file_hash).exists()
    done = DeviceImport.objects.filter(project=project, file_hash=file_hash, state=State.APPLIED)
    last = done.order_by("applied_at").last()
    if stands and last and LeaveOut(**last.leave_out) == leave_out:
        raise AlreadyApplied(last)


@transaction.atomic
def cancel_import(*, device_import: DeviceImport, by: User | None) -> DeviceImport:
    """Throw the file away; the counts stay as they are. Raises NotReady if it was applied meanwhile."""
    row = locked_import(device_import, DeviceImport.UNFINISHED)
    return end_import(row, State.CANCELLED, why={})


def expire_uploads() -> None:
    """Delete what nobody applied within a day, and files that no import knows."""
    old = DeviceImport.objects.unfinished().filter(created_at__lt=clock.now() - KEPT_FOR)
    for row in old:
        end_unless_ended(row, State.CANCELLED, why={"code": "expired", "values": {}})
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


def locked_import(device_import: DeviceImport, states: Collection[str]) -> DeviceImport:
    """The import as it is now, locked until the end of the transaction. Raises NotReady if it is in no such state."""
    rows = DeviceImport.objects.select_for_update(of=("self",), no_key=True).select_related("project__tenant")
    row = rows.get(pk=device_import.pk)
    if row.state not in states:
        raise NotReady(row.state)
    return row


@transaction.atomic
def end_unless_ended(row: DeviceImport, state: str, *, why: dict[str, Any]) -> None:
    """End an import that nobody has ended meanwhile."""
    try:
        locked = locked_import(row, DeviceImport.UNFINISHED)
    except (NotReady, DeviceImport.DoesNotExist):
        return
    end_import(locked, state, why=why)


def end_import(row: DeviceImport, state: str, *, why: dict[str, Any]) -> DeviceImport:
    """Write the last state of a locked import; its file is deleted after the commit."""
    row.state, row.why, name = state, why, str(row.file.name or "")
    row.applied_at = clock.now() if state == State.APPLIED else None
    row.file = ""
    row.save(update_fields=["state", "why", "applied_at", "file"])
    if name:
        transaction.on_commit(lambda: _storage().delete(name), robust=True)
    return row


def _storage() -> Storage:
    found: Storage = DeviceImport.file.field.storage
    return found
