"""The whole plan on paper: every section that applies, every row, nothing to click."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from projects import actions, plan
from projects.document import Row, Section, fields_of
from projects.models import Project
from projects.rules.labels import title_of, value_of
from projects.rules.story import section_name
from projects.tables import of_section
from projects.views.access_in_words import as_read
from projects.views.base import ProjectPage
from projects.views.panels import panels
from projects.views.shown import shown_table


class Print(ProjectPage):
    permission = "view_project"
    template_name = "projects/print.html"
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = plan.section_names(self.project)
        sections = [printed(self.project, name, plan.read(name, [self.project])[self.project.pk]) for name in names]
        return super().get_context_data(sections=sections, facts=facts_of(self.project), **kwargs)


def facts_of(project: Project) -> list[tuple[str, Any]]:
    found = []
    for field in actions.FACTS:
        told = getattr(project, f"get_{field}_display", None)
        label = str(project._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
        found.append((label[:1].upper() + label[1:], told() if told else getattr(project, field)))
    return found


def printed(project: Project, name: str, content: Section) -> dict[str, Any]:
    tables = {
        table.name: shown_table(table, getattr(content, table.name), terminology=project.terminology)
        for table in of_section(name)
    }
    extra = panels(project, name, content, tables) if tables else {}
    return {
        "name": name,
        "title": section_name(name),
        "tables": [as_read(table, getattr(content, "personas", ())) for table in tables.values() if table.rows],
        "others": [] if tables else _other_tables(content),
        "estate": extra.get("estate") if name == "environment" else None,
        "cover": extra.get("cover"),
    }


def _other_tables(content: Section) -> list[list[dict[str, Any]]]:
    """A section of an app above, by its own type: each row by its name, then what else it says."""
    found = []
    for table, kind in type(content).tables().items():
        names = [name for name in kind.__struct_fields__ if name not in ("key", "does_not_apply")]
        rows = [
            {
                "title": title_of(row),
                "because": row.does_not_apply,
                "lines": [line for name in names if (line := _line(kind, name, row)) and line[1] != title_of(row)],
            }
            for row in getattr(content, table)
        ]
        if rows:
            found.append(rows)
    return found


def _line(kind: type[Row], name: str, row: Row) -> tuple[str, str] | None:
    """A field and what it says; None of one that is empty."""
    said = value_of(kind, name, getattr(row, name))
    return (_(fields_of(kind)[name].title or name), said) if said != "–" else None
