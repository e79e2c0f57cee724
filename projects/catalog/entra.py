"""Entra roles: what each is for in a deployment, and what it gives in the portal."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import UnknownKey, look_up, read
from projects.catalog.permissions import unified_permissions
from projects.catalog.tasks import rights


class EntraRole(NamedTuple):
    """A built-in role of Microsoft Entra ID.

    `privileged` is Microsoft's flag, which readers carry too: it does not mean "administrator".
    `unified` are the unified permissions that come with the role; `rights` are what it lets one do outside the portal
    (keys of `catalog.rights`; only those that a deployment may need); `basic` is what it gives under basic permissions
    ("full_access", "read_only" or ""). `locked_out_by_classic`: whoever holds nothing else loses the portal when
    classic role-based access is turned on. `temporary`: we propose to give it for the time of the deployment only.
    """

    key: str
    name: str
    older_name: str
    template_id: str
    privileged: bool
    relevance: str
    unified: frozenset[str]
    rights: frozenset[str]
    basic: str
    locked_out_by_classic: bool
    temporary: bool
    source: str


class UnknownEntraRole(UnknownKey):
    """No Entra role has this key."""

    what = "Entra role"


@cache
def entra_roles() -> Mapping[str, EntraRole]:
    """Every Entra role by its key, those that matter most first."""
    return MappingProxyType(
        {
            row["key"]: EntraRole(
                key=row["key"],
                name=row["name"],
                older_name=row.get("older_name", ""),
                template_id=row["template_id"],
                privileged=row["privileged"],
                relevance=row.get("relevance", ""),
                unified=frozenset(unified_permissions() if row.get("unified") == "*" else row.get("unified", ())),
                rights=frozenset(rights() if row.get("rights") == "*" else row.get("rights", ())),
                basic=row.get("basic", ""),
                locked_out_by_classic=row.get("locked_out_by_classic", False),
                temporary=row.get("temporary", False),
                source="entra_roles",
            )
            for row in read("entra_roles")
        }
    )


def entra_role(key: str) -> EntraRole:
    """The Entra role of that key; raises UnknownEntraRole."""
    return look_up(entra_roles(), key, UnknownEntraRole)
