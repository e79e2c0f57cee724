"""What the page of the access plan has beside its tables: who a tier is, what it reaches, what a persona does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from projects import catalog, plan
from projects.document import rows
from projects.document.choices import Cover
from projects.document.sections import Access
from projects.models import Project
from projects.rules.conversion import conversion_of
from projects.rules.granted import granted_by_group
from projects.rules.labels import some_names, task_name, title_of
from projects.rules.permission_matrix import planned_model, tier_row
from projects.rules.writing import same_name
from projects.tables import TABLES
from projects.views.device_groups import order_of
from projects.views.matrix_words import lines_of
from projects.views.shown import ShownRow, ShownTable

WORDS = ("entra_role", "entra_group", "entra_id", "portal", "rbac")


def access(project: Project, section: Access, tables: dict[str, ShownTable]) -> dict[str, Any]:
    tables["device_groups"].rows.sort(key=lambda row: row.row.rank)  # type: ignore[attr-defined]
    tables["tiers"].rows.sort(key=lambda row: (row.row.number, row.row.region))  # type: ignore[attr-defined]
    _tell_tiers(project, section, tables["tiers"].rows)
    return {
        "personas": _personas(tables),
        "words": {key: catalog.terminology(key, project.terminology) for key in WORDS},
        "other_words": {key: _other_name(key, project.terminology) for key in WORDS},
        "lacks_standard": _lacks_standard(section),
        "has_older_permissions": not conversion_of(section).is_empty,
        **order_of(section.device_groups),
    }


def _other_name(term: str, style: str) -> str:
    """The other name of a thing: the older one beside today's, today's beside the older one."""
    names = catalog.terms()[term]
    if names["current"] == names["seed"]:
        return ""
    if style == "seed":
        return _("today: %(name)s") % {"name": names["current"]}
    return _("%(name)s in Microsoft’s older documents") % {"name": names["seed"]}


def _personas(tables: dict[str, ShownTable]) -> list[dict[str, Any]]:
    """The personas with the roles that are assigned to each, then those that only roles name."""
    by_persona: dict[str, list[ShownRow]] = {}
    for row in tables["assignments"].rows:
        by_persona.setdefault(row.row.persona, []).append(row)  # type: ignore[attr-defined]
    found: list[dict[str, Any]] = [
        {"shown": row, "name": row.title, "rows": by_persona.pop(row.title, [])} for row in tables["personas"].rows
    ]
    for one in found:
        row = one["shown"]
        row.more |= {"has_roles": bool(one["rows"]), "tasks": [task_name(key) for key in row.row.tasks]}
    return [*found, *({"shown": None, "name": name, "rows": rest} for name, rest in by_persona.items())]


def _tell_tiers(project: Project, section: Access, shown: Iterable[ShownRow]) -> None:
    """Who a tier is (the teams of the environment with its number), which devices it reaches, how its permissions fit."""
    found: Any = plan.stored_rows(TABLES["environment", "cdoc"], [project]).get(project.pk, ())
    teams = [team for team in found if not team.does_not_apply]
    granted = granted_by_group(section.device_groups)
    model = planned_model(section.settings)[0]
    columns = list(catalog.permissions_for(model))
    for row in shown:
        tier: Any = row.row
        own = [team for team in teams if team.tier == tier.number]
        regional = [team for team in own if _same_region(team, tier)]
        row.more |= {
            "title": title_of(tier),
            "teams": [_team(team) for team in regional or own],
            "tasks": [task_name(key) for key in tier.tasks],
            "device_groups": _reached(tier.groups, granted),
            "lines": [] if model == "basic" else lines_of(
                tier_row(tier, section.assignments, model, columns), tier.tasks, model
            ),
        }  # fmt: skip


def _reached(groups: Iterable[str], granted: Mapping[str, list[rows.DeviceGroup]]) -> list[str]:
    """The device groups that Entra groups see; last, in one, those that everybody sees."""
    names = list(dict.fromkeys(same_name(group) for group in groups))
    own = {one.key: one for name in names for one in granted.get(name, ())}
    found = [f"{one.rank}. {one.name}" for one in own.values()]
    of_all = [f"{one.rank}. {one.name}" for one in granted.get("", ())]
    if names and of_all:
        found.append(_("what everybody sees (%(names)s)") % {"names": some_names(of_all)})
    return found


def _same_region(team: rows.CdocTeam, tier: rows.Tier) -> bool:
    return bool(tier.region) and tier.region.casefold() in {team.region.casefold(), team.place.casefold()}


def _team(team: rows.CdocTeam) -> dict[str, str]:
    """A team in words: who, where, how many, when."""
    who = team.provider if team.run_by == "provider" else _("in-house")
    where = ", ".join(dict.fromkeys(filter(None, [team.place, team.region])))
    cover = str(Cover(team.cover).label) if team.cover else ""
    people = _("%(n)s people") % {"n": f"{team.people:,}"} if team.people else ""
    return {
        "key": team.key,
        "who": who or _("a provider"),
        "more": ", ".join(filter(None, [where, people, cover, team.hours])),
    }


def _lacks_standard(section: Access) -> bool:
    """Whether a tier or persona of the standard template is missing."""
    standard = catalog.standard_template()
    names = {row.name.casefold() for row in section.personas}
    return bool(
        {tier.number for tier in standard.tiers} - {row.number for row in section.tiers}
        or {persona.name.casefold() for persona in standard.personas} - names
    )
