"""What is signed of each table, as data: with it a verifier recomputes fingerprints without this program."""

from __future__ import annotations

from typing import Any

from projects.document import ProjectFacts, Section, as_json, fields_of, signed_fields
from projects.document.fields import Frozen
from projects.document.rows import Route
from stakeholders.words import ALL


def signed() -> dict[str, Any]:
    """{"project": fields, "sections": {section: {table: {"fields": fields, "if_any": names}}}}.

    `fields` is name -> [default], or [] for a field without one; `if_any`: only rows in which one of these is filled
    in are signed, empty for all rows. Rows with the part "I" never are. Follows `projects.document.signed_content`.
    """
    return {"project": _fields(ProjectFacts), "sections": {name: _tables(kind) for name, kind in ALL.items()}}


def _tables(section: type[Section]) -> dict[str, Any]:
    return {table: {"fields": _fields(row), "if_any": _if_any(row)} for table, row in section.tables().items()}


def _fields(row: type[Frozen]) -> dict[str, list[Any]]:
    known = fields_of(row)
    return {n: [] if known[n].is_required else [as_json(known[n].default)] for n in signed_fields(row)}


def _if_any(row: type[Frozen]) -> list[str]:
    if row is Route:
        return ["route", "proxy", "does_not_apply"]
    return ["does_not_apply"] if signed_fields(row) == ("does_not_apply",) else []
