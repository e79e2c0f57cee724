"""What home shows a person: their projects as last judged, what waits for them, and for whom they wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Window
from django.utils.translation import gettext as _

from projects.models import Owed, Project
from readiness import shown
from readiness.links import address, path
from readiness.rules.verdict import State
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import Membership, Provider, User

MOST_ON_HOME, MOST_A_PAGE = 10, 25
MOST_LINES = 8
MOST_PAGES = 1_000_000
ARCHIVED = "archived"
"""Chosen in the list beside the states: not one of them, for a verdict goes on being what it was."""
WORST_FIRST = [State.STOPPED, State.WAITS, State.ALMOST_READY, State.CAN_START, State.UNDER_WAY, State.NOT_STARTED]

_COLUMNS = (
    "pk", "slug", "name", "tenant_id", "tenant__name", "tenant__time_zone", "lead_id", "lead__name", "ledger_seq",
    "verdict__ledger_seq", "verdict__state", "verdict__blockers", "verdict__line",
)  # fmt: skip


def state_words() -> dict[str, str]:
    return {
        State.STOPPED: _("Stopped"),
        State.WAITS: _("Waits"),
        State.ALMOST_READY: _("Almost ready"),
        State.CAN_START: _("Can start"),
        State.UNDER_WAY: _("Under way"),
        State.NOT_STARTED: _("Not started"),
    }


class ProjectLine(NamedTuple):
    """A project in a list. The verdict is what is stored: it is never recomputed here, `is_behind` marks it."""

    pk: int
    slug: str
    name: str
    tenant_id: int
    tenant: str
    lead_id: int | None
    lead: str
    is_behind: bool
    state: str = ""
    blockers: int = 0
    stops: str = ""
    waits_for: tuple[tuple[str, int], ...] = ()
    next_date: tuple[str, date] | None = None
    waits: Collection[Mapping[str, Any]] = ()
    failing: Collection[Mapping[str, Any]] = ()
    """Open requests, and failed blockers and warnings: filled on home only."""

    @property
    def url(self) -> str:
        return path("readiness:overview", slug=self.slug)

    @property
    def days(self) -> int:
        return max((days for _who, days in self.waits_for), default=0)

    def failed(self, *severities: str) -> list[Mapping[str, Any]]:
        return [finding for finding in self.failing if finding["severity"] in severities]


def listed(user: User) -> QuerySet[Project]:
    """The projects whose plan the person may read; worst first is the page's business."""
    return Project.objects.permitting(user, "view_project").listed().order_by("name", "pk")


def archived(user: User) -> QuerySet[Project]:
    """Those that were taken out of the lists and can be restored."""
    found = Project.objects.permitting(user, "view_project").filter(is_hidden=False).exclude(archived_at=None)
    return found.order_by("name", "pk")


def searched(projects: QuerySet[Project], *, words: str, state: str) -> QuerySet[Project]:
    """Narrow a list by words in the name of project or tenant, and by state."""
    if words:
        projects = projects.filter(Q(name__icontains=words) | Q(tenant__name__icontains=words))
    return projects.filter(verdict__state=state) if state else projects


def first_lines(user: User) -> list[ProjectLine]:
    """The lines of home, with what waits for somebody; one more than is shown, so that home knows of others."""
    return _lines(_first_rows.rows(user.pk))


class _CountedPages(Paginator):  # type: ignore[type-arg]
    """Pages of ids whose query brings the total along: `count` asks nothing."""

    def get_page(self, number: Any) -> Page[Any]:
        text = number or "1"
        if not text.isdecimal() or not 0 < int(text) < MOST_PAGES:
            return super().get_page(number)
        start = (int(text) - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page])
        if not rows:  # beyond the end, or nothing at all
            return super().get_page(number)
        self.__dict__["count"] = rows[0][1]
        return Page(rows, int(text), self)


def page_of(projects: QuerySet[Project], number: Any) -> tuple[Page[Any], list[ProjectLine]]:
    """One page of a list, and its lines: first which they are and how many there are in all, then what they say."""
    found = projects.annotate(total=Window(Count("pk"))).values_list("pk", "total")
    page = _CountedPages(found, MOST_A_PAGE).get_page(number)
    return page, _lines(_rows_of.rows([pk for pk, _total in page.object_list]))


def _rows(ids: Any, *more: str) -> QuerySet[Project, tuple[Any, ...]]:
    """The rows of these projects (ids, or a query for them): few are joined, however many were looked through."""
    return Project.objects.filter(pk__in=ids).order_by("name", "pk").values_list(*_COLUMNS, *more)


_first_rows = CompiledQuery(
    lambda user_id: _rows(
        Project.objects.held_by(user_id, "view_project")
        .listed()
        .order_by("name", "pk")
        .values("pk")[: MOST_ON_HOME + 1],
        "verdict__failing",
    )
)


_rows_of = CompiledQuery(lambda ids: _rows(ids))


