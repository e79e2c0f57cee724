"""A file that a worker makes for somebody: the evidence of a project, a summary, the plan in Word, the register."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from tenants import clock
from tenants.models import User

FOLDER = "papers"
KEPT_FOR = timedelta(hours=24)
SILENT_FOR = timedelta(minutes=11)
"""Longer than any job may take: a worker that was silent for so long was ended, and the paper is begun again."""

MOST_TRIES = 3


def _place_of_file(_row: Paper, _name: str) -> str:
    return f"{FOLDER}/{uuid.uuid4().hex}"


class PaperQuerySet(models.QuerySet["Paper"]):
    def to_be_made(self, now: datetime) -> PaperQuerySet:
        """Waiting, or left behind by a worker that was ended."""
        return self.filter(Q(state=Paper.State.WAITING) | Q(state=Paper.State.RUNNING, started_at__lt=now - SILENT_FOR))

    def given_up(self, now: datetime) -> PaperQuerySet:
        """Every worker that began it was ended."""
        return self.filter(state=Paper.State.RUNNING, started_at__lt=now - SILENT_FOR, tries__gte=MOST_TRIES)

    def old(self, now: datetime) -> PaperQuerySet:
        return self.filter(created_at__lt=now - KEPT_FOR)


class Paper(models.Model):
    """`project` is empty for the register, which is about all projects that `asked_by` may audit."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", _("evidence pack")
        WORD = "word", _("plan as Word")
        SUMMARY = "summary", _("summary for a committee")
        REGISTER = "register", _("register of approvals")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a worker")
        RUNNING = "running", _("is being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")

    UNFINISHED = (State.WAITING, State.RUNNING)
    ACCESS = "access"
    """The part of the plan that is also written by itself."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="papers")
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    choices = models.JSONField(default=dict, help_text="What was chosen for it, for example since which day.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    file = models.FileField(upload_to=_place_of_file, blank=True)
    name = models.CharField(max_length=200, blank=True, help_text="What the file is called when it is downloaded.")
    size = models.PositiveBigIntegerField(default=0)
    why = models.CharField(max_length=500, blank=True, help_text="Why it failed, or what it comes without.")
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        indexes = [models.Index(name="papers_to_be_made", fields=["state", "started_at"])]
        constraints = [
            models.CheckConstraint(
                name="a_paper_has_its_file_iff_it_is_ready",
                condition=Q(state="ready") & ~Q(file="") | ~Q(state="ready") & Q(file=""),
            ),
            models.CheckConstraint(
                name="only_the_register_is_of_no_project",
                condition=Q(project=None, kind="register") | Q(project__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED
