"""What became of the mails about a project and its requests, as the outbox knows it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from projects.models import Project
from stakeholders.models import Question, Request
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import Mail

NO_MAIL = ("", False)


def mails_about(projects: QuerySet[Project]) -> QuerySet[Mail]:
    """Mails about projects, and about what was asked in them."""
    asked = Request.objects.filter(round__project__in=projects)
    return Mail.objects.filter(
        Q(subject_of__in=_subjects("project-", projects)) | Q(subject_of__in=_subjects("request-", asked))
    )


def _subjects(prefix: str, rows: QuerySet[Any]) -> QuerySet[Any, str]:
    return rows.order_by().values_list(Concat(Value(prefix), Cast("pk", CharField())), flat=True)


def mail_states(subjects: Collection[str]) -> dict[str, tuple[str, bool]]:
    """What became of the mails about these subjects: (an ISO moment when sent, else "waiting" or "refused"; whether a
    mail service said that it was delivered, which few do)."""
    states: dict[str, tuple[str, bool]] = {}
    now = clock.now()
    for subject, due_at, sent_at, given_up_at, bounced_at, delivered_at in _fates.rows(list(subjects)):
        is_refused = given_up_at or bounced_at
        if subject in states and due_at > now and not (sent_at or is_refused):
            continue  # a reminder that goes out when somebody may be reminded
        word = "refused" if is_refused else sent_at.isoformat() if sent_at else "waiting"
        states[subject] = (word, delivered_at is not None)
    return states


_fates = CompiledQuery(
    lambda subjects: (
        Mail.objects.filter(subject_of__in=subjects)
        .order_by("created_at")
        .values_list("subject_of", "due_at", "sent_at", "given_up_at", "bounced_at", "delivered_at")
    )
)


class Delivery(NamedTuple):
    """What became of a request on its way. Moments as ISO, empty where there is none."""

    mail: str = ""
    """When it was sent, else "waiting" or "refused"."""
    is_delivered: bool = False
    opened: str = ""
    reminded: str = ""
    remind_on: str = ""
    """The day that they chose to be reminded on."""
    is_disowned: bool = False
    """They say that somebody else should be asked."""
    asks: bool = False
    """A question of theirs waits for the lead."""


def _as_delivered(codes: Any) -> QuerySet[Any, Any]:
    asking = Question.objects.filter(request=OuterRef("pk"), answered_at=None)
    rows = Request.objects.filter(code__in=codes).with_refusals().annotate(asks=Exists(asking)).order_by()
    columns: Any = ("pk", "code", "is_refused", "first_opened_at", "reminded_at", "remind_on", "disowned_at", "asks")
    found: QuerySet[Any, Any] = rows.values_list(*columns)
    return found


_on_their_way = CompiledQuery(_as_delivered)


def deliveries(codes: Collection[str]) -> dict[str, Delivery]:
    """By reference; read afresh: no change of the plan tells of it."""
    if not codes:
        return {}
    found = _on_their_way.rows(list(codes))
    mails = mail_states([f"request-{pk}" for pk, *_rest in found])
    told = {}
    for pk, code, is_refused, opened_at, reminded_at, remind_on, disowned_at, asks in found:
        mail, is_delivered = mails.get(f"request-{pk}", NO_MAIL)
        told[code] = Delivery(
            mail="refused" if is_refused else mail,
            is_delivered=is_delivered,
            opened=_iso(opened_at),
            reminded=_iso(reminded_at),
            remind_on=_iso(remind_on),
            is_disowned=disowned_at is not None,
            asks=asks,
        )
    return told


def _iso(moment: date | None) -> str:
    return moment.isoformat() if moment else ""
