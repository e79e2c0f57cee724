"""Ask somebody at the customer about a row of the plan. What they answer is proposed; the lead takes it over."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from projects import access, emails, ledger
from projects.actions.projects import editable
from projects.actions.proposals import AlreadySettled, accept_proposal, decline_proposal, propose, table_of
from projects.actions.rows import as_document, find
from projects.models import Asked, Grant, PlanRow, Project, Proposal, Question, UploadRequest
from projects.models.rows import ALPHABET
from projects.rules.labels import title_of
from projects.rules.roles import Role
from projects.tables import Table
from tenants import clock
from tenants.models import Mail, User
from tenants.models.people import normal_address

State = Question.State
STAYS_FOR = timedelta(days=30)
"""So long may somebody still look at what became of their answers."""
LETTERS = 5
"""One more than in the reference of a request for approval: neither can be the other."""


def new_code(project: Project) -> str:
    """A reference that can be typed: the tenant's letters and five more. It carries no right."""
    while True:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))
        code = f"{project.tenant.reference_prefix}-{letters}".upper()
        if not any(model.objects.filter(code=code).exists() for model in (Question, UploadRequest)):
            return code


@transaction.atomic
def ask_question(
    *,
    project: Project,
    table: Table,
    email: str,
    name: str,
    text: str,
    due_on: date,
    by: User,
    key: str = "",
) -> Question:
    """Write a question down; nobody is mailed before `send_questions`. Raises RowGone, Archived."""
    project = editable(project)
    row = find(table, project, key) if key else None
    return Question.objects.create(
        project=project,
        code=new_code(project),
        email=normal_address(email),
        name=name.strip(),
        asked_by=by,
        asked_by_name=by.name or by.email,
        asked_at=clock.now(),
        due_on=due_on,
        section=table.section,
        table=table.name,
        key=key,
        title=(title_of(as_document(table, row)) if row else _(table.title))[:200],
        text=text,
    )


@transaction.atomic
def send_questions(*, project: Project, by: User, email: str = "") -> dict[str, int]:
    """Send what is written down, to everybody or to one address: name -> questions. One mail per person."""
    project = editable(project)
    drafts = Question.objects.drafted().filter(project=project)
    if email:
        drafts = drafts.filter(email=normal_address(email))
    by_person: dict[str, list[Question]] = defaultdict(list)
    for question in drafts.order_by("due_on", "pk"):
        by_person[question.email].append(question)
    for address, new in by_person.items():
        access.let_in(
            project=project, email=address, name=new[0].name, role=Role.RESPONDENT, reason=Grant.Reason.QUESTION, by=by
        )
        now = clock.now()
        Question.objects.filter(pk__in=[each.pk for each in new]).update(state=State.OPEN, asked_at=now)
        entry = ledger.record(
            project,
            by=by,
            verb="questions asked",
            person={"name": new[0].name, "email": address},
            questions=[{"title": each.title, "text": each.text, "due_on": each.due_on.isoformat()} for each in new],
        )
        _mail_open(project, address, by=by, slot=f"questions-{entry.seq}")
    return {questions[0].name: len(questions) for questions in by_person.values()}


def _mail_open(project: Project, email: str, *, by: User, slot: str, is_reminder: bool = False) -> None:
    """One mail with everything that the person has open in this project."""
    questions = list(Question.objects.filter(project=project, email=email, state=State.OPEN).order_by("due_on", "pk"))
    for question in questions:
        question.project = project
    mail = emails.mail_questions(questions, by=by, slot=slot, is_reminder=is_reminder)
    _mailed(questions, mail)


def _mailed(questions: list[Question], mail: Mail | None) -> None:
    if mail is not None:
        Question.objects.filter(pk__in=[each.pk for each in questions]).update(mail=mail)


def _locked(question: Question, *states: str) -> Question:
    """The question, its project locked first. Raises AlreadySettled if it is in none of `states` any more."""
    project = editable(question.project)
    row = Question.objects.select_related("asked_by").get(pk=question.pk)
    row.project = project
    if row.state not in states:
        raise AlreadySettled(row.state)
    return row


@transaction.atomic
def answer_question(*, question: Question, by: User, values: Mapping[str, Any], answer: str = "") -> Question:
    """Propose values for the row, or say it in words, or both. Until it is looked at it may be answered again.

    Raises AlreadySettled, Archived.
    """
    row = _locked(question, State.OPEN, State.ANSWERED, State.UNKNOWN)
    Proposal.objects.filter(question=row).delete()
    if values:
        propose(
            project=row.project, table=table_of(row), key=row.key, values=values,
            name=by.name or row.name, email=by.email, why=answer, question=row,
        )  # fmt: skip
    return _answered(row, State.ANSWERED, by, answer=answer)


