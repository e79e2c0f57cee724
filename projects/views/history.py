"""Who changed what, when, before and after, and why."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import plan
from projects.document import ProjectFacts
from projects.models import Project
from projects.rules.story import day_of, section_name, sentence
from projects.rules.told import FieldChange, changes_of, parsed
from projects.tables import TABLES
from projects.views.base import ProjectPage
from tenants.models import LedgerEntry, User

PER_PAGE = 50
ROWS_TOLD = 20
"""So many rows of one deed are told; of more, their number."""
ITSELF = "mdeprep"
"""Whose entries are the product's own."""
NUMBER = re.compile(r"[0-9]{1,18}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class History(ProjectPage):
    permission = "view_project"
    template_name = "projects/history.html"
    tab = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        section, person = self.request.GET.get("section", ""), self.request.GET.get("person", "")
        page = self._page(section, person)
        return super().get_context_data(
            page=page,
            entries=[told(self.project, entry) for entry in page],
            section=section,
            person=person,
            sections=[(name, section_name(name)) for name in plan.section_names(self.project)],
            people=self._people(),
            query=f"{urlencode({'section': section, 'person': person})}&" if section or person else "",
            **kwargs,
        )

    def _page(self, section: str, person: str) -> Page[LedgerEntry]:
        entries = LedgerEntry.objects.of(self.project).order_by("-seq")
        if section:
            entries = entries.filter(sections__contains=f" {section} ")
        if person == ITSELF:
            entries = entries.filter(actor_id=None)
        elif person:
            entries = entries.filter(actor_id=int(person)) if NUMBER.fullmatch(person) else entries.none()
        return Paginator(entries, PER_PAGE).get_page(self.request.GET.get("page"))

    def _people(self) -> list[tuple[str, str]]:
        """Everybody who is in this history, by the name of today."""
        ids = set(LedgerEntry.objects.of(self.project).order_by().values_list("actor_id", flat=True).distinct())
        people = [(str(user.pk), str(user)) for user in User.objects.filter(pk__in=[pk for pk in ids if pk])]
        return [*people, (ITSELF, "mdeprep")] if None in ids else people


def told(project: Project, entry: LedgerEntry) -> dict[str, Any]:
    """An entry as the page shows it. The name is the one that the person had then."""
    body = parsed(entry.body)
    what, sections = body["what"], list(body["sections"])
    is_whole_row = entry.verb in ("added", "removed")
    return {
        "seq": entry.seq,
        "at": entry.at,
        "who": body["actor"]["name"] or body["actor"]["email"] if body["actor"] else "mdeprep",
        "says": sentence(entry.verb, what, sections),
        "changes": [one for one in _changes(what, sections) if {one.before, one.after} != {"–"}],
        "is_whole_row": is_whole_row,
        "is_removal": entry.verb == "removed",
        "why": "" if "does_not_apply" in (what.get("after") or {}) else what.get("why", ""),
        "is_material": entry.is_material,
        "moved": [section_name(name) for name in what.get("moved") or ()],
        "url": _url(project, what, sections),
        "hash": entry.hash,
    }


def _changes(what: dict[str, Any], sections: list[str]) -> tuple[FieldChange, ...]:
    if isinstance(rows := what.get("rows"), list) and rows:  # elsewhere a number: how many an import read
        return _changes_of_rows(rows, sections)
    table = TABLES.get((sections[0], str(what.get("table")))) if len(sections) == 1 else None
    if table is not None:
        return changes_of(table.row, what)
    if (
        "table" not in what
        and isinstance(what.get("after"), dict)
        and set(what["after"]) <= set(ProjectFacts.__struct_fields__)
    ):
        return changes_of(ProjectFacts, what)
    return _unknown_changes(what)


def _changes_of_rows(rows: list[dict[str, Any]], sections: list[str]) -> tuple[FieldChange, ...]:
    """What happened to the first rows of a deed that changed several, and how many there are beside them."""
    found: list[FieldChange] = []
    for row in rows[:ROWS_TOLD]:
        told = [one for one in _changes(row, sections) if {one.before, one.after} != {"–"}]
        if row["before"] is None:
            found.append(FieldChange("", row["title"], "–", ", ".join(f"{one.label} {one.after}" for one in told)))
        elif row["after"] is None:
            found.append(FieldChange("", row["title"], ", ".join(f"{one.label} {one.before}" for one in told), "–"))
        else:
            found += [one._replace(label=f"{row['title']}, {one.label}") for one in told]
    if more := len(rows) - ROWS_TOLD if len(rows) > ROWS_TOLD else 0:
        found.append(FieldChange("", _("Further rows"), "", f"{more:,}"))
    return tuple(found)


def _unknown_changes(what: dict[str, Any]) -> tuple[FieldChange, ...]:
    """Before and after of a table that this app does not know, by the names of its fields."""
    before, after = what.get("before"), what.get("after")
    if not isinstance(before, dict) and not isinstance(after, dict):
        return ()
    was, now = before or {}, after or {}
    names = [*was, *(name for name in now if name not in was)]
    return tuple(
        FieldChange(name, name.replace("_", " ").capitalize(), _said(was.get(name)), _said(now.get(name)))
        for name in names
        if was.get(name) != now.get(name)
    )


def _said(value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, str) and DAY.fullmatch(value):
        return day_of(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _url(project: Project, what: dict[str, Any], sections: list[str]) -> str:
    """Where the row stands, if it is one of the plan's and was not removed."""
    if len(sections) != 1 or (sections[0], str(what.get("table"))) not in TABLES or what.get("after") is None:
        return ""
    if TABLES[sections[0], what["table"]].is_ranked:
        return f"{reverse('projects:device_groups', args=[project.slug])}?row={what['key']}#row-{what['key']}"
    return f"{reverse('projects:section', args=[project.slug, sections[0]])}#row-{what['key']}"
