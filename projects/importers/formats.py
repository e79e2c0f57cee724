"""Which kind of export a file is: said by its set of headers, never by its name or by the order of its columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from projects import catalog
from projects.catalog import ExportFormat
from projects.importers.problems import CannotRead


@dataclass(frozen=True)
class Match:
    """A recognised export: where each of its columns stands in this file."""

    format: ExportFormat
    columns: Mapping[str, int]
    width: int
    score: int


def recognise(headers: Sequence[str], wanted: str = "") -> Match | None:
    """The kind of export with these headers; of several, that of which most headers are known."""
    places = {_plain(name): place for place, name in reversed(list(enumerate(headers)))}
    formats = [catalog.export_format(wanted)] if wanted else catalog.export_formats().values()
    found = [match for one in formats if (match := _matched(one, places, len(headers)))]
    return max(found, key=lambda match: match.score, default=None)


def _matched(one: ExportFormat, places: Mapping[str, int], width: int) -> Match | None:
    columns = {
        role: place
        for role, names in one.columns.items()
        if (place := next((places[n.casefold()] for n in names if n.casefold() in places), None)) is not None
    }
    if not set(one.needs) <= set(columns):
        return None
    return Match(one, columns, width, score=sum(1 for name in places if name in one.headers))


def missing(headers: Sequence[str], wanted: str) -> CannotRead:
    """What a file lacks to be of the kind that somebody said it is."""
    one, present = catalog.export_format(wanted), {_plain(name) for name in headers}
    lacking = [one.columns[role][0] for role in one.needs if not {n.casefold() for n in one.columns[role]} & present]
    return CannotRead("other_format", format=one.name, missing=", ".join(lacking))


def header_key(names: Iterable[str]) -> str:
    """The same for the same set of headers, in whatever order and case."""
    told = "\n".join(sorted({_plain(name) for name in names} - {""}))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def _plain(header: str) -> str:
    return " ".join(header.replace("\ufeff", "").split()).casefold()
