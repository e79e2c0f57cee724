"""Deeds on the rows of a plan. Each works as a whole page without script, and as a part of the page with it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from projects import actions
from projects.document import as_json
from projects.forms import AsideForm, CountField, RowForm, Surroundings, WhyForm
from projects.models import PlanRow
from projects.rules.told import FieldChange, about, changes_of, parsed
from projects.tables import Table
from projects.views import device_groups
from projects.views.around import surroundings
from projects.views.effect import effect_of
from projects.views.plan import Open, SectionPage
from tenants.models import LedgerEntry

UNSORTED = {"topics", "devices", "engines", "cdoc", "siem", "protections", "impacts", "entitlements", "routes"}
"""Tables in which a saved row stays where it is; of the others the whole table is swapped."""

PANEL_OF = {"assignments": "personas"}
"""Tables that stand in the panel of another."""


class RowPage(SectionPage):
    """Base of the deeds on one row or table of a section."""

    permission = "view_project"
    is_abstract = True
    form_class = RowForm

    @cached_property
    def table(self) -> Table:
        table = next((one for one in self.own_tables if one.name == self.kwargs["table"]), None)
        if table is None:
            raise Http404
        return table

    @cached_property
    def row(self) -> PlanRow:
        row = actions.find(self.table, self.project, str(self.kwargs["key"]))
        row.project = self.project
        return row

    @property
    def around(self) -> Surroundings:
        return surroundings(self.project, self.table)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except actions.RowGone:
            return self.gone()

    # Answers
    def open(
        self, how: str, form: forms.Form, *, key: str | None = None, told: list[Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """The page with this row open; of a page that stands already, the row alone."""
        if isinstance(form, RowForm):
            form.focus()
        self.opened = Open(self.table, self.row.key if key is None else key, how, form, told or [])
        template = "projects/open.html" if self.request.htmx else self.template_name  # type: ignore[attr-defined]
        context = self.get_context_data(shown=self.shown_of(self.table), row=self._opened_row())
        return self.response_class(self.request, [template], context, status=status)

    def _opened_row(self) -> Any:
        return self.shown(self.table, self.opened.key) if self.opened else None

    def done(self, key: str = "", *, said: str = "", whole_table: bool = False) -> HttpResponse:
        """Back to the page, at the row. With script: the row or its table, and all that depends on it."""
        if said:
            messages.success(self.request, said)
        if not self.request.htmx:  # type: ignore[attr-defined]
            return redirect(self._place(key))
        self.focus = key
        if self._is_in_pages:
            return self._page_of_groups(key)
        response = self.response_class(self.request, ["projects/section_body.html"], self.get_context_data())
        whole_table = whole_table or self.table.name not in UNSORTED
        panel = f"#table-{PANEL_OF.get(self.table.name, self.table.name)}"
        row = f'[id="row-{key or self.kwargs.get("key")}"]'  # a key may have a dot: ubuntu-22.04
        place = panel if whole_table else row
        response["HX-Retarget"] = response["HX-Reselect"] = place
        response["HX-Reswap"] = "outerHTML"
        return response

    def _place(self, key: str) -> str:
        """Where a row stands: on its page of a list in pages, or on that of the section."""
        if not key:
            return f"{self.url}#table-{self.table.name}"
        url = self.url
        if self.table.is_ranked and self.shown_of(self.table).total > device_groups.ON_SECTION:
            url = f"{device_groups.page_url(self.project)}?row={key}"
        return f"{url}#row-{key}"

    @property
    def _is_in_pages(self) -> bool:
        """Whether the deed was done on the page that lists device groups, and is answered with a part of that."""
        there = urlsplit(self.request.htmx.current_url or "").path  # type: ignore[attr-defined]
        return self.table.is_ranked and there == device_groups.page_url(self.project)

    def _page_of_groups(self, key: str) -> HttpResponse:
        asked = QueryDict(urlsplit(self.request.htmx.current_url or "").query)  # type: ignore[attr-defined]
        context = device_groups.context_of(self.project, asked, self.can, key)
        context |= {"project": self.project, "can": self.can, "focus": self.focus, "opened": None}
        response = self.response_class(self.request, ["projects/access/device_groups_body.html"], context)
        response["HX-Retarget"] = response["HX-Reselect"] = f"#table-{self.table.name}"
        response["HX-Reswap"] = "outerHTML"
        return response

    def gone(self) -> HttpResponse:
        """Somebody removed the row: say who and when, and keep what was typed."""
        key = str(self.kwargs["key"])
        told = [one for one in told_of(self.table, key, self._entries_of(key)) if one["is_removal"]]
        if self.request.method != "POST" or not told or not hasattr(self, "typed"):
            messages.warning(self.request, _gone_words(told))
            return redirect(f"{self.url}#table-{self.table.name}")
        form = self.form_class(table=self.table, project=self.project, around=self.around)
        form.start_with(self.typed)
        return self.open("new", form, key="", told=told[-1:], status=409)

    def _entries_of(self, key: str) -> list[LedgerEntry]:
        entries = LedgerEntry.objects.of(self.project).filter(sections__contains=f" {self.section} ")
        return list(entries.filter(body__contains=f'"key":"{key}"').order_by("seq"))


class Row(RowPage):
    """One row as it stands: the part of a page that "Keep as it is" brings back."""

    permission = "view_project"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = self.row.key
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect(f"{self.url}#row-{key}")
        self.focus = key
        context = self.get_context_data(shown=self.shown_of(self.table), row=self.shown(self.table, key))
        return self.response_class(request, ["projects/one_row.html"], context)


class RowNew(RowPage):
    permission = "change_project"

    def _form(self, data: Any = None) -> RowForm:
        if self.table.is_fixed:
            raise Http404
        form = self.form_class(data, table=self.table, project=self.project, around=self.around)
        if data is None:
            form.start_with(self.request.GET)
        return form

    def add(self, form: RowForm) -> PlanRow:
        return actions.add_row(
            project=self.project, table=self.table, values=form.values, by=self.user, why=form.cleaned_data["why"]
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.open("new", self._form(), key="")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.open("new", form, key="", status=422)
        try:
            row = self.add(form)
        except ValidationError as error:
            form.refuse(error)
            return self.open("new", form, key="", status=422)
        return self.done(row.key, whole_table=True)


class RowEdit(RowPage):
    permission = "change_project"

    def _form(self, data: Any = None) -> RowForm:
        return self.form_class(data, table=self.table, project=self.project, row=self.row, around=self.around)

    def change(self, form: RowForm) -> PlanRow:
        told: dict[str, Any] = {
            "project": self.project,
            "key": self.row.key,
            "values": form.values,
            "by": self.user,
            "why": form.cleaned_data["why"],
            "seen": form.cleaned_data["seen"] or 0,
        }
        if self.table.name == "devices":
            return actions.type_count(**told)
        return actions.change_row(table=self.table, **told)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.open("edit", self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.typed = request.POST
        form = self._form(request.POST)
        if not form.is_valid():
            return self.open("edit", form, status=422)
        try:
            row = self.change(form)
        except actions.RowMoved as moved:
            return self.moved(moved, form)
        except ValidationError as error:
            form.refuse(error)
            return self.open("edit", form, status=422)
        return self.done(row.key, whole_table="system" in form.fields)

    def moved(self, moved: actions.RowMoved, form: RowForm) -> HttpResponse:
        """Somebody else was faster: say what they did, keep what was typed, and let it be saved knowingly."""
        told = told_of(self.table, moved.row.key, moved.entries)
        initial = merged(self.table, moved.row, form.values, [change for one in told for change in one["changes"]])
        again = self.form_class(
            table=self.table,
            project=self.project,
            row=moved.row,
            around=self.around,
            initial={**initial, "why": form.cleaned_data["why"]},
        )
        return self.open("edit", again, told=told, status=409)


class RowEffect(RowPage):
    """What saving a count would do, said before it is saved."""

    permission = "change_project"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.table.name != "devices":
            raise Http404
        try:
            count = CountField().clean(request.GET.get("count", ""))
        except ValidationError as error:
            return self.response_class(request, ["projects/rows/effect_wrong.html"], {"messages_of": error.messages})
        effect = effect_of(self.project, self.content, self.row.key, int(count or 0))  # type: ignore[arg-type]
        return self.response_class(
            request, ["projects/rows/effect.html"], {"effect": effect, "project": self.project, "section": self.section}
        )


class RowAside(RowPage):
    """Say that a row does not apply, and why; or take that back."""

    permission = "change_project"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AsideForm(initial={"because": self.row.does_not_apply, "seen": self.row.changed_seq})
        return self.open("aside", form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "applies" in request.POST:
            return self._set("", None)
        form = AsideForm(request.POST)
        if not form.is_valid():
            return self.open("aside", form, status=422)
        try:
            return self._set(form.cleaned_data["because"], form.cleaned_data["seen"])
        except actions.RowMoved as moved:
            again = AsideForm(initial={"because": form.cleaned_data["because"], "seen": moved.row.changed_seq})
            return self.open("aside", again, told=told_of(self.table, moved.row.key, moved.entries), status=409)
        except ValidationError as error:
            form.add_error("because", error.messages)
            return self.open("aside", form, status=422)

    def _set(self, because: str, seen: int | None) -> HttpResponse:
        return self.done(self.set_aside(because, seen).key, whole_table=True)

    def set_aside(self, because: str, seen: int | None) -> PlanRow:
        return actions.set_aside(
            project=self.project, table=self.table, key=self.row.key, because=because, by=self.user, seen=seen
        )


class RowRemove(RowPage):
    """Asks once; the history keeps what the row said."""

    permission = "change_project"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._only_if_removable()
        return self.open("remove", WhyForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._only_if_removable()
        shown = self.shown(self.table, self.row.key)
        form = WhyForm(request.POST)
        why = form.cleaned_data["why"] if form.is_valid() else ""
        try:
            self.remove(why)
        except ValidationError as error:
            form.add_error("why", error.messages)
            return self.open("remove", form, status=422)
        for name in ("content", "tables"):
            self.__dict__.pop(name, None)
        name = shown.title if shown else self.row.key
        return self.done(
            said=_("“%(row)s” was removed. The history keeps what it said.") % {"row": name}, whole_table=True
        )

    def remove(self, why: str) -> None:
        actions.remove_row(project=self.project, table=self.table, key=self.row.key, by=self.user, why=why)

    def _only_if_removable(self) -> None:
        if self.table.is_fixed:
            raise Http404


class RowMove(RowPage):
    """One place up or down. The order is wording, and touches no signature; a rank is a field, and does."""

    permission = "change_project"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key, up = self.row.key, request.POST.get("way") == "up"
        if self.table.is_ranked:
            actions.move_device_group(project=self.project, key=key, up=up, by=self.user)
        else:
            actions.move_row(project=self.project, table=self.table, key=key, up=up, by=self.user)
        return self.done(key, whole_table=True)

    http_method_names = ["post", "options"]


def told_of(table: Table, key: str, entries: list[LedgerEntry]) -> list[dict[str, Any]]:
    """Who changed what and when, for the person who comes second."""
    found = []
    for entry in entries:
        body = parsed(entry.body)
        what = about(body["what"], key)
        found.append(
            {
                "who": body["actor"]["name"] if body["actor"] else "mdeprep",
                "at": entry.at,
                "is_removal": what.get("after", {}) is None,
                "why": body["what"].get("why", ""),
                "changes": changes_of(table.row, what),
            }
        )
    return found


def _gone_words(told: list[dict[str, Any]]) -> str:
    if not told:
        return _("This row is gone.")
    return _("%(who)s removed this row. The history keeps what it said.") % {"who": told[-1]["who"]}


def merged(table: Table, row: PlanRow, typed: Mapping[str, Any], moved: list[FieldChange]) -> dict[str, Any]:
    """What to show to the second of two editors: what they typed, and the other's value where they typed nothing.

    A field was typed in if it differs from what the row said when the second editor opened it, which is what the
    first change of that field says it was before.
    """
    was: dict[str, Any] = {}
    for change in moved:
        was.setdefault(change.name, change.was)
    now = {name: getattr(row, name) for name in typed}
    return {
        name: value if as_json(value) != was.get(name, as_json(now[name])) else now[name]
        for name, value in typed.items()
    }
