"""The register of approvals: every answer, what was known then, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from projects.models import Project
from readiness.rules.fate import Fate, Now, fate
from stakeholders.deeds import deeds_since
from stakeholders.models import Decision, Round
from stakeholders.plan import load
from stakeholders.rules.standing import Standing, Vote
from stakeholders.shown import Word, answer_words
from stakeholders.states import standings
from stakeholders.words import in_plan_order, titles
from tenants import clock, ledger
from tenants.models import LedgerEntry, User
from tenants.templatetags.look import day

MOST_ENTRIES_ON_THE_SPOT = 3_000
"""Longer histories are not recomputed while somebody waits: the page says when that was done last."""


class Wanted(NamedTuple):
    """What is looked at: days are included, in the time zone of each tenant; `person` is part of a name or address."""

    since: date | None = None
    until: date | None = None
    project: int | None = None
    person: str = ""


@dataclass
class Line:
    """One decision. `answers`: (word, section titles); `became`: (state for its icon, words, section titles)."""

    decision: Decision
    project: Project
    answers: list[tuple[Word, str]]
    became: list[tuple[str, str, str]] = field(default_factory=list)
    blockers: int = 0
    warnings: int = 0

    @property
    def sections(self) -> str:
        return titles(self.decision.answers)

    @property
    def digests(self) -> dict[str, str]:
        return in_plan_order(self.decision.digests)

    @property
    def for_whom(self) -> str:
        """The person who was asked, if somebody else answered for them; else empty."""
        return str(getattr(self.decision, "for_name", ""))

    @property
    def signed_in_by(self) -> str:
        return signed_in_words(self.decision.authenticated_by)


def signed_in_words(by: str) -> str:
    known = {"code": _("code by mail"), "password": _("password"), "demo": _("card of this demonstration")}
    return known.get(by, by)


def auditable(user: User) -> QuerySet[Project]:
    """The projects whose approvals a person may audit: auditors, and leads for their own."""
    return Project.objects.permitting(user, "audit_project").select_related("tenant").order_by("tenant__name", "name")


def decisions_of(projects: Collection[Project], wanted: Wanted) -> QuerySet[Decision]:
    """The decisions of these projects in a period, newest first."""
    chosen = [p for p in projects if wanted.project in (None, p.pk)]
    found = Decision.objects.filter(project_id__in=[p.pk for p in chosen])
    if wanted.since or wanted.until:
        zones = {p.tenant.time_zone for p in chosen}
        within = Q(pk__in=[])
        for zone in sorted(zones):
            mine = Q(project_id__in=[p.pk for p in chosen if p.tenant.time_zone == zone])
            within |= mine & _within(wanted, zone)
        found = found.filter(within)
    if wanted.person:
        found = found.filter(Q(name__icontains=wanted.person) | Q(email__icontains=wanted.person))
    return found.order_by("-decided_at", "-pk")


def _within(wanted: Wanted, zone: str) -> Q:
    found = Q()
    if wanted.since:
        found &= Q(decided_at__gte=datetime.combine(wanted.since, time.min, ZoneInfo(zone)))
    if wanted.until:
        found &= Q(decided_at__lt=datetime.combine(wanted.until + timedelta(days=1), time.min, ZoneInfo(zone)))
    return found


def lines_of(decisions: Collection[Decision]) -> list[Line]:
    """The lines of a page: a constant number of queries for however many decisions of the same projects."""
    ids = {decision.project_id for decision in decisions}
    projects = {p.pk: p for p in Project.objects.filter(pk__in=ids).select_related("tenant", "lead")}
    found = standings(list(projects.values()), load(list(projects.values())))
    deeds = {
        pk: deeds_since(projects[pk], min(d.decided_at for d in decisions if d.project_id == pk)) for pk in projects
    }
    known = _briefings(decisions)
    made = []
    for decision in decisions:
        project = projects[decision.project_id]
        line = Line(decision, project, _answers(decision))
        line.blockers, line.warnings = known.get((decision.project_id, decision.round_number), (0, 0))
        standing = found[decision.project_id]
        vote = vote_of(decision, standing)
        if vote is not None:
            since = [deed for deed in deeds[project.pk] if deed.at >= decision.decided_at]
            zone = project.tenant.time_zone
            fates = {name: fate(vote, name, standing, since, zone) for name in decision.answers}
            line.became = [(*_in_words(one), titles(names)) for one, names in _grouped(fates).items()]
        made.append(line)
    return made


def vote_of(decision: Decision, standing: Standing) -> Vote | None:
    """The decision as the rules see it."""
    same = (decision.request_id, decision.decided_at, decision.stakeholder_key)
    return next((v for v in standing.votes if (v.request_id, v.at, v.stakeholder_key) == same), None)


def _grouped(fates: dict[str, Fate]) -> dict[Fate, list[str]]:
    found: dict[Fate, list[str]] = {}
    for name, one in fates.items():
        found.setdefault(one, []).append(name)
    return found


def _in_words(one: Fate) -> tuple[str, str]:
    """(state for its icon, words): "until 18 Nov, replaced 23 Nov"."""
    days = {"until": day(one.until), "on": day(one.replaced_on)}
    if one.now == Now.STANDS:
        if one.until:
            return "conditional" if one.is_conditional else "approved", _("stands, ends %(until)s") % days
        return "approved", _("stands")
    if one.now == Now.UNTIL:
        return "stale", _("until %(until)s") % days if one.until else _("no longer covers what is written")
    if one.now == Now.REPLACED:
        if one.until and one.until != one.replaced_on:
            return "withdrawn", _("until %(until)s, replaced %(on)s") % days
        return "withdrawn", _("replaced %(on)s") % days
    if one.now == Now.ANSWERED:
        return "changes", _("answered %(on)s") % {"on": day(one.answered_on)}
    if one.now == Now.TAKEN_BACK:
        return "withdrawn", _("taken back %(on)s") % days
    if one.now == Now.GONE and one.until:
        return "withdrawn", _("until %(until)s, not in the matrix any more") % days
    return {
        Now.OPEN: ("changes", _("still open")),
        Now.GONE: ("withdrawn", _("not in the matrix any more")),
        Now.HEARD: ("calm", _("as said")),
    }[one.now]


def _answers(decision: Decision) -> list[tuple[Word, str]]:
    words, by_answer = answer_words(), dict[str, list[str]]()
    for section, answer in in_plan_order(decision.answers).items():
        by_answer.setdefault(answer, []).append(section)
    return [(words.get(answer) or Word("calm", answer), titles(names)) for answer, names in by_answer.items()]


def _briefings(decisions: Collection[Decision]) -> dict[tuple[int, int], tuple[int, int]]:
    """(project, round) -> how many blockers and warnings stood open when it was sent."""
    rounds = Round.objects.filter(
        project__in={d.project_id for d in decisions}, number__in={d.round_number for d in decisions}
    )
    found = {}
    for project_id, number, text in rounds.values_list("project_id", "number", "briefing"):
        told: dict[str, Any] = json.loads(text)
        found[project_id, number] = (len(told.get("blockers") or ()), len(told.get("warnings") or ()))
    return found


# Is it complete? ------------------------------------------------------------------------------------------------------
class Chain(NamedTuple):
    """Whether the history of a project is whole, as of `checked_at`; and how many of its decisions are not in the table."""

    project: Project
    checked_at: datetime | None
    fault: str
    missing: int

    @property
    def is_whole(self) -> bool:
        return self.checked_at is not None and not self.fault and not self.missing


def chains_of(projects: Collection[Project]) -> list[Chain]:
    """Short histories are recomputed now, long ones are told as they were found last."""
    return [_chain(project) for project in projects]


def _chain(project: Project) -> Chain:
    entries = LedgerEntry.objects.of(project).filter(body__contains='"answers":{')
    missing = (
        entries.filter(body__contains='"digests":{').count() - Decision.objects.filter(project_id=project.pk).count()
    )
    if project.ledger_seq > MOST_ENTRIES_ON_THE_SPOT:
        return Chain(project, project.ledger_checked_at, project.ledger_fault, missing)
    faults = ledger.verify(project)
    told = _("entry %(n)s: %(what)s") % {"n": faults[0].seq, "what": faults[0].what} if faults else ""
    return Chain(project, clock.now(), told, missing)
