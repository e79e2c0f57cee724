"""Temporary roles, to their end: where each stands, when somebody is reminded, and who may confirm that it is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from email.utils import parseaddr
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.document.rows import Assignment, PartnerAccess

REMOVAL = ("removed_on", "removed_by", "evidence", "evidence_hash")
CONFIRMATION = ("confirmed_on", "confirmed_by")
RECORDED = (*REMOVAL, *CONFIRMATION)
"""Fields of an assignment that are written by recording and confirming its removal alone."""

LATE_EVERY = timedelta(days=7)


class State(StrEnum):
    STARTS = "starts"
    HELD = "held"
    ENDS = "ends"
    DUE = "due"
    OVERDUE = "overdue"
    REMOVED = "removed"
    CONFIRMED = "confirmed"


OPEN = frozenset(State) - {State.CONFIRMED}
WORST_FIRST = (State.OVERDUE, State.DUE, State.ENDS, State.REMOVED, State.HELD, State.STARTS, State.CONFIRMED)


def is_temporary(row: Assignment) -> bool:
    return row.duration == "temporary" and row.ends_on is not None and not row.does_not_apply


def temporary(rows: Iterable[Assignment]) -> list[Assignment]:
    """The dated assignments that apply, the first to end first."""
    return sorted((row for row in rows if is_temporary(row)), key=lambda row: (row.ends_on or date.max, row.key))


def state_of(row: Assignment, today: date, *, soon: int) -> State:
    """Where a temporary role stands. It "ends" in the last `soon` days before the day on which it is due for removal."""
    assert row.ends_on is not None
    if row.removed_on:
        return State.CONFIRMED if row.confirmed_on else State.REMOVED
    if row.ends_on < today:
        return State.OVERDUE
    if row.ends_on == today:
        return State.DUE
    if row.starts_on and row.starts_on > today:
        return State.STARTS
    return State.ENDS if (row.ends_on - today).days <= soon else State.HELD


def state_in_words(row: Assignment, today: date, *, soon: int) -> str:
    assert row.ends_on is not None
    days = abs((row.ends_on - today).days)
    match state_of(row, today, soon=soon):
        case State.STARTS:
            assert row.starts_on is not None
            return _("starts on %(day)s") % {"day": day_in_words(row.starts_on)}
        case State.HELD:
            return _("held")
        case State.ENDS:
            return ngettext("ends in %(n)s day", "ends in %(n)s days", days) % {"n": days}
        case State.DUE:
            return _("due for removal today")
        case State.OVERDUE:
            return ngettext("overdue %(n)s day", "overdue %(n)s days", days) % {"n": days}
        case State.REMOVED:
            return _("removed, waits for a second person")
    return _("removed and confirmed")


OF_THE_REMOVAL = ("persona", "role", "entra_role", "assignee", "assignee_kind", "duration", "starts_on", "ends_on")
"""Fields that say what was removed from whom: they stay as they are once the removal is recorded."""


def must_stay(row: Assignment, today: date) -> str:
    """Why a row can be neither removed nor set aside: a role that ran out is gone by its recorded removal alone."""
    if not is_temporary(row):
        return ""
    match state_of(row, today, soon=0):
        case State.DUE | State.OVERDUE:
            return _("It is due for removal: record that it is gone, on the page “Temporary access”.")
        case State.REMOVED:
            return _("Its removal waits for a second person, on the page “Temporary access”.")
    return ""


def partner_in_words(row: PartnerAccess, today: date) -> str:
    """Delegated administration ends by itself: nobody has to remove it."""
    assert row.ends_on is not None
    if row.is_extended:
        return _("extends automatically")
    if row.ends_on < today:
        return _("ended by itself")
    days = (row.ends_on - today).days
    return _("ends by itself today") if not days else ngettext("ends by itself in %(n)s day",
                                                              "ends by itself in %(n)s days", days) % {"n": days}  # fmt: skip


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def last_day_allowed(row: Assignment, today: date, longest_days: int) -> date:
    """The latest end that the tenant allows: so many days after the start, or after today where none is said."""
    return (row.starts_on or today) + timedelta(days=longest_days)


def is_too_long(row: Assignment, today: date, longest_days: int) -> bool:
    return bool(row.ends_on and not row.removed_on and row.ends_on > last_day_allowed(row, today, longest_days))


LASTS = ("duration", "starts_on", "ends_on")
"""Fields that say how long a role is held."""


def wrong_end(row: Assignment, before: Assignment | None, today: date, longest_days: int) -> str:
    """Why a role cannot end on that day, in a sentence, for one that is too late with the latest; empty if it can.

    What stood there `before` as it is stays, as a finding: the tenant may have decided later.
    """
    if before is not None and all(getattr(before, name) == getattr(row, name) for name in LASTS):
        return ""
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        return _("It would end before it starts, on %(day)s.") % {"day": day_in_words(row.starts_on)}
    if row.duration != "temporary" or not is_too_long(row, today, longest_days):
        return ""
    words = {"days": f"{longest_days:,}", "last": day_in_words(last_day_allowed(row, today, longest_days))}
    if row.starts_on:
        return _("At most %(days)s days after its start, as this tenant decided: %(last)s is the latest day.") % words
    return _("At most %(days)s days from today, as this tenant decided: %(last)s is the latest day.") % words


# Reminders ------------------------------------------------------------------------------------------------------------
def reminder_day(row: Assignment, today: date, *, days_before: int) -> date | None:
    """The newest day up to `today` on which whoever removes the role is reminded; None if there was none yet.

    So many days before the end (0: not), on the day, on the day after and then every week until it is recorded.
    """
    if not is_temporary(row) or row.removed_on:
        return None
    assert row.ends_on is not None
    if today > row.ends_on:
        first = row.ends_on + timedelta(days=1)
        return first + (today - first) // LATE_EVERY * LATE_EVERY
    if today == row.ends_on:
        return today
    before = max(row.ends_on - timedelta(days=days_before), row.starts_on or date.min)
    return before if days_before and before <= today else None


# Who confirms ---------------------------------------------------------------------------------------------------------
class Person(NamedTuple):
    """Somebody who signs in. Two are the same if their number or address is."""

    pk: int | None
    name: str
    email: str

    def is_same(self, other: Person) -> bool:
        return (self.pk is not None and self.pk == other.pk) or (bool(self.email) and self.email == other.email)

    def is_named(self, words: str) -> bool:
        """Whether these words of a plan mean this person: "Ana Ruiz (Northwind)", "Ana Ruiz <ana@x.example>", an address."""
        name, address = parseaddr(words)
        if "@" in address:
            return address.strip().lower() == self.email.lower() or _plain(name) == _plain(self.name) != ""
        return _plain(words.partition("(")[0]) == _plain(self.name) != ""


def person_in(words: str) -> Person:
    """Whom words of a plan mean: "Ana Ruiz (Northwind)", "Ana Ruiz <ana@x.example>", an address."""
    name, address = parseaddr(words) if "@" in words else (words.partition("(")[0], "")
    return Person(None, name, address)


def is_removed_by_holder(row: Assignment, removed_by: str) -> bool:
    """Whether whoever held a role is said to have taken it away. Of a group nobody knows here who is in it."""
    return row.assignee_kind == "person" and person_in(removed_by).is_named(row.assignee)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


class Bar(StrEnum):
    """Why somebody may not confirm a removal."""

    NOT_REMOVED = "not_removed"
    CONFIRMED = "confirmed"
    RECORDED_IT = "recorded_it"
    REMOVED_IT = "removed_it"
    HELD_IT = "held_it"


BY_ITS_HOLDER = gettext_lazy("They held this role: nobody takes away their own. Say who did.")

WORDS = {
    Bar.NOT_REMOVED: gettext_lazy("The removal is not recorded yet: there is nothing to confirm."),
    Bar.CONFIRMED: gettext_lazy("It is confirmed already."),
    Bar.RECORDED_IT: gettext_lazy(
        "You recorded the removal yourself. Somebody else who may change the plan confirms it."
    ),
    Bar.REMOVED_IT: gettext_lazy("You removed it yourself. Somebody else who may change the plan confirms it."),
    Bar.HELD_IT: gettext_lazy(
        "You held this role yourself. Somebody else who may change the plan confirms its removal."
    ),
}


def bar(row: Assignment, *, person: Person, recorders: Collection[Person]) -> Bar | None:
    """Why `person` may not confirm that the role is gone; None if they may. `recorders` wrote down that it is."""
    if not row.removed_on:
        return Bar.NOT_REMOVED
    if row.confirmed_on:
        return Bar.CONFIRMED
    if any(person.is_same(each) for each in recorders):
        return Bar.RECORDED_IT
    if person.is_named(row.removed_by):
        return Bar.REMOVED_IT
    if row.assignee_kind == "person" and person.is_named(row.assignee):
        return Bar.HELD_IT
    return None
