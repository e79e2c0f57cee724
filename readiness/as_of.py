"""A project as of any day: the plan, its signatures and its status then, and what each of them rests on."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from projects import plan
from projects.document import digest
from projects.document.choices import Phase
from projects.document.rows import Route
from projects.ledger import LAYING
from projects.models import Project, SectionOwner
from readiness.judge import policy_of
from readiness.models import VerdictChange
from readiness.rules.findings import Subject
from readiness.rules.rewind import CannotUndo, digests_at, kept_at, undone
from readiness.rules.verdict import Judgement, judge
from stakeholders.document import Document
from stakeholders.models import Request, Revision
from stakeholders.plan import as_plain, from_plain, load
from stakeholders.revisions import revision_document
from stakeholders.rules.standing import Ask, Standing, Vote, answered_in, sections_of
from stakeholders.states import askers_of, successors_in, votes_of
from tenants import clock
from tenants.models import LedgerEntry

SAME, REBUILT, REVISION, LOST = "same", "rebuilt", "revision", "lost"
"""What a section of that day rests on: unchanged since; changes taken back one by one; the plan as it was frozen with the
same fingerprint (what is not signed may differ); not kept in full."""


class Basis(NamedTuple):
    section: str
    kind: str
    changes: int = 0
    """Entries that touched it since."""
    revision: int = 0

    @property
    def is_exact(self) -> bool:
        return self.kind in {SAME, REBUILT}


@dataclass(frozen=True)
class Then:
    """A project at the end of `day`, in the time zone of its tenant."""

    project: Project
    day: date
    moment: datetime
    entry: LedgerEntry
    document: Document
    bases: tuple[Basis, ...]
    standing: Standing
    remembered: VerdictChange | None
    """The status that was written down then."""
    subject: Subject

    @cached_property
    def judgement(self) -> Judgement:
        """What the rules of today say of that day."""
        return judge(self.subject)

    @property
    def is_as_remembered(self) -> bool:
        """Whether the rules of today find the blockers that were found then."""
        found = sorted(finding.id for finding in self.judgement.blockers)
        return self.remembered is not None and found == sorted(self.remembered.blockers)

    @property
    def is_exact(self) -> bool:
        return all(basis.is_exact for basis in self.bases)


class NotThereYet(Exception):
    """The project was made after that day, on `first`."""

    def __init__(self, first: date) -> None:
        super().__init__(first.isoformat())
        self.first = first


def start_of(day: date, zone: str) -> datetime:
    """Midnight, in a time zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone))


def end_of(day: date, zone: str) -> datetime:
    """The last moment of a day in a time zone."""
    return start_of(day + timedelta(days=1), zone) - timedelta(microseconds=1)


def as_of(project: Project, day: date) -> Then:
    """The project at the end of `day`; today: as it is now. Raises NotThereYet."""
    zone = project.tenant.time_zone
    moment = min(end_of(day, zone), clock.now())
    entries = list(LedgerEntry.objects.of(project).order_by("seq"))
    before = [entry for entry in entries if entry.at <= moment]
    if not before:
        first = entries[0].at if entries else project.created_at
        raise NotThereYet(first.astimezone(ZoneInfo(zone)).date())
    bodies = [json.loads(entry.body) for entry in entries]
    document, bases = _document(project, bodies, len(before))
    authors, signed_off = kept_at(bodies[: len(before)], LAYING)
    standing = replace(
        _standing(project, document, moment, min(day, clock.today(zone))),
        authors={name: frozenset(who) for name, who in authors.items()},
        askers=askers_of(project, moment),
        signed_off=signed_off,
        successors=successors_in(bodies[: len(before)]),
    )
    changes = VerdictChange.objects.filter(project=project, at__lte=moment).order_by("-at", "-pk")
    owners = SectionOwner.objects.filter(project=project).select_related("person", "team")
    return Then(
        project=project,
        day=day,
        moment=moment,
        entry=before[-1],
        document=document,
        bases=bases,
        standing=standing,
        remembered=changes.first(),
        subject=Subject(
            document=document,
            standing=standing,
            today=standing.today,
            owners={row.section: str(row) for row in owners},
            lead=project.lead.name if project.lead else "",
            authors={name: tuple(who.values()) for name, who in authors.items()},
            phase=_phase(bodies[: len(before)]),
            longest_days=policy_of(project.tenant).longest_days,
        ),
    )


def _phase(bodies: list[dict[str, Any]]) -> str:
    """The phase after the last of these entries."""
    started = [body["what"]["after"] for body in bodies if body["verb"] == "phase started"]
    return str(started[-1]) if started else Phase.PREPARE


