"""Load what the rules on signatures need: decisions, open requests and, where fingerprints differ, revisions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from projects import plan
from projects.models import Project
from stakeholders.document import Document, Part
from stakeholders.mails import NO_MAIL, mail_states
from stakeholders.models import Condition, Decision, Reply, Request, Revision
from stakeholders.models.rounds import RequestQuerySet
from stakeholders.plan import SECTION, load_sections, read_matrix
from stakeholders.revisions import document_in, document_of, revision_document, revisions_by_id
from stakeholders.rules.standing import Ask, Said, Standing, Vote, answered_in
from stakeholders.words import in_plan_order
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import LedgerEntry

SUCCESSION = "successor named"
"""The verb with which an administrator puts somebody in the place of a person who left."""
LINK_ENDED = "link ended"
"""The verb with which a request gets another reference; what was answered before stands under the old one."""
COUNTED_TOGETHER = {"environment", "licences"}
"""Whether counts end a signature depends on the licences, and what licences are enough for on the counts."""


def votes_of(projects: Collection[Project]) -> dict[int, list[Vote]]:
    """Every decision, by project id, oldest first."""
    found: dict[int, list[Vote]] = defaultdict(list)
    rows = _decisions.rows([p.pk for p in projects])
    replies, met = _replies(rows), _met(rows)
    for row in rows:
        found[row.project_id].append(_vote(row, replies.get(row.pk, ()), met.get(row.pk)))
    return found


_decisions = CompiledQuery(
    lambda projects: Decision.objects.filter(project_id__in=projects).order_by("decided_at", "pk")
)


def _vote(row: Decision, replies: Collection[Said] = (), met_on: date | None = None) -> Vote:
    return Vote(
        stakeholder_key=row.stakeholder_key,
        email=row.email,
        person_id=row.person_id,
        name=row.name,
        part=row.part,
        request_id=row.request_id,
        round_number=row.round_number,
        revision_id=row.revision_id,
        answers=in_plan_order(row.answers),
        digests=row.digests,
        tolerance=row.tolerance,
        comment=row.comment,
        at=row.decided_at,
        ends_on=row.ends_on,
        condition=row.condition,
        met_on=met_on,
        for_email=row.for_email,
        for_name=row.for_name,
        number=row.number,
        replies=tuple(replies),
        decision_id=row.pk,
    )


def _met(decisions: Collection[Decision]) -> dict[int, date | None]:
    """When conditions were accepted; asked for only where a decision set one."""
    wanted = [row.pk for row in decisions if row.condition]
    if not wanted:
        return {}
    return dict(Condition.objects.filter(decision_id__in=wanted).values_list("decision_id", "accepted_on"))


def _replies(decisions: Collection[Decision]) -> dict[int, list[Said]]:
    """What was replied to decisions that said something; asked for only where one did."""
    wordy = [row.pk for row in decisions if row.comment]
    found: dict[int, list[Said]] = defaultdict(list)
    if wordy:
        rows = Reply.objects.filter(project__in={row.project_id for row in decisions}, decision_id__in=wordy)
        for row in rows.order_by("at", "pk"):
            found[row.decision_id].append(Said(row.text, row.by_name, row.at, row.resolves))
    return found


def asks_of(projects: Collection[Project]) -> dict[int, list[Ask]]:
    """Every open request, by project id, with the state of its mail."""
    requests = _asked.rows([p.pk for p in projects])
    mails = mail_states([f"request-{request.pk}" for request in requests])
    found: dict[int, list[Ask]] = defaultdict(list)
    for request in requests:
        mail, is_delivered = mails.get(f"request-{request.pk}", NO_MAIL)
        found[request.round.project_id].append(
            Ask(
                request_id=request.pk,
                code=request.code,
                stakeholder_key=request.stakeholder_key,
                email=request.email,
                sections=tuple(request.still_asked),
                asked_at=request.round.opened_at,
                due_on=request.round.due_on,
                opened_at=request.first_opened_at,
                mail="refused" if request.is_refused else mail,  # type: ignore[attr-defined]
                is_delivered=is_delivered,
                remind_on=request.remind_on,
                handed_to=request.handed_to,
                disowned=request.disowned_says if request.disowned_at else None,
            )
        )
    return found


def _open(projects: Collection[int]) -> RequestQuerySet:
    """The open requests, as far as an `Ask` tells of them: without the briefings, which are long."""
    rows = Request.objects.open().with_refusals().filter(round__project__id__in=projects).order_by("pk")
    return rows.select_related("round").only(
        "code", "stakeholder_key", "email", "sections", "asked_anew", "first_opened_at", "remind_on", "handed_to",
        "disowned_at", "disowned_says", "round__project", "round__opened_at", "round__due_on",
    )  # fmt: skip


_asked = CompiledQuery(_open)


def _frozen(votes: Mapping[int, Collection[Vote]], projects: Collection[Project]) -> Callable[[int], Document]:
    """The documents of the revisions that may be asked for: those whose fingerprints differ from the present ones."""
    wanted = {
        vote.revision_id
        for project in projects
        for vote in votes.get(project.pk, ())
        if any(project.digests.get(section) != digest for section, digest in vote.digests.items())
    }
    texts = dict(Revision.objects.filter(pk__in=wanted).values_list("pk", "text")) if wanted else {}

    @cache
    def document(revision_id: int) -> Document:
        text = texts.get(revision_id)
        return document_in(text) if text else revision_document(revision_id)

    return document


def _still_open(ask: Ask, answered: Collection[tuple[int, str]]) -> Ask:
    """A request without the sections that were answered already: some may be left for later."""
    return ask._replace(sections=tuple(name for name in ask.sections if (ask.request_id, name) not in answered))


def askers_of(project: Project, at: datetime | None = None) -> dict[str, str]:
    """Section -> address of whoever asked others last to approve it, by the requests that are not withdrawn; `at`: then.

    A section for which the sender alone could have been asked was put to nobody: nobody asked for it.
    """
    moment = at or clock.now()
    asked = Request.objects.filter(round__project=project, part=Part.SO, round__opened_at__lte=moment)
    asked = asked.exclude(round__withdrawn_at__lte=moment).order_by("round__number")
    found = asked.values_list("sections", "round__opened_by_email")
    return {section: email for sections, email in found for section in sections}


def standings(projects: Collection[Project], documents: Mapping[int, Document]) -> dict[int, Standing]:
    """Where every signature stands, by project id, in a constant number of queries."""
    votes, asks = votes_of(projects), asks_of(projects)
    answered = answered_in([vote for found in votes.values() for vote in found])
    signed = _frozen(votes, projects)
    successors = _successors([project for project in projects if _has_another_matrix(project)])
    return {
        project.pk: Standing(
            document=documents[project.pk],
            votes=tuple(votes.get(project.pk, ())),
            asks=tuple(_still_open(ask, answered) for ask in asks.get(project.pk, ())),
            today=clock.today(project.tenant.time_zone),
            signed=signed,
            authors={name: frozenset(who) for name, who in project.authors.items()},
            askers=project.askers,
            signed_off=project.signed_off,
            successors=successors.get(project.pk, {}),
        )
        for project in projects
    }


def _has_another_matrix(project: Project) -> bool:
    """Whether the matrix is not the one that was approved last."""
    return SECTION in project.signed_off and bool(project.signed_off[SECTION] != project.digests.get(SECTION))


def _successors(projects: Collection[Project]) -> dict[int, dict[str, str]]:
    """Who was put in whose place by an administrator, by project id; asked for only where the matrix was changed."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if projects:
        keys = [project.pk for project in projects]
        entries = LedgerEntry.objects.filter(chain_kind=Project.chain_kind, chain_id__in=keys, verb=SUCCESSION)
        for chain, body in entries.order_by("seq").values_list("chain_id", "body"):
            found[chain].append(json.loads(body))
    return {key: successors_in(bodies) for key, bodies in found.items()}


