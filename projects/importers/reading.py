"""From a file to its counts: which kind of file it is, read ahead in a thread of its own, and counted here."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from projects.importers.batches import Batch
from projects.importers.counting import Count
from projects.importers.days import Days, OtherOrder
from projects.importers.first_lines import found_headers as headers_of_text
from projects.importers.formats import Match, Wanted
from projects.importers.json_file import JsonFile, is_json
from projects.importers.json_file import found_headers as headers_of_json
from projects.importers.places import Judge
from projects.importers.problems import CannotRead
from projects.importers.quoting import quotable
from projects.importers.results import LeaveOut, Result
from projects.importers.separated import Separated
from projects.importers.source import Bytes, Source
from projects.importers.workbook import Workbook, is_workbook
from projects.importers.workbook import found_headers as headers_of_workbook

_SECONDS_BETWEEN_REPORTS = 0.25

T = TypeVar("T")
Report = Callable[[int, int], None]
"""Called now and then with the rows and the bytes that were read so far; what it raises ends the reading."""


class File(Protocol):
    """A file whose headers were recognised."""

    match: Match

    def batches(self) -> Generator[Batch, None, None]: ...


class Said(NamedTuple):
    """What is said of a reading: see projects.importers.read."""

    today: date
    leave_out: LeaveOut
    format: str
    columns: Mapping[str, str]
    learned: Mapping[str, str]


def read(open_again: Callable[[], Bytes], said: Said, report: Report | None) -> Result:
    try:
        return _read(open_again(), said, Days(), report)
    except OtherOrder:
        return _read(open_again(), said, Days(day_first=True), report)


def headers(open_again: Callable[[], Bytes]) -> tuple[str, ...]:
    source = Source(open_again())
    if is_workbook(source.head):
        found = headers_of_workbook(source)
    elif is_json(source.head):
        found = headers_of_json(source)
    else:
        found = headers_of_text(source)
    if not found:
        raise CannotRead("unknown_format")
    return found


def _read(stream: Bytes, said: Said, days: Days, report: Report | None) -> Result:
    """One reading. The next batch is read in another thread while this one counts, and reports."""
    watch = _Watch(report)
    with ThreadPoolExecutor(1, thread_name_prefix="import") as other:
        watch.source = source = watch.over(other.submit(Source, stream))
        file = watch.over(other.submit(_opened, source, Wanted(said.format, said.columns)))
        judge = Judge(said.learned, watch.tick)
        watch.count = count = Count(file.match, judge, days, said.leave_out, said.today)
        with closing(file.batches()) as batches:
            coming = other.submit(next, batches, None)
            try:
                while (batch := watch.over(coming)) is not None:
                    coming = other.submit(next, batches, None)
                    count.take(batch)
                    watch.report()
            finally:
                wait([coming])
    if not count.read:
        raise CannotRead("headers_only")
    if count.not_readable == count.read:
        raise _none_readable(count)
    return count.result(source.fingerprint)


def _none_readable(count: Count) -> CannotRead:
    """Why every row is refused, told by the first of them."""
    first = count.problems[0] if count.problems else None
    if first is None or first.code == "cells":
        return CannotRead("none_readable", rows=count.read)
    value = quotable(first.column, first.value)
    return CannotRead("none_understood", rows=count.read, line=first.line, problem=first.code, value=value)


def _opened(source: Source, wanted: Wanted) -> File:
    if is_workbook(source.head):
        return Workbook(source, wanted)
    if is_json(source.head):
        return JsonFile(source, wanted)
    return Separated(source, wanted)


class _Watch:
    """Reports how far a reading is: after each batch, and while something takes long."""

    def __init__(self, report: Report | None) -> None:
        self._report, self._last = report, time.monotonic()
        self.source: Source | None = None
        self.count: Count | None = None

    def report(self) -> None:
        self._last = time.monotonic()
        if self._report is not None:
            self._report(self.count.read if self.count else 0, self.source.taken if self.source else 0)

    def tick(self) -> None:
        if time.monotonic() - self._last >= _SECONDS_BETWEEN_REPORTS:
            self.report()

    def over(self, deed: Future[T]) -> T:
        """What a deed gives that another thread does."""
        while not deed.done():
            wait([deed], timeout=_SECONDS_BETWEEN_REPORTS)
            self.tick()
        return deed.result()
