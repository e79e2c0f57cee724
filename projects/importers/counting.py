"""Counting devices. Every row that is read ends in exactly one place, so the places always add up to the rows.

What names a device lives in memory only while the file is read, as hashes under a key that is forgotten with them.
"""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from projects import catalog
from projects.importers import reading
from projects.importers.days import NEVER, UNREADABLE, Days, OtherOrder
from projects.importers.problems import CannotRead
from projects.importers.systems import LONGEST, place

DISABLED, PERSONAL, TEMPLATE, REGISTERED = "disabled", "personal", "template", "registered"
NOT_SEEN, MAPPED = "not_seen", "mapped"
REASONS = (DISABLED, PERSONAL, TEMPLATE, REGISTERED, NOT_SEEN, MAPPED)
PICKED = "picked"
"""The format of a file whose columns somebody picked."""
MOST_PROBLEMS = 1_000
MOST_UNKNOWN = 200
ROWS_BETWEEN_REPORTS = 2_000
_MOST_STRINGS = 50_000
_NOT_PLACED = "not placed"
_SECONDS_A_DAY = 86_400
_TOLD_NAMES = {"", "localhost", "unknown", "n/a", "-", "none", "null"}
"""What stands for no name: devices are not the same one because both are called this."""

Report = Callable[[int, int], None]
"""Called now and then with the rows and the bytes that were read so far; what it raises ends the reading."""


@dataclass(frozen=True)
class LeaveOut:
    """Which devices are not counted. `days`: not seen for longer than this; 0 = however long."""

    days: int = 90
    personal: bool = True
    disabled: bool = True
    templates: bool = True
    registered: bool = True


@dataclass(frozen=True)
class Problem:
    """A line that could not be read. `value` quotes systems, versions and days only, never a name."""

    line: int
    code: str
    column: str = ""
    value: str = ""
    found: int = 0
    wanted: int = 0


@dataclass(frozen=True)
class Result:
    """What a file told. read = counted + duplicates + left out + not placed + not readable, always."""

    format: str
    read: int
    duplicates: int
    not_readable: int
    left_out: Mapping[str, int]
    """Reason -> devices, of REASONS."""
    counts: Mapping[str, int]
    """System -> devices, in the order of the catalogue."""
    not_placed: int
    unknown: tuple[tuple[str, int], ...]
    """Names that no rule places, as written, and how often; the commonest first, MOST_UNKNOWN at most."""
    problems: tuple[Problem, ...]
    file_hash: str
    versions: tuple[tuple[str, str, int], ...] = ()
    """System, version as people call it ("22H2"; "" if nobody says), devices. Per system they add up to `counts`."""

    @property
    def counted(self) -> int:
        return sum(self.counts.values())

    @property
    def adds_up(self) -> bool:
        parts = (self.counted, self.duplicates, sum(self.left_out.values()), self.not_placed, self.not_readable)
        return self.read == sum(parts)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Result:
        problems = tuple(Problem(**one) for one in told["problems"])
        unknown = tuple((text, times) for text, times in told["unknown"])
        versions = tuple((system, version, count) for system, version, count in told.get("versions", ()))
        return cls(**{**told, "problems": problems, "unknown": unknown, "versions": versions})


def read(
    open_again: Callable[[], reading.Bytes],
    *,
    today: date,
    leave_out: LeaveOut | None = None,
    wanted: str = "",
    columns: Mapping[str, str] | None = None,
    learned: Mapping[str, str] | None = None,
    report: Report | None = None,
) -> Result:
    """Read an export to its end. `open_again` gives its bytes from the start; at most two times. Raises CannotRead.

    `columns`: what a column tells -> its header in this file, for a file of no known kind ("system" is needed;
    "version", "name", "id", "seen" and "kind" may be told). `learned`: unknown_key(text) -> a system, "other:computer",
    "other:server", "other:mobile" or "leave_out".
    """
    leave_out = leave_out or LeaveOut()
    try:
        return _read(open_again(), today, leave_out, wanted, report, day_first=False)
    except OtherOrder:
        return _read(open_again(), today, leave_out, wanted, report, day_first=True)


def _read(
    stream: reading.Bytes, today: date, leave_out: LeaveOut, wanted: str, report: Report | None, *, day_first: bool
) -> Result:
    source = reading.Source(stream)
    export = reading.opened(source, wanted)
    count = _Count(export.match, today, leave_out, Days(day_first=day_first))
    for line, row in export.rows:
        count.take(line, row)
        if report is not None and count.read % ROWS_BETWEEN_REPORTS == 0:
            report(count.read, source.taken)
    if not count.read:
        raise CannotRead("headers_only")
    if count.not_readable == count.read:
        raise CannotRead("none_readable", rows=count.read)
    return count.result(source.fingerprint)


@dataclass
class _Places:
    """Where devices end: a number for each system, reason and unknown name, and how many are there."""

    names: list[tuple[str, str]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, kind: str, name: str) -> int:
        found = self.numbers.get((kind, name))
        if found is None:
            found = self.numbers[kind, name] = len(self.names)
            self.names.append((kind, name))
            self.counts.append(0)
        return found

    def of(self, kind: str) -> dict[str, int]:
        return {name: n for (k, name), n in zip(self.names, self.counts, strict=True) if k == kind and n}


