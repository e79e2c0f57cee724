"""Who has decided and who has not, since when: requests, signatures, answers, and what was signed against now."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from projects.document import has_counts
from projects.views.base import ProjectPage
from stakeholders import actions
from stakeholders.deeds import deeds_since
from stakeholders.document import Document, Part, StakeholderRow
from stakeholders.forms import WithdrawForm
from stakeholders.models import Request, Round
from stakeholders.plan import load
from stakeholders.rules.changes import Deed, Difference, difference
from stakeholders.rules.standing import WITHDRAWN, Ask, Signature, Standing, State, Vote
from stakeholders.shown import Word, answer_words, called, mail_words, out_of_date, why_not_waited_for, word_of
from stakeholders.states import standings
from stakeholders.views.reading import SectionRead, whole
from stakeholders.views.threads import threads_of
from stakeholders.words import section_title, titles
from tenants import clock
from tenants.templatetags.look import day, moment


@dataclass
class Line:
    """A state in words, the sections that it is about, and what was said."""

    word: Word
    titles: str
    note: str = ""
    difference_of: str = ""
    """Name of the section whose difference is worth a look."""
    by: str = ""
    """Who answered for the person of the request, if it was not they."""


@dataclass
class Person:
    """One request of a round."""

    request: Request
    lines: list[Line] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    mail: str = ""
    reminded: str = ""
    may_remind: bool = False
    is_refused: bool = False
    """The address takes no mail."""
    waits: bool = False
    notes: list[str] = field(default_factory=list)
    """What else became of the request: handed on, a later day, a question, the wrong person, reported elsewhere."""


@dataclass
class RoundShown:
    round: Round
    titles: str
    people: list[Person]

    @property
    def is_open(self) -> bool:
        return self.round.withdrawn_at is None and any(_waits(person.request) for person in self.people)


class Cell(NamedTuple):
    """One approver on one section; without a signature where it is not in their scope."""

    row: StakeholderRow
    signature: Signature | None
    is_approved: bool

    @property
    def called(self) -> str:
        return called(self.row)

    @property
    def word(self) -> Word | None:
        return word_of(self.signature, is_approved=self.is_approved) if self.signature else None


def _when_reminded(request: Request) -> str:
    if request.reminded_at is None:
        return ""
    words = {"at": moment(request.reminded_at)}
    if request.reminded_at > clock.now():
        return _("A reminder goes out %(at)s, when they may be reminded.") % words
    return _("Reminded %(at)s.") % words


def _waits(request: Request) -> bool:
    return request.answered_at is None and request.closed_at is None


class StandingPage(ProjectPage):
    """Base of the pages that show where signatures stand."""

    is_abstract = True
    permission = "view_project"
    tab = "approvals"

    @cached_property
    def document(self) -> Document:
        return load([self.project])[self.project.pk]

    @cached_property
    def standing(self) -> Standing:
        return standings([self.project], {self.project.pk: self.document})[self.project.pk]

    @cached_property
    def deeds(self) -> list[Deed]:
        """What happened since the oldest signature that is out of date."""
        stale = [s.vote.at for s in self._all if s.state == State.OUT_OF_DATE and s.vote]
        return deeds_since(self.project, min(stale, default=None))

    @property
    def _all(self) -> list[Signature]:
        return [signature for found in self.standing.signatures.values() for signature in found]


class Approvals(StandingPage):
    permission = "view_project"
    template_name = "stakeholders/approvals.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", WithdrawForm())
        return super().get_context_data(
            rounds=self.rounds,
            open_talk=self.open_talk,
            any_condition=any(vote.condition for vote in self.standing.votes),
            approvers=self.approvers,
            sections=self.sections(),
            said=self.said(),
            may_submit="submit_project" in self.can,
            **kwargs,
        )

    @cached_property
    def approvers(self) -> list[StakeholderRow]:
        """The rows that approve anything, in the order of the matrix."""
        matrix = self.document.stakeholders
        return [row for row in matrix.rows if any(row.signs(name) for name in self.standing.signatures)]

    def sections(self) -> list[dict[str, Any]]:
        """Each section with a cell per approver."""
        found = []
        for name, signatures in self.standing.signatures.items():
            by_row = {signature.row.key: signature for signature in signatures}
            is_signed = self.standing.is_signed(name)
            cells = [Cell(row, by_row.get(row.key), is_signed) for row in self.approvers]
            found.append({"name": name, "title": section_title(name), "cells": cells, "signed": is_signed})
        return found

    @cached_property
    def rounds(self) -> list[RoundShown]:
        rows = Round.objects.filter(project=self.project).prefetch_related("requests__questions", "requests__reports")
        return [
            RoundShown(row, titles(row.sections), [self._person(row, request) for request in row.requests.all()])
            for row in rows
        ]

    @cached_property
    def _votes(self) -> dict[int, list[Vote]]:
        """The answers to each request: one, or several where sections were left for later."""
        found: dict[int, list[Vote]] = {}
        for vote in self.standing.votes:
            found.setdefault(vote.request_id, []).append(vote)
        return found

    @cached_property
    def _asks(self) -> dict[int, Ask]:
        return {ask.request_id: ask for ask in self.standing.asks}

    def _person(self, round_: Round, request: Request) -> Person:
        votes = self._votes.get(request.pk, [])
        lines = [line for vote in votes for line in self._answered(vote)]
        comments = [vote.comment for vote in votes if vote.comment]
        ask = self._asks.get(request.pk)
        if request.answered_at is None and ask is None:
            gone = _("Withdrawn") if round_.withdrawn_at else _("Closed: asked again, or replaced")
            lines.append(Line(Word("withdrawn", gone), ""))
        if ask is None:
            return Person(request, lines, comments)
        wanted = self.standing.waited_for(ask) if request.part == Part.SO else list(ask.sections)
        if wanted:
            since = _("Waiting since %(day)s") % {"day": f"{round_.opened_at.day} {round_.opened_at:%b}"}
            lines.append(Line(Word("wait", since), titles(wanted)))
        lines += self._not_waited_for(ask, [name for name in ask.sections if name not in wanted])
        today = clock.today(self.project.tenant.time_zone)
        zone = ZoneInfo(self.project.tenant.time_zone)
        reminded = request.reminded_at is not None and request.reminded_at.astimezone(zone).date() >= today
        notes = self._notes(request)
        is_later = request.remind_on is not None and request.remind_on > today
        asks = any(not question.answered_at for question in request.questions.all())
        may_remind = bool(wanted) and not (reminded or is_later or request.disowned_at or asks)
        return Person(
            request, lines, comments, mail=mail_words(ask), reminded=_when_reminded(request), may_remind=may_remind,
            is_refused=ask.mail == "refused",
            waits=self._may_answer(request, ask), notes=notes,
        )  # fmt: skip

    def _may_answer(self, request: Request, ask: Ask) -> bool:
        """Whether there is anything in an open request that its person may answer, needed or not."""
        found = [s for name in ask.sections for s in self.standing.signatures.get(name, ()) if s.ask == ask]
        return request.part != Part.SO or any(signature.may_sign for signature in found)

    def _not_waited_for(self, ask: Ask, sections: list[str]) -> list[Line]:
        """Sections of an open request that need no answer: each with why, where that can be said."""
        lines: dict[tuple[Word, str], list[str]] = {}
        for name in sections:
            found = next((s for s in self.standing.signatures.get(name, ()) if s.ask == ask), None)
            if found is not None:
                is_approved = self.standing.is_signed(name)
                word = word_of(found, is_approved=is_approved)
                lines.setdefault((word, why_not_waited_for(found, is_approved=is_approved)), []).append(name)
        return [Line(word, titles(names), note=why) for (word, why), names in lines.items()]

    def _notes(self, request: Request) -> list[str]:
        told = [
            _("Reported by %(by)s, not confirmed: %(place)s, %(day)s.")
            % {"by": report.reported_by_name, "place": report.place, "day": day(report.decided_on)}
            for report in request.reports.all()
            if not report.confirmed_at and not report.denied_at
        ]
        if request.handed_to:
            told.append(_("Handed to %(name)s.") % {"name": request.handed_to_name})
        if request.disowned_at:
            told.append(_("Is not the right person to ask. %(says)s") % {"says": request.disowned_says})
        if request.escalated_at:
            told.append(
                _("No answer after the last reminder: %(name)s was told on %(day)s.")
                % {"name": request.escalated_to or _("the lead"), "day": day(request.escalated_at)}
            )
        if request.remind_on:
            told.append(_("Wants no reminder before %(day)s.") % {"day": day(request.remind_on)})
        waiting = [question for question in request.questions.all() if not question.answered_at]
        told += [_("Asked before deciding: “%(words)s”") % {"words": question.text} for question in waiting]
        return told

    @cached_property
    def open_talk(self) -> int:
        """How many requested changes, objections and questions nobody has answered."""
        asked = sum(
            not question.answered_at
            for shown in self.rounds
            for person in shown.people
            for question in person.request.questions.all()
        )
        return asked + sum(thread.waits for thread in threads_of(list(self.standing.votes)))

    def _answered(self, vote: Vote) -> list[Line]:
        """What somebody answered, and where that answer stands now; sections with the same word in one line."""
        lines: dict[tuple[str, str, str], list[str]] = {}
        words: dict[tuple[str, str, str], Word] = {}
        for section, answer in vote.answers.items():
            signature = self._signature_by(vote, section)
            word, note, link = answer_words()[answer], "", ""
            if signature is not None:
                word = word_of(signature)
                if signature.state == State.OUT_OF_DATE:
                    note, link = out_of_date(signature, self.deeds), section
            elif vote.part == Part.SO and answer != WITHDRAWN:
                note = self._what_became_of(vote, section)
            key = (word.text, note, link)
            lines.setdefault(key, []).append(section)
            words[key] = word
        by = vote.name if vote.for_name else ""
        return [
            Line(words[key], titles(names), note=key[1], difference_of=key[2], by=by) for key, names in lines.items()
        ]

    def _what_became_of(self, vote: Vote, section: str) -> str:
        """Of an answer that is not the present signature of its row: they were asked again, or have answered anew."""
        found = any(signature.vote is vote for signature in self.standing.signatures.get(section, ()))
        return _("Asked again, and not answered yet.") if found else _("A later answer took its place.")

    def _signature_by(self, vote: Vote, section: str) -> Signature | None:
        """The present signature that this answer gave, if it is still the newest of that row."""
        for signature in self.standing.signatures.get(section, ()):
            if signature.vote is vote and signature.state != State.PENDING:
                return signature
        return None

    def said(self) -> list[dict[str, Any]]:
        """Every answer with its words, newest first: changes that were asked for, objections, input, conditions."""
        words = answer_words()
        found = []
        for vote in sorted(self.standing.votes, key=lambda vote: vote.at, reverse=True):
            by_answer: dict[str, list[str]] = {}
            for section, answer in vote.answers.items():
                by_answer.setdefault(answer, []).append(section)
            answers = [(words[answer], titles(names)) for answer, names in by_answer.items()]
            found.append({"vote": vote, "answers": answers})
        return found


class DifferencePage(StandingPage):
    """What one person signed of a section against what is written now."""

    permission = "view_project"
    template_name = "stakeholders/difference.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = str(self.kwargs["section"])
        row = next((r for r in self.document.stakeholders.rows if r.key == self.kwargs["stakeholder_key"]), None)
        vote = self.standing.latest_vote(row, name) if row and name in self.standing.signatures else None
        if row is None or vote is None:
            raise Http404
        signature = next((s for s in self.standing.signatures[name] if s.row.key == row.key), None)
        told = self._told(vote, name)
        section = SectionRead(
            name=name,
            title=section_title(name),
            digest=self.standing.digests[name],
            figures=[],
            sources="",
            vote=vote,
            difference=told,
            tables=whole(self.document, name),
            bar=None,
            has_moved=False,
        )
        return super().get_context_data(
            section=section,
            row=row,
            vote=vote,
            word=word_of(signature) if signature else None,
            has_counts=has_counts(name),
            difference=told,
            **{key: value for key, value in kwargs.items() if key not in ("section", "slug", "stakeholder_key")},
        )

    def _told(self, vote: Vote, name: str) -> Difference:
        deeds = [deed for deed in deeds_since(self.project, vote.at) if name in deed.sections]
        return difference(
            self.standing.compared(vote, name),
            deeds,
            signed=self.standing.signed(vote.revision_id),
            current=self.document,
            section=name,
        )


class Withdraw(Approvals):
    """Take a request back, with a reason; what was decided stands."""

    permission = "submit_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str, number: int) -> HttpResponse:
        round_ = get_object_or_404(Round, project=self.project, number=number)
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(form=form, withdrawing=round_.number)
            return self.render_to_response(context, status=422)
        actions.withdraw_round(round_=round_, because=form.cleaned_data["because"], by=self.user)
        messages.success(
            request, _("The request was withdrawn. Whoever was asked to decide or to give input gets one mail.")
        )
        return redirect("stakeholders:approvals", self.project.slug)
