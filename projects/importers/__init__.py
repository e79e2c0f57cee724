"""Read what people already have: an export in, counts and problems out. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from projects.importers.formats import header_key
from projects.importers.learned import other_of, unknown_key
from projects.importers.problems import CannotRead, sentence, what_is_accepted, what_is_wrong
from projects.importers.results import (
    DISABLED,
    MAPPED,
    NOT_SEEN,
    NOT_SHOWN,
    PERSONAL,
    PICKED,
    PLAIN,
    REASONS,
    REGISTERED,
    TEMPLATE,
    LeaveOut,
    Problem,
    Result,
)
from projects.importers.source import MOST_BYTES, Bytes
from projects.importers.systems import Normal, normalise, place

__all__ = [
    "DISABLED",
    "MAPPED",
    "MOST_BYTES",
    "NOT_SEEN",
    "NOT_SHOWN",
    "PERSONAL",
    "PICKED",
    "PLAIN",
    "REASONS",
    "REGISTERED",
    "TEMPLATE",
    "CannotRead",
    "LeaveOut",
    "Normal",
    "Problem",
    "Result",
    "header_key",
    "headers",
    "normalise",
    "other_of",
    "place",
    "read",
    "sentence",
    "unknown_key",
    "what_is_accepted",
    "what_is_wrong",
]

Report = Callable[[int, int], None]
"""Called now and then with the rows and the bytes that were read so far; what it raises ends the reading."""


def read(
    open_again: Callable[[], Bytes],
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
    from projects.importers import (
        reading,
    )  # what reads columns is large: a web worker, which reads none, starts without

    said = reading.Said(today, leave_out or LeaveOut(), wanted, columns or {}, learned or {})
    return reading.read(open_again, said, report)


def headers(open_again: Callable[[], Bytes]) -> tuple[str, ...]:
    """The headers of a file of no known kind, for somebody to pick from. Raises CannotRead."""
    from projects.importers import reading

    return reading.headers(open_again)
