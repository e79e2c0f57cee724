"""How role-based access is switched on: the steps in the order that locks nobody out."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import read

IRREVERSIBLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "classic": ("classic_switch_irreversible", "classic_groups_only", "default_administrators"),
        "unified": ("unified_reversible", "unified_import_once", "unified_all_grows"),
    }
)
"""Keys of the facts that say what can be undone of a switch, by model."""


class SwitchStep(NamedTuple):
    """A step; `source` is a key of the sources."""

    key: str
    text: str
    source: str


@cache
def _steps() -> Mapping[str, tuple[SwitchStep, ...]]:
    return {model: tuple(SwitchStep(**row) for row in rows) for model, rows in read("switch_steps").items()}


def switch_steps(model: str) -> tuple[SwitchStep, ...]:
    """The steps of switching that model on, in their order; none for a model that is not switched on."""
    return _steps().get(model, ())
