"""Where devices end: a number for each system and version, for each reason to leave out, and for each unknown name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from projects import catalog
from projects.importers.learned import LEAVE_OUT, learned_as, other_of, unknown_key
from projects.importers.results import MAPPED
from projects.importers.systems import LONGEST, normalise

COUNTED, LEFT_OUT, UNKNOWN, CROWDED = "counted", "left out", "unknown", "crowded"
"""CROWDED: not placed either, but there are so many names that this one is not told."""
MOST_TEXTS = 50_000
_TICKS = 256
_NULL = "NULL"
"""An empty field, as a database writes it."""

Name = tuple[str, str]
"""A system and its version; or a reason, or an unknown text, and nothing."""


class Places:
    def __init__(self) -> None:
        self._numbers: dict[tuple[str, Name], int] = {}
        self._own_name: list[bool] = []
        self._counts: Any = None

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, kind: str, name: str, version: str = "") -> int:
        place = (kind, (name, version))
        found = self._numbers.get(place)
        if found is None:
            found = self._numbers[place] = len(self._numbers)
            self._own_name.append(kind == COUNTED and _kind(name) != "mobile")
        return found

    def has_own_name(self) -> Any:
        """By number: whether a device there has a name of its own. Of what is not placed nobody knows."""
        return np.array(self._own_name, bool)

    def counted(self, counts: Any) -> Places:
        self._counts = counts
        return self

    def of(self, kind: str) -> dict[Name, int]:
        return {name: int(self._counts[n]) for (k, name), n in self._numbers.items() if k == kind and self._counts[n]}


def _kind(system: str) -> str:
    other = other_of(system)
    return other[0] if other else catalog.system(system).kind


class Judge:
    """Says where a device with these texts ends. Each distinct combination of texts is judged once."""

    def __init__(self, learned: Mapping[str, str], tick: Callable[[], None]) -> None:
        self.places = self._places = Places()
        self._learned, self._tick = learned, tick
        self._known: dict[tuple[str, ...], tuple[int, str]] = {}
        self._called: dict[str, str] = {}
        self._judged = 0
        self.as_written = ""
        """The text that was judged last."""

    def place(self, cells: Mapping[str, str]) -> tuple[int, str]:
        """The number of the place, and what is wrong with the texts."""
        key = tuple(cells.values())
        found = self._known.get(key)
        if found is None or found[1]:
            found = self._judge(cells)
            if len(self._known) < MOST_TEXTS:
                self._known[key] = found
        return found

    def _judge(self, cells: Mapping[str, str]) -> tuple[int, str]:
        self._judged += 1
        if self._judged % _TICKS == 0:
            self._tick()
        cells = {role: "" if text.strip() == _NULL else text for role, text in cells.items()}
        name = cells["system"] if cells["system"].strip() else cells.get("fallback", "")
        text = _joined(name, cells, "distribution", "version", "release", "build")
        self.as_written = text[:LONGEST].replace("\x00", "")
        if "\x00" in text:
            return 0, "nul"
        if len(text) > LONGEST:
            return 0, "too_long"
        named = _joined(name, cells, "distribution", "edition")
        found = normalise(named, _joined("", cells, "version", "release", "build"), cells.get("kind", ""))
        system = found.system or self._as_learned(text)
        if system == LEAVE_OUT:
            return self._places.number(LEFT_OUT, MAPPED), ""
        is_crowded = len(self._places) >= MOST_TEXTS
        if system:
            return self._places.number(COUNTED, system, "" if is_crowded else found.version), ""
        return self._places.number(CROWDED, "") if is_crowded else self._places.number(UNKNOWN, text), ""

    def _as_learned(self, text: str) -> str:
        """What somebody said of this text; it is called as it was written first."""
        key = unknown_key(text)
        said = self._learned.get(key, "")
        return learned_as(said, self._called.setdefault(key, text)) if said else ""


def _joined(first: str, cells: Mapping[str, str], *roles: str) -> str:
    words = (first, *(cells.get(role, "") for role in roles))
    return " ".join(text for one in words if (text := " ".join(one.split())))
