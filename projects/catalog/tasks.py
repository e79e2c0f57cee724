"""What people need to do in and around the portal, and which rights each of it takes."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import UnknownKey, look_up, read


class Right(NamedTuple):
    """Something outside the roles of the portal that an Entra role lets one do. `weight`: how far it reaches, 1 to 9."""

    key: str
    label: str
    weight: int
    source: str


class Task(NamedTuple):
    """Something that somebody does. `needs` are keys of unified permissions and of `rights`, all of which it takes."""

    key: str
    label: str
    group: str
    needs: frozenset[str]


class UnknownTask(UnknownKey):
    """No task has this key."""

    what = "task"


@cache
def rights() -> Mapping[str, Right]:
    """What is done outside the portal, by key, the furthest reaching first."""
    return MappingProxyType({row["key"]: Right(**row) for row in read("tasks")["rights"]})


@cache
def level_weights() -> Mapping[str, int]:
    """How far a permission of the portal reaches, by its level."""
    return MappingProxyType(read("tasks")["weights"])


@cache
def tasks() -> Mapping[str, Task]:
    """Every task by key, in the order in which forms ask for them."""
    return MappingProxyType(
        {row["key"]: Task(**{**row, "needs": frozenset(row["needs"])}) for row in read("tasks")["tasks"]}
    )


def task(key: str) -> Task:
    """The task of that key; raises UnknownTask."""
    return look_up(tasks(), key, UnknownTask)
