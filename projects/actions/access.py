"""Permissions of the tiers: several rows at once, and from the recommended set. An entry on the history for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import catalog, plan
from projects.actions.projects import editable
from projects.actions.rows import RowMoved, add_row, as_document, change_row, changed_since
from projects.models import Persona, PlanRow, Project, Tier
from projects.rules.labels import title_of
from projects.rules.least import needs_of, worth
from projects.rules.permission_matrix import in_order, planned_model
from projects.rules.template import standard_rows
from projects.tables import TABLES
from tenants.models import User

TIERS, PERSONAS, SETTINGS = (TABLES["access", name] for name in ("tiers", "personas", "settings"))


class TiersMoved(Exception):
    """Somebody else changed or removed tiers after they were opened; nothing was saved."""

    def __init__(self, moved: Collection[RowMoved], gone: Collection[str]) -> None:
        super().__init__([*(one.row.key for one in moved), *gone])
        self.moved, self.gone = tuple(moved), tuple(gone)


class Wanted(NamedTuple):
    """The permissions that a tier is to have. `seen` is its `changed_seq` when the editor opened it."""

    permissions: frozenset[str]
    seen: int


@dataclass
class Taken:
    """What was taken over from the recommended set."""

    changed: list[PlanRow] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    """What the rows that were added are called."""


def model_of(project: Project) -> str:
    """The model of access that is planned, or the one that is reckoned with until then."""
    settings: Any = plan.stored_rows(SETTINGS, [project]).get(project.pk, ())
    return planned_model(settings)[0]


@transaction.atomic
def set_permissions(*, project: Project, wanted: Mapping[str, Wanted], by: User | None, why: str = "") -> list[PlanRow]:
    """Give tiers their permissions, by key; returns the rows that changed.

    Raises TiersMoved if somebody was faster on any of them, and ValidationError, by key, for a permission that the
    planned model does not have.
    """
    project = editable(project)
    model = model_of(project)
    stored = {row.key: row for row in Tier.objects.filter(project=project, key__in=list(wanted))}
    different = {
        key: one for key, one in wanted.items() if key in stored and one.permissions != set(stored[key].permissions)
    }
    moved = [
        RowMoved(stored[key], changed_since(TIERS, stored[key], one.seen))
        for key, one in different.items()
        if stored[key].changed_seq > one.seen
    ]
    if gone := [key for key in wanted if key not in stored]:
        raise TiersMoved(moved, gone)
    if moved:
        raise TiersMoved(moved, ())
    if wrong := {
        key: [unknown_permission(model, one) for one in sorted(unknown)]
        for key, each in different.items()
        if (unknown := each.permissions - {*catalog.permissions_for(model), *stored[key].permissions})
    }:
        raise ValidationError(wrong)
    return [
        change_row(
            project=project,
            table=TIERS,
            key=key,
            values={"permissions": in_order(one.permissions, model)},
            by=by,
            why=why,
            seen=one.seen,
        )
        for key, one in different.items()
    ]


def unknown_permission(model: str, key: str) -> str:
    """What to say of a permission that the model does not have, with those most like it."""
    nearest = catalog.UnknownPermission(key, catalog.permissions_for(model)).nearest
    said = {"key": key[:60], "nearest": _(" or ").join(catalog.permission(model, one).label for one in nearest)}
    if nearest:
        return _("There is no permission “%(key)s”. Did you mean %(nearest)s?") % said
    return _("There is no permission “%(key)s” in the planned model.") % said


@transaction.atomic
def recommend(
    *, project: Project, by: User | None, keys: Collection[str] | None = None, with_missing: bool = False
) -> Taken:
    """Give tiers the permissions that the standard template recommends in the planned model.

    `keys` are those of tiers, None for all to which one is recommended. A tier that says no task takes the recommended
    ones too. `with_missing` also adds the tiers and personas that the plan lacks. What does not apply stays as it is.
    """
    project = editable(project)
    model, taken = model_of(project), Taken()
    template = {tier.number: tier for tier in catalog.standard_template().tiers}
    for row in list(Tier.objects.filter(project=project)):
        if row.does_not_apply or row.number not in template or (keys is not None and row.key not in keys):
            continue
        values = recommended_values(row, model)
        if any(getattr(row, name) != value for name, value in values.items()):
            why = _("Taken from the recommended tiers.")
            taken.changed.append(change_row(project=project, table=TIERS, key=row.key, values=values, by=by, why=why))
    if with_missing:
        taken.added += _add_missing(project, model, by)
    return taken


def recommended_values(row: Tier, model: str) -> dict[str, list[str]]:
    """What a tier would take, and what it has that its work needs: nothing of that is taken away.

    In the basic model no role of the portal holds permissions: there it takes tasks alone.
    """
    tier = next(each for each in catalog.standard_template().tiers if each.number == row.number)
    recommended = tier.classic if model == "classic" else tier.unified
    needed = needs_of(row.tasks)
    kept = [key for key in row.permissions if key not in recommended and worth(key, model) & needed]
    values: dict[str, list[str]] = {} if model == "basic" else {"permissions": [*recommended, *kept]}
    if set(values.get("permissions", ())) == set(row.permissions):
        values = {}
    return values if row.tasks else {**values, "tasks": list(tier.tasks)}


def _add_missing(project: Project, model: str, by: User | None) -> list[str]:
    standard = standard_rows(project.kind, project.plan)
    personas = {name.casefold() for name in Persona.objects.filter(project=project).values_list("name", flat=True)}
    numbers = set(Tier.objects.filter(project=project).values_list("number", flat=True))
    classic = {tier.number: list(tier.classic) for tier in catalog.standard_template().tiers}
    found = [
        *((PERSONAS, row) for row in standard["access", "personas"] if row["name"].casefold() not in personas),
        *((TIERS, row) for row in standard["access", "tiers"] if row["number"] not in numbers),
    ]
    added = []
    for table, standard_row in found:
        key, values = standard_row["key"], {name: value for name, value in standard_row.items() if name != "key"}
        if table is TIERS and model == "classic":
            values["permissions"] = classic[values["number"]]
        taken = table.model._default_manager.filter(project=project, key=key).exists()
        why = _("Taken from the recommended tiers.")
        row = add_row(project=project, table=table, values=values, by=by, key="" if taken else key, why=why)
        added.append(title_of(as_document(table, row)))
    return added
