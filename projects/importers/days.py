"""Days as exports write them. Which of 5/6 and 6/5 is meant is found out from the whole file, never guessed per row."""

from __future__ import annotations

import re
from datetime import date

from projects import catalog

NEVER, UNREADABLE = -1, -2
"""Instead of a moment: the device was never seen; the text is no day."""

_DAY = re.compile(r"(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})\.?$")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*([AaPp])?")


class OtherOrder(Exception):
    """The days of this file are written day first, and rows were read as month first: read it again."""


class Days:
    """Moments of one file, in seconds since the year 1. Each day is understood once, however many rows have it."""

    def __init__(self, *, day_first: bool = False) -> None:
        self.day_first = day_first
        self._is_settled = day_first
        self._known: dict[str, int] = {}

    def moment(self, text: str) -> int:
        """Seconds, or NEVER or UNREADABLE; 0 for an empty text. Raises OtherOrder."""
        if not text:
            return 0
        day, _space, time = text.strip().replace("T", " ", 1).partition(" ")
        found = self._known.get(day)
        if found is None:
            found = self._day(day)
            if len(self._known) < 100_000:
                self._known[day] = found
        return found if found < 0 else found + _seconds(time)

    def _day(self, text: str) -> int:
        if not text:
            return 0
        if text in catalog.never_days() or text.casefold() == "never":
            return NEVER
        parts = _DAY.match(text)
        if parts is None:
            return UNREADABLE
        first, mark, second, third = int(parts[1]), parts[2], int(parts[3]), int(parts[4])
        if len(parts[1]) == 4:
            return _moment(first, second, third)
        if len(parts[4]) != 4:
            return UNREADABLE
        if mark == ".":
            return _moment(third, second, first)
        return self._month_or_day_first(first, second, third)

    def _month_or_day_first(self, first: int, second: int, year: int) -> int:
        if not self._is_settled and first != second:
            if first > 12 >= second:
                raise OtherOrder
            self._is_settled = second > 12 >= first
        return _moment(year, second, first) if self.day_first else _moment(year, first, second)


def _moment(year: int, month: int, day: int) -> int:
    try:
        return date(year, month, day).toordinal() * 86_400
    except ValueError:
        return UNREADABLE


def _seconds(text: str) -> int:
    found = _TIME.match(text)
    if found is None:
        return 0
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    return min(hour, 23) * 3600 + minute * 60 + second
