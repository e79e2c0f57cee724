"""What people said of texts that no rule places: how a text is remembered, and how its devices are counted."""

from __future__ import annotations

from projects import catalog

LEAVE_OUT = "leave_out"
_OTHER = "other"
KINDS = ("computer", "server", "mobile")


def unknown_key(text: str) -> str:
    """By what a text is remembered: capitals and spaces do not matter."""
    return " ".join(text.casefold().split())


def other(kind: str, name: str) -> str:
    """The key in `counts` of a system that the catalogue does not have: its kind, and what it is called."""
    return f"{_OTHER}:{kind}:{name}"


def other_of(key: str) -> tuple[str, str] | None:
    """(kind, name) of such a key of `counts`; None for a key of the catalogue."""
    mark, _, rest = key.partition(":")
    kind, _, name = rest.partition(":")
    return (kind, name) if mark == _OTHER and kind in KINDS and name else None


def learned_as(said: str, text: str) -> str:
    """Where a device ends of whose text somebody said this: a system, LEAVE_OUT, or "" if it means nothing today."""
    mark, _, kind = said.partition(":")
    if mark == _OTHER and kind in KINDS and text:
        return other(kind, text)
    return said if said == LEAVE_OUT or (said in catalog.systems() and said != catalog.OTHER) else ""
