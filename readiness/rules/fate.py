"""What became of an answer: does it stand, since when no more, what took its place. Pure: votes and deeds in, words out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from stakeholders.rules.changes import Deed, ended_since
from stakeholders.rules.signoff import Comparison, compare
from stakeholders.rules.standing import APPROVE, CHANGES, CONDITIONS, MATRIX, OBJECT, Signature, Standing, Vote

LEAVING = {"email", "part", "scope", "does_not_apply"}
"""Fields of a row of the matrix by which its person may approve less, or somebody else stands in it."""
APPROVING, ASKING, TAKEN_BACK = {APPROVE, CONDITIONS}, {CHANGES, OBJECT}, "withdrawn"


class Now(StrEnum):
    STANDS = "stands"
    UNTIL = "until"
    OPEN = "open"
    """Changes were requested, or somebody objected, and neither a reply nor a later answer of that role came."""
    ANSWERED = "answered"
    """The same, and it was replied to: the person has not answered anew."""
    REPLACED = "replaced"
    TAKEN_BACK = "taken_back"
    GONE = "gone"
    """Nobody in the matrix has that row and address now."""
    HEARD = "heard"
    """Input, no objection, noted: it stands as what was said, and ends nothing."""


class Fate(NamedTuple):
    """`until`: the day on which an approval stopped covering what was written. `replaced_on`: of the next answer.
    `answered_on`: of the newest reply."""

    now: Now
    until: date | None = None
    replaced_on: date | None = None
    is_conditional: bool = False
    answered_on: date | None = None


def fate(vote: Vote, section: str, standing: Standing, deeds: Collection[Deed], zone: str) -> Fate:
    """`deeds` are the changes of the plan since the vote, oldest first; days are those of `zone`."""
    answer, later = vote.answers[section], _next(vote, section, standing.votes)
    replaced_on = _day(later.at, zone) if later else None
    if later and later.answers[section] == TAKEN_BACK:
        return Fate(Now.TAKEN_BACK, replaced_on=replaced_on)
    if answer not in APPROVING:
        if later:
            return Fate(Now.REPLACED, replaced_on=replaced_on)
        if answer in ASKING and vote.answered:
            return Fate(Now.ANSWERED, answered_on=_day(vote.answered.at, zone))
        return Fate(Now.OPEN if answer in ASKING else Now.HEARD)
    if later:
        found = compare(standing.signed(vote.revision_id), standing.signed(later.revision_id), section, vote.tolerance)
        before = [deed for deed in deeds if deed.at <= later.at]
        until = _until(vote, section, found, before, zone, later.at)
        return Fate(Now.REPLACED, until=until or replaced_on, replaced_on=replaced_on)
    signature = _signature(vote, section, standing)
    if signature is None:
        moved = _until(vote, section, standing.compared(vote, section), deeds, zone, None)
        days = [day for day in (moved, _left_on(vote, deeds, zone)) if day]
        return Fate(Now.GONE, until=min(days, default=None))
    if signature.covers:
        return Fate(
            Now.STANDS,
            until=vote.last_day(section),
            is_conditional=vote.last_day(section) is not None and answer == CONDITIONS,
        )
    return Fate(Now.UNTIL, until=_until(vote, section, signature.comparison, deeds, zone, None))


def _until(
    vote: Vote, section: str, found: Comparison, deeds: Collection[Deed], zone: str, at: datetime | None
) -> date | None:
    """The first day on which it no longer covered what was written, or on which it ended by itself."""
    about = [deed for deed in deeds if section in deed.sections]
    moved = None if found.stands else ended_since(found, about)
    last = vote.last_day(section)
    ended = last if at is None or (last and last < _day(at, zone)) else None
    days = [_day(moved, zone) if moved else None, ended]
    return min((day for day in days if day), default=None)


def _left_on(vote: Vote, deeds: Collection[Deed], zone: str) -> date | None:
    """The day on which the row of the matrix was no longer that of the person, or no longer approved this."""
    about = (deed for deed in deeds if MATRIX in deed.sections and deed.key == vote.stakeholder_key)
    days = (_day(deed.at, zone) for deed in about if not deed.what.get("after") or LEAVING & set(deed.what["after"]))
    return next(days, None)


def _next(vote: Vote, section: str, votes: Collection[Vote]) -> Vote | None:
    later = [
        v
        for v in votes
        if v.stakeholder_key == vote.stakeholder_key and section in v.answers
        and (v.at, v.request_id) > (vote.at, vote.request_id)
    ]  # fmt: skip
    return min(later, key=lambda v: (v.at, v.request_id), default=None)


def _signature(vote: Vote, section: str, standing: Standing) -> Signature | None:
    return next((s for s in standing.signatures.get(section, ()) if s.vote is vote), None)


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
