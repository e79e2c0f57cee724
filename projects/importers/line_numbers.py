"""On which line a row is that could not be read."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from projects.importers.formats import Match
from projects.importers.letters import lines_in


class LineNumbers:
    """The lines of the rows of a piece: found out only when a problem is to be told."""

    def __init__(self, piece: bytes, separator: str, before: int, match: Match, rows: int, odd: Sequence[int]) -> None:
        self._piece, self._separator, self._before, self._width = piece, separator, before, match.width
        self._rows, self._numbers_of_odd = rows, odd

    def of_row(self, row: int) -> int:
        found = self._found[0]
        return int(found[row]) if row < len(found) else self._before + 1

    def of_odd(self, which: int) -> int:
        """The line of a row with more or fewer cells than there are headers."""
        found = self._found[1]
        return int(found[which]) if which < len(found) else self._before + 1

    @cached_property
    def _found(self) -> tuple[Any, Any]:
        total = self._rows + len(self._numbers_of_odd)
        if lines_in(self._piece) == total:  # a line for each row
            every = np.arange(total) + self._before + 1
            places = np.array(self._numbers_of_odd, np.int64) - 1
            return np.delete(every, places), every[places]
        regular: list[int] = []
        odd: list[int] = []
        reader = csv.reader(as_lines(self._piece), delimiter=self._separator)
        with contextlib.suppress(csv.Error):
            for row in reader:
                if row:
                    (regular if len(row) == self._width else odd).append(self._before + reader.line_num)
        return regular, odd


def as_lines(piece: bytes) -> io.StringIO:
    return io.StringIO(piece.decode("utf-8", "replace"), newline="")
