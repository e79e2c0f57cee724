"""The stakeholder matrix as a section of the plan: the same row editing, written by the actions of the matrix."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.forms import RowForm
from projects.models import PlanRow
from projects.tables import Table
from projects.views import rows
from projects.views.plan import SectionPage
from projects.views.shown import Cell, ShownTable
from stakeholders import actions
from stakeholders.document import StakeholderRow, Stakeholders
from stakeholders.forms import StakeholderForm
from stakeholders.models import Stakeholder, StandIn
from stakeholders.placings import placings
from stakeholders.tables import ROWS, SECTION, SETTINGS
from stakeholders.words import scope_in_words, section_title

COLUMNS = ("role", "part", "name", "scope", "substitute")


class OfMatrix:
    """What the pages of this section have in common; put before a page of a plan."""

    project: Any
    can: set[str]
    kwargs: Mapping[str, Any]

    tab = "plan"
    section = SECTION
    form_class = StakeholderForm
    body_template = "stakeholders/matrix.html"

    @property
    def own_tables(self) -> tuple[Table, ...]:
        return (SETTINGS, ROWS)

    @property
    def title(self) -> str:
        return section_title(SECTION)

    @property
    def url(self) -> str:
        return reverse("stakeholders:matrix", args=[self.project.slug])

    @property
    def may_change(self) -> bool:
        return "manage_stakeholders" in self.can

    @cached_property
    def tables(self) -> dict[str, ShownTable]:
        found: dict[str, ShownTable] = super().tables  # type: ignore[misc]
        return {name: self._as_matrix(table) if name == ROWS.name else table for name, table in found.items()}

    def _as_matrix(self, table: ShownTable) -> ShownTable:
        counting: set[str] = set()
        if any(isinstance(row.row, StakeholderRow) and row.row.substitute_email for row in table.rows):
            rows = StandIn.objects.counting().filter(stakeholder__project=self.project)
            counting = set(rows.values_list("stakeholder__key", flat=True))
        placing = placings(self.project) if any(_is_approver(row.row) for row in table.rows) else {}
        themselves = {row.row.key for row in table.rows if _is_own_doing(row.row, placing)}
        return _as_matrix(table, counting, themselves)

    def beside(self) -> dict[str, Any]:
        matrix = self.content  # type: ignore[attr-defined]
        assert isinstance(matrix, Stakeholders)
        named = [row for row in matrix.rows if row.email and not row.does_not_apply]
        return {
            "nobody_named": not named,
            "no_approver": not any(row.part == "SO" for row in named),
            "approvers": sum(row.part == "SO" and not row.does_not_apply for row in matrix.rows),
        }


def _is_approver(row: Any) -> bool:
    assert isinstance(row, StakeholderRow)
    return row.is_approver


def _is_own_doing(row: Any, placing: Mapping[str, Collection[str]]) -> bool:
    """Whether somebody who approves put themselves there, so that they cannot sign before somebody else confirms it."""
    return _is_approver(row) and row.email in placing.get(row.key, ())


def _as_matrix(table: ShownTable, counting: Collection[str], themselves: Collection[str]) -> ShownTable:
    """Role with its question, part, person, sections and substitute: five columns for thirteen fields."""
    labels = {cell.name: cell for cell in table.columns}
    person = Cell("name", _("Person"), "")
    table.columns = [person if name == "name" else labels[name] for name in COLUMNS]
    table.own_row_template, table.is_movable = "stakeholders/matrix_row.html", True
    for row in table.rows:
        assert isinstance(row.row, StakeholderRow)
        row.more["substitute_counts"] = row.row.key in counting
        row.more["by_themselves"] = row.row.key in themselves
        row.more["scope"] = scope_in_words(row.row.scope)
        row.cells = [
            cell._replace(text=row.more["scope"], items=()) if cell.name == "scope" else cell for cell in row.cells
        ]
    return table


class Matrix(OfMatrix, SectionPage):
    permission = "view_project"


class Row(OfMatrix, rows.Row):
    permission = "view_project"


class RowNew(OfMatrix, rows.RowNew):
    permission = "manage_stakeholders"

    def add(self, form: RowForm) -> PlanRow:
        return actions.add_stakeholder(
            project=self.project, values=form.values, by=self.user, why=form.cleaned_data["why"]
        )


class RowEdit(OfMatrix, rows.RowEdit):
    permission = "manage_stakeholders"

    def change(self, form: RowForm) -> PlanRow:
        why = form.cleaned_data["why"]
        if self.table == SETTINGS:
            return actions.set_quorum(
                project=self.project,
                quorum=form.values["quorum"],
                by=self.user,
                why=why,
                seen=form.cleaned_data["seen"],
            )
        return actions.change_stakeholder(
            project=self.project,
            key=self.row.key,
            values=form.values,
            by=self.user,
            why=why,
            seen=form.cleaned_data["seen"] or 0,
        )


class RowAside(OfMatrix, rows.RowAside):
    permission = "manage_stakeholders"

    def set_aside(self, because: str, seen: int | None) -> PlanRow:
        assert isinstance(self.row, Stakeholder)
        return actions.change_stakeholder(
            project=self.project,
            key=self.row.key,
            values={"does_not_apply": because},
            by=self.user,
            why=because,
            seen=seen,
        )


class RowRemove(OfMatrix, rows.RowRemove):
    permission = "manage_stakeholders"

    def remove(self, why: str) -> None:
        actions.remove_stakeholder(project=self.project, key=self.row.key, by=self.user, why=why)


class RowConfirm(OfMatrix, rows.RowPage):
    """Somebody put themselves into the matrix: another who keeps it says that they belong there."""

    permission = "manage_stakeholders"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.table != ROWS:
            raise Http404
        try:
            found = actions.confirm_person(project=self.project, key=self.row.key, by=self.user)
        except actions.NotTheirs:
            messages.error(request, _("Somebody else who keeps the matrix confirms you."))
        else:
            messages.success(request, _("Confirmed: %(name)s may sign.") % {"name": found.name or found.email})
        return redirect(f"{self.url}#row-{self.row.key}")


class RowMove(OfMatrix, rows.RowMove):
    permission = "manage_stakeholders"
