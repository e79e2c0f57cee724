"""Who may stand in for whom: never for oneself, never in a circle, never without days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Absence(NamedTuple):
    """`email` stands in for `for_email`, from the first day to the last."""

    for_email: str
    email: str
    starts_on: date | None
    ends_on: date | None

    def meets(self, other: Absence) -> bool:
        """Whether there is a day on which both are away."""
        if not (self.starts_on and self.ends_on and other.starts_on and other.ends_on):
            return False
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on


class Refusal(StrEnum):
    """Why somebody cannot be a substitute."""

    NOBODY = "nobody"
    THEMSELVES = "themselves"
    NO_DAYS = "no_days"
    BACKWARDS = "backwards"
    OVER = "over"
    CIRCLE = "circle"
    CHAIN = "chain"


def refusal(wanted: Absence, others: Collection[Absence], today: date) -> Refusal | None:
    """Why this substitution cannot count, or None. `others` are those of the project that count.

    A circle: B is away at the same time, and A stands in for B. A chain: B is away at the same time, whoever stands in.
    """
    if not wanted.email or not wanted.for_email:
        return Refusal.NOBODY
    if wanted.email == wanted.for_email:
        return Refusal.THEMSELVES
    if wanted.starts_on is None or wanted.ends_on is None:
        return Refusal.NO_DAYS
    if wanted.ends_on < wanted.starts_on:
        return Refusal.BACKWARDS
    if wanted.ends_on < today:
        return Refusal.OVER
    besides = [other for other in others if other.for_email != wanted.for_email and other.meets(wanted)]
    if any(other.for_email == wanted.email and other.email == wanted.for_email for other in besides):
        return Refusal.CIRCLE
    if any(wanted.email == other.for_email or wanted.for_email == other.email for other in besides):
        return Refusal.CHAIN
    return None
