"""How an export is made, in short steps, by the tool that it comes from."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import read


class ExportSteps(NamedTuple):
    """The steps of one tool; `source` is a key of the sources."""

    key: str
    name: str
    source: str
    steps: tuple[str, ...]


@cache
def export_steps() -> Mapping[str, ExportSteps]:
    """Every tool by its key, in the order of the page."""
    rows = read("export_steps")["tools"]
    return MappingProxyType({row["key"]: ExportSteps(**{**row, "steps": tuple(row["steps"])}) for row in rows})


def steps_for(export_format: str) -> ExportSteps | None:
    """The steps for a kind of export (a key of the export formats), which begins with the key of its tool."""
    tools = [one for key, one in export_steps().items() if export_format.startswith(key)]
    return max(tools, key=lambda one: len(one.key), default=None)
