"""From classic to unified permissions by Microsoft's mapping: what each becomes, and what has no counterpart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from projects import catalog
from projects.catalog import Permission
from projects.document import Row
from projects.document.rows import AccessSettings, Tier
from projects.document.sections import Access

UNIFIED = "unified"


class Step(NamedTuple):
    """A classic permission and the unified ones that replace it; none where it has no counterpart."""

    permission: Permission
    becomes: tuple[Permission, ...]


class TierConversion(NamedTuple):
    """A tier before and after. `kept` are permissions that are unified already, or that no model has."""

    tier: Tier
    steps: tuple[Step, ...]
    kept: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def lost(self) -> tuple[Permission, ...]:
        """What has no counterpart: it leaves the plan."""
        return tuple(step.permission for step in self.steps if not step.becomes)

    @property
    def gained(self) -> tuple[Permission, ...]:
        """What no classic role of one's own could carry, and the unified one does."""
        return tuple(step.permission for step in self.steps if step.permission.key == catalog.BUILT_IN_ONLY)


class Conversion(NamedTuple):
    """The tiers that change, and whether the planned model does. `left` are the tiers that stay as they are."""

    tiers: tuple[TierConversion, ...]
    settings: tuple[AccessSettings, ...]
    left: tuple[Tier, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.tiers and not self.settings

    @property
    def lost(self) -> tuple[Permission, ...]:
        return tuple(dict.fromkeys(one for tier in self.tiers for one in tier.lost))

    @property
    def gained(self) -> tuple[Permission, ...]:
        return tuple(dict.fromkeys(one for tier in self.tiers for one in tier.gained))


def conversion_of(access: Access) -> Conversion:
    """What converting a plan would change; empty where nothing is left of the classic model."""
    tiers = tuple(found for tier in access.tiers if (found := _of_tier(tier)).steps)
    settings = (row for row in access.settings if row.planned != UNIFIED and (row.planned or tiers))
    changed = {found.tier.key for found in tiers}
    return Conversion(tiers, tuple(settings), tuple(tier for tier in access.tiers if tier.key not in changed))


def converted(permissions: Iterable[str]) -> tuple[str, ...]:
    """The unified permissions of a tier that held these: in the order of the portal, those that no model has last."""
    older, unified, held = _older(), catalog.unified_permissions(), tuple(permissions)
    wanted = {key for one in held if one in older for key in older[one].unified} | set(held)
    others = dict.fromkeys(key for key in held if key not in older and key not in unified)
    return (*(key for key in unified if key in wanted), *others)


def _older() -> Mapping[str, Permission]:
    """Every permission that is converted: those of classic roles, and of the basic model what has a counterpart."""
    basic = {key: one for key, one in catalog.basic_permissions().items() if one.unified}
    return {**basic, **catalog.classic_permissions()}


def _of_tier(tier: Tier) -> TierConversion:
    older, unified = _older(), catalog.unified_permissions()
    steps = (Step(one, tuple(unified[k] for k in one.unified)) for key, one in older.items() if key in tier.permissions)
    kept = tuple(key for key in tier.permissions if key not in older)
    return TierConversion(tier, tuple(steps), kept, converted(tier.permissions))


def after(access: Access) -> dict[str, tuple[Row, ...]]:
    """The tables of the section as they would be: name -> rows."""
    change = conversion_of(access)
    tiers = {found.tier.key: found.after for found in change.tiers}
    settings = {row.key for row in change.settings}
    return {
        "tiers": tuple(row.replaced(permissions=tiers[row.key]) if row.key in tiers else row for row in access.tiers),
        "settings": tuple(row.replaced(planned=UNIFIED) if row.key in settings else row for row in access.settings),
    }
