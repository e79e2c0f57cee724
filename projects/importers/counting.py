"""Counting devices. Every row that is read ends in exactly one place, so the places always add up to the rows.

What names a device lives in memory only while the file is read, as hashes under a key that is forgotten with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from projects import catalog
from projects.importers.batches import Batch
from projects.importers.days import NEVER, UNREADABLE, Days
from projects.importers.formats import Match
from projects.importers.keys import Devices, Keys, newest
from projects.importers.learned import other_of
from projects.importers.places import COUNTED, CROWDED, LEFT_OUT, UNKNOWN, Judge, Places
from projects.importers.results import MOST_PROBLEMS, MOST_UNKNOWN, NOT_SEEN, REASONS, LeaveOut, Problem, Result

_SECONDS_A_DAY = 86_400
_SECONDS_BEFORE = date(2000, 1, 1).toordinal() * _SECONDS_A_DAY
_LATEST = 2**32 - 1
_LONGEST_DAY = 40
_MOST_AT_ONCE = 1 << 18
_TEXTS = ("system", "fallback", "distribution", "edition", "version", "release", "build", "kind")


class Count:
    """The state of one reading."""

    def __init__(self, match: Match, judge: Judge, days: Days, leave_out: LeaveOut, today: date) -> None:
        self._format = match.format.key
        self._judge, self._places, self._days = judge, judge.places, days
        self._oldest = (today.toordinal() - leave_out.days) * _SECONDS_A_DAY if leave_out.days else 0
        asked = leave_out.reasons
        self._left_out_by = [
            (self._places.number(LEFT_OUT, reason), *match.format.leave_out[reason])
            for reason in REASONS
            if reason in asked and reason in match.format.leave_out
        ]
        self._not_seen = self._places.number(LEFT_OUT, NOT_SEEN)
        self._ids, self._names = Keys(is_short=False), Keys(is_short=True)
        self._kept = Devices(id=np.uint64, name=np.uint64, seen=np.uint32, end=np.int32)
        self._alone: dict[int, int] = {}
        self.read = self.not_readable = 0
        self.problems: list[Problem] = []

    def take(self, batch: Batch) -> None:
        """Put each row of a batch in its place."""
        self.read += batch.rows + batch.refused
        self.not_readable += batch.refused
        problems = list(batch.problems)
        if batch.rows:
            where, wrong = self._judged(batch)
            moments = self._moments(batch)
            is_readable = (where >= 0) & (moments != UNREADABLE)
            self.not_readable += int(batch.rows - is_readable.sum())
            problems += self._told(batch, where, wrong, is_readable)
            self._keep(batch, where, moments, is_readable)
        problems.sort(key=lambda one: one.line)
        self.problems += problems[: MOST_PROBLEMS - len(self.problems)]

    def _judged(self, batch: Batch) -> tuple[Any, list[tuple[str, str]]]:
        """The number of each row's place; where it is negative, -1 - the place of what is wrong in the list."""
        columns = [(role, batch.columns[role]) for role in _TEXTS if role in batch.columns]
        first, which = _distinct([texts for _role, texts in columns])
        rows = pa.array(first)
        cells = {role: texts.dictionary.take(texts.indices.take(rows)).to_pylist() for role, texts in columns}
        found: list[int] = []
        wrong: list[tuple[str, str]] = []
        for row in range(len(first)):
            place, why = self._judge.place({role: texts[row] for role, texts in cells.items()})
            if why:
                wrong.append((why, self._judge.as_written))
                place = -len(wrong)
            found.append(place)
        return np.array(found, np.int64)[which], wrong

    def _moments(self, batch: Batch) -> Any:
        seen = batch.columns.get("seen")
        return np.zeros(batch.rows, np.int64) if seen is None else self._days.moments(seen)

    def _told(self, batch: Batch, where: Any, wrong: list[tuple[str, str]], is_readable: Any) -> list[Problem]:
        found = []
        for row in map(int, np.flatnonzero(~is_readable)[: MOST_PROBLEMS - len(self.problems)]):
            if where[row] < 0:
                why, text = wrong[-1 - where[row]]
                found.append(Problem(batch.line(row), why, "system", text))
            else:
                text = batch.columns["seen"][row].as_py()[:_LONGEST_DAY].replace("\x00", "")
                found.append(Problem(batch.line(row), "day", "seen", text))
        return found

    def _keep(self, batch: Batch, where: Any, moments: Any, is_readable: Any) -> None:
        """Remember by what each device is known, when it was seen, and where it ends; count at once what has no name."""
        ends = self._without(batch, where, moments)
        ids, names = self._keys(batch, where)
        is_known = is_readable & ((ids != 0) | (names != 0))
        for place, times in zip(*np.unique(ends[is_readable & ~is_known], return_counts=True), strict=True):
            self._alone[int(place)] = self._alone.get(int(place), 0) + int(times)
        if is_known.any():
            seen = np.clip(moments - _SECONDS_BEFORE, 0, _LATEST).astype(np.uint32)
            self._kept.add(id=ids[is_known], name=names[is_known], seen=seen[is_known], end=ends[is_known])

    def _without(self, batch: Batch, where: Any, moments: Any) -> Any:
        """The places, but of what is left out the reason's."""
        ends = where.copy()
        if self._oldest:
            ends[(moments == NEVER) | ((moments > 0) & (moments < self._oldest))] = self._not_seen
        for place, role, values in reversed(self._left_out_by):  # the first reason says why
            texts = batch.columns.get(role)
            if texts is not None:
                told = [text.strip().casefold() in values for text in texts.dictionary.to_pylist()]
                ends[np.array(told, bool)[texts.indices.to_numpy()]] = place
        return ends

    def _keys(self, batch: Batch, where: Any) -> tuple[Any, Any]:
        """What devices are known by: id, then short name. Phones are named alike, so those by id alone."""
        none = np.zeros(batch.rows, np.uint64)
        ids = self._ids.of(batch.columns["id"]) if "id" in batch.columns else none
        if "merged" in batch.columns:
            now = self._ids.of(batch.columns["merged"])
            ids = np.where(now != 0, now, ids)
        if "name" not in batch.columns:
            return ids, none
        names = self._names.of(batch.columns["name"])
        names[~self._places.has_own_name()[np.maximum(where, 0)] & (ids != 0)] = 0
        return ids, names

    def result(self, file_hash: str) -> Result:
        places, duplicates = self._added_up()
        counts: dict[str, int] = {}
        for (system, _version), count in places.of(COUNTED).items():
            counts[system] = counts.get(system, 0) + count
        order = {key: number for number, key in enumerate(catalog.systems())}
        keys = sorted(counts, key=lambda key: (order.get(key, len(order)), other_of(key) or ()))
        order = {key: number for number, key in enumerate(keys)}
        versions = sorted(places.of(COUNTED).items(), key=lambda one: (order[one[0][0]], -one[1], one[0][1]))
        unknown = {name: count for (name, _none), count in places.of(UNKNOWN).items()}
        crowded = sum(places.of(CROWDED).values())
        commonest = sorted(unknown.items(), key=lambda one: (-one[1], one[0]))
        left_out = {name: count for (name, _none), count in places.of(LEFT_OUT).items()}
        return Result(
            format=self._format,
            read=self.read,
            duplicates=duplicates,
            not_readable=self.not_readable,
            left_out={reason: left_out[reason] for reason in REASONS if reason in left_out},
            counts={key: counts[key] for key in keys},
            not_placed=sum(unknown.values()) + crowded,
            unknown=tuple(commonest[:MOST_UNKNOWN]),
            problems=tuple(self.problems),
            file_hash=file_hash,
            versions=tuple((system, version, count) for (system, version), count in versions),
        )

    def _added_up(self) -> tuple[Places, int]:
        """The places with their counts, and how many rows were of a device that has another, newer row."""
        counts = np.zeros(len(self._places), np.int64)
        for place, times in self._alone.items():
            counts[place] += times
        if not self._kept:
            return self._places.counted(counts), 0
        seen = self._kept.pop("seen")
        stays = newest(self._kept.pop("id"), seen)
        names = self._kept.pop("name")
        names[~stays] = 0
        stays &= newest(names, seen)
        counts += np.bincount(self._kept.pop("end")[stays], minlength=len(counts))
        return self._places.counted(counts), int(len(stays) - stays.sum())


def _distinct(columns: Sequence[pa.Array]) -> tuple[Any, Any]:
    """Of each distinct combination of texts its first row, and for each row the number of its combination."""
    rows = len(columns[0])
    code, many = np.zeros(rows, np.int64), 1
    for texts in columns:
        each = max(len(texts.dictionary), 1)
        if many * each > _MOST_AT_ONCE:
            seen, code = np.unique(code, return_inverse=True)
            many = len(seen)
        code, many = code * each + texts.indices.to_numpy(), many * each
    if many > _MOST_AT_ONCE:
        _seen, first, which = np.unique(code, return_index=True, return_inverse=True)
        return first, which
    first_of = np.full(many, -1, np.int64)
    first_of[code[::-1]] = np.arange(rows - 1, -1, -1)  # of several the last assignment stands: the first row
    is_there = first_of >= 0
    return first_of[is_there], (np.cumsum(is_there) - 1)[code]