@transaction.atomic
def say_unknown(*, question: Question, by: User, name: str = "", email: str = "", answer: str = "") -> Question:
    """Say that one does not know, and who does. Nobody else is mailed: whoever asked decides whom to ask."""
    row = _locked(question, State.OPEN, State.ANSWERED, State.UNKNOWN)
    Proposal.objects.filter(question=row).delete()
    row.ask_name, row.ask_email = name.strip(), normal_address(email)
    return _answered(row, State.UNKNOWN, by, answer=answer)


def _answered(row: Question, state: str, by: User, *, answer: str) -> Question:
    row.state, row.answer, row.answered_at = state, answer, clock.now()
    row.save(update_fields=["state", "answer", "answered_at", "ask_name", "ask_email"])
    ledger.record(row.project, by=by, verb="question answered", about=row.title, code=row.code, answered=state)
    open_ones = Question.objects.filter(project=row.project, email=row.email, state=State.OPEN).count()
    emails.tell_answered(row, left=open_ones, today=clock.today(row.project.tenant.time_zone))
    return row


@transaction.atomic
def accept_answer(*, question: Question, by: User, seen: int | None = None) -> PlanRow | None:
    """Take an answer over: what it proposes into the row, with the answerer as its source; words alone are settled.

    Raises AlreadySettled, RowMoved, RowGone, ValidationError.
    """
    row = _locked(question, State.ANSWERED, State.UNKNOWN)
    proposal = Proposal.objects.filter(question=row).first()
    changed = None
    if proposal is not None:
        proposal.project = row.project
        changed = accept_proposal(proposal=proposal, by=by, seen=seen, why=source_of(row))
    _settle(row, State.ACCEPTED, by)
    if proposal is None:
        ledger.record(row.project, by=by, verb="answer settled", about=row.title, code=row.code)
    return changed


def source_of(row: Question) -> str:
    """The source of a taken-over value, as the history keeps it."""
    day = row.answered_at.date() if row.answered_at else None
    words = {"name": row.name, "email": row.email, "day": f"{day.day} {day:%b %Y}" if day else "", "code": row.code}
    said = _("answered by %(name)s (%(email)s) on %(day)s, %(code)s") % words
    return f"{said}: {row.answer}"[:1000] if row.answer else said


@transaction.atomic
def decline_answer(*, question: Question, by: User, word: str) -> None:
    """Do not take an answer over; the person is told why. Raises AlreadySettled."""
    row = _locked(question, State.ANSWERED, State.UNKNOWN)
    proposal = Proposal.objects.filter(question=row).first()
    if proposal is not None:
        decline_proposal(proposal=proposal, by=by)
    row.word = word
    _settle(row, State.DECLINED, by)
    ledger.record(row.project, by=by, verb="answer declined", about=row.title, code=row.code, why=word)
    emails.mail_declined(row, by=by)


@transaction.atomic
def withdraw_question(*, question: Question, by: User) -> None:
    """Ask no longer; what was only written down is deleted. Raises AlreadySettled."""
    row = _locked(question, State.DRAFT, State.OPEN)
    if row.state == State.DRAFT:
        row.delete()
        return
    _settle(row, State.WITHDRAWN, by)
    ledger.record(row.project, by=by, verb="question withdrawn", about=row.title, code=row.code)


def _settle(row: Question, state: str, by: User) -> None:
    row.state, row.closed_at, row.settled_by_name = state, clock.now(), by.name or by.email
    row.save(update_fields=["state", "closed_at", "settled_by_name", "word"])
    _let_go(row, by=by)


def _let_go(row: Question, *, by: User) -> None:
    """Whoever is asked nothing more may look for a month at what became of it, and then reads nothing."""
    if Question.objects.unsettled().filter(project=row.project, email=row.email).exists():
        return
    user = User.objects.filter(email=row.email).first()
    if user is not None:
        access.grant(
            project=row.project, user=user, role=Role.RESPONDENT, reason=Grant.Reason.QUESTION, by=by,
            ends_on=clock.today(row.project.tenant.time_zone) + STAYS_FOR,
        )  # fmt: skip


def may_remind(asked: Asked, today: date) -> bool:
    """At most once a day, and not on the day of the first mail."""
    zone = ZoneInfo(asked.project.tenant.time_zone)
    return all(moment.astimezone(zone).date() < today for moment in (asked.asked_at, asked.reminded_at) if moment)


@transaction.atomic
def remind_of_questions(*, question: Question, by: User) -> bool:
    """Mail the person once more about all that they have open here. False if they had a mail today."""
    row = _locked(question, State.OPEN)
    today = clock.today(row.project.tenant.time_zone)
    if not may_remind(row, today):
        return False
    Question.objects.filter(project=row.project, email=row.email, state=State.OPEN).update(reminded_at=clock.now())
    _mail_open(row.project, row.email, by=by, slot=f"questions-again-{today:%Y%m%d}", is_reminder=True)
    return True
