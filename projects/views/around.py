"""What the form of a row must know of the rest of the plan: read where a table asks for it."""

from __future__ import annotations

from typing import Any

from projects import plan
from projects.document.rows import Persona
from projects.forms import Surroundings
from projects.models import Project
from projects.tables import TABLES, Table
from projects.views.causes import causes_of


def surroundings(project: Project, table: Table) -> Surroundings:
    names: tuple[str, ...] = ()
    model = ""
    if table.name == "assignments":
        personas: Any = plan.stored_rows(TABLES["access", "personas"], [project]).get(project.pk, ())
        names = tuple(row.name for row in personas if isinstance(row, Persona) and not row.does_not_apply)
    if table.name == "tiers":
        settings: Any = plan.stored_rows(TABLES["access", "settings"], [project]).get(project.pk, ())
        model = next((row.planned or row.today for row in settings), "")
    causes = causes_of(project) if table.name == "impacts" else []
    return Surroundings(project.terminology, model or "unified", names, causes)
