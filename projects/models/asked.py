"""What people outside the plan were asked for: a question about a row, or an export. And what they propose.

It lives here, and not with the requests for approval: nothing of it is signed or judged. It prepares rows of the plan,
is answered by whoever holds `answer_project`, and ends in the row's own action.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from projects.models.imports import DeviceImport
from projects.models.project import Project
from tenants import clock
from tenants.models import Mail, User


class Asked(models.Model):
    """A named person was asked for something, by mail; they answer after a one-time code to that address."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    email = models.EmailField(max_length=200)
    name = models.CharField(max_length=120)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField()
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, related_name="+")
    """The newest mail about it: what became of it is what the lead sees."""
    reminded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


A = TypeVar("A", bound=Asked)


class AskedQuerySet(QuerySet[A]):
    def of_person(self, user: User) -> AskedQuerySet[A]:
        """Addressed to the person, in projects where they may still answer."""
        return self.filter(email=user.email, project__in=Project.objects.permitting(user, "answer_project"))


class QuestionQuerySet(AskedQuerySet["Question"]):
    def drafted(self) -> QuestionQuerySet:
        """Written down, and not mailed yet."""
        return self.filter(state=Question.State.DRAFT)

    def unsettled(self) -> QuestionQuerySet:
        """The person, or after them the lead, has something to do."""
        return self.filter(state__in=Question.UNSETTLED)


class Question(Asked):
    """A question about a row of the plan, or (`key` empty) about a table that has no such row yet."""

    class State(models.TextChoices):
        DRAFT = "draft", _("not sent yet")
        OPEN = "open", _("asked")
        ANSWERED = "answered", _("answered: look at it")
        UNKNOWN = "unknown", _("does not know")
        ACCEPTED = "accepted", _("taken over")
        DECLINED = "declined", _("not taken over")
        WITHDRAWN = "withdrawn", _("withdrawn")

    UNSETTLED = (State.OPEN, State.ANSWERED, State.UNKNOWN)

    section = models.CharField(max_length=20)
    table = models.CharField(max_length=30)
    key = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    """What it is about, in words, as it was called when it was asked."""
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    answer = models.TextField(blank=True)
    ask_name = models.CharField(max_length=120, blank=True)
    ask_email = models.EmailField(max_length=200, blank=True)
    """Who knows, if the person does not."""
    answered_at = models.DateTimeField(null=True)
    settled_by_name = models.CharField(max_length=120, blank=True)
    word = models.TextField(blank=True)
    """Why the answer was not taken over: the person reads it."""

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(name="questions_of_project", fields=["project", "state"]),
            models.Index(name="questions_to_person", fields=["email", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="settled_iff_it_says_when",
                condition=Q(state__in=["accepted", "declined", "withdrawn"], closed_at__isnull=False)
                | (~Q(state__in=["accepted", "declined", "withdrawn"]) & Q(closed_at=None)),
            ),
        ]


class Proposal(models.Model):
    """Values that somebody proposes for the fields of a row: the lead accepts them through the row's own action.

    `question` is what it answers; a proposal that somebody makes by themselves has none.
    """

    class State(models.TextChoices):
        OPEN = "open", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    question = models.OneToOneField(Question, on_delete=models.CASCADE, null=True, related_name="proposal")
    section = models.CharField(max_length=20)
    table = models.CharField(max_length=30)
    key = models.CharField(max_length=60, blank=True)
    """Empty: a new row."""
    values = models.JSONField()
    """Field -> value as in the document, as JSON; only what the person changed."""
    why = models.TextField(blank=True)
    made_by_name = models.CharField(max_length=120)
    made_by_email = models.EmailField(max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    settled_by_name = models.CharField(max_length=120, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "pk"]
        default_permissions = ()
        indexes = [
            models.Index(name="proposal_to_settle", fields=["project"], condition=Q(question=None, state="open"))
        ]

    def __str__(self) -> str:
        return f"{self.made_by_name}: {self.section}/{self.table}/{self.key}"


NO_FILE = (DeviceImport.State.FAILED, DeviceImport.State.CANCELLED)
"""What was uploaded cannot be read, or was deleted before anybody applied it: it is wanted again."""


LOOKED_AT = (DeviceImport.State.PREVIEW, DeviceImport.State.COLUMNS)
"""What was uploaded is read, and waits for whoever asked."""


class UploadRequestQuerySet(AskedQuerySet["UploadRequest"]):
    def unsettled(self) -> UploadRequestQuerySet:
        """No file is there that can be used, or one that waits to be applied; the link may have run out."""
        waits = (*NO_FILE, *LOOKED_AT)
        return self.filter(Q(device_import=None) | Q(device_import__state__in=waits), closed_at=None)


class UploadRequest(Asked):
    """A link for one person to upload an export. `due_on` is its last day; revoked: `closed_at`."""

    wanted_format = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    uploaded_at = models.DateTimeField(null=True)
    device_import = models.ForeignKey(DeviceImport, on_delete=models.SET_NULL, null=True, related_name="+")
    """The newest file that came by this link."""

    objects = UploadRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(name="uploads_of_project", fields=["project"]),
            models.Index(name="uploads_by_person", fields=["email"]),
        ]

    @property
    def has_file(self) -> bool:
        return self.device_import is not None and self.device_import.state not in NO_FILE

    def is_over(self, today: date) -> bool:
        return self.closed_at is not None or self.due_on < today


