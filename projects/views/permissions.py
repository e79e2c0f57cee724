"""The matrix of permissions: who may do what in the portal, ticked for several tiers and saved at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import actions, plan
from projects.actions.access import Wanted
from projects.document import Row, rows
from projects.document.choices import AccessModel
from projects.forms.permissions import BETWEEN, Ticks, ticks_in
from projects.rules.labels import title_of
from projects.rules.permission_matrix import in_order, persona_row, planned_model, tier_row
from projects.tables import TABLES
from projects.views.base import ProjectPage
from projects.views.matrix_words import ShownCell, ShownMatrixRow, columns_of, legend, lines_of, marks_of
from projects.views.plan import section_links
from projects.views.rows import told_of

PER_PAGE = 25
"""So many tiers stand on a page: what it sends stays within the number of fields that a request may have."""


def stored(project: Any, table: str) -> tuple[Any, ...]:
    """The rows of a table of the section, as the document has them."""
    return plan.stored_rows(TABLES["access", table], [project]).get(project.pk, ())


class AccessPage(ProjectPage):
    """Base of the pages of the access plan that stand beside its section."""

    is_abstract = True
    tab = "plan"

    @property
    def may_change(self) -> bool:
        return "change_project" in self.can

    @cached_property
    def settings(self) -> tuple[rows.AccessSettings, ...]:
        return stored(self.project, "settings")

    @property
    def model(self) -> str:
        return planned_model(self.settings)[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "section": "access",
            "section_title": _("Access"),
            "section_url": reverse("projects:section", args=[self.project.slug, "access"]),
            "links": section_links(self.project),
            "may_change": self.may_change,
            "model": self.model,
            "model_name": str(AccessModel(self.model).label),
            "is_decided": planned_model(self.settings)[1],
            "settings_key": self.settings[0].key if self.settings else "",
        }
        return super().get_context_data(**{**own, **kwargs})


class Permissions(AccessPage):
    permission = "view_project"
    template_name = "projects/access/permissions.html"

    typed: Mapping[str, Ticks] = {}
    """Ticks that are not saved."""
    told: Mapping[str, dict[str, Any]] = {}
    """What somebody else did to a tier meanwhile."""
    errors: Mapping[str, list[str]] = {}

    @cached_property
    def stored_tiers(self) -> tuple[rows.Tier, ...]:
        return stored(self.project, "tiers")

    @cached_property
    def all_tiers(self) -> list[rows.Tier]:
        found = [row for row in self.stored_tiers if not row.does_not_apply]
        return sorted(found, key=lambda row: (row.number, row.region))

    @cached_property
    def page(self) -> Page[rows.Tier]:
        wanted = self.request.POST.get("page") or self.request.GET.get("page")
        return Paginator(self.all_tiers, PER_PAGE).get_page(wanted)

    @cached_property
    def seen(self) -> dict[str, int]:
        found = TABLES["access", "tiers"].model._default_manager.filter(project=self.project)
        return dict(found.values_list("key", "changed_seq"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{**self.matrix(), "page": self.page, "query": "", "rows_then": self.rows_then(), **kwargs}
        )

    def matrix(self) -> dict[str, Any]:
        """The columns, and the rows as they are ticked now."""
        tiers = [self._as_typed(row) for row in self.page]
        roles, personas = stored(self.project, "assignments"), stored(self.project, "personas")
        held = {key for row in self.page for key in (*row.permissions, *self._typed_keys(row))}
        columns = columns_of(self.model, self.project.plan, held)
        keys = [column.key for column in columns]
        found = [
            (row, persona_row(row, map(self._as_typed, self.all_tiers), roles, self.model, keys))
            for row in personas
            if not row.does_not_apply
        ]
        return {
            "columns": columns,
            "groups": [(column.group, sum(c.group == column.group for c in columns)) for column in columns if column.is_first],
            "tiers": [self._shown(row, tier_row(row, roles, self.model, keys), columns) for row in tiers],
            "personas": [self._shown(row, one, columns) for row, one in found if one],
            "legend": legend(),
            "unsaved": [key for key, ticks in self.typed.items() if ticks.is_changed],
        }  # fmt: skip

    def _typed_keys(self, row: rows.Tier) -> frozenset[str]:
        ticks = self.typed.get(row.key)
        return ticks.now & set(row.permissions) if ticks else frozenset()

    def _as_typed(self, row: rows.Tier) -> rows.Tier:
        """The tier as it would be with the ticks that are not saved."""
        ticks = self.typed.get(row.key)
        if ticks is None or ticks.now == set(row.permissions):
            return row
        return row.replaced(permissions=tuple(in_order(ticks.now, self.model)))

    def rows_then(self) -> tuple[Row, ...] | None:
        """The table of tiers with the ticks that are not saved; None if they change nothing."""
        if self.model == "basic" or not self.typed:
            return None
        then = tuple(self._as_typed(row) for row in self.stored_tiers)
        return then if then != self.stored_tiers else None

    def _shown(self, row: Any, one: Any, columns: list[Any]) -> ShownMatrixRow:
        is_persona = isinstance(row, rows.Persona)
        cells = [
            ShownCell(column, cell, marks_of(cell, is_persona=is_persona))
            for column, cell in zip(columns, one.cells, strict=True)
        ]
        ticks = self.typed.get(row.key)
        more: dict[str, Any] = {"errors": self.errors.get(row.key, ()), "told": self.told.get(row.key)}
        if not is_persona:
            more |= {
                "was": BETWEEN.join(ticks.was if ticks else row.permissions),
                "seen": ticks.seen if ticks else self.seen.get(row.key, 0),
                "is_as_recommended": one.is_as_recommended,
            }
        sub = row.duties if is_persona else row.name
        lines = lines_of(one, row.tasks, self.model, is_persona=is_persona)
        return ShownMatrixRow(row.key, title_of(row), sub, cells, lines, more)

    def again(self, status: int) -> HttpResponse:
        """The page with all that was ticked, after what is stored was read anew."""
        for name in ("stored_tiers", "all_tiers", "page", "seen"):
            self.__dict__.pop(name, None)
        return self.render_to_response(self.get_context_data(), status=status)


class PermissionsDeed(Permissions):
    """Base of what is sent from the matrix."""

    permission = "change_project"
    is_abstract = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("projects:permissions", self.project.slug)

    @property
    def url(self) -> str:
        address = reverse("projects:permissions", args=[self.project.slug])
        return f"{address}?page={self.page.number}" if self.page.number > 1 else address


class PermissionsEffect(PermissionsDeed):
    """The matrix as it is ticked, and what saving it would do to signatures. Nothing is written."""

    permission = "change_project"
    template_name = "projects/access/matrix_part.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.typed = ticks_in(request.POST)
        return self.render_to_response(self.get_context_data())


class SavePermissions(PermissionsDeed):
    """All tiers in one transaction; if somebody was faster on one of them, nothing is saved and nothing is lost."""

    permission = "change_project"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.typed = ticks_in(request.POST)
        names = {row.key: title_of(row) for row in self.all_tiers}
        wanted = {key: Wanted(one.now, one.seen) for key, one in self.typed.items() if one.is_changed}
        rows_then = self.rows_then()
        said = render_to_string(
            "projects/access/saved.html", {"project": self.project, "rows_then": rows_then, "n": len(wanted)}
        )
        try:
            changed = actions.set_permissions(
                project=self.project, wanted=wanted, by=self.user, why=request.POST.get("why", "").strip()[:1000]
            )
        except actions.TiersMoved as error:
            return self.moved(error, names)
        except ValidationError as error:
            self.errors = error.message_dict
            return self.again(422)
        if changed:
            messages.success(request, said)
        else:
            messages.info(request, _("Nothing was ticked or unticked, so nothing is saved."))
        return redirect(self.url)

    def moved(self, error: actions.TiersMoved, names: Mapping[str, str]) -> HttpResponse:
        typed = dict(self.typed)
        for key in error.gone:
            typed.pop(key)
            said = _("%(tier)s was removed meanwhile. Nothing was saved: press Save again for the others.")
            messages.warning(self.request, said % {"tier": names.get(key, _("A tier"))})
        told = {}
        for one in error.moved:
            theirs = frozenset(one.row.permissions)  # type: ignore[attr-defined]
            key = one.row.key
            typed[key] = Ticks(now=typed[key].over(theirs), was=theirs, seen=one.row.changed_seq)
            told[key] = {"told": told_of(TABLES["access", "tiers"], key, one.entries), "how": "edit"}
        self.typed, self.told = typed, told
        return self.again(409)


class RecommendPermissions(PermissionsDeed):
    """Take the recommended permissions: of one tier, of all, or with the tiers and personas that are missing."""

    permission = "change_project"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed, key = ticks_in(request.POST), request.POST.get("take", "")
        taken = actions.recommend(
            project=self.project,
            by=self.user,
            keys=None if key in {"all", "missing"} else [key],
            with_missing=key == "missing",
        )
        if taken.changed or taken.added:
            messages.success(request, _taken_words(taken))
        else:
            messages.info(request, _("Everything is as recommended already: nothing changed."))
        touched = {row.key for row in taken.changed}
        self.typed = {key: ticks for key, ticks in typed.items() if ticks.is_changed and key not in touched}
        if self.typed:
            messages.warning(request, _("Your other ticks are still here, and not saved yet."))
            return self.again(200)
        if request.POST.get("back") == "section":
            return redirect(f"{reverse('projects:section', args=[self.project.slug, 'access'])}#table-tiers")
        return redirect(self.url)


def _taken_words(taken: actions.Taken) -> str:
    said = []
    if n := len(taken.changed):
        said.append(
            ngettext("%(n)s tier has the recommended permissions.", "%(n)s tiers have the recommended permissions.", n)
            % {"n": n}
        )
    if taken.added:
        said.append(_("Added: %(names)s.") % {"names": ", ".join(taken.added)})
    return " ".join(said)
