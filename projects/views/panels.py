"""What each section's page has beside its tables: sums, pictures, groups, documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from projects import catalog, plan
from projects.document import Section, rows
from projects.document.sections import Adoption, Connectivity, Environment, Licences, Migration, Timeline
from projects.document.sections import Plan as Document
from projects.models import Project
from projects.rules import estate, licences, operations
from projects.rules.labels import component_name
from projects.tables import TABLES
from projects.views import pictures
from projects.views.access_panels import access
from projects.views.causes import link_causes
from projects.views.counted import history_of, source_panels, typed_words
from projects.views.shown import ShownRow, ShownTable
from tenants import clock

ANSWERED_BY = {
    "topic-endpoint-count": "devices",
    "topic-server-count": "devices",
    "topic-management-engine": "engines",
    "topic-cdoc-distribution": "cdoc",
    "topic-siem": "siem",
}
"""Question of the environment table -> the table that answers it."""

Tables = dict[str, ShownTable]


class Group(NamedTuple):
    """Rows that stand together under a heading, with the sum of the group."""

    name: str
    title: str
    rows: list[ShownRow]
    total: int = 0
    note: str = ""


def today_of(project: Project) -> date:
    return clock.today(project.tenant.time_zone)


# Environment ----------------------------------------------------------------------------------------------------------
ROUTE_STATE = {"cannot": "cannot", "unknown": "unknown"} | dict.fromkeys(catalog.EXTRA_STEP_ROUTES, "extra_step")


def environment(project: Project, section: Environment, tables: Tables) -> dict[str, Any]:
    found = estate.estate_of(section, project.plan)
    lines = {line.key: line for line in found.lines}
    for row in tables["devices"].rows:
        line = lines.get(row.key)
        route = line.route if line else ""
        row.more |= {
            "line": line,
            "route": catalog.ROUTE_LABELS.get(route, ""),
            "state": ROUTE_STATE.get(route, ""),
            "typed": typed_words(section, row.row),  # type: ignore[arg-type]
            "note": catalog.systems()[line.system].note if line and line.system in catalog.systems() else "",
        }
    _answer_topics(section, tables, found)
    for row in tables["engines"].rows:
        row.more["share"] = operations.share(row.row.devices, found.total)  # type: ignore[attr-defined]
    link_causes(project, section, tables["impacts"])
    return {
        "grid": _grid(project, section),
        "estate": found,
        "device_groups": _device_groups(found, tables["devices"]),
        "bars": _estate_bars(found),
        "counted_from": _sources(found),
        "imports": [row for row in section.sources if not row.does_not_apply],
        "unplaced": sum(row.not_placed for row in section.sources),
        "systems": pictures.systems_picture(found),
        "history": pictures.history_picture(history_of(project, found)),
        **source_panels(section),
    }


def _grid(project: Project, section: Environment) -> operations.Grid | None:
    """The CDOC as tiers x regions, once somebody is named; with the access tiers, which give rights to these people."""
    if not any(not team.does_not_apply for team in section.cdoc):
        return None
    tiers: Any = plan.stored_rows(TABLES["access", "tiers"], [project]).get(project.pk, ())
    return operations.grid_of(section.cdoc, tiers)


def _device_groups(found: estate.Estate, table: ShownTable) -> list[Group]:
    by_key = {row.key: row for row in table.rows}
    order = {system: place for place, system in enumerate(catalog.systems())}
    groups = [
        Group(
            name,
            estate.group_title(name),
            [by_key[line.key] for line in sorted(sums.lines, key=lambda line: order.get(line.system, len(order)))],
            sums.total,
        )
        for name, sums in found.groups.items()
    ]
    aside = [row for row in table.rows if row.because]
    return [*groups, Group("aside", _("Do not apply"), aside)] if aside else groups


def _estate_bars(found: estate.Estate) -> list[pictures.Bar]:
    named = [(_("Computers"), found.computers), (_("Phones, tablets"), found.mobiles), (_("Servers"), found.servers)]
    return [pictures.estate_bar(name, sums) for name, sums in named if sums.total]


def _sources(found: estate.Estate) -> list[dict[str, Any]]:
    return [
        {
            "name": name or _("no source said"),
            "count": count,
            "day": max(
                (line.counted_on for line in found.lines if line.source == name and line.counted_on), default=None
            ),
        }
        for name, count in found.by_source
        if count
    ]


def _answer_topics(section: Environment, tables: Tables, found: estate.Estate) -> None:
    answers = {
        "topic-endpoint-count": _number(found.computers.total + found.mobiles.total, _("endpoints")),
        "topic-server-count": _number(found.servers.total, _("servers")),
        "topic-management-engine": _titles(tables["engines"]),
        "topic-cdoc-distribution": _titles(tables["cdoc"]),
        "topic-siem": _titles(tables["siem"]),
    }
    reasons: dict[str, list[str]] = {}
    for row in tables["topics"].rows:
        row.more |= {"answer": answers.get(row.key, ""), "answered_by": ANSWERED_BY.get(row.key, "")}
        reasons.setdefault(ANSWERED_BY.get(row.key, ""), []).append(row.because)
    for name, because in reasons.items():
        if name and all(because):
            tables[name].hides_empty = " ".join(dict.fromkeys(because))


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count else ""


def _titles(table: ShownTable) -> str:
    return ", ".join(row.title for row in table.rows if not row.because)


# Licences -------------------------------------------------------------------------------------------------------------
def with_devices(project: Project, section: Licences) -> Document:
    """As much of the plan as licences are judged on: the facts, the devices and the licences themselves."""
    devices: Any = plan.stored_rows(TABLES["environment", "devices"], [project]).get(project.pk, ())
    return Document(project=plan.facts(project), environment=Environment(devices=devices), licences=section)


def licence_panels(project: Project, section: Licences, tables: Tables) -> dict[str, Any]:
    whole = with_devices(project, section)
    cover = licences.coverage(whole, today_of(project))
    parts = {part.key: part for pool in cover.pools for part in pool.parts} | {p.key: p for p in cover.covers_nothing}
    for row in tables["entitlements"].rows:
        part = parts.get(row.key)
        row.more |= {"part": part, "why_not": why_not(part, project) if part else ""}
    return {
        "cover": cover,
        "estate": estate.estate_of(whole.environment, project.plan),
        "user_bar": pictures.pool_bar(_("User licences"), cover.users.need, cover.users.have),
        "server_bar": pictures.pool_bar(_("Server licences"), cover.servers.need, cover.servers.have),
        "wrong_sum": cover.users.have + cover.servers.have,
    }


def why_not(part: licences.Part, project: Project) -> str:
    """Why an entitlement covers nothing, in words."""
    return {
        "": "",
        licences.QUOTED: _("a quote covers nothing yet"),
        licences.ENDED: _("has ended"),
        licences.OTHER_PLAN: _("brings %(has)s, the project plans %(wants)s")
        % {"has": _plan_name(part.grants), "wants": _plan_name(project.plan)},
        licences.NO_POOL: _("contains no Defender for Endpoint for devices"),
        licences.UNKNOWN: _("mdeprep does not know this product"),
    }[part.because]


def _plan_name(key: str | None) -> str:
    return {"P1": _("Plan 1"), "P2": _("Plan 2"), "MDB": _("Defender for Business")}.get(key or "", "–")


# Adoption order -------------------------------------------------------------------------------------------------------
def adoption(project: Project, section: Adoption, tables: Tables) -> dict[str, Any]:
    known = {component.key: component for component in catalog.standard_template().components}
    for row in tables["components"].rows:
        component = known.get(row.row.component)  # type: ignore[attr-defined]
        row.more |= {"known": component, "is_in_plan": True, "against": ""}
        if component:
            row.more["is_in_plan"] = catalog.component_available(component.key, project.plan)
            row.more["against"] = _against(row.row.rank, component.microsoft_rank)  # type: ignore[attr-defined]
    tables["components"].rows.sort(key=lambda row: (row.row.is_in is False, row.row.rank or 99))  # type: ignore[attr-defined]
    return {"source": catalog.source("adoption_order"), "names": component_name}


def _against(rank: int | None, microsoft: int | None) -> str:
    if microsoft is None:
        return _("Microsoft gives no rank")
    if rank is None or rank == microsoft:
        return _("as Microsoft") if rank else _("Microsoft: %(rank)s") % {"rank": microsoft}
    return _("Microsoft: %(rank)s") % {"rank": microsoft}


# Connectivity ---------------------------------------------------------------------------------------------------------
def connectivity(project: Project, section: Connectivity, tables: Tables) -> dict[str, Any]:
    for row in tables["routes"].rows:
        rule = catalog.connectivity_rule(project.plan, row.row.system) if _is_known(row.row.system) else None  # type: ignore[attr-defined]
        row.more |= {
            "rule": rule,
            "document": (rule.current_document or rule.document) if rule else None,
            "proxy": row.cell("proxy").text,
            "status": row.cell("status"),
        }
    network = section.network[0] if section.network else None
    approach = network.approach if network else ""
    wanted = list(catalog.destinations(approach, project.geography or None)) if approach else []
    return {
        "approach": dict(catalog.APPROACHES).get(approach, ""),
        "destinations": wanted,
        "required": sum(one.need == "required" for one in wanted),
        "methods": list(catalog.proxy_methods().values()),
        "verified": sum(route.status == "verified" for route in section.routes),
        "page": "https://learn.microsoft.com",
    }


def _is_known(key: str) -> bool:
    return key in catalog.connectivity_groups() or key in catalog.systems()


# Migration ------------------------------------------------------------------------------------------------------------
def _step_titles() -> dict[int, str]:
    return {
        1: _("Step 1: get and deploy updates"),
        2: _("Step 2: get Defender for Endpoint"),
        3: _("Step 3: grant access to the portal"),
        4: _("Step 4: proxy and internet connection"),
        5: _("Before the change: performance (optional)"),
    }


def migration(project: Project, section: Migration, tables: Tables) -> dict[str, Any]:
    known = {item.key: item for item in catalog.standard_template().migration_items}
    groups: dict[int, list[ShownRow]] = {}
    for row in tables["items"].rows:
        item = known.get(row.row.item)  # type: ignore[attr-defined]
        row.more |= {"known": item, "share": _share(row.row)}  # type: ignore[arg-type]
        groups.setdefault(item.step if item else 0, []).append(row)
    return {"steps": [_step(number, found) for number, found in sorted(groups.items())]}


def _step(number: int, found: list[ShownRow]) -> Group:
    done = sum(row.row.state == "done" for row in found if not row.because)  # type: ignore[attr-defined]
    applying = sum(not row.because for row in found)
    note = _("%(done)s of %(all)s done") % {"done": done, "all": applying}
    return Group(f"step-{number}", _step_titles().get(number, _("Other")), found, done, note)


def _share(row: rows.MigrationItem) -> str:
    if row.devices_done is None and row.devices_total is None:
        return ""
    words = _("%(done)s of %(total)s") % {
        "done": "–" if row.devices_done is None else f"{row.devices_done:,}",
        "total": "–" if row.devices_total is None else f"{row.devices_total:,}",
    }
    return _("%(share)s at or above %(build)s") % {"share": words, "build": row.build} if row.build else words


# Timeline -------------------------------------------------------------------------------------------------------------
def timeline(project: Project, section: Timeline, tables: Tables) -> dict[str, Any]:
    today = today_of(project)
    span = pictures.span_of(day for row in section.items for day in (row.starts_on, row.due_on))
    for row in tables["items"].rows:
        item: Any = row.row
        late = is_late(item, today)
        row.more |= {
            "is_late": late,
            "days_late": (today - item.due_on).days if late else 0,
            "bar": span.rect(_bar_css(item, late), item.starts_on, item.due_on) if span and not row.because else None,
        }
    tables["items"].rows.sort(key=lambda row: _when(row.row))  # type: ignore[arg-type]
    inside = span is not None and span.first <= today <= span.last
    return {
        "span": span,
        "today": today,
        "today_at": span.place(today) if span and inside else None,
        "phases": [(key, name) for key, name in _phases()],
    }


def _phases() -> Iterable[tuple[str, str]]:
    return (("prepare", _("Prepare")), ("setup", _("Setup")), ("onboard", _("Onboard")))


def is_late(item: rows.TimelineItem, today: date) -> bool:
    return bool(item.due_on and item.due_on < today and not item.done_on and not item.does_not_apply)


def _bar_css(item: rows.TimelineItem, late: bool) -> str:
    if item.done_on:
        return "bar-good"
    return "bar-cannot" if late else "bar-as-is"


def _when(item: rows.TimelineItem) -> tuple[bool, date]:
    day = item.due_on or item.starts_on
    return (day is None, day or date.max)


PANELS: dict[str, Callable[[Project, Any, Tables], dict[str, Any]]] = {
    "environment": environment,
    "licences": licence_panels,
    "access": access,
    "adoption": adoption,
    "connectivity": connectivity,
    "migration": migration,
    "timeline": timeline,
}


def panels(project: Project, name: str, section: Section, tables: Tables) -> dict[str, Any]:
    """The extra context of a section's page; adds to the rows of `tables` what their templates need."""
    return PANELS[name](project, section, tables)
