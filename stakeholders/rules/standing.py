"""Where every signature stands: derived from matrix, decisions, requests, the plan as it is now, and the day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from projects.document import SECTIONS, applies, digest
from stakeholders.document import Document, Part, Quorum, StakeholderRow
from stakeholders.rules.signoff import SAME, Comparison, compare

APPROVE, CONDITIONS, CHANGES = "approve", "conditions", "changes"
INPUT, NO_OBJECTION, OBJECT, NOTED = "input", "no_objection", "object", "noted"
WITHDRAWN = "withdrawn"
"""What a person took back. Not among the answers that may be chosen: it is an answer to one's own answer."""
ANSWERS = {
    Part.SO: (APPROVE, CONDITIONS, CHANGES),
    Part.R: (INPUT, NO_OBJECTION, OBJECT),
    Part.I: (NOTED,),
}


class State(StrEnum):
    NOT_ASKED = "not_asked"
    PENDING = "pending"
    APPROVED = "approved"
    CONDITIONAL = "conditional"
    CHANGES = "changes"
    OUT_OF_DATE = "out_of_date"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


MATRIX = "stakeholders"
SIGNING = {APPROVE, CONDITIONS}
COVERING = {State.APPROVED, State.CONDITIONAL}
"""States in which the signature covers what is written now."""
NOT_SIGNED = {CHANGES: State.CHANGES, WITHDRAWN: State.WITHDRAWN}
"""Newest answers that sign nothing, until they are asked again."""


class Said(NamedTuple):
    """A reply to what somebody said with their decision."""

    text: str
    by: str
    at: datetime
    resolves: bool = False


class Vote(NamedTuple):
    """A decision as the rules see it."""

    stakeholder_key: str
    email: str
    person_id: int
    name: str
    part: str
    request_id: int
    round_number: int
    revision_id: int
    answers: Mapping[str, str]
    digests: Mapping[str, str]
    tolerance: int
    comment: str
    at: datetime
    ends_on: date | None = None
    condition: Mapping[str, str] | None = None
    met_on: date | None = None
    """The day on which whoever set the condition accepted that it was met."""
    for_email: str = ""
    """For whom it was given, by a substitute; empty for oneself."""
    for_name: str = ""
    number: int = 1
    """Of the answers to this request: a later one of the same moment has the higher number."""
    replies: tuple[Said, ...] = ()
    decision_id: int = 0

    @property
    def stands_for(self) -> str:
        """The address of the person whose answer it is, whoever gave it."""
        return self.for_email or self.email

    def is_on_condition(self, section: str) -> bool:
        return self.condition is not None and self.answers.get(section) == CONDITIONS

    def is_met(self, section: str) -> bool:
        """Whether the condition was accepted in time. Accepted later it had lapsed, and stays lapsed."""
        in_time = self.met_on is not None and (self.ends_on is None or self.met_on <= self.ends_on)
        return self.is_on_condition(section) and in_time

    def ended(self, section: str, today: date) -> bool:
        """Whether its day is over. The day of a condition ends what was approved on that condition alone."""
        last = self.last_day(section)
        return last is not None and last < today

    def last_day(self, section: str) -> date | None:
        """The day until which it holds by itself, if there is one: a condition that was met in time ends nothing."""
        is_meant = self.condition is None or self.is_on_condition(section)
        return self.ends_on if is_meant and not self.is_met(section) else None

    @property
    def answered(self) -> Said | None:
        """The newest reply to what was said with it."""
        return self.replies[-1] if self.replies else None

    @property
    def is_resolved(self) -> bool:
        return any(reply.resolves for reply in self.replies)


class Ask(NamedTuple):
    """An open request as the rules see it."""

    request_id: int
    code: str
    stakeholder_key: str
    email: str
    sections: Collection[str]
    asked_at: datetime
    due_on: date
    opened_at: datetime | None = None
    mail: str = ""
    is_delivered: bool = False
    """Whether a mail service said so of the mail."""
    remind_on: date | None = None
    handed_to: str = ""
    disowned: str | None = None
    """What the person said who is not the right one to ask; None if they said nothing of the kind."""


