"""The pages of a plan: one per section, with its tables, sums and pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from projects import plan
from projects.document import SECTIONS, Row, Section, applies, content_tables
from projects.models import Project, SectionOwner
from projects.rules.estate import GROUPS
from projects.tables import Table, of_section
from projects.views.base import ProjectPage, ProjectView
from projects.views.device_groups import first_rows
from projects.views.panels import ANSWERED_BY, Tables, panels
from projects.views.shown import ShownRow, ShownTable, shown_table
from tenants.models import LedgerEntry

REFRESHED = ["#messages", "#section-head", "#section-signatures", "#section-notices", "#section-checks"]
"""Parts of the page that every saved row refreshes, whatever else is open for editing."""

ALSO_REFRESHED = {
    "environment": [
        "#estate-picture",
        "#sum-devices",
        "#sum-all",
        *(f"#sum-{group}" for group in GROUPS),
        *(f"#answer-{key}" for key in ANSWERED_BY),
        "#cdoc-grid",
        "#sources",
    ],
    "licences": ["#cover"],
    "connectivity": ["#destinations"],
}

INSIDE = {"devices": ("#estate-picture", "#sum-"), "topics": ("#answer-",), "cdoc": ("#cdoc-grid",)}
"""Of these the parts that stand inside a table: they come with it when it is swapped as a whole."""


def refreshed(section: str, *, but_inside: str = "") -> str:
    """What a saved row of a section refreshes beside itself; not what stands inside the table `but_inside`."""
    parts = REFRESHED + ALSO_REFRESHED.get(section, [])
    return ",".join(part for part in parts if not part.startswith(INSIDE.get(but_inside, ())))


@dataclass
class Open:
    """What is open for editing on the page: a row of a table (or its empty last line), how, and with which form."""

    table: Table
    key: str
    how: str
    form: forms.Form
    told: list[Any] = field(default_factory=list)
    """What somebody else did to the row meanwhile."""


def section_links(project: Project) -> list[dict[str, str]]:
    """The sections of the plan, for the list beside the page."""
    own = [(name, _(SECTIONS[name].title)) for name in plan.section_names(project) if name in SECTIONS]
    return [
        {"name": name, "title": title, "url": reverse("projects:section", args=[project.slug, name])}
        for name, title in own
    ]


class PlanStart(ProjectView):
    permission = "view_project"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return redirect("projects:section", slug, "environment")


class SectionPage(ProjectPage):
    """A section of the plan; the deeds on its rows answer with the same page, or with a part of it."""

    permission = "view_project"
    template_name = "projects/section.html"

    opened: Open | None = None
    focus = ""
    """Key of the row that was just saved: the keyboard returns to it."""

    @property
    def section(self) -> str:
        name = str(self.kwargs["section"])
        if name not in SECTIONS:
            raise Http404
        if not applies(name, plan.facts(self.project)):
            raise Http404(_("This project is a new deployment: it has no checklist of a migration."))
        return name

    @property
    def tab(self) -> str:  # type: ignore[override]
        return "timeline" if self.section == "timeline" else "plan"

    @property
    def url(self) -> str:
        return reverse("projects:section", args=[self.project.slug, self.section])

    @property
    def may_change(self) -> bool:
        return "change_project" in self.can

    @cached_property
    def content(self) -> Section:
        return plan.read(self.section, [self.project])[self.project.pk]

    @cached_property
    def tables(self) -> Tables:
        style = self.project.terminology
        found = {table.name: shown_table(table, self._rows_of(table), terminology=style) for table in self.own_tables}
        for name, shown in found.items():
            shown.total = len(getattr(self.content, name))
            shown.oob = refreshed(self.section, but_inside=name)
        return found

    def _rows_of(self, table: Table) -> Sequence[Row]:
        """The rows that this page shows: of a long list the first, and the one that it is about."""
        rows: Sequence[Row] = getattr(self.content, table.name)
        wanted = self.focus or str(self.kwargs.get("key", ""))
        return first_rows(rows, wanted) if table.is_ranked else rows

    @property
    def own_tables(self) -> tuple[Table, ...]:
        return of_section(self.section)

    @property
    def title(self) -> str:
        return _(SECTIONS[self.section].title)

    @property
    def body_template(self) -> str:
        return f"projects/sections/{self.section}.html"

    def beside(self) -> dict[str, Any]:
        """What the page has beside its tables."""
        return panels(self.project, self.section, self.content, self.tables)

    def _row_count(self) -> int:
        """The rows that say something, as the overview counts them."""
        tell = content_tables(type(self.content))
        return sum(t.total for name, t in self.tables.items() if name in tell and not t.table.is_single)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        extra = self.beside()
        name = self.section
        kwargs.pop("section", None)
        return super().get_context_data(
            section=name,
            section_title=self.title,
            section_url=self.url,
            links=section_links(self.project),
            tables=self.tables,
            row_count=self._row_count(),
            owner=self._owner(),
            last_change=self._last_change(),
            may_change=self.may_change,
            opened=self.opened,
            focus=self.focus,
            body_template=self.body_template,
            oob=refreshed(name),
            **extra,
            **kwargs,
        )

    def _owner(self) -> SectionOwner | None:
        owners = SectionOwner.objects.filter(project=self.project, section=self.section)
        return owners.select_related("person", "team").first()

    def _last_change(self) -> dict[str, Any] | None:
        """The newest entry. One change may make several entries, so it is material if anything was on that day."""
        entries = LedgerEntry.objects.of(self.project).filter(sections__contains=f" {self.section} ").order_by("-seq")
        material = entries.filter(is_material=True).values("at")[:1]
        entry = entries.annotate(material_at=Subquery(material)).values_list("at", "body", "material_at").first()
        if entry is None:
            return None
        at, body, material_at = entry
        actor = json.loads(body)["actor"]
        is_material = material_at is not None and localdate(material_at) == localdate(at)
        return {"at": at, "by": actor["name"] if actor else "", "is_material": is_material}

    def shown(self, table: Table, key: str) -> ShownRow | None:
        rows = self.tables[table.name].rows
        return next((row for row in rows if row.key == key), None)

    def shown_of(self, table: Table) -> ShownTable:
        return self.tables[table.name]
