"""A plan as plain tables, for reading."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from projects import plan
from projects.document import as_json
from projects.models import Project
from projects.tables import of_section


@dataclass(frozen=True)
class ReadTable:
    title: str
    fields: tuple[str, ...]
    rows: list[list[str]]


def sections_of(project: Project) -> list[tuple[str, list[ReadTable]]]:
    """Name of each section that applies, with its tables."""
    found = []
    for name in plan.section_names(project):
        section = plan.read(name, [project])[project.pk]
        tables = []
        for table in of_section(name):
            rows = [[_shown(getattr(row, field)) for field in table.fields] for row in getattr(section, table.name, ())]
            tables.append(ReadTable(_(table.title), tuple(f.replace("_", " ") for f in table.fields), rows))
        found.append((name, tables))
    return found


def _shown(value: object) -> str:
    plain = as_json(value)
    if plain in (None, "", [], False):
        return ""
    return ", ".join(map(str, plain)) if isinstance(plain, list | tuple) else str(plain)