class Signature(NamedTuple):
    """The state of one row of the matrix on one section."""

    row: StakeholderRow
    section: str
    state: State
    vote: Vote | None = None
    ask: Ask | None = None
    comparison: Comparison = SAME
    wrote_it: bool = False
    """Whether the person wrote the section since its last full sign-off."""
    asked_for_it: bool = False
    """Whether the person sent the newest request for its approval, and so is not asked in it."""

    @property
    def covers(self) -> bool:
        return self.state in COVERING

    @property
    def may_sign(self) -> bool:
        """Whether it is one of those that are waited for: nobody signs what they wrote or asked for, unless theirs
        stood before."""
        return self.covers or not (self.wrote_it or self.asked_for_it)


def answered_in(votes: Collection[Vote]) -> set[tuple[int, str]]:
    """(request, section) of what is answered, and was not taken back."""
    newest = {
        (vote.request_id, section): answer
        for vote in sorted(votes, key=lambda vote: (vote.request_id, vote.number))
        for section, answer in vote.answers.items()
    }
    return {place for place, answer in newest.items() if answer != WITHDRAWN}


def sections_of(document: Document) -> list[str]:
    """The sections that apply to this project, in reading order."""
    return [MATRIX, *(name for name in SECTIONS if applies(name, document.project))]


