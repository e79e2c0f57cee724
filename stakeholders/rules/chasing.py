"""When somebody is reminded: on few days that are known beforehand, and not for ever."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple


class Steps(NamedTuple):
    """The days of a reminder, counted from the day on which the decision is due. 0 leaves a step out."""

    days_before: int = 3
    on_the_day: bool = True
    days_after: int = 2
    every_days: int = 3
    times: int = 3
    """How often it is repeated every so many days; the next slot is the escalation, and the last."""

    def days(self, due_on: date) -> list[date]:
        """Every day on which the person is reminded, in order."""
        found = []
        if self.days_before:
            found.append(due_on - timedelta(days=self.days_before))
        if self.on_the_day:
            found.append(due_on)
        if self.days_after:
            found.append(due_on + timedelta(days=self.days_after))
        return found + [self._late(due_on) + timedelta(days=self.every_days * n) for n in self._repeats()]

    def escalates_on(self, due_on: date) -> date:
        """The day on which the contact of the row is told: one pause after the last reminder, never before it is late."""
        last = self._late(due_on) + timedelta(days=self.every_days * len(self._repeats()))
        return last + timedelta(days=self.every_days or 1)

    def _late(self, due_on: date) -> date:
        return due_on + timedelta(days=self.days_after)

    def _repeats(self) -> range:
        return range(1, self.times + 1 if self.every_days else 1)


class Slot(NamedTuple):
    """What is due: a reminder to the person, or a word to the contact of their row."""

    day: date
    is_escalation: bool = False


def slot_due(
    *, due_on: date, asked_on: date, today: date, steps: Steps, told_on: date | None, escalated_on: date | None
) -> Slot | None:
    """The newest slot whose day has come and for which nothing was sent, or None.

    The invitation is the slot of the day of asking; what was sent on `told_on` (also by hand) counts for every slot up to
    that day. Days on which nothing ran are caught up with one mail, not with several.
    """
    escalates_on = steps.escalates_on(due_on)
    if today >= escalates_on > asked_on:
        return None if escalated_on else Slot(escalates_on, is_escalation=True)
    told = max(asked_on, told_on or asked_on)
    days = [day for day in steps.days(due_on) if told < day <= today]
    return Slot(days[-1]) if days else None


def link_ends_on(*, due_on: date, mailed_on: date, days: int) -> date:
    """The last day on which the link of a request opens: so many days after it was due, or last mailed."""
    return max(due_on, mailed_on) + timedelta(days=days)
