"""How a text begins: which separator it has, which line has the headers, and of which export they are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from projects.importers.formats import Match, Wanted, likely_headers, recognise
from projects.importers.letters import repaired
from projects.importers.source import Source, encoding, in_utf8

_LINES_BEFORE_HEADERS = 10
_SEPARATORS = (",", ";", "\t", "|")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|$)")


def found_headers(source: Source) -> tuple[str, ...]:
    start = next(in_utf8(source, encoding(source.head)), b"")
    return likely_headers(likely_cells(line) for line, _end in first_lines(start))


def first_lines(start: bytes) -> Iterator[tuple[str, int]]:
    """The first lines, and where each ends."""
    for found in islice(_LINE.finditer(start), _LINES_BEFORE_HEADERS):
        if found[0]:
            yield repaired(found[0]).decode(), found.end()


def headers(line: str, wanted: Wanted) -> tuple[str, Match] | None:
    """The separator with which this line is a line of headers, and of which export; None if it is none."""
    found = ((mark, recognise(cells(line, mark) or [], wanted)) for mark in _SEPARATORS)
    matches = [(mark, match) for mark, match in found if match]
    return max(matches, key=lambda one: (one[1].score, one[1].width), default=None)


def likely_cells(line: str) -> Sequence[str]:
    return max((cells(line, mark) or [] for mark in _SEPARATORS), key=len)


def cells(line: str, mark: str) -> list[str] | None:
    """None if they cannot be told."""
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=mark), [])
    except csv.Error:
        return None
