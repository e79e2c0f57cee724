"""What a role in the portal may let its holder do, in the three models of access."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from projects.catalog._load import UnknownKey, look_up, read

MODELS = (
    ("basic", "Basic permissions"),
    ("classic", "Classic role-based access"),
    ("unified", "Unified role-based access"),
)

# Tenants that first got Defender for Endpoint on this day or later have the unified model only (unified_management).
UNIFIED_ONLY_SINCE = date(2025, 2, 16)

# The classic permission that only the built-in administrator role of the portal holds (classic_permissions).
BUILT_IN_ONLY = "portal_system_settings"


class Permission(NamedTuple):
    """One permission of one model.

    `implies` are keys of the same model that come with it; `unified` are the unified keys that replace it (empty
    for a unified one); `needs_plan` is the smallest plan on which it has an effect, or None.
    """

    key: str
    label: str
    group: str
    level: str
    lets: str
    implies: tuple[str, ...]
    older_name: str
    unified: tuple[str, ...]
    needs_plan: str | None
    restriction: str
    source: str


class UnknownPermission(UnknownKey):
    """No permission of this model has this key."""

    what = "permission"


@cache
def _models() -> Mapping[str, Mapping[str, Permission]]:
    data = read("permissions")
    return MappingProxyType(
        {
            model: MappingProxyType({row["key"]: _permission(row, data["sources"][model]) for row in data[model]})
            for model, _ in MODELS
        }
    )


def _permission(row: dict[str, Any], source: str) -> Permission:
    return Permission(
        key=row["key"],
        label=row["label"],
        group=row["group"],
        level=row["level"],
        lets=row["lets"],
        implies=tuple(row.get("implies", ())),
        older_name=row.get("older_name", ""),
        unified=tuple(row.get("unified", ())),
        needs_plan=row.get("needs_plan"),
        restriction=row.get("restriction", ""),
        source=source,
    )


def permissions_for(model: str) -> Mapping[str, Permission]:
    """The permissions of that model ("basic", "classic" or "unified") by key, in the order of the portal."""
    try:
        return _models()[model]
    except KeyError:
        raise ValueError(f"{model!r} is no model of access: {', '.join(key for key, _ in MODELS)}.") from None


def basic_permissions() -> Mapping[str, Permission]:
    """Full access or read only: all that the basic model knows."""
    return permissions_for("basic")


def classic_permissions() -> Mapping[str, Permission]:
    """The permissions of the classic roles of Defender for Endpoint."""
    return permissions_for("classic")


def unified_permissions() -> Mapping[str, Permission]:
    """The permissions of unified roles that matter for Defender for Endpoint."""
    return permissions_for("unified")


def permission(model: str, key: str) -> Permission:
    """The permission of that key in that model; raises UnknownPermission."""
    return look_up(permissions_for(model), key, UnknownPermission)