# The plan -------------------------------------------------------------------------------------------------------------
def _document(project: Project, bodies: list[dict[str, Any]], count: int) -> tuple[Document, tuple[Basis, ...]]:
    now = load([project])[project.pk]
    later = bodies[count:]
    wanted = digests_at(bodies[:count])
    if not any(body["sections"] for body in later):
        return now, tuple(Basis(name, SAME) for name in sections_of(now))
    rebuilt = _rebuilt(project, now, later)
    facts = rebuilt.project if rebuilt else _facts_from_revisions(project, wanted) or now.project
    sections: dict[str, Any] = {}
    bases = []
    for name in sections_of(now.replaced(project=facts)):
        touched = sum(1 for body in later if name in body["sections"])
        found, basis = _section(project, name, wanted.get(name, ""), rebuilt, touched)
        sections[name] = found if found is not None else now.section(name)
        bases.append(basis)
    return now.replaced(**{"project": facts, **sections}), tuple(bases)


def _rebuilt(project: Project, now: Document, later: list[dict[str, Any]]) -> Document | None:
    """The document with every change since taken back; what was rebuilt is compared with the kept fingerprints after."""
    try:
        plain = undone(as_plain(now, project), reversed(later))
    except (CannotUndo, LookupError, ValueError):
        return None
    return _with_generated_routes(from_plain(plain))


def _with_generated_routes(document: Document) -> Document:
    """The connectivity table has a row per system of the inventory: that of the day, not of today."""
    routes = document.connectivity.routes
    stored = [r for r in routes if r != plan.built(Route, key=r.key, system=r.system, status="unknown")]
    made = plan.with_generated_routes(str(document.project.plan), document.environment.devices, stored)
    return document.replaced(connectivity=document.connectivity.replaced(routes=made))


def _section(project: Project, name: str, wanted: str, rebuilt: Document | None, touched: int) -> tuple[Any, Basis]:
    if rebuilt is not None and digest(name, rebuilt.section(name), rebuilt.project) == wanted:
        return rebuilt.section(name), Basis(name, REBUILT if touched else SAME, touched)
    for revision in Revision.objects.filter(project_id=project.pk).order_by("-number").only("pk", "number", "digests"):
        if wanted and revision.digests.get(name) == wanted:
            frozen = revision_document(revision.pk)
            return frozen.section(name), Basis(name, REVISION, touched, revision.number)
    return None, Basis(name, LOST, touched)


def _facts_from_revisions(project: Project, wanted: dict[str, str]) -> Any:
    """What the plan rested on, from a revision that shares a fingerprint with that day: it is part of each."""
    for revision in Revision.objects.filter(project_id=project.pk).order_by("-number").only("pk", "digests"):
        if any(wanted.get(name) == value for name, value in revision.digests.items()):
            return revision_document(revision.pk).project
    return None


# The signatures -------------------------------------------------------------------------------------------------------
def _standing(project: Project, document: Document, moment: datetime, day: date) -> Standing:
    votes = [_as_then(vote, moment, day) for vote in votes_of([project]).get(project.pk, []) if vote.at <= moment]
    return Standing(
        document=document,
        votes=votes,
        asks=_asks(project, votes, moment),
        today=day,
        signed=cache(revision_document),
    )


def _as_then(vote: Vote, moment: datetime, day: date) -> Vote:
    """Without what came later: the acceptance of its condition, and replies."""
    met_on = vote.met_on if vote.met_on and vote.met_on <= day else None
    return vote._replace(met_on=met_on, replies=tuple(said for said in vote.replies if said.at <= moment))


def _asks(project: Project, votes: Collection[Vote], moment: datetime) -> tuple[Ask, ...]:
    """The requests that were open then, without what had been answered."""
    answered = answered_in(votes)
    rows = Request.objects.filter(round__project=project, round__opened_at__lte=moment)
    rows = rows.select_related("round")
    found = []
    for row in rows.order_by("pk"):
        ended = [at for at in (row.answered_at, row.closed_at, row.round.withdrawn_at) if at is not None]
        sections = tuple(name for name in row.sections if (row.pk, name) not in answered)
        if sections and not any(at <= moment for at in ended):
            found.append(
                Ask(
                    request_id=row.pk,
                    code=row.code,
                    stakeholder_key=row.stakeholder_key,
                    email=row.email,
                    sections=sections,
                    asked_at=row.round.opened_at,
                    due_on=row.round.due_on,
                    opened_at=row.first_opened_at if row.first_opened_at and row.first_opened_at <= moment else None,
                )
            )
    return tuple(found)
