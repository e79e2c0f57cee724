"""Single rules of Microsoft's that checks cite: what it says, and where."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import UnknownKey, look_up, read


class Fact(NamedTuple):
    """A rule in one or two sentences, with the key of its source."""

    key: str
    text: str
    source: str


class UnknownFact(UnknownKey):
    """No fact has this key."""

    what = "fact"


@cache
def facts() -> Mapping[str, Fact]:
    """Every fact by its key."""
    return MappingProxyType({key: Fact(key, text, source) for key, (text, source) in read("facts").items()})


def fact(key: str) -> Fact:
    """The fact of that key; raises UnknownFact."""
    return look_up(facts(), key, UnknownFact)
