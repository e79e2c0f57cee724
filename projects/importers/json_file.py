"""JSON: an array of devices, pages of Microsoft Graph (`value`), or one object a line. Read an object at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Generator, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from projects.importers.batches import Batch, Rows
from projects.importers.formats import Wanted, recognise, unrecognised
from projects.importers.problems import CannotRead
from projects.importers.results import MOST_PROBLEMS, Problem
from projects.importers.source import AS_CP1252, Source, encoding, in_utf8

_ROWS = 10_000
_LOOKED_AT = 100
_LONGEST_OBJECT = 16 * 1024 * 1024
_AHEAD = 64 * 1024
_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,\[\]]*")
_COLON = re.compile(r"\s*:\s*")
_CLOSE = re.compile(r"\}")
_PAGE = re.compile(r'\{(?:\s*"[^"\\]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?\d+|null|true|false)\s*,)*\s*"value"\s*:\s*\[')
_Object = Mapping[str, Any]


def is_json(head: bytes) -> bool:
    """Whether a file that begins like this is a JSON array or object."""
    start = head[:64].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith((b"{", b"[{", b"[")) and start[1:].lstrip()[:1] in (b"{", b'"', b"]", b"}", b"")


class JsonFile:
    """Objects whose keys were recognised. Raises CannotRead."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        objects = _objects(source)
        first = list(islice(objects, _LOOKED_AT))
        self._names = _keys(first)
        found = recognise(self._names, wanted)
        if found is None and any(first):
            raise unrecognised([self._names], wanted)
        if found is None:
            raise CannotRead("json_broken" if None in first else "headers_only")
        self.match = found
        self._objects = chain(first, objects)

    def batches(self) -> Generator[Batch, None, None]:
        told = number = 0
        while True:
            rows = Rows(self.match)
            for one in islice(self._objects, _ROWS):
                number += 1
                if one is None:
                    rows.refuse(Problem(number, "json"))
                else:
                    rows.take(number, [as_text(one.get(name)) for name in self._names])
            if not len(rows) and not rows.refused:
                return
            del rows.problems[max(0, MOST_PROBLEMS - told) :]
            told += len(rows.problems)
            yield rows.batch()


def found_headers(source: Source) -> tuple[str, ...]:
    return tuple(_keys(list(islice(_objects(source), _LOOKED_AT))))


def _keys(objects: list[_Object | None]) -> list[str]:
    """The names of what is told of devices. An object by whose name others stand (`{"PC-1": {...}}`) tells nothing."""
    return list(dict.fromkeys(name for one in objects if one for name, value in one.items() if _is_told(value)))


def _is_told(value: Any) -> bool:
    return not isinstance(value, list | dict) or as_text(value) != ""


def as_text(value: Any) -> str:
    """A value as a cell would have it. Lists and objects are nobody's name, system or day.

    But for a day as Windows PowerShell 5.1 may write it: {"value": "/Date(1795000000000)/", "DateTime": "..."}.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        return str(value["value"])
    if value is None or isinstance(value, list | dict):
        return ""
    return str(value)


def _objects(source: Source) -> Iterator[_Object | None]:
    """Every device; None for what is not one. Ends with the first thing that is no JSON."""
    text = _Text(source)
    while char := text.next_char():
        try:
            if char == "{" and text.skips(_PAGE):
                continue
            if char == "}":
                text.skips(_CLOSE)
                continue
            found = text.value()
            if isinstance(found, str) and text.skips(_COLON):
                text.value()  # something that is told of a page, not a device
                continue
        except ValueError:
            yield None
            return
        yield found if isinstance(found, dict) else None


class _Text:
    """The text of a file, of which a window is kept."""

    def __init__(self, source: Source) -> None:
        written = encoding(source.head)
        reader = codecs.getincrementaldecoder("utf-8")(AS_CP1252)
        self._blocks = (reader.decode(block) for block in in_utf8(source, written))
        self._kept, self._at = "", 0

    def _more(self) -> bool:
        for block in self._blocks:
            self._kept, self._at = self._kept[self._at :] + block, 0
            if block:
                return True
        return False

    def next_char(self) -> str:
        """The first character of what follows, after marks that only hold things together; "" at the end."""
        while True:
            found = _BETWEEN.match(self._kept, self._at)
            self._at = found.end() if found else self._at
            if len(self._kept) - self._at > _AHEAD or not self._more():
                break
        return self._kept[self._at : self._at + 1]

    def skips(self, what: re.Pattern[str]) -> bool:
        found = what.match(self._kept, self._at)
        self._at = found.end() if found else self._at
        return found is not None

    def value(self) -> Any:
        """The next value. Raises ValueError if there is none, or if it is far too long."""
        while True:
            try:
                found, self._at = _DECODER.raw_decode(self._kept, self._at)
            except RecursionError as error:
                raise ValueError("nested too deeply") from error
            except ValueError:
                if len(self._kept) - self._at > _LONGEST_OBJECT or not self._more():
                    raise
            else:
                return found
