"""The lines of a list, whatever it is written in: each with its number and its cells by header."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from projects import catalog
from projects.catalog import PresentFormat
from projects.importers.formats import plain
from projects.importers.present.problems import NoList, Problem
from projects.importers.problems import CannotRead
from projects.importers.source import AS_CP1252, Source, encoding, in_utf8

_SEPARATORS = (",", ";", "\t", "|")
_LINES_BEFORE_HEADERS = 10
_HEADERS_SHOWN = 8
_LONGEST_HEADER = 60
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_WRAPPED = "additionalproperties"

Cells = Mapping[str, Any]
"""Header, as `plain` writes it -> text, or a list of texts."""


@dataclass
class Table:
    """A list of a known kind: `columns` are what a column tells -> its header as `plain` writes it."""

    format: PresentFormat
    columns: Mapping[str, str]
    headers: Mapping[str, str]
    lines: Iterator[tuple[int, Cells] | Problem]


def table_of(source: Source) -> Table:
    """Raises NoList."""
    if source.head.startswith(_WORKBOOKS):
        raise NoList("workbook")
    try:
        text = b"".join(in_utf8(source, encoding(source.head))).decode("utf-8", AS_CP1252)
    except CannotRead as error:
        raise NoList(error.code, **error.values) from None
    start = text.lstrip("\ufeff \t\r\n")[:1]
    return _of_json(text) if start in ("{", "[") else _of_csv(text)


def recognise(headers: Mapping[str, str]) -> tuple[PresentFormat, dict[str, str]] | None:
    """The first kind of list that has these headers, and where it has what."""
    for one in catalog.present_formats().values():
        columns = {
            role: found
            for role, names in one.columns.items()
            if (found := next((plain(name) for name in names if plain(name) in headers), None))
        }
        if set(one.needs) <= set(columns) and (not one.one_of or set(one.one_of) & set(columns)):
            return one, columns
    return None


def _unrecognised(headers: list[str]) -> NoList:
    named = [name.strip()[:_LONGEST_HEADER] for name in headers if name.strip()][:_HEADERS_SHOWN]
    return NoList("unknown_format", headers=", ".join(named) or "–")


# CSV ------------------------------------------------------------------------------------------------------------------
def _of_csv(text: str) -> Table:
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    best: list[str] = []
    for skipped, line in enumerate(lines[:_LINES_BEFORE_HEADERS]):
        for mark in _SEPARATORS:
            headers = _cells(line, mark)
            best = max(best, headers, key=len)
            known = {plain(name): name for name in reversed(headers)}
            found = recognise(known)
            if found:
                rest = "\n".join(lines[skipped + 1 :])
                told = _csv_lines(rest, mark, [plain(name) for name in headers], skipped + 1)
                return Table(found[0], found[1], known, told)
    raise _unrecognised(best)


def _cells(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []


def _csv_lines(text: str, mark: str, headers: list[str], before: int) -> Iterator[tuple[int, Cells] | Problem]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Problem(line, "too_long")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(headers):
            yield Problem(line, "cells", values={"found": len(cells), "wanted": len(headers)})
            continue
        found: dict[str, Any] = {}
        for name, cell in zip(headers, cells, strict=True):
            found.setdefault(name, cell)
        yield line, found


# JSON -----------------------------------------------------------------------------------------------------------------
def _of_json(text: str) -> Table:
    try:
        told = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise NoList("json", line=error.lineno) from None
    except (ValueError, RecursionError):
        raise NoList("json", line=1) from None
    if isinstance(told, dict):
        told = told["value"] if isinstance(told.get("value"), list) else [told]
    entries = [flat(one) if isinstance(one, dict) else None for one in told]
    headers = {plain(name): name for one in entries if one for name in one}
    if not headers:
        raise NoList("headers_only")
    found = recognise(headers)
    if found is None:
        raise _unrecognised(list(headers.values()))
    return Table(found[0], found[1], headers, _json_lines(entries))


def _json_lines(entries: list[dict[str, Any] | None]) -> Iterator[tuple[int, Cells] | Problem]:
    for number, one in enumerate(entries, start=1):
        if one is None:
            yield Problem(number, "no_entry")
        else:
            yield number, {plain(name): value for name, value in one.items()}


def flat(entry: Mapping[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    """An object as one line: what is inside of another is "principal.displayName"; PowerShell's wrapping is left out."""
    found: dict[str, Any] = {}
    for name, value in entry.items():
        here = before if plain(name) == _WRAPPED else f"{before}.{name}" if before else name
        if isinstance(value, dict) and depth < 4:
            found |= flat(value, here, depth + 1)
        elif isinstance(value, list):
            found[here] = [text for one in value if (text := _name_of(one))]
        elif value is not None and not isinstance(value, dict):
            found[here] = str(value)
        else:
            found.setdefault(here, "")
    return found


def _name_of(one: Any) -> str:
    """What a member of a list is called."""
    if isinstance(one, dict):
        inside = {plain(name): value for name, value in flat(one).items()}
        named = (inside.get(name) for name in ("displayname", "userprincipalname", "id"))
        return str(next((name for name in named if name), ""))
    return str(one) if isinstance(one, str | int) else ""