def successors_in(bodies: Collection[Mapping[str, Any]]) -> dict[str, str]:
    """Address of somebody who left -> of whoever came after them, by these entries of a history, oldest first."""
    told = [body["what"] for body in bodies if body["verb"] == SUCCESSION]
    return {what["person"]["email"]: what["successor"]["email"] for what in told}


def section_standing(project: Project, section: str, *, with_content: bool = False) -> Standing:
    """Where the signatures of one section stand (`of_section` of it); see `standing_on`."""
    return standing_on(project, [section], with_content=with_content)


def standing_on(
    project: Project, sections: Collection[str], *, with_content: bool = False, with_asks: bool = True
) -> Standing:
    """Where the signatures of some sections stand, by the fingerprints kept with the project.

    A section itself is read only where one of them differs from what was signed, or `with_content`. Open requests are
    told `with_asks`: what is approved does not depend on them.
    """
    read = _with_counts(sections)
    votes = votes_of([project])[project.pk]
    answered = answered_in(votes)
    asks = asks_of([project])[project.pk] if with_asks else []
    matrix = read_matrix([project])[project.pk]
    standing = Standing(
        document=plan.built(Document, schema_=1, project=plan.facts(project), stakeholders=matrix),
        votes=tuple(votes),
        asks=tuple(_still_open(ask, answered) for ask in asks),
        today=clock.today(project.tenant.time_zone),
        signed=cache(revision_document),
        authors={name: frozenset(who) for name, who in project.authors.items()},
        askers=project.askers,
        signed_off=project.signed_off,
        successors=_successors([project]).get(project.pk, {}) if _has_another_matrix(project) else {},
        known=project.digests,
    )
    wanted = {name for name in read if with_content or _has_moved(standing, name)}
    return with_sections(standing, project, _with_counts(wanted))


def _with_counts(sections: Collection[str]) -> set[str]:
    return {*sections, *(COUNTED_TOGETHER if COUNTED_TOGETHER & set(sections) else ())}


def put_to(request: Request) -> tuple[Standing, Revision, list[str]]:
    """What whoever answers a request reads: (the answers so far on the plan as it is now, the revision that was put to
    them, the sections that are left to answer).

    Nobody's signature is judged here: open requests and successors are not asked for. The plan is read from that
    revision, unless a section was written since.
    """
    project = request.round.project
    votes = votes_of([project])[project.pk]
    answered = answered_in(votes)
    left = [name for name in request.still_asked if (request.pk, name) not in answered]
    read = _with_counts(left)
    newest = {name: v.revision_id for v in votes if v.stakeholder_key == request.stakeholder_key for name in v.answers}
    wanted = {request.round.revision_id, *(newest[name] for name in left if name in newest)}
    revisions = revisions_by_id(project, wanted)
    put = revisions[request.round.revision_id]

    @cache
    def frozen(revision_id: int) -> Document:
        found = revisions.get(revision_id)
        return document_of(found) if found else revision_document(revision_id)

    is_past = put.is_written_since  # type: ignore[attr-defined]
    now = load_sections(project, read) if is_past else frozen(put.pk)
    standing = Standing(
        document=now.replaced(project=plan.facts(project)),
        votes=tuple(votes),
        asks=(),
        today=clock.today(project.tenant.time_zone),
        signed=frozen,
        known=project.digests,
    )
    return standing, put, left


def _has_moved(standing: Standing, section: str) -> bool:
    """Whether an approver's newest answer is about another state of the section than the present one."""
    newest = (standing.latest_vote(row, section) for row in standing.document.stakeholders.approvers(section))
    return any(vote.digests[section] != standing.digests.get(section) for vote in newest if vote)


def with_sections(standing: Standing, project: Project, sections: Collection[str]) -> Standing:
    """The same with the content of these sections, where it had only their fingerprints."""
    read = {name: plan.read(name, [project])[project.pk] for name in sections if name != SECTION}
    return replace(standing, document=standing.document.replaced(**read)) if read else standing


def after(standing: Standing, decision: Decision) -> Standing:
    """Where the signatures stand once a decision, on the plan as it is now, has been written."""
    votes = (*standing.votes, _vote(decision))
    answered = answered_in(votes)
    return replace(standing, votes=votes, asks=tuple(_still_open(ask, answered) for ask in standing.asks))
