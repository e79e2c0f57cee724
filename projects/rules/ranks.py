"""The ranks of device groups: 1 is highest, a device belongs to the first group that it matches (group_rank).

Groups that do not apply have no place in the order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, Protocol


class Ranked(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def does_not_apply(self) -> str: ...


class Gap(NamedTuple):
    """Ranks that no group has, from the first to the last."""

    first: int
    last: int


class Tie(NamedTuple):
    """A rank that several groups have: which of them a device belongs to is not said."""

    rank: int
    names: tuple[str, ...]
    keys: tuple[str, ...] = ()

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Key and name of each that could come first."""
        return list(zip(self.keys, self.names, strict=True))


class Ranks(NamedTuple):
    gaps: tuple[Gap, ...]
    ties: tuple[Tie, ...]

    @property
    def are_in_order(self) -> bool:
        return not self.gaps and not self.ties


def in_order(groups: Iterable[Ranked]) -> list[Ranked]:
    """The groups that apply, the highest first; of one rank in the order in which they came."""
    return sorted((group for group in groups if not group.does_not_apply), key=lambda group: group.rank)


def ranks_of(groups: Iterable[Ranked]) -> Ranks:
    """What is wrong with the ranks."""
    named = [(rank, list(same)) for rank, same in groupby(in_order(groups), lambda one: one.rank)]
    ties = tuple(
        Tie(rank, tuple(one.name for one in same), tuple(one.key for one in same))
        for rank, same in named
        if len(same) > 1
    )
    gaps, expected = [], 1
    for rank, _same in named:
        if rank > expected:
            gaps.append(Gap(expected, rank - 1))
        expected = max(expected, rank + 1)
    return Ranks(tuple(gaps), ties)


def closed(groups: Collection[Ranked]) -> dict[str, int]:
    """The groups that get another rank when none is left out from 1 on: key -> rank.

    Those that share a rank share one afterwards: which of them comes first is for somebody to say, not for us.
    """
    ordered = in_order(groups)
    place = {rank: number for number, rank in enumerate(dict.fromkeys(group.rank for group in ordered), start=1)}
    return _changed(groups, {group.key: place[group.rank] for group in ordered})


def settled(groups: Collection[Ranked], order: Sequence[str]) -> dict[str, int]:
    """The groups that get another rank when those that share one stand in this order: key -> rank.

    Those below move down as far as that takes. Nothing, if these are not all that share a rank.
    """
    ordered = in_order(groups)
    first = next((group.rank for group in ordered if group.key in order), 0)
    same = [group.key for group in ordered if group.rank == first]
    if len(same) < 2 or sorted(same) != sorted(order):
        return {}
    wanted = {key: first + place for place, key in enumerate(order)}
    last = first + len(order) - 1
    for rank, below in groupby((group for group in ordered if group.rank > first), lambda group: group.rank):
        last = max(rank, last + 1)
        wanted |= {group.key: last for group in below}
    return _changed(groups, wanted)


def moved(groups: Collection[Ranked], key: str, *, up: bool) -> dict[str, int]:
    """The groups that get another rank when one changes places with its neighbour: key -> rank.

    Gaps stay where they are. Where the two share their rank with others, each of these gets one of its own, and so many
    groups below move down as that takes.
    """
    order = [group.key for group in in_order(groups)]
    if key not in order:
        return {}
    place = order.index(key)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return {}
    order[place], order[other] = order[other], order[place]
    ranks = [group.rank for group in in_order(groups)]
    first, lower = ranks.index(ranks[min(place, other)]), max(place, other)
    for at in range(first + 1, len(ranks)):
        if ranks[at] > ranks[at - 1] and at > lower:
            break
        ranks[at] = max(ranks[at], ranks[at - 1] + 1)
    return _changed(groups, dict(zip(order, ranks, strict=True)))


def _changed(groups: Iterable[Ranked], wanted: Mapping[str, int]) -> dict[str, int]:
    now = {group.key: group.rank for group in groups}
    return {key: rank for key, rank in wanted.items() if now[key] != rank}
