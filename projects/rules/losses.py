"""Who gets into the portal today and loses something when role-based access is switched on, by the plan alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.rows import AccessSettings, Assignment, DeviceGroup, Tier
from projects.rules.labels import some_names, title_of
from projects.rules.least import Rights, in_portal, worth
from projects.rules.writing import same_name

Thing = TypeVar("Thing")


class Loss(NamedTuple):
    """Somebody who gets into the portal today: what they lose, what is left to them. `key` is a row to land on."""

    who: str
    people: int
    loses: tuple[str, ...]
    keeps: tuple[str, ...]
    key: str

    @property
    def is_locked_out(self) -> bool:
        return not self.keeps


def losses(
    held: Collection[Assignment],
    tiers: Collection[Tier],
    device_groups: Collection[DeviceGroup],
    settings: AccessSettings,
) -> tuple[Loss, ...]:
    """By holder, those who are locked out first. Where today's model is not said, the roles count as basic ones."""
    by_name: dict[str, list[Assignment]] = {}
    for row in held:
        by_name.setdefault(same_name(row.assignee), []).append(row)
    of_group: dict[str, list[Tier]] = {}
    for tier in tiers:
        for name in tier.groups if tier.permissions else ():
            of_group.setdefault(same_name(name), []).append(tier)
    if settings.planned == "classic":
        found = [_to_classic(rows, of_group.get(name, [])) for name, rows in by_name.items()]
    elif settings.today == "classic":
        known = _names_of_unified(tiers)
        found = [_classic_to_unified(rows, of_group.get(name, []), known) for name, rows in by_name.items()]
    else:
        found = [
            _basic_to_unified(rows, of_group.get(name, []), tiers, device_groups) for name, rows in by_name.items()
        ]
    return tuple(sorted((each for each in found if each), key=lambda each: (bool(each.keeps), each.who)))


def _to_classic(rows: list[Assignment], tiers: list[Tier]) -> Loss | None:
    """Readers lose the portal unless they are in a role. Roles are for groups only (classic_permissions)."""
    roles = _entra_roles(rows)
    lost = [key for key, role in roles.items() if role.locked_out_by_classic]
    if not lost:
        return None
    keeps = [role.name for role in roles.values() if role.basic == "full_access"]
    if any(row.assignee_kind == "group" for row in rows):
        keeps += [row.role for row in rows if row.role] + [title_of(tier) for tier in tiers]
    row = next(row for row in rows if row.entra_role in lost)
    return Loss(row.assignee, _people(rows), tuple(roles[k].name for k in lost), once(keeps), row.key)


def _classic_to_unified(rows: list[Assignment], tiers: list[Tier], known: Collection[str]) -> Loss | None:
    """A classic role counts no more unless the plan has it, with unified permissions, in a tier."""
    lost = [row for row in rows if row.role and same_name(row.role) not in known]
    if not lost or any(_unified(tier) for tier in tiers):
        return None
    keeps = [role.name for key, role in _entra_roles(rows).items() if in_portal(key, "unified")]
    keeps += [row.role for row in rows if row.role and row not in lost]
    return Loss(lost[0].assignee, _people(rows), once(row.role for row in lost), once(keeps), lost[0].key)


def _basic_to_unified(
    rows: list[Assignment], tiers: list[Tier], all_tiers: Collection[Tier], device_groups: Collection[DeviceGroup]
) -> Loss | None:
    """What a basic Entra role gives and neither it nor a tier gives afterwards; devices that are kept for others.

    With basic permissions every reader sees every device. Administrators still do (default_administrators).
    """
    roles = _entra_roles(rows)
    today = {key: in_portal(key, "basic") for key in roles if in_portal(key, "basic")}
    if not today:
        return None
    named = {same_name(row.role) for row in rows if row.role}
    mine = once([*tiers, *(tier for tier in all_tiers if _names(tier) & named)])
    given = Rights().union(*(worth(key, "unified") for tier in mine for key in _unified(tier)))
    then = given.union(*(in_portal(key, "unified") for key in roles))
    lost = [roles[key].name for key, rights in today.items() if rights - then]
    keeps = [role.name for key, role in roles.items() if in_portal(key, "unified")]
    keeps += [title_of(tier) for tier in mine if _unified(tier)]
    if not any(roles[key].basic == "full_access" for key in today):
        lost += _devices_kept_from(rows, device_groups)
    row = next(row for row in rows if row.entra_role in today)
    return Loss(row.assignee, _people(rows), tuple(lost), once(keeps), row.key) if lost else None


def _devices_kept_from(rows: list[Assignment], device_groups: Collection[DeviceGroup]) -> list[str]:
    """Sight of the devices that are granted to others. Of a person nobody knows here in which groups they are."""
    name = same_name(rows[0].assignee)
    closed = [g.name for g in device_groups if g.granted_to and name not in map(same_name, g.granted_to)]
    if not closed:
        return []
    shown = some_names(closed)
    if any(row.assignee_kind == "group" for row in rows):
        return [_("sight of the devices in %(groups)s") % {"groups": shown}]
    return [_("sight of the devices in %(groups)s, unless a group of theirs is granted it") % {"groups": shown}]


def _entra_roles(rows: list[Assignment]) -> Mapping[str, catalog.EntraRole]:
    known = catalog.entra_roles()
    return {row.entra_role: known[row.entra_role] for row in rows if row.entra_role in known}


def _names_of_unified(tiers: Collection[Tier]) -> set[str]:
    """What the tiers with unified permissions are called."""
    return {name for tier in tiers if _unified(tier) for name in _names(tier)}


def _names(tier: Tier) -> set[str]:
    return {same_name(tier.name), f"tier {tier.number}"}


def _unified(tier: Tier) -> frozenset[str]:
    return frozenset(tier.permissions) & frozenset(catalog.unified_permissions())


def _people(rows: list[Assignment]) -> int:
    return max(row.people for row in rows)


def once(things: Iterable[Thing]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(things))
