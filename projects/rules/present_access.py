"""What is there now against the plan: what must be given, taken away or changed. Names are compared without case."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from projects import catalog
from projects.document.present import Held
from projects.document.rows import Assignment
from projects.document.sections import Access
from projects.rules.portal_roles import role_names

ENTRA, PORTAL = "entra", "portal"
GLOBAL_ADMINISTRATOR = "global-administrator"
HELD, ENDS = "held", "ends"
_ASIDE = re.compile(r"\s*\([^()]*\)$")


class Planned(NamedTuple):
    """A role that the plan gives to somebody. `key` is that of its row, an assignment or a tier."""

    role: str
    holder: str
    held: str
    ends_on: date | None
    key: str
    is_person: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """As it is compared: of "Ravi Menon (Northwind Security)", who is a person, the name alone too."""
        whole = plain(self.holder)
        alone = _ASIDE.sub("", whole) if self.is_person else ""
        return (whole, alone) if alone and alone != whole else (whole,)


class Change(NamedTuple):
    """Held otherwise than planned: `what` has HELD (active, not eligible, or the other way round) or ENDS."""

    planned: Planned
    present: Held
    what: tuple[str, ...]


class Comparison(NamedTuple):
    """`remove` are pairs of what is held and the place of its row.

    `untold`: planned, and of a kind that this list lacks, or perhaps among those without a name. `unnamed`: held by an ID
    that nobody can compare: never to be removed for that. `emergency`: accounts whose name says that they are kept for
    emergencies. `perhaps`: Global Administrators among whom are those that the plan counts and no name tells.
    """

    add: tuple[Planned, ...]
    remove: tuple[tuple[int, Held], ...]
    change: tuple[Change, ...]
    same: int
    emergency: tuple[Held, ...]
    untold: tuple[Planned, ...]
    unnamed: tuple[Held, ...] = ()
    perhaps: tuple[Held, ...] = ()

    @property
    def is_as_planned(self) -> bool:
        return not (self.add or self.remove or self.change or self.unnamed or self.perhaps)


def plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def planned_of(access: Access, about: str, today: date) -> tuple[Planned, ...]:
    """What the plan gives on that day: Entra roles, or roles of the portal."""
    now = [row for row in access.assignments if _stands(row, today)]
    if about == ENTRA:
        return tuple(_planned(row, row.entra_role) for row in now if row.entra_role)
    tiers = [tier for tier in access.tiers if not tier.does_not_apply]
    names = role_names(tiers)
    of_tiers = [
        Planned(names[tier.key], group, "active", None, tier.key)
        for tier in tiers
        for group in dict.fromkeys(tier.groups)
    ]
    told = {plain(one.holder) for one in of_tiers}
    of_rows = [_planned(row, row.role) for row in now if row.role and not row.entra_role]
    return (*of_tiers, *(one for one in of_rows if plain(one.holder) not in told))


def _stands(row: Assignment, today: date) -> bool:
    return not (row.does_not_apply or row.removed_on or not row.assignee or (row.ends_on and row.ends_on < today))


def _planned(row: Assignment, role: str) -> Planned:
    return Planned(role, row.assignee, str(row.held), row.ends_on, row.key, row.assignee_kind == "person")


def compare(access: Access, present: Sequence[Held], *, format_key: str, today: date) -> Comparison:
    """Compare a list of what is there with the plan of that day."""
    known = catalog.present_formats().get(format_key)
    about, tells = (known.about, known.tells) if known else (ENTRA, ("eligible", "active"))
    match = _Match(present)
    planned = planned_of(access, about, today)
    rest = [one for one in planned if not match.same(one)]
    change = [found for one in rest if (found := match.other(one))]
    changed = {id(one.planned) for one in change}
    missing = [one for one in rest if id(one) not in changed]
    over = match.over()
    unnamed = tuple(one for _place, one in over if not one.is_named)
    by_id = {plain(one.role) for one in unnamed}
    untold = tuple(one for one in missing if plain(one.role) in by_id or (about == ENTRA and one.held not in tells))
    named = [each for each in over if each[1].is_named]
    emergency = [one for _place, one in named if is_for_emergencies(one)]
    perhaps = _perhaps_for_emergencies(access, present, [one for _place, one in named if one not in emergency])
    return Comparison(
        add=tuple(one for one in missing if one not in untold),
        remove=tuple(each for each in named if each[1] not in emergency and each[1] not in perhaps),
        change=tuple(change),
        same=len(planned) - len(rest),
        emergency=tuple(emergency),
        untold=untold,
        unnamed=unnamed,
        perhaps=tuple(perhaps),
    )


def _perhaps_for_emergencies(access: Access, present: Sequence[Held], over: list[Held]) -> list[Held]:
    """Who may be a break-glass account that the plan counts: the plan has no names of them, and theirs do not tell."""
    declared = next((row.break_glass for row in access.settings if row.break_glass is not None), 0)
    known = {one.called for one in present if is_for_emergencies(one)}
    if declared <= len(known):
        return []
    return [
        one
        for one in over
        if (one.role, one.held, one.ends_on) == (GLOBAL_ADMINISTRATOR, "active", None) and one.kind != "group"
    ]


class _Match:
    """Which row of the list answers to which of the plan; each to one at most, those that are exactly alike first."""

    def __init__(self, present: Sequence[Held]) -> None:
        self._present = present
        self._taken: set[int] = set()
        self._places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, one in enumerate(present):
            for name in {plain(one.holder), plain(one.address)} - {""}:
                self._places[plain(one.role), name].append(place)

    def _free(self, one: Planned) -> list[int]:
        places = [place for name in one.names for place in self._places[plain(one.role), name]]
        return [place for place in places if place not in self._taken]

    def same(self, one: Planned) -> bool:
        found = next((place for place in self._free(one) if not _differs(one, self._present[place])), None)
        if found is not None:
            self._taken.add(found)
        return found is not None

    def other(self, one: Planned) -> Change | None:
        found = next(iter(self._free(one)), None)
        if found is None:
            return None
        self._taken.add(found)
        return Change(one, self._present[found], _differs(one, self._present[found]))

    def over(self) -> list[tuple[int, Held]]:
        return [(place, one) for place, one in enumerate(self._present) if place not in self._taken]


def _differs(planned: Planned, present: Held) -> tuple[str, ...]:
    what = []
    if planned.held != present.held:
        what.append(HELD)
    if present.is_end_told and planned.ends_on != present.ends_on:
        what.append(ENDS)
    return tuple(what)


def is_for_emergencies(one: Held) -> bool:
    """Whether it is a Global Administrator whose name says "break glass" or the like."""
    return one.role == GLOBAL_ADMINISTRATOR and tells_emergency(f"{one.holder} {one.address}")


def tells_emergency(name: str) -> bool:
    """Whether the name of an account says that it is kept for emergencies."""
    return any(word in plain(name) for word in catalog.emergency_names())


def persona_for(access: Access, role: str) -> str:
    """The persona under which a role that is taken over is written down: where it stands already, else the likeliest."""
    same = (row.persona for row in access.assignments if role in (row.entra_role, row.role))
    name = catalog.entra_roles()[role].name if role in catalog.entra_roles() else role
    alike = (one.name for one in access.personas if plain(one.name) == plain(name))
    template = {one.name: one.entra_roles for one in catalog.standard_template().personas}
    usual = (one.name for one in access.personas if role in template.get(one.name, ()))
    first = (one.name for one in access.personas)
    return next((found for each in (same, alike, usual, first) for found in each), name)


def is_planned(access: Access, one: Held, today: date) -> bool:
    """Whether the plan gives this role to this holder, in whatever way."""
    about = ENTRA if one.role in catalog.entra_roles() else PORTAL
    names = {plain(one.holder), plain(one.address)} - {""}
    return any(
        plain(each.role) == plain(one.role) and names & set(each.names) for each in planned_of(access, about, today)
    )
