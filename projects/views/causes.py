"""What an impact is caused by: the rows to choose from, and the link to the one that was chosen."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from projects import plan
from projects.document import SECTIONS, Section
from projects.models import Project
from projects.rules import causes
from projects.rules.labels import title_of
from projects.views.shown import Cell, ShownTable


def causes_of(project: Project) -> list[tuple[str, Any]]:
    """The rows of the plan, grouped by section, as choices."""
    sections = {
        name: plan.read(name, [project])[project.pk] for name in plan.section_names(project) if name in SECTIONS
    }
    return [
        (_(SECTIONS[name].title), [(str(cause), title) for cause, title in found])
        for name, found in causes.possible(sections)
    ]


def link_causes(project: Project, environment: Section, table: ShownTable) -> None:
    """Show the cause of each impact as a link to its row, by what it is called now; words stay words."""
    named = {shown.key: causes.parsed(getattr(shown.row, "cause", "")) for shown in table.rows}
    elsewhere = {cause.section for cause in named.values() if cause} - {"environment"}
    sections = {"environment": environment, **{name: plan.read(name, [project])[project.pk] for name in elsewhere}}
    for shown in table.rows:
        cause = named[shown.key]
        row = causes.row_of(cause, sections) if cause else None
        shown.cells = [
            _linked(cell, project, cause, title_of(row)) if cell.name == "caused_by" and cause and row else cell
            for cell in shown.cells
        ]


def _linked(cell: Cell, project: Project, cause: causes.Cause, title: str) -> Cell:
    url = f"{reverse('projects:section', args=[project.slug, cause.section])}#row-{cause.key}"
    return cell._replace(text=title, url=url)