def _lines(rows: Iterable[tuple[Any, ...]]) -> list[ProjectLine]:
    days: dict[str, date] = {}
    found = []
    for pk, slug, name, tenant_id, tenant, zone, lead_id, lead, seq, judged_seq, *verdict in rows:
        known = (pk, slug, name, tenant_id, tenant, lead_id, lead or "")
        if judged_seq is None:
            found.append(ProjectLine(*known, is_behind=True))
            continue
        today = days.get(zone) or days.setdefault(zone, clock.today(zone))
        state, blockers, line, *more = verdict
        failing = more[0] if more else {}
        found.append(
            ProjectLine(
                *known,
                is_behind=judged_seq < seq or not line,
                state=state,
                blockers=blockers,
                stops=line.get("stops", ""),
                waits_for=tuple((who, (today - date.fromisoformat(day)).days) for who, day in line.get("waits", ())),
                next_date=_next_date(line, today),
                waits=failing.get("waits", ()),
                failing=failing.get("findings", ()),
            )
        )
    return found


def _next_date(line: Mapping[str, Any], today: date) -> tuple[str, date] | None:
    for what, on in line.get("milestones", ()):
        if on >= today.isoformat():
            return what, date.fromisoformat(on)
    return None


def first_deed(lines: Collection[ProjectLine], user: User) -> dict[str, Any] | None:
    """The one thing to do first: the first blocker of the worst project that the person leads or owns."""
    name = user.name  # once: the user of a request is found anew at each look
    stopped = [each for each in lines if each.state == State.STOPPED]
    for each in sorted(stopped, key=lambda found: -found.blockers):
        for finding in each.failed("blocker"):
            if finding["owner"] == name and not finding["is_waiting"]:
                deed = finding["deed"]
                return {
                    "title": finding["title"],
                    "project": each,
                    "blockers": each.blockers,
                    "label": deed["label"] if deed else "",
                    "url": address(deed, each.slug) if deed else "",
                }
    return None


class Waiting(NamedTuple):
    """What is waited for: how many things, and the first few of them."""

    how_many: int
    first: list[dict[str, Any]]

    @property
    def more(self) -> int:
        return self.how_many - len(self.first)


def waiting_for(
    lines: Collection[ProjectLine], user: User, asked_of: Collection[Owed], said: Iterable[dict[str, Any]]
) -> tuple[Waiting, Waiting]:
    """(what waits for the person, what they wait for from others), out of the stored verdicts.

    `asked_of`: what was asked of people outside the plans; an answer waits for the lead of its project. `said`: what
    those who were asked for approval or input said to the person (`said_to`).
    """
    name, email = user.name, user.email
    mine: list[dict[str, Any]] = [
        *said,
        *({"kind": "asked", "asked": each} for each in asked_of if each.is_answered and each.lead_id == user.pk),
    ]
    others: list[dict[str, Any]] = [{"kind": "asked", "asked": each} for each in asked_of if not each.is_answered]
    for each in lines:
        if each.state in {"", State.NOT_STARTED}:
            continue
        others += [{"kind": "approval", "project": each, "wait": w} for w in each.waits if w["email"] != email]
        for finding in each.failing:
            if finding["is_waiting"]:
                continue
            is_mine = finding["owner"] == name
            if not is_mine and finding["severity"] == "warning" and finding["check"] != "milestones_are_met":
                continue
            (mine if is_mine else others).append({"kind": "finding", "project": each, "finding": finding})
    first = others[:MOST_LINES]
    asked = iter(shown.waits([each["wait"] for each in first if each["kind"] == "approval"]))
    told = [{**each, "wait": next(asked)} if each["kind"] == "approval" else _shown(each) for each in first]
    return Waiting(len(mine), [_shown(each) for each in mine[:MOST_LINES]]), Waiting(len(others), told)


def _shown(each: dict[str, Any]) -> dict[str, Any]:
    if each["kind"] != "finding":
        return each
    finding, slug = each["finding"], each["project"].slug
    deed = finding["deed"]
    return {
        **each,
        "since": date.fromisoformat(finding["since"]) if finding["since"] else None,
        "url": address(deed, slug) if deed and not deed["is_post"] else "",
        "label": deed["label"] if deed else "",
    }


def access_that_ends(memberships: Iterable[Membership], customers: Collection[int]) -> list[Provider]:
    """Where the work of the person's own tenants for these customers has a last day; the next first."""
    mine = [each.tenant_id for each in memberships]
    dated = Provider.objects.filter(provider__in=mine, tenant__in=customers, until__gte=clock.now().date())
    return list(dated.select_related("tenant").order_by("until", "tenant__name"))


def may_audit(lines: Iterable[ProjectLine], user: User) -> bool:
    """Whether the register of approvals has anything for the person: a lead has it, others are looked up."""
    if any(each.lead_id == user.pk for each in lines):
        return True
    return Project.objects.permitting(user, "audit_project").exists()


def most_common_blocker(lines: Collection[ProjectLine]) -> dict[str, Any] | None:
    """The check that stops most customers, for whoever works for several: none where each has its own."""
    stopped: dict[str, dict[str, ProjectLine]] = {}
    titles: dict[str, list[tuple[str, str]]] = {}
    for each in lines:
        if each.state in {"", State.NOT_STARTED}:
            continue
        for finding in each.failed("blocker"):
            if finding["is_waiting"]:
                continue
            stopped.setdefault(finding["check"], {})[each.tenant] = each
            titles.setdefault(finding["check"], []).append((each.tenant, finding["title"]))
    check = max(stopped, key=lambda name: len(stopped[name]), default="")
    if len(stopped.get(check, ())) < 2:
        return None
    return {"customers": len(stopped[check]), "cases": titles[check]}
