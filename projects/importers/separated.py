"""Text separated by commas, semicolons or tabs, as batches of columns.

A piece of some megabytes, which ends where a row ends, is read by Arrow in one go. Where that cannot be said of a
piece (a quotation mark that nothing closes), or Arrow refuses it, it is read a row at a time: the same, but slower.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from projects.importers.batches import ONE_BY_ONE, Batch, Rows, column
from projects.importers.first_lines import cells as cells_of
from projects.importers.first_lines import first_lines, headers, likely_cells
from projects.importers.formats import Wanted, unrecognised
from projects.importers.letters import count_of, lines_in, repaired
from projects.importers.line_numbers import LineNumbers, as_lines
from projects.importers.results import MOST_PROBLEMS, Problem
from projects.importers.source import Source, encoding, in_utf8

_PIECE = 2 * 1024 * 1024
_LONGEST_ROW = 16 * 1024 * 1024
_MOST_LINES_OF_A_ROW = 200
_MORE = "more"
"""What a row wants that the lines of a piece do not have."""
_QUOTE = b'"'


class Separated:
    """A text whose headers were recognised. Raises CannotRead."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        written = encoding(source.head)
        self._blocks = in_utf8(source, written)
        self._start = next(self._blocks, b"")
        passed: list[Sequence[str]] = []
        for line, end in first_lines(self._start):
            passed.append(likely_cells(line))
            found = headers(line, wanted)
            if found is not None:
                self._separator, self.match = found
                self._start = self._start[end:]
                break
        else:
            raise unrecognised(passed, wanted)
        self._line = len(passed)
        self._problems = 0

    def batches(self) -> Generator[Batch, None, None]:
        rest, blocks = self._start, self._blocks
        while True:
            block = next(blocks, b"")
            rest += block
            if block and len(rest) < _PIECE:
                continue
            cut = _end_of_last_line(rest) if block else len(rest)
            piece, rest = rest[:cut], rest[cut:]
            if piece:
                if not piece.endswith((b"\n", b"\r")):
                    piece += b"\n"
                batch, left = self._read(repaired(piece), is_last=not block)
                rest = left + rest
                self._problems += len(batch.problems)
                yield batch
            elif len(rest) > _LONGEST_ROW:
                rest, batch = b"", self._without_end()
                yield batch
            if not block:
                return

    def _without_end(self) -> Batch:
        """A line that does not end: what follows of it is read as another one."""
        return Rows(self.match, refused=1, problems=[Problem(self._line + 1, "too_long")]).batch()

    def _read(self, piece: bytes, *, is_last: bool) -> tuple[Batch, bytes]:
        """The rows of a piece, and what is left of it because its last row does not end in it."""
        quotes = count_of(_QUOTE, piece)
        if quotes % 2 == 0:
            with contextlib.suppress(pa.ArrowInvalid, _Unclosed):
                lines = lines_in(piece)
                batch = self._at_once(piece, lines, has_quotes=quotes > 0)
                self._line += lines
                return batch, b""
        return self._row_by_row(piece, is_last=is_last)

    # All at once ------------------------------------------------------------------------------------------------------
    def _at_once(self, piece: bytes, lines: int, *, has_quotes: bool) -> Batch:
        """Raises _Unclosed if the last row may go on in the next piece, or two rows may have been taken for one."""
        odd: list[Any] = []
        roles = self.match.columns
        last = {self.match.width - 1} if has_quotes else set()
        table = self._table(piece, sorted({*roles.values(), *last}), odd)
        if has_quotes:
            _look_at_the_end(table, self.match.width - 1, odd)
            _look_at_every_end(piece, self._separator, is_one_line_each=lines == table.num_rows + len(odd))
        columns = {role: column(_whole(table[str(place)]), role) for role, place in roles.items()}
        rows = table.num_rows
        numbers = LineNumbers(piece, self._separator, self._line, self.match, rows, [one.number for one in odd])
        mask = _has_something(columns, rows)
        places: Any = None
        if not mask.all():
            mask = self._has_any_cell(piece, rows)
            places, rows = np.flatnonzero(mask), int(mask.sum())
            columns = {role: texts.take(pa.array(places)) for role, texts in columns.items()}
        if not odd:
            return Batch(rows, columns, lambda row: numbers.of_row(row if places is None else int(places[row])))
        more = Rows(self.match)
        for which, one in enumerate(odd):
            cells = cells_of(one.text, self._separator)
            is_told = self._problems + more.refused < MOST_PROBLEMS
            number = numbers.of_odd(which) if is_told else 0
            if cells is None:
                more.refuse(Problem(number, "too_long"))
            elif any(cells):
                more.take(number, cells)
        del more.problems[max(0, MOST_PROBLEMS - self._problems) :]
        if len(more):
            added = more.arrays()
            columns = {role: column(_joined(columns[role], added[role]), role) for role in columns}

        def line(row: int) -> int:
            if row >= rows:
                return int(more.lines[row - rows])
            return numbers.of_row(row if places is None else int(places[row]))

        return Batch(rows + len(more), columns, line, more.refused, more.problems)

    def _table(self, piece: bytes, places: Sequence[int], odd: list[Any]) -> pa.Table:
        def refuse(row: Any) -> str:
            odd.append(row)
            return "skip"

        once = {place for role, place in self.match.columns.items() if role in ONE_BY_ONE}
        kinds = {True: pa.string(), False: pa.dictionary(pa.int32(), pa.string())}
        return pa_csv.read_csv(
            pa.BufferReader(piece),
            read_options=pa_csv.ReadOptions(
                use_threads=False,
                block_size=len(piece) + 1,
                column_names=[str(place) for place in range(self.match.width)],
            ),
            parse_options=pa_csv.ParseOptions(delimiter=self._separator, invalid_row_handler=refuse),
            convert_options=pa_csv.ConvertOptions(
                check_utf8=False,
                strings_can_be_null=False,
                include_columns=[str(place) for place in places],
                column_types={str(place): kinds[place in once] for place in places},
            ),
        )

    def _has_any_cell(self, piece: bytes, rows: int) -> Any:
        """Which rows have anything in any of their columns: those without are empty lines."""
        table = self._table(piece, range(self.match.width), [])
        found = np.zeros(rows, bool)
        for texts in table.columns:
            found |= _lengths(_whole(texts)) > 0
        return found

    # Row by row -------------------------------------------------------------------------------------------------------
    def _row_by_row(self, piece: bytes, *, is_last: bool) -> tuple[Batch, bytes]:
        lines = list(as_lines(piece))
        rows, at, left = Rows(self.match), 0, b""
        while at < len(lines):
            at, trouble = self._take(lines, at, rows)
            if trouble == _MORE and not is_last:
                left = "".join(lines[at:]).encode("utf-8", "replace")
                if len(left) <= _LONGEST_ROW:
                    break
                left = b""
            if trouble:  # the line is lost, the next one is read again
                rows.refuse(Problem(self._line + at + 1, "quote" if trouble == _MORE else trouble))
                at += 1
        self._line += at
        del rows.problems[max(0, MOST_PROBLEMS - self._problems) :]
        return rows.batch(), left

    def _take(self, lines: Sequence[str], at: int, rows: Rows) -> tuple[int, str]:
        """Take rows from a line on. The first line that was not taken, and why it was not."""
        feed = _Feed(lines, at)
        try:
            for row in csv.reader(feed, delimiter=self._separator):
                if feed.is_over:
                    return at, _MORE
                if feed.at - at > 1 and not _closes(lines[at : feed.at], self._separator):
                    return at, "quote"
                if any(row):
                    rows.take(self._line + feed.at, row)
                at = feed.row_began = feed.at
        except _Unclosed:
            return at, "quote"
        except csv.Error:
            return at, "too_long"
        return at, ""


