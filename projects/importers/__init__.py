"""Read what people already have: an export in, counts and problems out. Pure: no database, no clock."""

from projects.importers.counting import (
    DISABLED,
    MAPPED,
    NOT_SEEN,
    PERSONAL,
    PICKED,
    REASONS,
    REGISTERED,
    TEMPLATE,
    LeaveOut,
    Problem,
    Result,
    read,
)
from projects.importers.formats import header_key
from projects.importers.learned import other_of, unknown_key
from projects.importers.problems import CannotRead, sentence, what_is_accepted, what_is_wrong
from projects.importers.reading import MOST_BYTES, headers
from projects.importers.systems import place

__all__ = [
    "DISABLED",
    "MAPPED",
    "MOST_BYTES",
    "NOT_SEEN",
    "PERSONAL",
    "PICKED",
    "REASONS",
    "REGISTERED",
    "TEMPLATE",
    "CannotRead",
    "LeaveOut",
    "Problem",
    "Result",
    "header_key",
    "headers",
    "other_of",
    "place",
    "read",
    "sentence",
    "unknown_key",
    "what_is_accepted",
    "what_is_wrong",
]
