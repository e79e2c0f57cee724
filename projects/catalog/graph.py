"""Names of Microsoft Graph: what a permission is called there, and which lists of present roles it and the portal give."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import read

INFERRED = "inferred"


class RoleAction(NamedTuple):
    """What a unified permission is called in a role definition. `basis` says how well that is known: see `bases`."""

    permission: str
    action: str
    basis: str
    source: str


class PresentFormat(NamedTuple):
    """A list of the roles that people hold now. `about`: "entra" (Entra roles) or "portal" (roles of the portal).

    `columns`: what a column tells -> its headers; `needs` must be there, and one of `one_of` if there are any. `tells`
    says which assignments it has: eligible, active. Some never say when an assignment ends.
    """

    key: str
    name: str
    about: str
    source: str
    basis: str
    needs: tuple[str, ...]
    one_of: tuple[str, ...]
    tells: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    is_silent_about_ends: bool = False


@cache
def role_actions() -> Mapping[str, RoleAction]:
    """Permission of the unified model -> its name in Microsoft Graph."""
    rows = read("graph")["role_actions"]
    return MappingProxyType({row["permission"]: RoleAction(**{"source": "", **row}) for row in rows})


@cache
def bases() -> Mapping[str, str]:
    """How well a name is known: key -> a sentence."""
    return MappingProxyType(dict(read("graph")["bases"]))


@cache
def present_formats() -> Mapping[str, PresentFormat]:
    """Every list of present roles that can be read. Of several that fit a file, the first is meant."""
    found = {}
    for row in read("graph")["present_access"]:
        lists = {name: tuple(row[name]) for name in ("needs", "one_of", "tells")}
        columns = MappingProxyType({role: tuple(names) for role, names in row["columns"].items()})
        found[row["key"]] = PresentFormat(**{**row, **lists, "columns": columns})
    return MappingProxyType(found)


@cache
def emergency_names() -> tuple[str, ...]:
    """What is in the name of most accounts that are kept for emergencies, in small letters."""
    return tuple(read("graph")["emergency_names"])
