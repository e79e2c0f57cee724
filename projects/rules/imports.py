"""What an export changes in the counts: the same comparison is shown before, and written afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from projects.document.rows import DeviceCount
from projects.document.sections import Environment
from projects.rules.labels import count_name
from projects.rules.sources import Record, counted_as, counts_of, in_order, kind_of, percent, system_values
from tenants import canonical

NEW, CHANGED, SAME, GONE, ELSEWHERE = "new", "changed", "same", "gone", "elsewhere"
NOBODYS = "nobodys"
"""Taken over: every system that this source counts and the plan lacks."""


class CountChange(NamedTuple):
    """One system, now and by `source`. `held_by`: the other source whose count stands, unless it is taken over.

    `system` is named as sources count it: a key of the catalogue, or "other:server:Solaris 11".
    """

    system: str
    kind: str
    what: str
    source: str = ""
    day: date | None = None
    key: str = ""
    was: int | None = None
    now: int | None = None
    held_by: str = ""
    typed_because: str = ""
    """Why somebody typed the count that stands, instead of what a source says."""

    @property
    def name(self) -> str:
        return count_name(self.system)

    @property
    def is_nobodys(self) -> bool:
        """Whether this source has it, and the plan nothing: what is lost if nobody takes it over."""
        return self.what == ELSEWHERE and self.was is None

    def is_among(self, take_over: Collection[str]) -> bool:
        return self.system in take_over or (self.is_nobodys and NOBODYS in take_over)

    @property
    def difference(self) -> int:
        return (self.now or 0) - (self.was or 0)

    @property
    def percent(self) -> str:
        """+1.4 or -5; nothing where there was nothing before."""
        return percent(self.was, self.now)

    @property
    def values(self) -> dict[str, object]:
        """What is written on the row of the system."""
        return {"count": self.now or 0, "source": self.source, "counted_on": self.day, "typed_because": ""}

    @property
    def new_values(self) -> dict[str, object]:
        """What is written on a new row."""
        return {**system_values(self.system), **self.values}


def compared(
    rows: Iterable[DeviceCount],
    source: str,
    counts: Mapping[str, int],
    record: Record | None = None,
    day: date | None = None,
) -> tuple[CountChange, ...]:
    """The counts of a plan against those of an export of `source`, in the order of the catalogue.

    Sources are never added to each other: a system that another source counts, or for which another is of record, is
    `elsewhere`; and so is one that the source of its kind lacks. Whoever counted a system first is of record for it,
    unless somebody chose.
    """
    record = record or Record({})
    present = {counted_as(row): row for row in rows}
    found = [_compared(system, present.get(system), source, now, record) for system, now in counts.items()]
    found += [
        CountChange(system, str(row.kind), GONE, key=row.key, was=row.count)
        for system, row in present.items()
        if row.source == source and system not in counts and not row.typed_because
    ]
    return in_order(one._replace(source=source, day=day) for one in found)


def _compared(system: str, row: DeviceCount | None, source: str, now: int, record: Record) -> CountChange:
    kind, chosen = kind_of(system), record.source_for(system)
    if row is None:
        of_kind = chosen or record.counted_by.get(kind, source)
        if of_kind == source:
            return CountChange(system, kind, NEW, now=now)
        return CountChange(system, kind, ELSEWHERE, now=now, held_by=of_kind)
    change = CountChange(system, kind, CHANGED, key=row.key, was=row.count, now=now)
    if row.typed_because and row.count != now:
        return change._replace(what=ELSEWHERE, held_by=row.source, typed_because=row.typed_because)
    if row.source == source:
        return change._replace(what=SAME if row.count == now else CHANGED)
    return change._replace(what=CHANGED if chosen == source else ELSEWHERE, held_by=row.source)


def choosing(environment: Environment, chosen: Mapping[str, str]) -> tuple[CountChange, ...]:
    """What choosing sources of record (kind or system -> source) changes in the counts.

    Where the source that is chosen for a kind has none of a system, the count that stands stays. What somebody typed
    stays until a source is chosen for that very system.
    """
    rows = {counted_as(row): row for row in environment.devices}
    sources = {source.name: source for source in environment.sources if not source.does_not_apply}
    told = {name: counts_of(source, environment.devices) for name, source in sources.items()}
    record, found = Record(chosen), []
    for system in {system for counts in told.values() for system in counts}:
        name, row = record.source_for(system), rows.get(system)
        now = told.get(name, {}).get(system)
        if now is None or (row and row.typed_because and system not in chosen):
            continue
        change = CountChange(system, kind_of(system), NEW, source=name, day=sources[name].imported_on, now=now)
        if row:
            is_same = (row.count, row.source, row.typed_because) == (now, name, "")
            change = change._replace(what=SAME if is_same else CHANGED, key=row.key, was=row.count, held_by=row.source)
        found.append(change)
    return in_order(one for one in found if one.what != SAME)


def fingerprint(changes: Iterable[CountChange]) -> str:
    """The comparison that somebody looked at: another one later means that counts were changed meanwhile."""
    return canonical.fingerprint(
        canonical.text([[one.system, one.kind, one.what, one.was, one.now, one.held_by] for one in changes])
    )


def written(changes: Iterable[CountChange], take_over: Collection[str] = ()) -> tuple[CountChange, ...]:
    """What is written: everything of the source itself, and the systems that are taken over from another."""
    return tuple(one for one in changes if one.what != ELSEWHERE or one.is_among(take_over))


def resulting(rows: Iterable[DeviceCount], changes: Iterable[CountChange]) -> tuple[DeviceCount, ...]:
    """The rows as they are once these changes are written; nothing is."""
    found = {row.key: row for row in rows}
    for change in changes:
        if change.what == GONE:
            found.pop(change.key, None)
        elif change.key in found:
            found[change.key] = found[change.key].replaced(**change.values)
        else:
            values: dict[str, Any] = {"key": f"new-{len(found)}", **change.new_values}
            found[values["key"]] = DeviceCount(**values)
    return tuple(found.values())