def find_asked(code: str) -> Question | UploadRequest | None:
    """What was mailed with this reference, with its project and tenant."""
    questions = Question.objects.exclude(state=Question.State.DRAFT).select_related("project__tenant")
    uploads = UploadRequest.objects.select_related("project__tenant")
    return questions.filter(code=code).first() or uploads.filter(code=code).first()


@dataclass(frozen=True)
class Owed:
    """What somebody owes a project since when: `kind` is "question" or "upload"; `state` as of a question."""

    kind: str
    pk: int
    slug: str
    project: str
    lead_id: int | None
    name: str
    email: str
    asked_at: datetime
    due_on: date
    state: str
    what: str
    sent_at: datetime | None
    refused: datetime | None

    @property
    def is_answered(self) -> bool:
        return self.state in {Question.State.ANSWERED, Question.State.UNKNOWN}


_UPLOADED = Case(When(device_import__state__in=LOOKED_AT, then=Value("answered")), default=Value("open"))
"""The state of an upload as of a question: answered by a file that was read."""


def owed(projects: Collection[int], *, email: str = "") -> list[Owed]:
    """What is owed in these projects (by id), or by this address anywhere; the earliest due first.

    Mostly nothing is: a small question finds that out, and only then the large one is put.
    """
    if not _may_be_owed(projects, email):
        return []
    where = Q(project__in=projects)
    if email:
        where |= Q(email=email, project__is_hidden=False)
    asked = (
        _columns(Question.objects.unsettled(), "question", F("state"), F("title")),
        _columns(UploadRequest.objects.unsettled(), "upload", _UPLOADED, F("wanted_format")),
    )
    questions, uploads = (each.filter(where, project__archived_at=None).order_by() for each in asked)
    return [Owed(*row) for row in questions.union(uploads, all=True).order_by("due", "asked_at")]


def _may_be_owed(projects: Collection[int], email: str) -> bool:
    """Written by hand: every page of a project asks it, and the ORM takes five times as long to write it."""
    marks = ", ".join(["%s"] * len(projects)) or "NULL"
    theirs = f"closed_at IS NULL AND (project_id IN ({marks}) OR email = %s)"
    kinds = (f"SELECT 1 FROM {model._meta.db_table} WHERE {theirs}" for model in (Question, UploadRequest))  # noqa: S608  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(kinds) + " LIMIT 1", [*projects, email, *projects, email])
        return cursor.fetchone() is not None


def _columns(rows: QuerySet[Any], kind: str, state: Any, what: Any) -> Any:
    named = rows.annotate(
        kind=Value(kind, output_field=CharField()),
        slug=F("project__slug"),
        of=F("project__name"),
        lead=F("project__lead_id"),
        due=F("due_on"),
        how=Cast(state, CharField()),
        what=Cast(what, CharField()),
        sent_at=F("mail__sent_at"),
        refused=F("mail__given_up_at"),
    )
    return named.values_list(
        *("kind", "pk", "slug", "of", "lead", "name", "email", "asked_at", "due", "how", "what"),
        *("sent_at", "refused"),
    )