@dataclass(frozen=True)
class Standing:
    """All signatures of a project. `signed` gives the document of a revision; asked only where fingerprints differ."""

    document: Document
    votes: Collection[Vote]
    asks: Collection[Ask]
    today: date
    signed: Callable[[int], Document]
    authors: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Section -> addresses of those who wrote it since its last full sign-off, and so cannot sign it."""
    askers: Mapping[str, str] = field(default_factory=dict)
    """Section -> address of whoever asked last for its approval."""
    signed_off: Mapping[str, str] = field(default_factory=dict)
    """Section -> its fingerprint when it was fully signed last."""
    successors: Mapping[str, str] = field(default_factory=dict)
    """Address of somebody who left -> of whom an administrator put in their place."""
    known: Mapping[str, str] | None = None
    """Fingerprints that are kept with the project: with them a document needs only the sections that are asked for."""

    @cached_property
    def digests(self) -> dict[str, str]:
        if self.known is not None:
            return dict(self.known)
        return {
            name: digest(name, self.document.section(name), self.document.project)
            for name in sections_of(self.document)
        }

    @cached_property
    def signatures(self) -> dict[str, tuple[Signature, ...]]:
        """Section -> one signature per SO row in whose scope it is."""
        return {name: self.of_section(name) for name in sections_of(self.document)}

    def of_section(self, name: str) -> tuple[Signature, ...]:
        """One signature per SO row in whose scope the section is."""
        if name not in self._found:
            self._found[name] = tuple(self._signature(row, name) for row in self.document.stakeholders.approvers(name))
        return self._found[name]

    @cached_property
    def _found(self) -> dict[str, tuple[Signature, ...]]:
        return {}

    def is_signed(self, section: str) -> bool:
        """Whether the quorum covers the section now: all, or any, of those who may sign. None is never approved.

        A matrix that is not the one approved last needs one of those who approved in that one: nobody is approved by
        approvers whom they chose themselves.
        """
        found = self.able(section)
        if section == MATRIX and self.approved_before and not any(s.covers for s in self.vouching):
            return False
        if self.document.stakeholders.quorum == Quorum.ANY:
            return any(signature.covers for signature in found)
        return bool(found) and all(signature.covers for signature in found)

    @cached_property
    def approved_before(self) -> Mapping[str, str]:
        """Address -> name of whoever approved in the matrix that was approved last, if that is not the present one."""
        last = self.signed_off.get(MATRIX)
        if last is None or last == self.digests[MATRIX]:
            return {}
        signing = (v for v in self.votes if v.answers.get(MATRIX) in SIGNING and v.digests.get(MATRIX) == last)
        vote = next(signing, None)
        rows = self.signed(vote.revision_id).stakeholders.rows if vote else ()
        return {row.email: row.name or row.role for row in rows if row.is_approver}

    @property
    def vouching(self) -> tuple[Signature, ...]:
        """The signatures on the matrix, of those who may sign, that are of somebody who approved before."""
        before = {address for email in self.approved_before for address in self._succession(email)}
        return tuple(signature for signature in self.able(MATRIX) if signature.row.email in before)

    def _succession(self, email: str) -> list[str]:
        """Somebody, whoever came after them, and so on; a circle ends."""
        found = [email]
        while (following := self.successors.get(found[-1])) and following not in found:
            found.append(following)
        return found

    def able(self, section: str) -> tuple[Signature, ...]:
        """The signatures of those who may sign: its authors and whoever asked may not, unless theirs stood before."""
        return tuple(signature for signature in self.of_section(section) if signature.may_sign)

    @property
    def waits(self) -> list[tuple[StakeholderRow, Ask, list[str]]]:
        """Who approves and is waited for: their open requests, with the sections that still need their answer."""
        rows = {row.key: row for row in self.document.stakeholders.rows if row.part == Part.SO}
        found = [
            (rows[ask.stakeholder_key], ask, self.waited_for(ask)) for ask in self.asks if ask.stakeholder_key in rows
        ]
        return [(row, ask, sections) for row, ask, sections in found if sections]

    def waited_for(self, ask: Ask) -> list[str]:
        """The sections of an open request to an approver that still need their answer.

        Not those that they may not sign, that their signature covers, or that are approved without them.
        """
        return [
            name
            for name in ask.sections
            if any(s.ask == ask and s.may_sign and not s.covers for s in self.of_section(name))
            and not self.is_signed(name)
        ]

    def latest_vote(self, row: StakeholderRow, section: str, *, besides: int | None = None) -> Vote | None:
        """The newest answer of the person who stands in the row now, given in the part that the row has now.

        `besides` is the id of a request whose answers are passed over: what was said before it.
        """
        mine = [
            vote
            for vote in self.votes
            if (vote.stakeholder_key, vote.stands_for, vote.part) == (row.key, row.email, row.part)
            and section in vote.answers
            and vote.request_id != besides
        ]
        return max(mine, key=lambda vote: (vote.at, vote.request_id, vote.number), default=None)

    def open_ask(self, row: StakeholderRow, section: str) -> Ask | None:
        mine = [
            ask
            for ask in self.asks
            if ask.stakeholder_key == row.key and ask.email == row.email and section in ask.sections
        ]
        return max(mine, key=lambda ask: (ask.asked_at, ask.request_id), default=None)

    def _signature(self, row: StakeholderRow, section: str) -> Signature:
        return self._answered(row, section)._replace(
            wrote_it=row.email in self.authors.get(section, ()), asked_for_it=row.email == self.askers.get(section)
        )

    def _answered(self, row: StakeholderRow, section: str) -> Signature:
        vote, ask = self.latest_vote(row, section), self.open_ask(row, section)
        if vote is None:
            return Signature(row, section, State.PENDING if ask else State.NOT_ASKED, ask=ask)
        if vote.answers[section] in NOT_SIGNED:
            asked_again = ask is not None and ask.asked_at > vote.at
            state = State.PENDING if asked_again else NOT_SIGNED[vote.answers[section]]
            return Signature(row, section, state, vote=vote, ask=ask)
        found = self.compared(vote, section)
        if not found.stands:
            return Signature(row, section, State.OUT_OF_DATE, vote=vote, ask=ask, comparison=found)
        if vote.ended(section, self.today):
            over = State.LAPSED if vote.is_on_condition(section) else State.EXPIRED
            return Signature(row, section, over, vote=vote, ask=ask, comparison=found)
        is_open = vote.answers[section] == CONDITIONS and not vote.is_met(section)
        state = State.CONDITIONAL if is_open else State.APPROVED
        return Signature(row, section, state, vote=vote, ask=ask, comparison=found)

    def compared(self, vote: Vote, section: str) -> Comparison:
        """What a decision was about against what is now; equal fingerprints are the fast path."""
        if vote.digests.get(section) == self.digests[section]:
            return SAME
        return compare(self.signed(vote.revision_id), self.document, section, vote.tolerance)
