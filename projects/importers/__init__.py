"""Read what people already have: an export in, counts and problems out. Pure: no database, no clock."""

from projects.importers.counting import (
    DISABLED,
    NOT_SEEN,
    PERSONAL,
    REASONS,
    LeaveOut,
    Problem,
    Result,
    read,
)
from projects.importers.problems import CannotRead, sentence, what_is_accepted, what_is_wrong
from projects.importers.reading import MOST_BYTES
from projects.importers.systems import place

__all__ = [
    "DISABLED",
    "MOST_BYTES",
    "NOT_SEEN",
    "PERSONAL",
    "REASONS",
    "CannotRead",
    "LeaveOut",
    "Problem",
    "Result",
    "place",
    "read",
    "sentence",
    "what_is_accepted",
    "what_is_wrong",
]
