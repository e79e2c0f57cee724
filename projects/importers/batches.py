"""Some rows of a file, as columns. Every kind of file is read into these, and one way of counting takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa

from projects.importers.formats import Match
from projects.importers.results import Problem

ONE_BY_ONE = frozenset({"id", "merged", "name", "seen"})
"""What differs from device to device. Of everything else each distinct text is looked at once."""


class Batch(NamedTuple):
    """`columns`: what a column tells -> its texts (dictionaries, but for ONE_BY_ONE), none of them null.

    `line`: the line of a row of this batch. `refused` rows are in no column; `problems` are some of theirs.
    """

    rows: int
    columns: Mapping[str, pa.Array]
    line: Callable[[int], int]
    refused: int = 0
    problems: Sequence[Problem] = ()


def column(texts: pa.Array, role: str) -> pa.Array:
    """As a batch has it."""
    is_dictionary = pa.types.is_dictionary(texts.type)
    if role in ONE_BY_ONE:
        return texts.dictionary_decode() if is_dictionary else texts
    return texts if is_dictionary else texts.dictionary_encode()


@dataclass
class Rows:
    """Rows that were read one at a time, on their way into a batch."""

    match: Match
    lines: list[int] = field(default_factory=list)
    cells: dict[str, list[str]] = field(default_factory=dict)
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells = {role: [] for role in self.match.columns}

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, line: int, row: Sequence[str]) -> None:
        """A row with as many cells as there are headers; more, if nothing is in them; otherwise a problem."""
        wide = self.match.width
        if len(row) != wide and (len(row) < wide or any(row[wide:])):
            self.refuse(Problem(line, "cells", found=len(row), wanted=wide))
            return
        self.lines.append(line)
        for role, place in self.match.columns.items():
            self.cells[role].append(row[place])

    def refuse(self, problem: Problem) -> None:
        self.refused += 1
        self.problems.append(problem)

    def arrays(self) -> dict[str, pa.Array]:
        return {role: column(_texts(cells), role) for role, cells in self.cells.items()}

    def batch(self) -> Batch:
        return Batch(len(self.lines), self.arrays(), self.lines.__getitem__, self.refused, self.problems)


def _texts(cells: list[str]) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:  # half a character, as UTF-16 and JSON can have it
        return pa.array([cell.encode("utf-8", "replace").decode() for cell in cells], pa.string())
