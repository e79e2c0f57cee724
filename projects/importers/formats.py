"""Which kind of export a file is: said by its set of headers, never by its name or by the order of its columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from projects import catalog
from projects.catalog import ExportFormat
from projects.importers.problems import CannotRead
from projects.importers.results import PICKED


@dataclass(frozen=True)
class Wanted:
    """What somebody said of a file: which kind of export it is, or what its columns tell (role -> header)."""

    format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def formats(self) -> Iterable[ExportFormat]:
        if self.columns:
            return [_picked(self.columns)]
        if self.format and self.format != PICKED:
            return [catalog.export_format(self.format)]
        return catalog.export_formats().values()


def _picked(columns: Mapping[str, str]) -> ExportFormat:
    told = {role: (header,) for role, header in columns.items() if header}
    return ExportFormat(
        key=PICKED,
        name=PICKED,
        called=PICKED,
        source_name="",
        source="own_practice",
        confidence="",
        needs=tuple({"system", *told}),
        columns=told,
        leave_out={},
        headers=frozenset(map(plain, columns.values())),
    )


class Match(NamedTuple):
    """A recognised export: where each of its columns stands in this file."""

    format: ExportFormat
    columns: Mapping[str, int]
    width: int
    score: int


def recognise(headers: Sequence[str], wanted: Wanted) -> Match | None:
    """The kind of export with these headers; of several, that of which most headers are known."""
    places = {plain(name): place for place, name in reversed(list(enumerate(headers)))}
    found = [match for one in wanted.formats if (match := _matched(one, places, len(headers)))]
    return max(found, key=lambda match: match.score, default=None)


def _matched(one: ExportFormat, places: Mapping[str, int], width: int) -> Match | None:
    columns = {
        role: place
        for role, names in one.columns.items()
        if (place := next((places[key] for n in names if (key := plain(n)) in places), None)) is not None
    }
    if not set(one.needs) <= set(columns):
        return None
    return Match(one, columns, width, score=sum(1 for name in places if name in one.headers))


def unrecognised(lines: Iterable[Sequence[str]], wanted: Wanted) -> CannotRead:
    """Why no line is one of headers. `lines`: the cells of those that could be."""
    present = {plain(name) for line in lines for name in line}
    if present & catalog.licence_headers():
        return CannotRead("licences")
    if wanted.columns or not wanted.format or wanted.format == PICKED:
        return CannotRead("unknown_format")
    one = catalog.export_format(wanted.format)
    lacking = [one.columns[role][0] for role in one.needs if not {plain(n) for n in one.columns[role]} & present]
    return CannotRead("other_format", format=one.name, missing=", ".join(lacking))


def likely_headers(lines: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Of the first lines that with most cells, to pick columns from. Empty if none has several."""
    names = [tuple(" ".join(cell.split()) for cell in line) for line in lines]
    found = max(names, key=lambda one: sum(map(bool, one)), default=())
    return found if sum(map(bool, found)) > 1 else ()


def header_key(names: Iterable[str]) -> str:
    """The same for the same set of headers, in whatever order and case."""
    told = "\n".join(sorted({plain(name) for name in names} - {""}))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def plain(header: str) -> str:
    return " ".join(header.replace("\ufeff", "").split()).casefold()
