"""Load plans from the database: a constant number of queries, for one project or a thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from django.db.models import QuerySet

from projects import catalog
from projects.document import SECTIONS, Frozen, Plan, ProjectFacts, Row, Section, applies, digest
from projects.document.rows import DeviceCount, Route
from projects.models import Project
from projects.tables import Table, of_section
from tenants.compiled import CompiledQuery

Reader = Callable[[Collection[Project]], Mapping[int, Section]]
_readers: dict[str, Reader] = {}
T = TypeVar("T", bound=Frozen)


def add_section(name: str, reader: Reader) -> None:
    """Let an app above add its section (the stakeholder matrix): it is fingerprinted with the others."""
    _readers[name] = reader


def built(kind: type[T], /, **values: Any) -> T:
    """A value of the document out of what the database holds and has checked: choices are their plain values."""
    return kind(**values)


def facts(project: Project) -> ProjectFacts:
    """What the whole plan rests on."""
    return built(
        ProjectFacts,
        name=project.name,
        kind=project.kind,
        plan=project.plan,
        architecture=project.architecture,
        geography=project.geography,
        microsoft_tenant=project.microsoft_tenant,
        tenant_created_on=project.tenant_created_on,
        terminology=project.terminology,
    )


def section_names(project: Project) -> list[str]:
    """The sections of this project, in the order in which people read them."""
    return [
        name for name in ["stakeholders", *SECTIONS] if name in {*_readers, *SECTIONS} and applies(name, facts(project))
    ]


def stored_rows(
    table: Table, projects: Collection[Project], keys: Collection[str] | None = None
) -> dict[int, tuple[Row, ...]]:
    """The stored rows of a table as frozen values, by project id, in display order; only those of `keys`, if given."""
    names = ("key", *table.fields)
    found: dict[int, list[Row]] = defaultdict(list)
    of = [p.pk for p in projects]
    stored: Iterable[Any] = _stored(table).rows(of) if keys is None else _composed(table, of).filter(key__in=keys)
    for project_id, *values in stored:
        fields = {
            name: frozen(value) if type(value) is list else value for name, value in zip(names, values, strict=True)
        }
        found[project_id].append(table.row(**fields))
    return {project_id: tuple(rows) for project_id, rows in found.items()}


@cache
def _stored(table: Table) -> CompiledQuery[tuple[Any, ...]]:
    return CompiledQuery(lambda projects: _composed(table, projects))


def _composed(table: Table, projects: Collection[int]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = table.model._default_manager.filter(project__id__in=projects).order_by("position", "pk")
    return rows.values_list("project_id", "key", *table.fields)


def frozen(value: Any) -> Any:
    """A stored value as the document has it: lists are tuples."""
    return tuple(frozen(one) for one in value) if isinstance(value, list) else value


def read(section: str, projects: Collection[Project]) -> Mapping[int, Section]:
    """One section of several projects, by project id; a query per table."""
    if section in _readers:
        return _readers[section](projects)
    tables = {table.name: stored_rows(table, projects) for table in of_section(section)}
    kind = SECTIONS[section]
    sections = {
        project.pk: built(kind, **{name: rows.get(project.pk, ()) for name, rows in tables.items()})
        for project in projects
    }
    if section == "connectivity":
        devices = stored_rows(next(t for t in of_section("environment") if t.name == "devices"), projects)
        return {
            p.pk: sections[p.pk].replaced(
                routes=with_generated_routes(p.plan, devices.get(p.pk, ()), sections[p.pk].routes)  # type: ignore[attr-defined]
            )
            for p in projects
        }
    return sections


def part(section: str, project: Project, names: Collection[str]) -> Section:
    """Some tables of one section, a query each, for what looks at no others; those are empty in it."""
    tables = {table.name: table for table in of_section(section)}
    found = {name: stored_rows(tables[name], [project]).get(project.pk, ()) for name in names}
    return SECTIONS[section](**{name: found.get(name, ()) for name in tables})


def with_generated_routes(plan: str, devices: Collection[Row], stored: Collection[Route]) -> tuple[Route, ...]:
    """The connectivity table: a line per system that the inventory has, besides what somebody wrote down."""
    counted = {d.system for d in devices if isinstance(d, DeviceCount) and d.count and not d.does_not_apply}
    wanted = {
        catalog.connectivity_group(key)
        for key in counted
        if key in catalog.systems() and catalog.connectivity_rule(plan, key) is not None
    }
    kept = {route.system: route for route in stored}
    order = [key for key in catalog.connectivity_groups() if key in wanted or key in kept]
    order += [key for key in kept if key not in order]
    return tuple(kept.get(key) or built(Route, key=f"route-{key}", system=key, status="unknown") for key in order)


def load(projects: Collection[Project]) -> dict[int, Plan]:
    """Whole plans (without the matrix) by project id."""
    sections = {name: read(name, projects) for name in SECTIONS}
    return {
        project.pk: built(
            Plan, schema_=1, project=facts(project), **{name: found[project.pk] for name, found in sections.items()}
        )
        for project in projects
    }


def digests(project: Project, sections: Collection[str]) -> dict[str, str]:
    """The present fingerprints of `sections` (those that apply), read from the rows."""
    known = facts(project)
    return {name: digest(name, read(name, [project])[project.pk], known) for name in sections if applies(name, known)}
