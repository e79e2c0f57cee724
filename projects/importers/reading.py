"""From bytes to rows: encoding, separator and headers are found out; the file is read once, a piece at a time."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from projects.importers.formats import Match, missing, recognise
from projects.importers.problems import CannotRead

MOST_BYTES = 512 * 1024 * 1024
_MOST_IN_A_LINE = 1_000_000
_MOST_IN_A_CELL = 131_072
_LINES_BEFORE_HEADERS = 10
_SAMPLE = 256 * 1024
_SEPARATORS = (",", ";", "\t", "|")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHER_FILES = (
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"MZ",
    b"\x7fELF",
    b"SQLite format 3",
    b"Rar!",
    b"7z",
)


class Bytes(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8 was written by an older program: its own bytes are read as Windows-1252, the others as UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("mdeprep_as_cp1252", _as_cp1252)


class Source(io.RawIOBase):
    """A stream that is fingerprinted, and counted, while it is read."""

    def __init__(self, stream: Bytes, most: int = MOST_BYTES) -> None:
        self._stream, self._most = stream, most
        self._hash = hashlib.sha256()
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(len(buffer))
        self._hash.update(piece)
        self.taken += len(piece)
        if self.taken > self._most:
            raise CannotRead("too_large", most=self._most // 2**20)
        buffer[: len(piece)] = piece
        return len(piece)

    @property
    def fingerprint(self) -> str:
        return self._hash.hexdigest()


@dataclass(frozen=True)
class Export:
    """A recognised file. `rows` yields the number of the line on which a row ends, and its cells (None: unreadable)."""

    match: Match
    rows: Iterator[tuple[int, list[str] | None]]


def opened(source: Source, wanted: str = "") -> Export:
    """Find out how a file is written, and what it is. Raises CannotRead."""
    pieces = io.BufferedReader(source, _SAMPLE)
    head = pieces.peek(_SAMPLE)
    if not head.strip(b"\x00\r\n\t \xff\xfe\xef\xbb\xbf"):
        raise CannotRead("binary" if head.strip(b"\r\n\t \xff\xfe\xef\xbb\xbf") else "empty")
    encoding = _encoding(head)
    text = io.TextIOWrapper(pieces, encoding, errors=_errors(encoding), newline="")
    lines = iter(partial(text.readline, _MOST_IN_A_LINE), "")
    passed: list[str] = []
    for line in lines:
        passed.append(line)
        found = _headers(line, wanted)
        if found is not None:
            separator, match = found
            return Export(match, _rows(lines, separator, len(passed)))
        if len(passed) == _LINES_BEFORE_HEADERS:
            break
    if wanted:
        raise missing(_split(passed[0], ","), wanted)
    raise CannotRead("unknown_format")


def headers(open_again: Callable[[], Bytes]) -> tuple[str, ...]:
    """The headers of a file of no known kind: its first line that has several cells. Raises CannotRead."""
    pieces = io.BufferedReader(Source(open_again()), _SAMPLE)
    encoding = _encoding(pieces.peek(_SAMPLE))
    text = io.TextIOWrapper(pieces, encoding, errors=_errors(encoding), newline="")
    for _number in range(_LINES_BEFORE_HEADERS):
        line = text.readline(_MOST_IN_A_LINE)
        cells = max((_split(line, mark) for mark in _SEPARATORS), key=len)
        if len(cells) > 1:
            return tuple(" ".join(cell.split()) for cell in cells)
    raise CannotRead("unknown_format")


def _encoding(head: bytes) -> str:
    if head.startswith(_WORKBOOKS):
        raise CannotRead("workbook")
    if head.startswith(_OTHER_FILES):
        raise CannotRead("binary")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:4096]
    share = start.count(0) / len(start)
    if share > 0.3:  # every other byte: UTF-16 without its mark
        if start[1::2].count(0) > 0.6 * len(start[1::2]):
            return "utf-16-le"
        if start[::2].count(0) > 0.6 * len(start[::2]):
            return "utf-16-be"
    controls = sum(1 for byte in start if byte < 32 and byte not in b"\t\n\r\x0b\x0c\x00")
    if share > 0.05 or controls > 0.02 * len(start):
        raise CannotRead("binary")
    return "utf-8-sig"


def _errors(encoding: str) -> str:
    return "mdeprep_as_cp1252" if encoding == "utf-8-sig" else "replace"


def _headers(line: str, wanted: str) -> tuple[str, Match] | None:
    """The separator with which this line is a line of headers, and of which export; None if it is none."""
    found = ((mark, recognise(_split(line, mark), wanted)) for mark in _SEPARATORS if len(line) < _MOST_IN_A_LINE)
    matches = [(mark, match) for mark, match in found if match]
    return max(matches, key=lambda one: (one[1].score, one[1].width), default=None)


def _split(line: str, mark: str) -> Sequence[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []


def _rows(lines: Iterator[str], separator: str, before: int) -> Iterator[tuple[int, list[str] | None]]:
    csv.field_size_limit(_MOST_IN_A_CELL)
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            for row in reader:
                yield before + reader.line_num, row
        except csv.Error:  # a cell without an end, or far too long: that row is lost, the next line is read again
            yield before + reader.line_num, None
        else:
            return
