"""Sources side by side: what each counts of each system, which one is of record, and what would be lost without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, Protocol, TypeVar

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.choices import DeviceKind
from projects.document.rows import DeviceCount, Source
from projects.document.sections import Environment
from projects.rules.labels import count_name, system_name

LEAVE_OUT = "leave_out"
KINDS = tuple(DeviceKind.values)


class _OfASystem(Protocol):
    @property
    def system(self) -> str: ...


T = TypeVar("T", bound=_OfASystem)


def counted_as(row: DeviceCount) -> str:
    """How sources name the system of a row: by its key, or "other:server:Solaris 11"."""
    return other(str(row.kind), row.other_name) if row.system == catalog.OTHER else row.system


def other(kind: str, name: str) -> str:
    """How sources name a system that the catalogue does not have."""
    return f"{catalog.OTHER}:{kind}:{name}"


def kind_of(system: str) -> str:
    """The kind of devices of a system as sources name it."""
    if system.startswith(f"{catalog.OTHER}:"):
        return system.split(":", 2)[1]
    known = catalog.systems().get(system)
    return known.kind if known else "computer"


def system_values(system: str) -> dict[str, str]:
    """The fields of a row that say which system it counts."""
    is_other = system.startswith(f"{catalog.OTHER}:")
    return {
        "system": catalog.OTHER if is_other else system,
        "other_name": count_name(system) if is_other else "",
        "kind": kind_of(system),
    }


def meaning_of(means: str) -> str:
    """What somebody said that a name of an operating system means, in words."""
    if means == LEAVE_OUT:
        return _("left out")
    mark, _colon, kind = means.partition(":")
    if mark != catalog.OTHER or kind not in KINDS:
        return system_name(means)
    return {
        "computer": _("another system of computers"),
        "mobile": _("another system of phones and tablets"),
        "server": _("another system of servers"),
    }[kind]


def in_order(found: Iterable[T]) -> tuple[T, ...]:
    """By system, in the order of the catalogue."""
    order = {key: place for place, key in enumerate(catalog.systems())}
    return tuple(sorted(found, key=lambda one: (order.get(one.system.partition(":")[0], len(order)), one.system)))


def in_order_of_kinds(chosen: Iterable[str]) -> tuple[str, ...]:
    """Kinds first, then systems: always written in the same order."""
    return tuple(sorted(chosen, key=lambda what: (what not in KINDS, what)))


@dataclass(frozen=True)
class Record:
    """Which source somebody chose to be of record: kind or system -> name of the source.

    `counted_by`: kind -> the source that counts most of its devices, where nobody chose.
    """

    chosen: Mapping[str, str]
    counted_by: Mapping[str, str] = field(default_factory=dict)

    def source_for(self, system: str) -> str:
        """The source that was chosen for this system, or else for its kind; "" if nobody chose."""
        return self.chosen.get(system) or self.chosen.get(kind_of(system), "")


def record_of(sources: Iterable[Source], rows: Iterable[DeviceCount] = ()) -> Record:
    """What was chosen; and, with the counts of the plan, which source each kind of device comes from."""
    names = {source.name for source in sources}
    devices: dict[str, Counter[str]] = {}
    for row in rows:
        if row.source in names:
            devices.setdefault(str(row.kind), Counter())[row.source] += row.count
    return Record(
        {what: source.name for source in sources for what in source.of_record_for},
        {kind: counted.most_common(1)[0][0] for kind, counted in devices.items()},
    )


def counts_of(source: Source, rows: Iterable[DeviceCount]) -> dict[str, int]:
    """What a source counts of each system. One whose counts were not kept counts what the plan has from it."""
    if source.counts:
        return dict(source.counts)
    return {counted_as(row): row.count for row in rows if row.source == source.name}


@dataclass(frozen=True)
class SourceCount:
    """What one source counts of a system (None: it has none of it)."""

    source: str
    count: int | None
    is_of_record: bool
    percent: str
    """How far it is from the count of the plan, for example +1.4; empty where it is the same or there is none."""


class Line(NamedTuple):
    """One system: its count in the plan, and what each source says of it."""

    system: str
    key: str
    planned: int | None
    held_by: str
    chosen: str
    """The source that was chosen for this very system."""
    typed_because: str
    counts: tuple[SourceCount, ...]

    @property
    def name(self) -> str:
        return count_name(self.system)

    @property
    def kind(self) -> str:
        return kind_of(self.system)

    @property
    def told(self) -> tuple[SourceCount, ...]:
        """The sources that have the system."""
        return tuple(one for one in self.counts if one.count is not None)

    @property
    def differs(self) -> bool:
        """Whether two sources count it, and not the same."""
        return len({one.count for one in self.told}) > 1

    @property
    def is_lost(self) -> bool:
        """Whether a source counts it and the plan does not."""
        return self.planned is None and any(one.count for one in self.told)


class SideBySide(NamedTuple):
    """Every system that a source or the plan counts, by source."""

    sources: tuple[str, ...]
    lines: tuple[Line, ...]
    record: Record

    @property
    def overlaps(self) -> tuple[Line, ...]:
        """Systems that more than one source counts: there somebody must say which is of record."""
        return tuple(line for line in self.lines if len(line.told) > 1)

    @property
    def lost(self) -> tuple[Line, ...]:
        """Systems that a source counts and the plan does not: to be taken over, or knowingly left."""
        return tuple(line for line in self.lines if line.is_lost)

    @property
    def undecided(self) -> tuple[Line, ...]:
        """Systems on which sources differ and for which nobody has chosen."""
        return tuple(line for line in self.overlaps if line.differs and not self.record.source_for(line.system))

    def of_kind(self, kind: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == kind)


def side_by_side(environment: Environment) -> SideBySide:
    """The sources of an environment next to each other, in the order in which they were first read."""
    sources = [source for source in environment.sources if not source.does_not_apply]
    rows = {counted_as(row): row for row in environment.devices}
    told = {source.name: counts_of(source, environment.devices) for source in sources}
    record = record_of(sources)
    systems = {*rows, *(system for counts in told.values() for system in counts)}
    lines = [_line(system, rows.get(system), told, record) for system in systems]
    return SideBySide(tuple(told), in_order(lines), record)


def _line(system: str, row: DeviceCount | None, told: Mapping[str, Mapping[str, int]], record: Record) -> Line:
    counts = tuple(
        SourceCount(
            name,
            found.get(system),
            is_of_record=row is not None and row.source == name and not row.typed_because,
            percent=percent(row.count, found.get(system)) if row and row.count != found.get(system) else "",
        )
        for name, found in told.items()
    )
    return Line(
        system=system,
        key=row.key if row else "",
        planned=row.count if row else None,
        held_by=row.source if row else "",
        chosen=record.chosen.get(system, ""),
        typed_because=row.typed_because if row else "",
        counts=counts,
    )


def percent(before: int | None, after: int | None) -> str:
    """+34.8 or -5; nothing where there was nothing before."""
    if not before or after is None:
        return ""
    moved = (Decimal(after - before) * 100 / before).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{moved:+f}".removesuffix(".0")


def sourced(environment: Environment, row: DeviceCount) -> int | None:
    """What the source of a row says of its system; None where no export of that source was read, or it has none."""
    source = next((one for one in environment.sources if one.name == row.source and not one.does_not_apply), None)
    return dict(source.counts).get(counted_as(row)) if source else None
