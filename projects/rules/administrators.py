"""Who can bring the others back in: people who are named, and hold by the plan what it takes."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parseaddr
from enum import StrEnum
from typing import NamedTuple

from projects import catalog
from projects.document.rows import Assignment
from projects.rules.labels import title_of
from projects.rules.temporary import Person
from projects.rules.writing import same_name


class How(StrEnum):
    """How somebody who is named holds it."""

    HOLDS = "holds"
    """The plan gives it to them by name."""
    MEMBER = "member"
    """A group of the plan holds it, and whoever named them wrote that they are in it: "Ben Ito (SEC-Admins)"."""
    BY_GROUP = "by_group"
    """A group of the plan holds it: whether they are in it, the plan does not say."""
    NOT = "not"


class Administrator(NamedTuple):
    """`through` is the role, or the group; `same_as`, what two names of one person have in common."""

    name: str
    how: How
    through: str = ""
    same_as: str = ""

    @property
    def is_known(self) -> bool:
        return self.how in {How.HOLDS, How.MEMBER}


def administrators_of(names: Iterable[str], held: Iterable[Assignment]) -> tuple[Administrator, ...]:
    through = [row for row in held if _administers(row)]
    return tuple(_administrator(name, through) for name in names)


def _administers(row: Assignment) -> bool:
    known = catalog.entra_roles().get(row.entra_role)
    return known is not None and known.basic == "full_access"


def _administrator(name: str, through: list[Assignment]) -> Administrator:
    groups = [row for row in through if row.assignee_kind == "group"]
    said = next((row for row in groups if _alone(name, row.assignee)), None)
    alone = _alone(name, said.assignee) if said else same_name(name.partition("(")[0])
    person = Person(None, *parseaddr(name)) if "@" in name else Person(None, alone, "")
    for row in through:
        if row.assignee_kind == "person" and person.is_named(row.assignee):
            return Administrator(name, How.HOLDS, title_of(row).partition(":")[0], same_name(row.assignee))
    if said:
        return Administrator(name, How.MEMBER, said.assignee, alone)
    if groups:
        return Administrator(name, How.BY_GROUP, groups[0].assignee)
    return Administrator(name, How.NOT)


def _alone(name: str, group: str) -> str:
    """ "Ben Ito" of "Ben Ito (SEC-Admins)", in one spelling; nothing where that group does not stand behind the name."""
    behind = f"({same_name(group)})"
    plain = same_name(name)
    return plain.removesuffix(behind).strip() if plain.endswith(behind) else ""
