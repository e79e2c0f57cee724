"""Days as exports write them. Which of 5/6 and 6/5 is meant is found out from the whole file, never guessed per row."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from projects import catalog
from projects.importers.letters import Array, has_letter, seconds_of

NEVER, UNREADABLE = -1, -2
"""Instead of a moment: the device was never seen; the text is no day."""

_DAY = re.compile(r"(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})\.?$")
_NAMED_MONTH = r"^([A-Z][a-z]{2})[a-z]* (\d{1,2}), (\d{4}),?"
"""Nov 10, 2026 4:00:01 PM: how the Defender portal writes a day on the screen, and so in its downloads."""

_DAY_FIRST = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})$")
"""20-Nov-2026: how databases write a day."""

_JSON_DAY = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/$")
"""/Date(1795000000000)/: how Windows PowerShell 5.1 writes a day as JSON, in milliseconds since 1970."""

_NONE = frozenset({"", "null", "n/a", "-", "none", "unknown"})
"""Nobody says."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = date(1970, 1, 1).toordinal() * 86_400
_MOST_KNOWN = 100_000
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*([AaPp])?")


class OtherOrder(Exception):
    """The days of this file are written day first, and rows were read as month first: read it again."""


class Days:
    """Moments of one file, in seconds since the year 1. Each day is understood once, however many rows have it."""

    def __init__(self, *, day_first: bool = False) -> None:
        self.day_first = day_first
        self._is_settled = day_first
        self._known: dict[str, int] = {}
        self._known_times: dict[str, int] = {}

    def moment(self, text: str) -> int:
        """Seconds, or NEVER or UNREADABLE; 0 for an empty text. Raises OtherOrder."""
        return int(self.moments(pa.array([text], pa.string()))[0])

    def moments(self, texts: pa.Array) -> Array:
        """The moment of each text."""
        texts = pc.utf8_trim_whitespace(texts)
        if has_letter(texts, b"T"):
            texts = pc.replace_substring(texts, "T", " ", max_replacements=1)
        if has_letter(texts, b","):
            texts = pc.replace_substring_regex(texts, _NAMED_MONTH, r"\1-\2-\3")
        parts = pc.split_pattern(texts, " ", max_splits=1)
        begins = parts.offsets.to_numpy()
        found = _each(parts.values.take(parts.offsets[:-1]), self._known, self._day)
        timed = np.flatnonzero((np.diff(begins) == 2) & (found >= 0))
        if len(timed):
            found[timed] += self._times(parts.values.take(pa.array(begins[timed] + 1)))
        return found

    def _times(self, texts: pa.Array) -> Array:
        found, is_right = seconds_of(texts)
        other = np.flatnonzero(~is_right)
        if len(other):
            found[other] = _each(texts.take(pa.array(other)), self._known_times, _seconds)
        return found

    def _day(self, text: str) -> int:
        if text.casefold() in _NONE:
            return 0
        if text in catalog.never_days() or text.casefold() == "never":
            return NEVER
        if told := _JSON_DAY.match(text):
            return max(_EPOCH + int(told[1]) // 1000, NEVER)
        parts = _DAY.match(_with_number(text))
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


def _each(texts: pa.Array, known: dict[str, int], read: Callable[[str], int]) -> Array:
    """What each text reads as. A distinct text is read once, however many rows and batches have it."""
    distinct = texts.dictionary_encode()
    found = []
    for text in distinct.dictionary.to_pylist():
        value = known.get(text)
        if value is None:
            value = read(text)
            if len(known) < _MOST_KNOWN:
                known[text] = value
        found.append(value)
    return np.array(found, np.int64)[distinct.indices.to_numpy()]


def _with_number(text: str) -> str:
    """A day whose month has a name, with its number instead."""
    if text[:3] in _MONTHS and text[3:4] == "-":
        return f"{text[-4:]}-{_MONTHS.index(text[:3]) + 1}-{text[4:-5]}"
    told = _DAY_FIRST.match(text)
    if told and told[2].capitalize() in _MONTHS:
        return f"{told[3]}-{_MONTHS.index(told[2].capitalize()) + 1}-{told[1]}"
    return text


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
