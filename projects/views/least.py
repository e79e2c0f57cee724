"""What somebody needs to do, and the least that lets them: tried out, or saved with a persona or tier."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import actions, catalog
from projects.document import rows
from projects.forms.permissions import TasksForm
from projects.models import PlanRow
from projects.rules.labels import permission_name, right_name, title_of
from projects.rules.least import (
    Cover,
    Least,
    Rights,
    entra_carriers,
    least,
    needs_of,
    weight,
    with_implied,
    without_implied,
)
from projects.rules.permission_matrix import in_order, persona_row, present, tier_row
from projects.tables import TABLES
from projects.views.matrix_words import Line, lines_of, tasks_needing
from projects.views.permissions import AccessPage, stored
from projects.views.rows import told_of

OF_ROWS = ("personas", "tiers")
"""Tables whose rows say what their people need to do."""


class ShownRole(NamedTuple):
    """An Entra role of a cover: what it is wanted for."""

    name: str
    older_name: str
    carries: str
    is_privileged: bool


class ShownCover(NamedTuple):
    """Entra roles that carry it together, and what they give too much, the furthest reaching first."""

    roles: tuple[ShownRole, ...]
    excess: tuple[str, ...]

    @property
    def name(self) -> str:
        return _(" and ").join(role.name for role in self.roles)


def shown_cover(cover: Cover, wanted: Rights, model: str) -> ShownCover:
    carriers, known = entra_carriers(model), catalog.entra_roles()
    return ShownCover(
        tuple(
            ShownRole(
                known[key].name,
                known[key].older_name,
                "; ".join(in_words(carriers[key] & wanted)),
                known[key].privileged,
            )
            for key in cover.carriers
        ),
        in_words(cover.excess),
    )


def in_words(rights: Iterable[str]) -> tuple[str, ...]:
    """Rights by name, the furthest reaching first."""
    return tuple(right_name(key) for key in sorted(rights, key=lambda key: (-weight(key), right_name(key))))


class ShownPermission(NamedTuple):
    label: str
    lets: str
    tasks: tuple[str, ...]
    comes_with: str
    is_new: bool


def result_of(tasks: Collection[str], model: str, held: Collection[str] | None) -> dict[str, Any]:
    """What the tasks take, in words. `held` are the permissions of the tier that the page is about."""
    found = least(needs_of(tasks), model)
    outside = found.needed - _carried_by(found)
    beside = found.permissions_beside if held is None else found.permissions
    is_given_already = bool(found.permissions) and not beside
    instead = [cover for cover in found.instead if not (is_given_already and cover.carriers == found.best)]
    return {
        "least": found,
        "permissions": [_permission(key, found, tasks, held) for key in beside],
        "is_given_already": is_given_already,
        "excess": in_words(found.excess),
        "roles": [shown_cover(cover, outside, model) for cover in found.roles],
        "instead": [shown_cover(cover, found.needed, model) for cover in instead],
        "impossible": in_words(found.impossible),
    }


def _carried_by(found: Least) -> Rights:
    """What a role of the portal carries of it."""
    if found.model == "basic":
        return frozenset()
    portal = frozenset(catalog.unified_permissions())
    if found.model == "unified":
        return found.needed & portal
    classic = catalog.classic_permissions()
    return found.needed & with_implied({one for key in found.permissions for one in classic[key].unified})


def _permission(key: str, found: Least, tasks: Collection[str], held: Collection[str] | None) -> ShownPermission:
    permission = catalog.permission(found.model, key)
    with_it = [one for one in found.permissions if one != key and key in with_implied({one}, found.model)]
    has = held is None or key in with_implied(held, found.model)
    return ShownPermission(
        permission.label,
        permission.lets,
        tuple(tasks_needing([key], tasks, found.model)),
        ", ".join(permission_name(one) for one in with_it),
        not has,
    )


def in_order_of(present: Iterable[str], tasks: Collection[str]) -> list[str]:
    """The tasks with those that are there already as they stand: what is ticked and unticked again is as it was."""
    kept = [key for key in present if key in tasks]
    return [*kept, *(key for key in tasks if key not in kept)]


class LeastPage(AccessPage):
    """Choose tasks, see what they take. `?tasks=` tries out; nothing is saved by it."""

    permission = "view_project"
    template_name = "projects/access/least.html"

    told: dict[str, Any] | None = None

    @property
    def row(self) -> PlanRow | None:
        return None

    def form(self) -> TasksForm:
        """What is tried out; of a row, what is saved with it."""
        data = self.request.GET
        if "tasks" in data or "try" in data:
            return TasksForm(data)
        saved = [key for key in getattr(self.row, "tasks", ()) if key in catalog.tasks()]
        return TasksForm(QueryDict(urlencode({"tasks": saved}, doseq=True)))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        is_part = request.htmx and request.htmx.target == "least-result"  # type: ignore[attr-defined]
        self.template_name = "projects/access/least_result.html" if is_part else self.template_name
        return self.answer(form, status=200 if form.is_valid() else 422)

    def answer(self, form: TasksForm, status: int = 200) -> HttpResponse:
        form.full_clean()
        if "tasks" in form.errors:
            chosen = [key for key in form.data.getlist("tasks") if key in catalog.tasks()]  # type: ignore[attr-defined]
        else:
            chosen = form.cleaned_data["tasks"]
        found = self.get_context_data(form=form, chosen=chosen, **self.beside(chosen))
        return self.render_to_response(found, status=status)

    def beside(self, chosen: Collection[str]) -> dict[str, Any]:
        return {"result": result_of(chosen, self.model, None), "told": self.told, "is_saved": False}


class LeastOf(LeastPage):
    """The same for a persona or tier: what it needs to do is saved, and a tier takes the permissions."""

    permission = "view_project"

    @cached_property
    def row(self) -> PlanRow:  # type: ignore[override]
        if self.kwargs["table"] not in OF_ROWS or "\x00" in self.kwargs["key"]:
            raise Http404
        try:
            return actions.find(self.table, self.project, self.kwargs["key"])
        except actions.RowGone:
            raise Http404 from None

    @cached_property
    def assignments(self) -> tuple[rows.Assignment, ...]:
        return stored(self.project, "assignments")

    @property
    def table(self) -> Any:
        return TABLES["access", self.kwargs["table"]]

    @property
    def url(self) -> str:
        return reverse("projects:least_of", args=[self.project.slug, self.table.name, self.row.key])

    def beside(self, chosen: Collection[str]) -> dict[str, Any]:
        document: Any = actions.as_document(self.table, self.row)
        then = document.replaced(tasks=tuple(chosen))
        is_tier = isinstance(document, rows.Tier)
        return {
            "result": result_of(chosen, self.model, document.permissions if is_tier else None),
            "told": self.told,
            "row": self.row,
            "row_title": title_of(document),
            "row_sub": document.name if is_tier else document.duties,
            "table": self.table.name,
            "is_tier": is_tier,
            "is_saved": set(document.tasks) == set(chosen),
            "unknown": [key for key in document.tasks if key not in catalog.tasks()],
            "now": self._now(then),
            "held_roles": [] if is_tier else self._held(then),
        }

    def _now(self, row: Any) -> list[Line]:
        """What the row has today against what it would need."""
        if self.model == "basic" or not row.tasks:
            return []
        roles, columns = self.assignments, list(catalog.permissions_for(self.model))
        if isinstance(row, rows.Tier):
            return lines_of(tier_row(row, roles, self.model, columns), row.tasks, self.model)
        found = persona_row(row, stored(self.project, "tiers"), roles, self.model, columns)
        return lines_of(found, row.tasks, self.model, is_persona=True) if found else []

    def _held(self, persona: rows.Persona) -> list[dict[str, Any]]:
        """The Entra roles that the persona holds, and what each gives beside its work."""
        needed, carriers = needs_of(persona.tasks), entra_carriers(self.model)
        return [
            {
                "name": catalog.entra_role(row.entra_role).name,
                "who": row.assignee,
                "carries": "; ".join(in_words(carriers[row.entra_role] & needed)),
                "excess": in_words(carriers[row.entra_role] - needed),
            }
            for row in present(self.assignments)
            if row.persona == persona.name and row.entra_role in catalog.entra_roles()
        ]


class SaveTasks(LeastOf):
    """Save what a persona or tier needs to do."""

    permission = "change_project"

    def values(self, tasks: list[str]) -> dict[str, Any]:
        return {"tasks": in_order_of(self.row.tasks, tasks)}  # type: ignore[attr-defined]

    def said(self) -> str:
        return _("What %(row)s needs to do is saved.") % {"row": self._title()}

    def _title(self) -> str:
        return title_of(actions.as_document(self.table, self.row))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.url)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TasksForm(request.POST)
        before = self.row.changed_seq
        if not form.is_valid():
            return self.answer(form, status=422)
        try:
            self.row = actions.change_row(
                project=self.project,
                table=self.table,
                key=self.row.key,
                values=self.values(form.cleaned_data["tasks"]),
                by=self.user,
                seen=form.cleaned_data["seen"] or 0,
            )
        except actions.RowMoved as moved:
            return self.moved(moved, form)
        if self.row.changed_seq == before:
            messages.info(request, _("It is so already: nothing is changed."))
        else:
            messages.success(request, self.said())
        return redirect(self.url)

    def moved(self, moved: actions.RowMoved, form: TasksForm) -> HttpResponse:
        """Somebody else was faster: say what they did, and keep what was ticked."""
        self.row = moved.row
        self.told = {"told": told_of(self.table, moved.row.key, moved.entries), "how": "edit"}
        data = self.request.POST.copy()
        data["seen"] = str(moved.row.changed_seq)
        return self.answer(TasksForm(data), status=409)


class TakeLeast(SaveTasks):
    """Give a tier the permissions that its tasks take, and save these tasks with it."""

    permission = "change_project"

    def values(self, tasks: list[str]) -> dict[str, Any]:
        if self.table.name != "tiers" or self.model == "basic":
            raise Http404
        permissions = without_implied(least(needs_of(tasks), self.model).permissions, self.model)
        return {**super().values(tasks), "permissions": in_order(permissions, self.model)}

    def said(self) -> str:
        return _("%(row)s has the permissions that its work takes, and no more.") % {"row": self._title()}
