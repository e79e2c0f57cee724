"""How many devices a plan counted on which day: replayed from its history, so that typed counts are told as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from projects.rules.sources import KINDS


class Counted(NamedTuple):
    """The devices of a plan at the end of a day: by kind, and the sources whose counts moved on that day."""

    day: date
    by_kind: Mapping[str, int]
    sources: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())


@dataclass
class _Row:
    """What is known of a row of the counts."""

    values: dict[str, Any] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        return 0 if self.values.get("does_not_apply") else int(self.values.get("count") or 0)


def counted_by_day(entries: Iterable[tuple[date, Mapping[str, Any]]]) -> tuple[Counted, ...]:
    """Entries of the history about counts, oldest first, as (day, what) -> the counts at the end of each of these days.

    A day on which no count moved is left out.
    """
    rows: dict[str, _Row] = {}
    found: dict[date, Counted] = {}
    for day, what in entries:
        before = {key: row.counted for key, row in rows.items()}
        _replay(rows, what)
        key = what["key"]
        if before.get(key, 0) == (rows[key].counted if key in rows else 0):
            continue
        told = found[day].sources if day in found else ()
        source = str((rows[key].values if key in rows else what.get("before") or {}).get("source") or "")
        by_kind = {kind: sum(row.counted for row in rows.values() if row.values.get("kind") == kind) for kind in KINDS}
        found[day] = Counted(day, by_kind, tuple(dict.fromkeys((*told, source) if source else told)))
    return tuple(found.values())


def _replay(rows: dict[str, _Row], what: Mapping[str, Any]) -> None:
    if what.get("after") is None:
        rows.pop(what["key"], None)
    else:
        rows.setdefault(what["key"], _Row()).values.update(what["after"])
