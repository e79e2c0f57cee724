"""Where every signature stands: derived from matrix, decisions, requests, the plan as it is now, and the day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from projects.document import SECTIONS, applies, digest
from stakeholders.document import Document, Part, Quorum, StakeholderRow
from stakeholders.rules.signoff import SAME, Comparison, compare

APPROVE, CONDITIONS, CHANGES = "approve", "conditions", "changes"
INPUT, NO_OBJECTION, OBJECT, NOTED = "input", "no_objection", "object", "noted"
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


COVERING = {State.APPROVED, State.CONDITIONAL}
"""States in which the signature covers what is written now."""


@dataclass(frozen=True)
class Vote:
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

    def ended(self, section: str, today: date) -> bool:
        """Whether its day is over. The day of a condition ends what was approved on that condition alone."""
        is_meant = self.condition is None or self.answers.get(section) == CONDITIONS
        return is_meant and self.ends_on is not None and self.ends_on < today


@dataclass(frozen=True)
class Ask:
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


@dataclass(frozen=True)
class Signature:
    """The state of one row of the matrix on one section."""

    row: StakeholderRow
    section: str
    state: State
    vote: Vote | None = None
    ask: Ask | None = None
    comparison: Comparison = SAME

    @property
    def covers(self) -> bool:
        return self.state in COVERING


def sections_of(document: Document) -> list[str]:
    """The sections that apply to this project, in reading order."""
    return ["stakeholders", *(name for name in SECTIONS if applies(name, document.project))]


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
        return tuple(self._signature(row, name) for row in self.document.stakeholders.approvers(name))

    def is_signed(self, section: str) -> bool:
        """Whether the quorum covers the section now: all, or any, of those who may sign. None is never approved."""
        found = self.able(section)
        if self.document.stakeholders.quorum == Quorum.ANY:
            return any(signature.covers for signature in found)
        return bool(found) and all(signature.covers for signature in found)

    def able(self, section: str) -> tuple[Signature, ...]:
        """The signatures of those who may sign: its authors may not, unless theirs stood before they wrote."""
        barred = self.authors.get(section, ())
        return tuple(s for s in self.signatures[section] if s.covers or s.row.email not in barred)

    def latest_vote(self, row: StakeholderRow, section: str) -> Vote | None:
        """The newest answer of the person who stands in the row now."""
        mine = [
            vote
            for vote in self.votes
            if vote.stakeholder_key == row.key and vote.email == row.email and section in vote.answers
        ]
        return max(mine, key=lambda vote: (vote.at, vote.request_id), default=None)

    def open_ask(self, row: StakeholderRow, section: str) -> Ask | None:
        mine = [
            ask
            for ask in self.asks
            if ask.stakeholder_key == row.key and ask.email == row.email and section in ask.sections
        ]
        return max(mine, key=lambda ask: (ask.asked_at, ask.request_id), default=None)

    def _signature(self, row: StakeholderRow, section: str) -> Signature:
        vote, ask = self.latest_vote(row, section), self.open_ask(row, section)
        if vote is None:
            return Signature(row, section, State.PENDING if ask else State.NOT_ASKED, ask=ask)
        if vote.answers[section] == CHANGES:
            asked_again = ask is not None and ask.asked_at > vote.at
            return Signature(row, section, State.PENDING if asked_again else State.CHANGES, vote=vote, ask=ask)
        found = self.compared(vote, section)
        if not found.stands:
            return Signature(row, section, State.OUT_OF_DATE, vote=vote, ask=ask, comparison=found)
        if vote.ended(section, self.today):
            return Signature(row, section, State.EXPIRED, vote=vote, ask=ask, comparison=found)
        state = State.CONDITIONAL if vote.answers[section] == CONDITIONS else State.APPROVED
        return Signature(row, section, state, vote=vote, ask=ask, comparison=found)

    def compared(self, vote: Vote, section: str) -> Comparison:
        """What a decision was about against what is now; equal fingerprints are the fast path."""
        if vote.digests.get(section) == self.digests[section]:
            return SAME
        return compare(self.signed(vote.revision_id), self.document, section, vote.tolerance)
