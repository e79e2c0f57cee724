"""Who may do what in the portal, cell by cell: tiers and personas against the permissions of the planned model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from projects import catalog
from projects.document.rows import AccessSettings, Assignment, Persona, Tier
from projects.rules.labels import title_of
from projects.rules.least import entra_carriers, least, needs_of, with_implied, worth

Rights = frozenset[str]
Given = tuple[tuple[str, Rights], ...]
"""What gives rights beside the row's own ticks: how it is called, and the unified permissions that it gives."""

UNDECIDED = "unified"
"""The model that is reckoned with while none is planned."""


def planned_model(settings: Iterable[AccessSettings]) -> tuple[str, bool]:
    """The model of access that is planned, and whether that is decided."""
    planned = next((str(row.planned) for row in settings if row.planned), "")
    return planned or UNDECIDED, bool(planned)


class Cell(NamedTuple):
    """One permission of one row.

    `comes_with` are ticked permissions that bring it; `given_by` what gives it beside the row. `is_duty`: the row's
    tasks need it (None: no task is said). `is_recommended` is None where nothing is recommended for the row.
    """

    permission: str
    is_ticked: bool
    comes_with: tuple[str, ...] = ()
    given_by: tuple[str, ...] = ()
    is_duty: bool | None = None
    is_recommended: bool | None = None
    is_carried: bool = False
    """Whether what the tasks need of it is there, by whatever way."""

    @property
    def is_inherited(self) -> bool:
        return bool(self.comes_with) and not self.is_ticked

    @property
    def is_twice(self) -> bool:
        return self.is_ticked and bool(self.comes_with or self.given_by)

    @property
    def is_more(self) -> bool:
        return self.is_ticked and self.is_recommended is False

    @property
    def is_less(self) -> bool:
        return bool(self.is_recommended) and not self.is_ticked and not self.comes_with

    @property
    def is_beyond(self) -> bool:
        return self.is_duty is False and (self.is_ticked or (bool(self.given_by) and not self.comes_with))

    @property
    def is_missing(self) -> bool:
        return bool(self.is_duty) and not self.is_carried


class MatrixRow(NamedTuple):
    """A tier, which has ticks, or a persona, whose cells follow from its roles."""

    key: str
    cells: tuple[Cell, ...]
    is_as_recommended: bool | None = None

    def where(self, name: str) -> tuple[str, ...]:
        """The permissions whose cells are so: `row.where("is_missing")`."""
        return tuple(cell.permission for cell in self.cells if getattr(cell, name))


def tier_row(tier: Tier, assignments: Iterable[Assignment], model: str, columns: Collection[str]) -> MatrixRow:
    """The cells of a tier. Entra roles of its groups are looked for among the assignments."""
    recommended = recommended_for(tier.number, model)
    given = tuple(
        (f"{row.assignee}: {role_name(row.entra_role)}", entra_carriers(model)[row.entra_role])
        for row in present(assignments)
        if row.entra_role in catalog.entra_roles() and _is_one_of(row.assignee, tier.groups)
    )
    cells = _cells(frozenset(tier.permissions), tier.tasks, given, recommended, model, columns)
    differs = any(cell.is_more or cell.is_less for cell in cells)
    return MatrixRow(tier.key, cells, None if recommended is None else not differs)


def persona_row(
    persona: Persona, tiers: Iterable[Tier], assignments: Iterable[Assignment], model: str, columns: Collection[str]
) -> MatrixRow | None:
    """The cells of a persona, by the roles that are assigned to it; None if it neither needs nor holds any."""
    own = [row for row in present(assignments) if row.persona == persona.name]
    given = [
        (role_name(row.entra_role), entra_carriers(model)[row.entra_role])
        for row in own
        if row.entra_role in catalog.entra_roles()
    ]
    given += [
        (title_of(tier), held_by(tier.permissions, model))
        for tier in tiers
        if not tier.does_not_apply
        and any(_is_one_of(row.assignee, tier.groups) or _is_one_of(row.role, _called(tier)) for row in own)
    ]
    cells = _cells(frozenset(), persona.tasks, tuple(dict.fromkeys(given)), None, model, columns)
    if not any(cell.is_duty or cell.given_by for cell in cells):
        return None
    return MatrixRow(persona.key, cells)


def _cells(
    ticked: Rights, tasks: Collection[str], given: Given, recommended: Rights | None, model: str, columns: Iterable[str]
) -> tuple[Cell, ...]:
    known, needs = catalog.permissions_for(model), needs_of(tasks)
    duty = frozenset(least(needs, model).permissions) if tasks else None
    held = held_by(ticked, model).union(*(rights for _name, rights in given))
    return tuple(
        Cell(
            permission=key,
            is_ticked=key in ticked,
            comes_with=tuple(other for other in ticked if other != key and key in with_implied({other}, model)),
            given_by=tuple(name for name, rights in given if worth(key, model) and worth(key, model) <= rights),
            is_duty=None if duty is None or key not in known else key in duty,
            is_recommended=None if recommended is None or key not in known else key in recommended,
            is_carried=worth(key, model) & needs <= held,
        )
        for key in columns
    )


def held_by(permissions: Collection[str], model: str) -> Rights:
    """What permissions are worth together, in unified permissions."""
    return frozenset().union(*(worth(key, model) for key in permissions))


def present(assignments: Iterable[Assignment]) -> list[Assignment]:
    """The assignments that hold: not those that were removed, nor those that do not apply."""
    return [row for row in assignments if row.removed_on is None and not row.does_not_apply]


def recommended_for(number: int, model: str) -> Rights | None:
    """What the standard template recommends for a tier, with what comes with it; None for a tier it does not have."""
    tier = next((each for each in catalog.standard_template().tiers if each.number == number), None)
    if tier is None or model == "basic":
        return None
    return with_implied(tier.classic if model == "classic" else tier.unified, model)


@cache
def _order(model: str) -> Mapping[str, int]:
    """The place of each permission in a tier: as the template lists them, then as the portal does."""
    tiers = catalog.standard_template().tiers
    listed = [key for tier in tiers for key in (tier.classic if model == "classic" else tier.unified)]
    return {key: place for place, key in enumerate(dict.fromkeys([*listed, *catalog.permissions_for(model)]))}


def in_order(permissions: Collection[str], model: str) -> list[str]:
    """The permissions as they are stored: what is ticked, unticked and ticked again is as it was."""
    places = _order(model)
    return sorted(set(permissions), key=lambda key: (places.get(key, len(places)), key))


def role_name(key: str) -> str:
    known = catalog.entra_roles().get(key)
    return known.name if known else key


def _called(tier: Tier) -> tuple[str, ...]:
    """How a row of the roles may name a tier."""
    return (f"Tier {tier.number}", title_of(tier), tier.name)


def _is_one_of(name: str, names: Iterable[str]) -> bool:
    return bool(name) and name.casefold() in {each.casefold() for each in names}
