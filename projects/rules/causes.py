"""What causes an impact: a row of the plan, named so that it is still found when its words change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from projects.document import SECTIONS, Row, Section, content_tables
from projects.rules.labels import title_of


class Cause(NamedTuple):
    """A row as `section/table/key`."""

    section: str
    table: str
    key: str

    def __str__(self) -> str:
        return f"{self.section}/{self.table}/{self.key}"


def parsed(text: str) -> Cause | None:
    """The row that a text names; None for words, and for what names no table of the plan."""
    section, _slash, rest = text.partition("/")
    table, _slash, key = rest.partition("/")
    known = section in SECTIONS and table in SECTIONS[section].tables()
    return Cause(section, table, key) if known and key else None


def possible(sections: Mapping[str, Section]) -> Iterator[tuple[str, list[tuple[Cause, str]]]]:
    """What an impact may be caused by: of each section that has some, its rows with their titles."""
    for name, section in sections.items():
        found = [
            (Cause(name, table, row.key), title_of(row))
            for table in content_tables(type(section))
            if table != "impacts"
            for row in getattr(section, table)
            if not row.does_not_apply
        ]
        if found:
            yield name, found


def row_of(cause: Cause, sections: Mapping[str, Section]) -> Row | None:
    """The row as it is now; None if it was removed, or its section is not among `sections`."""
    rows = getattr(sections.get(cause.section), cause.table, ())
    return next((row for row in rows if row.key == cause.key), None)
