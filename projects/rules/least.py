"""The least that lets somebody do their work: exact covers of what the work needs by what roles carry.

The catalogue is small, so nothing is approximated. A cover with a role too many is never less than the same cover
without it, so only those without one are looked at: all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from projects import catalog

Rights = frozenset[str]

NOTHING: Rights = frozenset()
MOST_ALTERNATIVES = 5


class Cover(NamedTuple):
    """Roles or permissions that together carry all that is needed; `excess` is what they give beside it.

    `cost` orders covers: how far the excess reaches, then how many are privileged, then how many there are.
    """

    carriers: tuple[str, ...]
    excess: Rights
    cost: tuple[int, int, int]


@dataclass(frozen=True)
class Least:
    """What it takes to do some work in one model of access.

    `permissions` are those of a role of the portal that holds nothing else (none in the basic model); `excess` is what
    they give beside the work. `roles` are the Entra roles that carry the rest, the least first; empty where none is
    needed, and where none can (`impossible`). `instead` are Entra roles that carry everything by themselves, without a
    role of the portal. Of both the first few are kept; `compared` is how many covers there were of all three together.
    """

    needed: Rights
    permissions: tuple[str, ...]
    roles: tuple[Cover, ...]
    instead: tuple[Cover, ...]
    impossible: Rights
    model: str = "unified"
    excess: Rights = NOTHING
    compared: int = 0

    @property
    def best(self) -> tuple[str, ...]:
        """The Entra roles of the least cover."""
        return self.roles[0].carriers if self.roles else ()

    @cached_property
    def cheapest(self) -> Rights:
        """The Entra roles of all covers that cost as little as the least."""
        return NOTHING.union(*(cover.carriers for cover in self.roles if cover.cost == self.roles[0].cost))

    @property
    def permissions_beside(self) -> tuple[str, ...]:
        """The permissions that the Entra roles of the least cover do not give already."""
        given = _union(entra_carriers(self.model), self.best) & self.needed
        return tuple(key for key in self.permissions if not worth(key, self.model) & self.needed <= given)


def needs_of(tasks: Collection[str]) -> Rights:
    """What the tasks need, with all that comes with it. Tasks that the catalogue no longer has need nothing."""
    return _needs_of(frozenset(tasks))


@cache
def _needs_of(tasks: frozenset[str]) -> Rights:
    known = catalog.tasks()
    return with_implied(frozenset().union(*(known[key].needs for key in tasks if key in known)))


def with_implied(rights: Collection[str], model: str = "unified") -> Rights:
    """The rights and the permissions that come with them, to the end."""
    known = catalog.permissions_for(model)
    found, new = set(rights), set(rights)
    while new:
        new = {more for key in new if key in known for more in known[key].implies} - found
        found |= new
    return frozenset(found)


@cache
def worth(permission: str, model: str) -> Rights:
    """What a permission of that model is worth in unified permissions, with what comes with it; nothing if unknown."""
    if model == "unified":
        return with_implied({permission}) & frozenset(catalog.unified_permissions())
    known = catalog.permissions_for(model)
    found = with_implied({permission}, model) & frozenset(known)
    return with_implied({right for key in found for right in known[key].unified})


def without_implied(permissions: Collection[str], model: str = "unified") -> tuple[str, ...]:
    """The permissions but those that come with another of them."""
    return tuple(
        key
        for key in permissions
        if not any(key in with_implied({other}, model) for other in permissions if other != key)
    )


@cache
def weight(right: str) -> int:
    """How far a right reaches; what only comes with another weighs as little as it does by itself."""
    outside = catalog.rights().get(right)
    if outside:
        return outside.weight
    known = catalog.unified_permissions().get(right)
    return catalog.level_weights()[known.level] if known else 0


def covers(
    needed: Rights, carriers: Mapping[str, Rights], privileged: Collection[str] = (), *, held: Rights = NOTHING
) -> list[Cover]:
    """Every set of carriers that has all that is needed and would not without any one of them, the least first.

    What is `held` anyway is no excess.
    """
    useful = {name: rights for name, rights in carriers.items() if rights & needed}
    found = {
        frozenset(chosen)
        for chosen in _choices(needed, useful, (), NOTHING)
        if all(needed - _union(useful, [o for o in chosen if o != one]) for one in chosen)
    }
    return sorted(
        (_cover(chosen, needed | held, carriers, privileged) for chosen in found),
        key=lambda each: (each.cost, each.carriers),
    )


def _choices(
    open_: Rights, carriers: Mapping[str, Rights], chosen: tuple[str, ...], refused: Rights
) -> Iterator[tuple[str, ...]]:
    """Branch on the need that the fewest can meet; what was tried at a branch is not tried again beside it."""
    if not open_:
        yield chosen
        return
    who = {right: [n for n in carriers if right in carriers[n] and n not in refused] for right in open_}
    for name in min(who.values(), key=len):
        yield from _choices(open_ - carriers[name], carriers, (*chosen, name), refused)
        refused |= {name}


def _union(carriers: Mapping[str, Rights], names: Collection[str]) -> Rights:
    return Rights().union(*(carriers[name] for name in names))


def _cover(chosen: Rights, needed: Rights, carriers: Mapping[str, Rights], privileged: Collection[str]) -> Cover:
    excess = _union(carriers, chosen) - needed
    cost = (sum(map(weight, excess)), len(chosen & frozenset(privileged)), len(chosen))
    return Cover(tuple(sorted(chosen)), excess, cost)


@cache
def entra_carriers(model: str) -> Mapping[str, Rights]:
    """What each Entra role carries in that model of access: rights in the portal and outside it."""
    return {key: in_portal(key, model) | role.rights for key, role in catalog.entra_roles().items()}


def in_portal(role: str, model: str) -> Rights:
    """What an Entra role gives in the portal. In the classic model readers get nothing, administrators everything."""
    known = catalog.entra_roles()[role]
    if model == "unified":
        return with_implied(known.unified)
    if known.basic == "full_access":
        return frozenset(catalog.unified_permissions())
    if model == "basic" and known.basic:
        return with_implied(catalog.permission("basic", known.basic).unified)
    return frozenset()


@cache
def classic_carriers() -> Mapping[str, Rights]:
    """What each permission of a classic role of one's own is worth in unified permissions."""
    return {
        key: worth(key, "classic")
        for key, permission in catalog.classic_permissions().items()
        if permission.unified and key != catalog.BUILT_IN_ONLY
    }


