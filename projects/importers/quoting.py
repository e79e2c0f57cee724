"""What of an export may be quoted on a page: a day that looks like one, a system that is no person.

A comma too many in a line moves its cells: what stands in the column of days may then be a name.
"""

from __future__ import annotations

import re
from dataclasses import replace

from projects.importers.results import NOT_SHOWN, Result

_DAY = re.compile(r"[\d\s:./,+\-]*(?:[TZ]|[AaPp]\.?[Mm]\.?)?[\d\s:./,+\-]*Z?")
_NO_SYSTEM = re.compile(r"[@\\]|\b[a-z][\w-]*(?:\.[a-z][\w-]*){2,}", re.IGNORECASE)
"""An address, an account of a domain, or a name with its domain (pc-7.corp.contoso.example)."""


def quotable(column: str, value: str) -> str:
    """The value of a line that could not be read; nothing where it may be a name."""
    if column == "seen":
        return value if _DAY.fullmatch(value) else ""
    return "" if _NO_SYSTEM.search(value) else value


def without_names(result: Result) -> Result:
    """The result, without texts that may name a person or a device. No number changes."""
    unknown: dict[str, int] = {}
    for text, times in result.unknown:
        shown = quotable("system", text) or (text and NOT_SHOWN)
        unknown[shown] = unknown.get(shown, 0) + times
    problems = tuple(replace(one, value=quotable(one.column, one.value)) for one in result.problems)
    return replace(result, problems=problems, unknown=tuple(sorted(unknown.items(), key=lambda one: -one[1])))
