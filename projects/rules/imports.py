"""What an export changes in the counts: the same comparison is shown before, and written afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from projects import catalog
from projects.document.rows import DeviceCount
from projects.rules.labels import system_name
from tenants import canonical

NEW, CHANGED, SAME, GONE, ELSEWHERE = "new", "changed", "same", "gone", "elsewhere"


@dataclass(frozen=True)
class CountChange:
    """One system, now and in the export. `held_by`: the other source whose count stands, unless it is taken over."""

    system: str
    kind: str
    what: str
    key: str = ""
    was: int | None = None
    now: int | None = None
    held_by: str = ""

    @property
    def name(self) -> str:
        return system_name(self.system)

    @property
    def difference(self) -> int:
        return (self.now or 0) - (self.was or 0)

    @property
    def percent(self) -> str:
        """+1.4 or -5; nothing where there was nothing before."""
        if not self.was or self.now is None:
            return ""
        moved = (Decimal(self.difference) * 100 / self.was).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{moved:+f}".removesuffix(".0")


def compared(rows: Iterable[DeviceCount], source: str, counts: Mapping[str, int]) -> tuple[CountChange, ...]:
    """The counts of a plan against those of an export of `source`, in the order of the catalogue.

    Sources are never added to each other: a system that another source counts is `elsewhere`.
    """
    present = {(row.system, str(row.kind)): row for row in rows if row.system != catalog.OTHER}
    found = [
        _compared(system, present.get((system, catalog.system(system).kind)), source, now)
        for system, now in counts.items()
    ]
    named = {(one.system, one.kind) for one in found}
    found += [
        CountChange(row.system, str(row.kind), GONE, row.key, was=row.count)
        for place, row in present.items()
        if row.source == source and place not in named
    ]
    order = {key: place for place, key in enumerate(catalog.systems())}
    return tuple(sorted(found, key=lambda one: order.get(one.system, len(order))))


def _compared(system: str, row: DeviceCount | None, source: str, now: int) -> CountChange:
    kind = catalog.system(system).kind
    if row is None:
        return CountChange(system, kind, NEW, now=now)
    if row.source != source:
        return CountChange(system, kind, ELSEWHERE, row.key, was=row.count, now=now, held_by=row.source)
    return CountChange(system, kind, SAME if row.count == now else CHANGED, row.key, was=row.count, now=now)


def fingerprint(changes: Iterable[CountChange]) -> str:
    """The comparison that somebody looked at: another one later means that counts were changed meanwhile."""
    return canonical.fingerprint(
        canonical.text([[one.system, one.kind, one.was, one.now, one.held_by] for one in changes])
    )


def written(changes: Iterable[CountChange], take_over: Collection[str] = ()) -> tuple[CountChange, ...]:
    """What is written: everything of the source itself, and the systems that are taken over from another."""
    return tuple(one for one in changes if one.what != ELSEWHERE or one.system in take_over)