@cache
def _privileged() -> Rights:
    return frozenset(key for key, role in catalog.entra_roles().items() if role.privileged)


def _of_portal(needed: Rights, model: str) -> tuple[tuple[str, ...], Rights, list[Cover]]:
    """The permissions of a role of the portal that the work takes, what no such role can carry, and all its covers."""
    inside = needed & frozenset(catalog.unified_permissions())
    if model == "unified":
        chosen = tuple(key for key in catalog.unified_permissions() if key in inside)
        return chosen, needed - inside, [Cover(chosen, NOTHING, (0, 0, len(chosen)))] if chosen else []
    if model == "classic":
        can = inside & _union(classic_carriers(), classic_carriers())
        found = covers(can, classic_carriers()) if can else []
        best = found[0].carriers if found else ()
        return tuple(key for key in catalog.classic_permissions() if key in best), needed - can, found
    return (), needed, []


@cache
def least(needed: Rights, model: str) -> Least:
    """The least privileged way to hold `needed` (see `needs_of`) in "basic", "classic" or "unified"."""
    permissions, rest, of_portal = _of_portal(needed, model)
    carriers = entra_carriers(model)
    impossible = rest - _union(carriers, carriers)
    roles = covers(rest, carriers, _privileged(), held=needed) if rest and not impossible else []
    instead = covers(needed, carriers, _privileged()) if permissions and not impossible else []
    return Least(
        needed,
        permissions,
        tuple(roles[:MOST_ALTERNATIVES]),
        tuple(instead[:MOST_ALTERNATIVES]),
        impossible,
        model=model,
        excess=of_portal[0].excess if of_portal else NOTHING,
        compared=len(of_portal) + len(roles) + len(instead),
    )
