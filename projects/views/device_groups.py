"""Device groups: a list in pages, however many there are; their order; many added at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import actions, catalog, plan
from projects.document import Row
from projects.models import DeviceGroup, Project
from projects.rules import device_group_list
from projects.rules.device_group_list import COLUMNS, DEFAULT_GROUP, Problem
from projects.rules.ranks import Ranked, Ranks, ranks_of
from projects.rules.writing import same_name
from projects.tables import TABLES
from projects.views.around import other_groups
from projects.views.base import ProjectPage, ProjectView
from projects.views.shown import ShownTable, shown_table

GROUPS = TABLES["access", "device_groups"]
PER_PAGE, ON_SECTION = 100, 20
LONGEST_SEARCH = 200
PROBLEMS_TOLD = 100
LONGEST_PASTE = 1_000_000
REFRESHED = "#messages"
"""What a saved row refreshes of this page beside the table."""


@dataclass(slots=True)
class Line:
    """A device group as far as the order and the search need it: there may be 2,000 of them."""

    key: str
    name: str
    rank: int
    does_not_apply: str
    granted_to: Sequence[str] = ()

    def mentions(self, text: str) -> bool:
        return any(text in same_name(name) for name in (self.name, *self.granted_to))


def page_url(project: Project) -> str:
    return reverse("projects:device_groups", args=[project.slug])


def first_rows(found: Sequence[Row], wanted: str) -> list[Row]:
    """The highest device groups, as the page of the section shows them; the one that is `wanted` among them."""
    ordered = sorted(found, key=lambda row: row.rank)  # type: ignore[attr-defined]
    return [row for place, row in enumerate(ordered) if place < ON_SECTION or row.key == wanted]


def order_of(groups: Iterable[Ranked]) -> dict[str, Any]:
    """What is said about the ranks, above the table."""
    found = ranks_of(groups)
    return {"ranks": found, "gap_words": _gap_words(found), "limit": _limit()}


def _gap_words(found: Ranks, most: int = 5) -> list[str]:
    said = [
        str(gap.first) if gap.first == gap.last else _("%(first)s to %(last)s") % gap._asdict() for gap in found.gaps
    ]
    return said if len(said) <= most else [*said[:most], _("%(n)s more") % {"n": len(said) - most}]


def _limit() -> dict[str, Any]:
    fact = catalog.fact("group_limits")
    return {"text": fact.text, "source": catalog.source(fact.source)}


@dataclass(frozen=True)
class Found:
    """A page of the device groups of a project, and what is said about all of them."""

    shown: ShownTable
    page: Page[Line]
    search: str
    order: dict[str, Any]
    count: int

    @property
    def query(self) -> str:
        return f"{urlencode({'q': self.search})}&" if self.search else ""


def found(project: Project, asked: QueryDict, wanted: str = "") -> Found:
    """The page that was asked for, in two queries; the one with the row `wanted`, if that is among what was found."""
    rows = DeviceGroup.objects.filter(project=project).order_by("rank", "position", "pk")
    search = asked.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()
    same = same_name(search)
    wanted_of_all = ["key", "name", "rank", "does_not_apply", *(["granted_to"] if same else [])]
    lines = [Line(*each) for each in rows.values_list(*wanted_of_all)]
    hits = [line for line in lines if line.mentions(same)] if same else lines
    paginator = Paginator(hits, PER_PAGE)
    place = next((place for place, line in enumerate(hits) if line.key == (wanted or asked.get("row"))), None)
    page = paginator.get_page(asked.get("page") if place is None else place // PER_PAGE + 1)
    stored = plan.stored_rows(GROUPS, [project], [line.key for line in page]).get(project.pk, ())
    by_key = {row.key: row for row in stored}
    shown = shown_table(GROUPS, [by_key[line.key] for line in page], terminology=project.terminology)
    shown.oob, shown.total = REFRESHED, len(lines)
    return Found(shown, page, search, order_of(lines), len(lines))


class DeviceGroups(ProjectPage):
    permission = "view_project"
    template_name = "projects/access/device_groups_page.html"
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**context_of(self.project, self.request.GET, self.can), **kwargs)


def context_of(project: Project, asked: QueryDict, can: set[str], wanted: str = "") -> dict[str, Any]:
    """What the table of the page is made of; also where a row of it was saved."""
    here = found(project, asked, wanted)
    return {
        "found": here,
        "shown": here.shown,
        "page": here.page,
        "query": here.query,
        "section": GROUPS.section,
        "section_url": page_url(project),
        "may_change": "change_project" in can,
        **here.order,
    }


class CloseRankGaps(ProjectView):
    """Close the gaps in the ranks; or put groups that share a rank into an order: `first`, then the others of `tie`."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        first, tie = request.POST.get("first", ""), request.POST.getlist("tie")
        if first or tie:
            return self._settle(request, [first, *(key for key in tie if key != first)])
        n = actions.close_rank_gaps(project=self.project, by=self.user)
        said = ngettext("%(n)s device group has another rank now.", "%(n)s device groups have another rank now.", n)
        messages.success(request, said % {"n": f"{n:,}"} if n else _("There was no gap: nothing changed."))
        return redirect(page_url(self.project))

    def _settle(self, request: HttpRequest, order: list[str]) -> HttpResponse:
        if actions.settle_tie(project=self.project, order=order, by=self.user):
            messages.success(request, _("Each of them has a rank of its own now, in the order that you chose."))
        else:
            messages.warning(request, _("Somebody ranked them meanwhile. Nothing changed: look again."))
        return redirect(page_url(self.project))


