"""An export of devices on its way into the plan: uploaded, read, looked at, applied; then its file is gone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.project import Project
from tenants import clock
from tenants.models import User

FOLDER = "imports"
KEPT_FOR = timedelta(hours=24)
SILENT_FOR = timedelta(seconds=60)
"""A reading that reported nothing for so long was ended with its worker: it is begun again."""
QUIET_FOR = timedelta(seconds=10)
"""Whoever looks on is told that nothing was heard for so long."""
MOST_BEGUN = 3
"""A file that so many workers did not survive is not given to another."""


def _place_of_file(_row: DeviceImport, _name: str) -> str:
    """The file's own name is not kept: people write customers and devices into it."""
    return f"{FOLDER}/{uuid.uuid4().hex}"


class DeviceImportQuerySet(models.QuerySet["DeviceImport"]):
    def to_be_read(self, now: datetime) -> DeviceImportQuerySet:
        """Waiting, or left behind by a worker that was ended."""
        return self.filter(
            Q(state=DeviceImport.State.WAITING)
            | Q(state=DeviceImport.State.RUNNING, progressed_at__lt=now - SILENT_FOR)
        )

    def unfinished(self) -> DeviceImportQuerySet:
        return self.filter(state__in=DeviceImport.UNFINISHED)


class DeviceImport(models.Model):
    """`columns` and `header_key` belong to a file that no known kind of export fits."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a worker")
        RUNNING = "running", _("is being read")
        COLUMNS = "columns", _("waits for you to say its columns")
        PREVIEW = "preview", _("waits for you")
        APPLIED = "applied", _("applied")
        FAILED = "failed", _("cannot be read")
        CANCELLED = "cancelled", _("cancelled")

    UNFINISHED = (State.WAITING, State.RUNNING, State.COLUMNS, State.PREVIEW)

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="device_imports")
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    file = models.FileField(upload_to=_place_of_file, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    file_hash = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=200, blank=True)
    """Whose counts it replaces; named by the person, or by the kind of export."""
    wanted_format = models.CharField(max_length=40, blank=True)
    format = models.CharField(max_length=40, blank=True)
    header_key = models.CharField(max_length=64, blank=True)
    """The set of headers of a file of no known kind: by it the tenant remembers which column is what."""
    columns = models.JSONField(default=dict)
    """Of such a file: what a column tells -> its header, as somebody picked it."""
    leave_out = models.JSONField(default=dict)
    begun = models.PositiveSmallIntegerField(default=0)
    """How often a worker began to read it, since somebody last asked for that."""
    rows = models.PositiveIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    why = models.JSONField(default=dict)
    """Why it failed or was cancelled: `code` and values of `importers.sentence`."""
    created_at = models.DateTimeField(default=clock.now)
    progressed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    objects = DeviceImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        indexes = [models.Index(name="imports_to_be_read", fields=["state", "progressed_at"])]
        constraints = [
            models.CheckConstraint(
                name="applied_iff_it_says_when",
                condition=Q(state="applied", applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="no_file_is_kept_once_it_is_over",
                condition=Q(state__in=["waiting", "running", "columns", "preview"]) | Q(file=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source or self.format or self.pk}: {self.state}"

    def is_quiet(self, now: datetime) -> bool:
        """Whether it is being read, and its worker has said nothing for a while: it may have been ended."""
        if self.state != self.State.RUNNING or self.progressed_at is None:
            return False
        return bool(now - self.progressed_at > QUIET_FOR)
