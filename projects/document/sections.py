"""The sections of a plan: which tables each has, and how a section is fingerprinted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Any, ClassVar

from django.utils.translation import gettext_noop as _
from msgspec import field

from projects.document import rows
from projects.document.fields import COUNTED, SIGNED, Frozen, Row, classes, fields_of
from tenants import canonical


class Section(Frozen):
    """A part of the plan that is signed as one."""

    title: ClassVar[str]

    @classmethod
    def tables(cls) -> dict[str, type[Row]]:
        """Name of each table -> type of its rows, in the order of the page."""
        return {name: each.kind.__args__[0] for name, each in fields_of(cls).items()}


def content_tables(section: type[Section]) -> dict[str, type[Row]]:
    """The tables that say something of the plan: without those that only ask (topics) or tell of an import (sources)."""
    return {
        name: kind
        for name, kind in section.tables().items()
        if kind is not rows.Topic and set(signed_fields(kind)) - {"does_not_apply"}
    }


class Environment(Section):
    title = _("Environment")
    topics: tuple[rows.Topic, ...] = ()
    devices: tuple[rows.DeviceCount, ...] = ()
    engines: tuple[rows.ManagementEngine, ...] = ()
    cdoc: tuple[rows.CdocTeam, ...] = ()
    siem: tuple[rows.Siem, ...] = ()
    protections: tuple[rows.ExistingProtection, ...] = ()
    impacts: tuple[rows.Impact, ...] = ()
    sources: tuple[rows.Source, ...] = ()


class Licences(Section):
    title = _("Licences")
    licensing: tuple[rows.Licensing, ...] = ()
    entitlements: tuple[rows.Entitlement, ...] = ()


class Access(Section):
    title = _("Access")
    settings: tuple[rows.AccessSettings, ...] = ()
    personas: tuple[rows.Persona, ...] = ()
    assignments: tuple[rows.Assignment, ...] = ()
    partners: tuple[rows.PartnerAccess, ...] = ()
    tiers: tuple[rows.Tier, ...] = ()
    device_groups: tuple[rows.DeviceGroup, ...] = ()
    kept: tuple[rows.KeptFinding, ...] = ()


class Adoption(Section):
    title = _("Adoption order")
    components: tuple[rows.Component, ...] = ()


class Connectivity(Section):
    title = _("Connectivity")
    network: tuple[rows.NetworkSettings, ...] = ()
    routes: tuple[rows.Route, ...] = ()


class Migration(Section):
    title = _("Migration")
    items: tuple[rows.MigrationItem, ...] = ()


class Timeline(Section):
    title = _("Timeline")
    items: tuple[rows.TimelineItem, ...] = ()


class Plan(Frozen):
    """A project's plan without the stakeholder matrix, which `stakeholders.document` adds."""

    schema_: int = field(default=1, name="schema")
    project: rows.ProjectFacts
    environment: Environment = field(default_factory=Environment)
    licences: Licences = field(default_factory=Licences)
    access: Access = field(default_factory=Access)
    connectivity: Connectivity = field(default_factory=Connectivity)
    adoption: Adoption = field(default_factory=Adoption)
    migration: Migration = field(default_factory=Migration)
    timeline: Timeline = field(default_factory=Timeline)


SECTIONS: dict[str, type[Section]] = {
    "environment": Environment,
    "licences": Licences,
    "access": Access,
    "connectivity": Connectivity,
    "adoption": Adoption,
    "migration": Migration,
    "timeline": Timeline,
}


def has_counts(section: str) -> bool:
    """Whether a section has numbers that may drift."""
    tables = SECTIONS[section].tables().values() if section in SECTIONS else ()
    return any(COUNTED in classes(kind).values() for kind in tables)


def applies(section: str, project: rows.ProjectFacts) -> bool:
    """Whether a section exists in this kind of project: one that does not is neither fingerprinted nor asked."""
    return section != "migration" or project.kind == "migration"


def plain(row: Frozen, names: Iterable[str]) -> dict[str, Any]:
    """The fields of `names` that differ from their default, as JSON values."""
    known = fields_of(type(row))
    return {name: as_json(value) for name in names if (value := getattr(row, name)) != known[name].default}


def signed_values(row: Frozen) -> tuple[Any, ...]:
    """What a signature covers of a row, to be compared with that of another row of its kind."""
    return tuple(getattr(row, name) for name in signed_fields(type(row)))


def as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Enum):  # of what was read; rows of the database hold its value
        return value.value
    return value.isoformat() if hasattr(value, "isoformat") else value


@cache
def signed_fields(row: type[Frozen]) -> tuple[str, ...]:
    return tuple(name for name, kind in classes(row).items() if kind in SIGNED)


def signed_content(name: str, section: Section, project: rows.ProjectFacts) -> dict[str, Any]:
    """What a signature on a section covers: canonical, without order, keys, defaults, progress and wording."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, kind in section.tables().items():
        names = signed_fields(kind)
        found = [plain(row, names) for row in getattr(section, table) if is_signed(row)]
        if found:
            tables[table] = sorted(found, key=canonical.text)
    return {"section": name, "project": plain(project, signed_fields(rows.ProjectFacts)), "tables": tables}


def is_signed(row: Row) -> bool:
    """Rows of people who are only informed, untouched generated rows and notes on an import are not signed."""
    if isinstance(row, rows.Route):
        return bool(row.route or row.proxy or row.does_not_apply)
    if signed_fields(type(row)) == ("does_not_apply",):
        return bool(row.does_not_apply)
    return getattr(row, "part", None) != "I"


def digest(name: str, section: Section, project: rows.ProjectFacts) -> str:
    """The fingerprint of a section: SHA-256 over the canonical text of its signed content."""
    return canonical.fingerprint(canonical.text(signed_content(name, section, project)))
