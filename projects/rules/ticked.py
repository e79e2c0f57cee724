"""What is ticked in a list has no order of its own: the same ticks are no change."""

from __future__ import annotations

from typing import Any

TICKED = frozenset({"tasks", "permissions", "entra_roles", "scope"})


def as_held(name: str, held: Any, new: Any) -> Any:
    """The `new` value of a field: what is `held`, where the same is ticked in another order."""
    if name in TICKED and held and sorted(held) == sorted(new or ()):
        return held
    return new
