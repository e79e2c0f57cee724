"""What is said about a request besides an answer: replies, questions, another day, the wrong person."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import ledger
from projects.models import Project
from stakeholders import emails
from stakeholders.models import Decision, Question, Reply, Request
from tenants import clock
from tenants.models import User
from tenants.wake import RECOMPUTE, wake


class NotOpen(Exception):
    """The request was answered, withdrawn or replaced meanwhile."""


class NotTheirs(Exception):
    """Only the person to whom a request is put may do this."""


def open_request(request: Request, by: User) -> tuple[Project, Request]:
    """Lock, then look: the request as it is now, if it is open and this person's own."""
    project = Project.objects.locked(request.round.project_id)
    found = Request.objects.of_person(by, clock.today(project.tenant.time_zone)).select_related("round")
    mine = found.filter(pk=request.pk).first()
    if mine is None:
        raise NotTheirs(request.code)
    mine.round.project = project
    if mine.answered_at is not None or mine.closed_at is not None or mine.round.withdrawn_at is not None:
        raise NotOpen(request.code)
    return project, mine


def want(words: str, field: str, missing: str) -> str:
    if not words.strip():
        raise ValidationError({field: missing})
    return words.strip()


@transaction.atomic
def reply(*, decision: Decision, text: str, by: User, resolves: bool = False) -> Reply:
    """Answer what somebody said with their decision; they are mailed. The same words again change nothing."""
    text = want(text, "text", _("Write your answer."))
    project = Project.objects.locked(decision.project_id)
    last = Reply.objects.filter(decision_id=decision.pk).last()
    if last is not None and (last.text, last.by_email, last.resolves) == (text, by.email, resolves):
        return last
    row = Reply.objects.create(
        project=project, decision_id=decision.pk, text=text, by_name=str(by), by_email=by.email, resolves=resolves,
        at=clock.now(),
    )  # fmt: skip
    ledger.record(
        project, by=by, verb="resolved" if resolves else "replied", to=decision.name, said=decision.comment, answer=text,
        asked_for=list(decision.answers),
    )  # fmt: skip
    emails.tell_reply(row, decision, project, by=by)
    wake(RECOMPUTE, project.pk)
    return row


@transaction.atomic
def ask_question(*, request: Request, text: str, by: User) -> Question:
    """Ask the lead before deciding. Reminders pause until it is answered. The same question twice is one."""
    text = want(text, "question", _("Write your question."))
    project, request = open_request(request, by)
    same = Question.objects.filter(request=request, text=text, asked_by_email=by.email, answered_at=None).first()
    if same is not None:
        return same
    row = Question.objects.create(
        request=request, text=text, asked_by_name=by.name or request.name, asked_by_email=by.email, asked_at=clock.now()
    )
    ledger.record(project, by=by, verb="question asked", request=request.code, question=text)
    emails.tell_question(row, by=by)
    wake(RECOMPUTE, project.pk)
    return row


@transaction.atomic
def answer_question(*, question: Question, text: str, by: User) -> Question:
    """Answer a question; whoever asked is mailed, and reminders go on. An answer is given once."""
    text = want(text, "text", _("Write your answer."))
    project = Project.objects.locked(question.request.round.project_id)
    question = Question.objects.select_related("request__round").get(pk=question.pk)
    question.request.round.project = project
    if question.answered_at is not None:
        return question
    question.answer, question.answered_by_name, question.answered_at = text, str(by), clock.now()
    question.save(update_fields=["answer", "answered_by_name", "answered_at"])
    ledger.record(
        project, by=by, verb="question answered", request=question.request.code, question=question.text, answer=text
    )
    emails.tell_answer(question, by=by)
    wake(RECOMPUTE, project.pk)
    return question


@transaction.atomic
def remind_me_on(*, request: Request, day: date, by: User) -> Request:
    """Reminders pause until this day. It changes nothing about the day on which the decision is due."""
    project, request = open_request(request, by)
    if day <= clock.today(project.tenant.time_zone):
        raise ValidationError({"day": _("Choose a day to come.")})
    if day != request.remind_on:
        request.remind_on = day
        request.save(update_fields=["remind_on"])
        ledger.record(project, by=by, verb="reminder chosen", request=request.code, until=day.isoformat())
        wake(RECOMPUTE, project.pk)
    return request


@transaction.atomic
def say_wrong_person(*, request: Request, says: str, by: User) -> Request:
    """The request went to the wrong person: the leads are told, nobody is reminded. Once."""
    project, request = open_request(request, by)
    if by.email != request.email:
        raise NotTheirs(request.code)
    if request.disowned_at is None:
        request.disowned_at, request.disowned_says = clock.now(), says.strip()
        request.save(update_fields=["disowned_at", "disowned_says"])
        ledger.record(project, by=by, verb="wrong person", request=request.code, role=request.role, says=says.strip())
        emails.tell_wrong_person(request, by=by)
        wake(RECOMPUTE, project.pk)
    return request