class _Unclosed(Exception):
    """A cell begins with a quotation mark that nothing closes: not in its piece, or not for very many lines."""


def _look_at_every_end(piece: bytes, separator: str, *, is_one_line_each: bool) -> None:
    """Where rows have several lines, every second quotation mark ends a cell, or is one of a pair.

    If not, some cell lacks its own: the mark that opens a cell of a later line was taken for it.
    """
    if is_one_line_each:
        return
    letters = np.frombuffer(piece, np.uint8)
    after = letters[np.flatnonzero(letters == ord(_QUOTE))[1::2] + 1]
    if not np.isin(after, np.frombuffer(b'"\r\n' + separator.encode(), np.uint8)).all():
        raise _Unclosed


def _closes(lines: Sequence[str], separator: str) -> bool:
    """Whether the cells of one row of several lines end where a quotation mark ends them."""
    try:
        return bool(list(csv.reader(lines, delimiter=separator, strict=True)))
    except csv.Error:
        return False


def _look_at_the_end(table: pa.Table, last: int, odd: Sequence[Any]) -> None:
    """An even number of quotation marks does not say that they are in pairs: one may stand inside a text (5" disk).

    Arrow then takes the end of the piece for the end of the cell, and with it the line break that is there.
    """
    ends_odd = bool(odd) and odd[-1].number == table.num_rows + len(odd)
    if ends_odd and _QUOTE.decode() in odd[-1].text:
        raise _Unclosed
    if table.num_rows and not ends_odd and str(table[str(last)][-1].as_py()).endswith(("\n", "\r")):
        raise _Unclosed


class _Feed:
    """Lines from a place on; it knows how far they were taken, and whether more were wanted than there are."""

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self._lines, self.at, self.is_over = lines, at, False
        self.row_began = at

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.at == len(self._lines):
            self.is_over = True
            raise StopIteration
        if self.at - self.row_began == _MOST_LINES_OF_A_ROW:
            raise _Unclosed
        self.at += 1
        return self._lines[self.at - 1]


def _end_of_last_line(buffer: bytes) -> int:
    """0 if no line ends in it. A last return does not count: the line feed that belongs to it may follow."""
    return buffer.rfind(b"\n") + 1 or buffer.rfind(b"\r", 0, -1) + 1


def _whole(texts: pa.ChunkedArray) -> pa.Array:
    return texts.chunk(0) if texts.num_chunks == 1 else texts.combine_chunks()


def _joined(first: pa.Array, second: pa.Array) -> pa.Array:
    plain = [one.dictionary_decode() if pa.types.is_dictionary(one.type) else one for one in (first, second)]
    return pa.concat_arrays(plain)


def _has_something(columns: Mapping[str, pa.Array], rows: int) -> Any:
    found = np.zeros(rows, bool)
    for texts in columns.values():
        found |= _lengths(texts) > 0
    return found


def _lengths(texts: pa.Array) -> Any:
    if pa.types.is_dictionary(texts.type):
        return _lengths(texts.dictionary)[texts.indices.to_numpy()]
    return pc.binary_length(texts).to_numpy()
