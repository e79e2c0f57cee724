"""Load whole documents: the plan and the matrix, frozen, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from projects import plan
from projects.document import Section
from projects.document.sections import as_json
from projects.models import Project
from stakeholders.document import Document, Stakeholders
from stakeholders.tables import SECTION, TABLES
from tenants import canonical


def read_matrix(projects: Collection[Project]) -> Mapping[int, Section]:
    """The matrix of several projects, by project id."""
    tables = {name: plan.stored_rows(table, projects) for name, table in TABLES.items()}
    return {
        project.pk: plan.built(Stakeholders, **{name: rows.get(project.pk, ()) for name, rows in tables.items()})
        for project in projects
    }


def load(projects: Collection[Project]) -> dict[int, Document]:
    """Whole documents by project id."""
    plans = plan.load(projects)
    matrices = read_matrix(projects)
    return {
        pk: plan.built(
            Document, **{name: getattr(found, name) for name in found.__struct_fields__}, stakeholders=matrices[pk]
        )
        for pk, found in plans.items()
    }


def load_sections(project: Project, sections: Collection[str]) -> Document:
    """A document with the matrix and these sections alone; the others are empty."""
    read = {name: plan.read(name, [project])[project.pk] for name in {SECTION, *sections}}
    return plan.built(Document, schema_=1, project=plan.facts(project), **read)


def as_plain(document: Document, project: Project) -> dict[str, Any]:
    """The canonical JSON of a document: the sections that apply, each row with every field."""
    sections = plan.section_names(project)
    body: dict[str, Any] = {"schema": document.schema_, "project": _row(document.project)}
    for name in sections:
        section = document.section(name)
        body[name] = {table: [_row(row) for row in getattr(section, table)] for table in type(section).tables()}
    return body


def as_text(document: Document, project: Project) -> str:
    return canonical.text(as_plain(document, project))


def from_plain(body: Mapping[str, Any]) -> Document:
    """A document out of its canonical JSON, decoded. Raises msgspec.ValidationError."""
    return msgspec.convert(body, Document, strict=False)


def _row(row: Any) -> dict[str, Any]:
    return {name: as_json(getattr(row, name)) for name in row.__struct_fields__}


__all__ = ["SECTION", "as_plain", "as_text", "from_plain", "load", "load_sections", "read_matrix"]
