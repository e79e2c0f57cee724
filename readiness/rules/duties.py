"""What the people of the access plan may do and need to do, for the checks that compare the two."""

from __future__ import annotations

from collections.abc import Collection

from projects import catalog
from projects.document.rows import Assignment, Persona, Tier
from projects.document.sections import Access
from projects.rules.least import Least, Rights, least, needs_of, without_implied, worth

CHANGE_AN_ALERT = "alerts.manage"


def model_of(access: Access) -> str:
    """The planned model of access; the unified one where none is chosen, for that is where Microsoft goes."""
    return next((str(row.planned) for row in access.settings if row.planned), "unified")


def held(access: Access) -> list[Assignment]:
    """The roles that are held or will be: not those that were removed or do not apply."""
    return [row for row in access.assignments if row.removed_on is None and not row.does_not_apply]


def tiers(access: Access) -> list[Tier]:
    return [tier for tier in access.tiers if not tier.does_not_apply]


def rights_of(permissions: Collection[str], model: str) -> Rights:
    """What permissions of that model are worth in unified ones, with all that comes with them."""
    return frozenset().union(*(worth(key, model) for key in permissions))


def lacks(tier: Tier, model: str) -> Rights:
    """What the duty of a tier takes and its permissions do not give: what comes with another is left out."""
    missing = needs_of(tier.tasks) - rights_of(tier.permissions, model)
    return frozenset(without_implied(missing & frozenset(catalog.unified_permissions())))


def beyond(tier: Tier, model: str) -> tuple[str, ...]:
    """The permissions of a tier of which its duty needs nothing. A tier whose duty nobody named has none."""
    needed = needs_of(tier.tasks)
    return tuple(key for key in tier.permissions if needed and not rights_of([key], model) <= needed)


def cannot_change_an_alert(access: Access) -> list[Tier]:
    """Tiers that are said to look into alerts and may not change one, in the model that is planned."""
    model = model_of(access)
    return [tier for tier in tiers(access) if tier.permissions and CHANGE_AN_ALERT in lacks(tier, model)]


def least_for(persona: Persona, model: str) -> Least | None:
    """The least that the work of a persona takes; None where nobody said what they need to do."""
    needed = needs_of(persona.tasks)
    return least(needed, model) if needed else None


def role_name(key: str) -> str:
    known = catalog.entra_roles().get(key)
    return known.name if known else key


def permission_names(keys: Collection[str], model: str) -> str:
    known = catalog.permissions_for(model)
    return ", ".join(known[key].label if key in known else key for key in keys)