class _Count:
    """The state of one reading."""

    def __init__(self, match: Any, today: date, leave_out: LeaveOut, days: Days) -> None:
        self.format, self.width = match.format, match.width
        at = match.columns.get
        self._id, self._name, self._seen = at("id"), at("name"), at("seen")
        self._named = tuple(i for role in ("system", "distribution", "edition") if (i := at(role)) is not None)
        self._versions = tuple(i for role in ("version", "build") if (i := at(role)) is not None)
        self._shown = tuple(i for r in ("system", "distribution", "version", "build") if (i := at(r)) is not None)
        self._days, self._oldest = days, 0
        if leave_out.days:
            self._oldest = (today.toordinal() - leave_out.days) * _SECONDS_A_DAY
        asked = {
            PERSONAL: leave_out.personal,
            DISABLED: leave_out.disabled,
            TEMPLATE: leave_out.templates,
            REGISTERED: leave_out.registered,
        }
        self._left_out_by = tuple(
            (reason, place_of, values)
            for reason in REASONS
            if asked.get(reason) and reason in self.format.leave_out
            for role, values in [self.format.leave_out[reason]]
            if (place_of := at(role)) is not None
        )
        self._placed: dict[tuple[str, ...], tuple[int, str]] = {}
        self._known_by_name = {("system", key) for key, one in catalog.systems().items() if one.kind != "mobile"}
        self._secret = secrets.token_bytes(16)
        self._devices: dict[bytes, int] = {}
        self._where, self._when = array("l"), array("q")
        self.places = _Places()
        self.read = self.duplicates = self.not_readable = 0
        self.problems: list[Problem] = []

    def take(self, line: int, row: list[str] | None) -> None:
        """Put one row in its place."""
        if row is not None and not any(row):
            return  # an empty line is no row
        self.read += 1
        if row is None:
            self._refuse(Problem(line, "too_long"))
            return
        if len(row) != self.width and (len(row) < self.width or any(row[self.width :])):
            self._refuse(Problem(line, "cells", found=len(row), wanted=self.width))
            return
        number, wrong = self._place(row)
        if wrong:
            self._refuse(Problem(line, wrong, "system", self._as_written(row)[:LONGEST].replace("\x00", "")))
            return
        moment = self._days.moment(row[self._seen]) if self._seen is not None else 0
        if moment == UNREADABLE:
            self._refuse(Problem(line, "day", "seen", row[self._seen or 0][:40].replace("\x00", "")))
            return
        reason = self._reason(row, moment)
        keys = self._keys(row, has_own_name=self.places.names[number] in self._known_by_name)
        self._remember(keys, self.places.number("left out", reason) if reason else number, max(moment, 0))

    def _refuse(self, problem: Problem) -> None:
        self.not_readable += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def _place(self, row: list[str]) -> tuple[int, str]:
        """The number of the place of its system, and what is wrong with its text. Each distinct text is judged once."""
        cells = tuple([row[i] for i in self._named + self._versions])
        found = self._placed.get(cells)
        if found is None:
            found = self._judge(row)
            if len(self._placed) < _MOST_STRINGS:
                self._placed[cells] = found
        return found

    def _judge(self, row: list[str]) -> tuple[int, str]:
        text = self._as_written(row)
        if "\x00" in text:
            return 0, "nul"
        if len(text) > LONGEST:
            return 0, "too_long"
        key = place(_joined(row, self._named), _joined(row, self._versions))
        if key:
            return self.places.number("system", key), ""
        if len(self.places.names) >= _MOST_STRINGS:
            text = _NOT_PLACED
        return self.places.number("unknown", text), ""

    def _as_written(self, row: Sequence[str]) -> str:
        return _joined(row, self._shown)

    def _reason(self, row: list[str], moment: int) -> str:
        for reason, place_of, values in self._left_out_by:
            if row[place_of].strip().casefold() in values:
                return reason
        return NOT_SEEN if self._oldest and (moment == NEVER or 0 < moment < self._oldest) else ""

    def _keys(self, row: list[str], *, has_own_name: bool) -> list[bytes]:
        """What the device is known by: its id, then its short name. Phones are named alike, so those by id alone."""
        keys = []
        if self._id is not None and (text := row[self._id].strip().casefold()) not in _TOLD_NAMES:
            keys.append(blake2b(b"i" + text.encode("utf-8", "replace"), key=self._secret, digest_size=8).digest())
        if self._name is not None and (has_own_name or not keys):
            text = row[self._name].strip().partition(".")[0].casefold()
            if text not in _TOLD_NAMES:
                keys.append(blake2b(b"n" + text.encode("utf-8", "replace"), key=self._secret, digest_size=8).digest())
        return keys

    def _remember(self, keys: list[bytes], number: int, moment: int) -> None:
        """Count a new device; or merge the row with the same device, of which the newest row says where it ends."""
        device = next((self._devices[key] for key in keys if key in self._devices), None)
        counts = self.places.counts
        if device is None:
            device = len(self._where)
            self._where.append(number)
            self._when.append(moment)
            counts[number] += 1
        else:
            self.duplicates += 1
            if moment > self._when[device]:
                counts[self._where[device]] -= 1
                counts[number] += 1
                self._where[device], self._when[device] = number, moment
        for key in keys:
            self._devices.setdefault(key, device)

    def result(self, file_hash: str) -> Result:
        counted, unknown = self.places.of("system"), self.places.of("unknown")
        left_out = self.places.of("left out")
        commonest = sorted(unknown.items(), key=lambda one: (-one[1], one[0]))
        return Result(
            format=self.format.key,
            read=self.read,
            duplicates=self.duplicates,
            not_readable=self.not_readable,
            left_out={reason: left_out[reason] for reason in REASONS if reason in left_out},
            counts={key: counted[key] for key in catalog.systems() if key in counted},
            not_placed=sum(unknown.values()),
            unknown=tuple(commonest[:MOST_UNKNOWN]),
            problems=tuple(self.problems),
            file_hash=file_hash,
        )


def _joined(row: Sequence[str], columns: Sequence[int]) -> str:
    return " ".join(text for i in columns if (text := " ".join(row[i].split())))
