"""Whoever has an export uploads it: the lead asks, the file goes past the lead's mailbox, the lead sees counts alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Max

from projects import access, catalog, emails, ledger
from projects.actions.imports import NotReady, cancel_import, start_import
from projects.actions.projects import editable
from projects.actions.proposals import AlreadySettled
from projects.actions.questions import may_remind, new_code
from projects.actions.uploaded import tell_of_upload
from projects.models import DeviceImport, Grant, Project, UploadRequest
from projects.rules.roles import Role
from tenants import clock
from tenants.models import User
from tenants.models.people import normal_address


class LinkOver(Exception):
    """The link was revoked, or its last day is over."""


class AlreadyTaken(Exception):
    """What was uploaded is applied: it can no longer be replaced."""


def export_name(request: UploadRequest) -> str:
    """Which export is wanted, in words; empty for any."""
    known = catalog.export_formats().get(request.wanted_format)
    return known.name if known else ""


@transaction.atomic
def ask_for_upload(
    *, project: Project, email: str, name: str, until: date, by: User, wanted_format: str = "", note: str = ""
) -> UploadRequest:
    """Let one person upload an export until a day, and mail them. Raises Archived."""
    project = editable(project)
    request = UploadRequest.objects.create(
        project=project,
        code=new_code(project),
        email=normal_address(email),
        name=name.strip(),
        asked_by=by,
        asked_by_name=by.name or by.email,
        asked_at=clock.now(),
        due_on=until,
        wanted_format=wanted_format,
        note=note,
    )
    _let_in(request, by=by)
    entry = ledger.record(
        project,
        by=by,
        verb="upload asked",
        person={"name": request.name, "email": request.email},
        export=export_name(request),
        until=until.isoformat(),
        code=request.code,
    )
    _mail(request, by=by, slot=f"upload-{entry.seq}")
    return request


def _let_in(request: UploadRequest, *, by: User) -> None:
    """The right to upload ends with the last of the person's links."""
    links = UploadRequest.objects.filter(project=request.project, email=request.email, closed_at=None)
    last = links.aggregate(last=Max("due_on"))["last"]
    access.let_in(
        project=request.project, email=request.email, name=request.name, role=Role.RESPONDENT,
        reason=Grant.Reason.UPLOAD, ends_on=last, by=by,
    )  # fmt: skip


def _mail(request: UploadRequest, *, by: User, slot: str, is_reminder: bool = False) -> None:
    mail = emails.mail_upload_asked(request, by=by, export=export_name(request), slot=slot, is_reminder=is_reminder)
    if mail is not None:
        request.mail = mail
        request.save(update_fields=["mail"])


def _locked(request: UploadRequest) -> UploadRequest:
    project = editable(request.project)
    row = UploadRequest.objects.select_related("asked_by", "device_import").get(pk=request.pk)
    row.project = project
    return row


@transaction.atomic
def revoke_upload(*, request: UploadRequest, by: User) -> None:
    """End a link at once. A file that waits to be applied is thrown away. Raises AlreadySettled."""
    row = _locked(request)
    if row.closed_at is not None:
        raise AlreadySettled
    row.closed_at, had_file = clock.now(), row.has_file
    row.save(update_fields=["closed_at"])
    _throw_away(row.device_import, by=by)
    ledger.record(
        row.project, by=by, verb="upload revoked", person={"name": row.name, "email": row.email}, code=row.code
    )
    if UploadRequest.objects.filter(project=row.project, email=row.email, closed_at=None).exists():
        _let_in(row, by=by)
    else:
        for grant in Grant.objects.filter(project=row.project, user__email=row.email, reason=Grant.Reason.UPLOAD):
            access.revoke(row=grant, by=by)
    if not had_file:
        emails.mail_upload_revoked(row, by=by)


@transaction.atomic
def remind_of_upload(*, request: UploadRequest, by: User) -> bool:
    """Mail the person once more. False if they had a mail today, have uploaded, or the link is over."""
    row = _locked(request)
    today = clock.today(row.project.tenant.time_zone)
    if row.has_file or row.is_over(today) or not may_remind(row, today):
        return False
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    _mail(row, by=by, slot=f"upload-again-{row.pk}-{today:%Y%m%d}", is_reminder=True)
    return True


def upload(*, request: UploadRequest, file: File[Any], by: User) -> DeviceImport:
    """Take the file of whoever was asked; one that came before by this link is thrown away.

    Raises LinkOver, AlreadyTaken, AlreadyApplied, CannotRead, Archived.
    """
    _refuse(request)
    row = start_import(project=request.project, file=file, by=by)
    try:
        _arrived(request, row, by=by)
    except (LinkOver, AlreadyTaken):  # revoked or applied while the file came in
        cancel_import(device_import=row, by=by)
        raise
    tell_of_upload(row)  # a worker that was faster than we are did not know yet whose file it read
    return row


def _refuse(request: UploadRequest) -> None:
    if request.is_over(clock.today(request.project.tenant.time_zone)):
        raise LinkOver
    if request.device_import is not None and request.device_import.state == DeviceImport.State.APPLIED:
        raise AlreadyTaken


@transaction.atomic
def _arrived(request: UploadRequest, device_import: DeviceImport, *, by: User) -> None:
    row = _locked(request)
    _refuse(row)
    _throw_away(row.device_import, by=by)
    row.device_import, row.uploaded_at = device_import, clock.now()
    row.save(update_fields=["device_import", "uploaded_at"])
    ledger.record(row.project, by=by, verb="upload arrived", code=row.code, file_hash=device_import.file_hash)


def _throw_away(device_import: DeviceImport | None, *, by: User) -> None:
    if device_import is None or device_import.state not in DeviceImport.UNFINISHED:
        return
    try:
        cancel_import(device_import=device_import, by=by)
    except NotReady:  # it was ended meanwhile
        return
