"""An edit tried out on a copy: the row as it would be, in the document as it is. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from projects import actions as plan_actions
from projects import plan
from projects import tables as plan_tables
from projects.document import Row, Section, digest
from projects.models import PlanRow, Project
from projects.tables import Table
from stakeholders import tables as matrix_tables
from stakeholders.rules.effect import Effect, effect
from stakeholders.rules.effect import effect_of_rows as effects_of_rows
from stakeholders.states import section_standing
from stakeholders.words import section_title


def tables_of(section: str) -> Mapping[str, Table]:
    """The tables of any section, by name; none of a name that is no section."""
    if section == matrix_tables.SECTION:
        return matrix_tables.TABLES
    return {table.name: table for table in plan_tables.of_section(section)}


def row_as_stored(table: Table, project: Project, key: str) -> PlanRow:
    """The stored row of this key; an empty one for the key "new". Raises RowGone."""
    return table.model(project=project, key="new") if key == "new" else plan_actions.find(table, project, key)


def effect_of(project: Project, table: Table, row: PlanRow, values: Mapping[str, Any]) -> Effect | None:
    """What saving `values` on a row would do to the signatures of its section; None if the row stays as it is."""
    standing = section_standing(project, table.section, with_content=True)
    now = standing.document.section(table.section)
    was = plan_actions.as_document(table, row) if row.pk else None
    for name, value in values.items():
        setattr(row, name, value)
    then = plan_actions.as_document(table, row)
    if then == was:
        return None
    changed = _with_row(now, table.name, then)
    new_digest = digest(table.section, changed, plan.facts(project))
    after = replace(
        standing,
        document=standing.document.replaced(**{table.section: changed}),
        known={**project.digests, table.section: new_digest},
    )
    return effect(
        standing.of_section(table.section),
        after.of_section(table.section),
        key=then.key,
        title=section_title(table.section),
        is_signed=new_digest != project.digests.get(table.section),
    )


def effect_of_rows(project: Project, table: Table, rows: tuple[Row, ...]) -> Effect:
    """What would happen to the signatures of a section if these were the rows of a table. Nothing is written."""
    standing = section_standing(project, table.section, with_content=True)
    changed = standing.document.section(table.section).replaced(**{table.name: rows})
    new_digest = digest(table.section, changed, plan.facts(project))
    after = replace(
        standing,
        document=standing.document.replaced(**{table.section: changed}),
        known={**project.digests, table.section: new_digest},
    )
    return effects_of_rows(
        standing.of_section(table.section),
        after.of_section(table.section),
        title=section_title(table.section),
        is_signed=new_digest != project.digests.get(table.section),
    )


def effect_of_section(project: Project, section: str, changed: Mapping[str, tuple[Row, ...]]) -> Effect:
    """What would happen to the signatures of a section if its tables had these rows. Nothing is written."""
    standing = section_standing(project, section, with_content=True)
    then = standing.document.section(section).replaced(**dict(changed))
    new_digest = digest(section, then, plan.facts(project))
    after = replace(
        standing,
        document=standing.document.replaced(**{section: then}),
        known={**project.digests, section: new_digest},
    )
    return effect(
        standing.of_section(section),
        after.of_section(section),
        key="",
        title=section_title(section),
        is_signed=new_digest != project.digests.get(section),
    )


def _with_row(section: Section, table: str, row: Row) -> Section:
    rows = tuple(row if old.key == row.key else old for old in getattr(section, table))
    return section.replaced(**{table: rows if row in rows else (*rows, row)})