class PasteForm(forms.Form):
    """Device groups as lines of columns."""

    text = forms.CharField(
        max_length=LONGEST_PASTE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code"}),
    )
    why = forms.CharField(max_length=1000, required=False)

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        self.project = project
        self.problems: list[Problem] = []
        self.groups: list[device_group_list.Pasted] = []
        self.fields["text"].label = _("Device groups")
        self.fields["text"].error_messages["required"] = _("Paste the lines here.")
        self.fields["text"].help_text = _("Columns: %(names)s. Separated by commas, semicolons or tabs.") % {
            "names": ", ".join(COLUMNS)
        }
        self.fields["why"].label = _("Why")
        self.fields["why"].help_text = _("Kept with the change, and shown to those who approve.")

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        others = other_groups(self.project)
        self.groups, self.problems = device_group_list.read(
            text,
            device_groups=tuple(others.device_groups.values()),
            entra_groups=others.entra_groups,
            most=GROUPS.most - len(others.device_groups),
        )
        if self.problems:
            n = len(self.problems)
            said = ngettext("%(n)s problem, so nothing was added.", "%(n)s problems, so nothing was added.", n)
            raise ValidationError(said % {"n": f"{n:,}"})
        return text

    @property
    def problems_told(self) -> list[Problem]:
        return self.problems[:PROBLEMS_TOLD]

    @property
    def problems_beside(self) -> int:
        return max(0, len(self.problems) - PROBLEMS_TOLD)


class PasteDeviceGroups(ProjectPage):
    permission = "change_project"
    template_name = "projects/access/device_groups_paste.html"
    tab = "plan"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._answer(PasteForm(project=self.project))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = PasteForm(request.POST, project=self.project)
        if not form.is_valid():
            return self._answer(form, status=422)
        try:
            n = actions.add_device_groups(
                project=self.project, groups=form.groups, by=self.user, why=form.cleaned_data["why"]
            )
        except ValidationError as error:
            form.add_error("text", error.messages)
            return self._answer(form, status=422)
        said = ngettext("%(n)s device group was added.", "%(n)s device groups were added.", n)
        messages.success(request, said % {"n": f"{n:,}"})
        return redirect(page_url(self.project))

    def _answer(self, form: PasteForm, *, status: int = 200) -> HttpResponse:
        context = self.get_context_data(form=form, default_group=DEFAULT_GROUP, most=GROUPS.most, columns=COLUMNS)
        return self.render_to_response(context, status=status)
