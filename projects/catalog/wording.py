"""Names that Microsoft changed: a project chooses whether it speaks today's words or those of its older documents."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from projects.catalog._load import UnknownKey, look_up, read

STYLES = (("current", "Names of today"), ("seed", "Names of the 2023 documents"))


class UnknownTerm(UnknownKey):
    """No term has this key."""

    what = "term"


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """Every term by its key: style to name."""
    return MappingProxyType({key: MappingProxyType(names) for key, names in read("terminology").items()})


def terminology(term_key: str, style: str) -> str:
    """The name of that thing in that style ("current" or "seed"); raises UnknownTerm."""
    names = look_up(terms(), term_key, UnknownTerm)
    try:
        return names[style]
    except KeyError:
        raise ValueError(f"{style!r} is no style of names: {' or '.join(key for key, _ in STYLES)}.") from None
