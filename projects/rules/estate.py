"""The inventory added up: how many devices of which kind there are, and by which way each comes to the service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.rows import DeviceCount
from projects.document.sections import Environment
from projects.rules.labels import system_name

COMPUTERS, MOBILES, WINDOWS_SERVERS, LINUX_SERVERS, OTHER_SERVERS = (
    "computers",
    "mobiles",
    "windows_servers",
    "linux_servers",
    "other_servers",
)
GROUPS = (COMPUTERS, MOBILES, WINDOWS_SERVERS, LINUX_SERVERS, OTHER_SERVERS)


def group_name(group: str) -> str:
    """ "Linux servers", as it stands within a sentence."""
    names = {
        COMPUTERS: _("computers"),
        MOBILES: _("phones and tablets"),
        WINDOWS_SERVERS: _("Windows servers"),
        LINUX_SERVERS: _("Linux servers"),
        OTHER_SERVERS: _("other servers"),
    }
    return names[group]


@dataclass(frozen=True)
class Line:
    """One counted system, and its route on the project's plan (a key of ROUTE_LABELS)."""

    key: str
    system: str
    name: str
    kind: str
    family: str
    count: int
    route: str
    source: str
    counted_on: date | None

    @property
    def group(self) -> str:
        if self.kind != "server":
            return COMPUTERS if self.kind == "computer" else MOBILES
        return {"windows-server": WINDOWS_SERVERS, "windows": WINDOWS_SERVERS, "linux": LINUX_SERVERS}.get(
            self.family, OTHER_SERVERS
        )

    @property
    def can_be_onboarded(self) -> bool:
        return self.route not in ("cannot", "unknown")

    @property
    def needs_extra_step(self) -> bool:
        return self.route in catalog.EXTRA_STEP_ROUTES


@dataclass(frozen=True)
class Sums:
    """Some lines of the inventory. as_they_are + extra_step + cannot + unplaced = total, always."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return _added(self.lines)

    @property
    def can_be_onboarded(self) -> int:
        return _added(line for line in self.lines if line.can_be_onboarded)

    @property
    def as_they_are(self) -> int:
        return self.can_be_onboarded - self.extra_step

    @property
    def extra_step(self) -> int:
        return _added(line for line in self.lines if line.needs_extra_step)

    @property
    def cannot(self) -> int:
        return _added(line for line in self.lines if line.route == "cannot")

    @property
    def unplaced(self) -> int:
        return _added(line for line in self.lines if line.route == "unknown")

    @property
    def cannot_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.route == "cannot" and line.count)

    @property
    def unplaced_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.route == "unknown" and line.count)

    def by_route(self, *routes: str) -> Sums:
        return Sums(tuple(line for line in self.lines if line.route in routes))

    def by_kind(self, kind: str) -> Sums:
        return Sums(tuple(line for line in self.lines if line.kind == kind))


@dataclass(frozen=True)
class Estate(Sums):
    """Every counted system of a plan. A row that was said not to apply is left out."""

    plan: str

    def group(self, name: str) -> Sums:
        """The lines of one of GROUPS."""
        return Sums(tuple(line for line in self.lines if line.group == name))

    @property
    def groups(self) -> dict[str, Sums]:
        """The groups that have lines, in the order of the page."""
        found = {name: self.group(name) for name in GROUPS}
        return {name: sums for name, sums in found.items() if sums.lines}

    @property
    def computers(self) -> Sums:
        return self.by_kind("computer")

    @property
    def mobiles(self) -> Sums:
        return self.by_kind("mobile")

    @property
    def servers(self) -> Sums:
        return self.by_kind("server")

    @property
    def windows_servers(self) -> Sums:
        return self.group(WINDOWS_SERVERS)

    @property
    def linux_servers(self) -> Sums:
        return self.group(LINUX_SERVERS)

    @property
    def by_source(self) -> tuple[tuple[str, int], ...]:
        """Where the counts come from: (source as written down, devices), in the order of the rows; they add up."""
        sums: dict[str, int] = {}
        for line in self.lines:
            sums[line.source] = sums.get(line.source, 0) + line.count
        return tuple(sums.items())


def _added(lines: Iterable[Line]) -> int:
    return sum(line.count for line in lines)


def estate_of(environment: Environment, plan: str) -> Estate:
    """Add up the devices of an environment; the routes are those of `plan` ("P1" or "P2")."""
    return Estate(tuple(_line(row, plan) for row in environment.devices if not row.does_not_apply), plan=plan)


def _line(row: DeviceCount, plan: str) -> Line:
    known = catalog.systems().get(row.system)
    return Line(
        key=row.key,
        system=row.system,
        name=system_name(row.system, row.other_name),
        kind=str(row.kind),
        family=known.family if known else catalog.OTHER,
        count=row.count,
        route=catalog.route_on(known, plan) if known else "unknown",
        source=row.source,
        counted_on=row.counted_on,
    )


def group_title(name: str) -> str:
    return {
        COMPUTERS: _("Computers"),
        MOBILES: _("Phones, tablets"),
        WINDOWS_SERVERS: _("Windows servers"),
        LINUX_SERVERS: _("Linux servers"),
        OTHER_SERVERS: _("Other servers"),
    }[name]
