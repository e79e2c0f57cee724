"""Ask for approval: freeze the plan and the briefing, ask each person once, by one mail."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction

from projects import ledger, plan
from projects.models import Project
from projects.models.rows import ALPHABET
from stakeholders import emails
from stakeholders.actions.matrix import let_in
from stakeholders.document import Document, Part
from stakeholders.models import Request, Revision, Round, Stakeholder, StandIn
from stakeholders.models.rounds import open_sections_of
from stakeholders.plan import as_text, load
from stakeholders.revisions import newest_revision
from stakeholders.rules.standing import Signature, Standing, sections_of
from stakeholders.states import askers_of, standing_on, standings
from tenants import canonical, clock
from tenants.models import User
from tenants.wake import RECOMPUTE, wake


class NobodyToAsk(Exception):
    """Nobody who approves has an address, everybody's signature stands, or whoever is left wrote it or asks for it."""


class WouldAsk(NamedTuple):
    """Whom sending sections would ask for which of them, by the key of the row; who is not asked is in neither."""

    wanted: dict[str, list[str]]
    own: dict[str, list[str]]
    """Sections that an approver is not asked for, because they wrote them."""
    sent: dict[str, list[str]]
    """Sections that an approver is not asked for, because it is they who ask."""


class AskedMeanwhile(Exception):
    """Somebody sent the plan for approval after the page was opened on which it is sent: `round` is their request."""

    def __init__(self, found: Round) -> None:
        super().__init__(str(found.number))
        self.round = found


def freeze(project: Project, document: Document | None = None) -> Revision:
    """The revision of the plan as it is now; the newest one again if nothing has moved since.

    The plan is read only if an entry of the history was about a section since (wording moves no fingerprint), unless
    the caller has read it.
    """
    digests = {name: project.digests[name] for name in plan.section_names(project)}
    newest = newest_revision(project)
    if newest and newest.digests == digests and not newest.is_written_since:  # type: ignore[attr-defined]
        return newest
    text = as_text(document or load([project])[project.pk], project)
    if newest and newest.digests == digests and newest.text == text:
        return newest
    return Revision.objects.create(
        project_id=project.pk,
        number=(newest.number if newest else 0) + 1,
        ledger_seq=project.ledger_seq,
        text=text,
        digests=digests,
        created_at=clock.now(),
    )


def wanted_from(row: Stakeholder, sections: Collection[str], standing: Standing, *, is_input_asked: bool) -> list[str]:
    """The sections that a row is asked for, in the order of the plan.

    An approver's are those on which their signature does not stand, and which they did not write.
    """
    in_scope = [
        name for name in sections_of(standing.document) if name in sections and (not row.scope or name in row.scope)
    ]
    if row.part != Part.SO:
        return in_scope if is_input_asked else []
    missing = _not_signed(row, sections, standing)
    return [name for name in in_scope if name in missing and not missing[name].wrote_it]


def _not_signed(row: Stakeholder, sections: Collection[str], standing: Standing) -> dict[str, Signature]:
    """Section -> the signature of an approver that does not cover it, in the order of the plan."""
    names = [name for name in sections_of(standing.document) if name in sections]
    return {s.section: s for name in names for s in standing.of_section(name) if s.row.key == row.key and not s.covers}


def _wanted(
    project: Project,
    rows: Collection[Stakeholder],
    sections: Collection[str],
    standing: Standing,
    ask_again: Collection[str],
) -> dict[str, list[str]]:
    """Key of the row -> the sections that its person is asked for; whoever is not asked is not in it."""
    asked_before = {
        (key, name)
        for key, names in Request.objects.filter(round__project=project).values_list("stakeholder_key", "sections")
        for name in names
    }
    wanted: dict[str, list[str]] = {}
    for row in rows:
        in_scope = [name for name in sections if not row.scope or name in row.scope]
        is_new = any((row.key, name) not in asked_before for name in in_scope)
        names = wanted_from(row, sections, standing, is_input_asked=is_new or row.key in ask_again)
        if names:
            wanted[row.key] = names
    return wanted


def _sent_by(by: User, rows: Collection[Stakeholder], wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the sender is taken out for, by the key of the row: nobody approves what they asked for."""
    mine = [row.key for row in rows if row.part == Part.SO and row.email == by.email]
    return {key: wanted.pop(key) for key in mine if key in wanted}


def would_be_asked(
    *,
    project: Project,
    rows: Collection[Stakeholder],
    sections: Collection[str],
    by: User,
    ask_again: Collection[str] = (),
) -> WouldAsk:
    """Whom sending these would ask for what, and whom not, because they wrote it or send it. Nothing is written."""
    standing = standing_on(project, sections, with_asks=False)
    reached = [row for row in rows if row.email]
    own = {
        row.key: [name for name, signature in _not_signed(row, sections, standing).items() if signature.wrote_it]
        for row in reached
    }
    wanted = _wanted(project, reached, sections, standing, ask_again)
    sent = _sent_by(by, reached, wanted)
    return WouldAsk(wanted, {key: names for key, names in own.items() if names}, sent)


@transaction.atomic
def open_round(
    *,
    project: Project,
    sections: Collection[str],
    due_on: date,
    briefing: dict[str, Any],
    by: User,
    note: str = "",
    ask_again: Collection[str] = (),
    seen: int | None = None,
) -> Round:
    """Send sections for approval. Only those are asked whose signature does not stand and may, and it is said to them.

    `briefing` is what they should know before they sign, frozen with the request. People who give input or are informed
    are asked in the first round of a section, later only if their row is in `ask_again`. Raises NobodyToAsk.
    `seen` is the number of the newest request that the sender knew of, 0 if of none: a newer one raises AskedMeanwhile.
    """
    project = Project.objects.locked(project.pk)
    last = Round.objects.filter(project=project).order_by("-number").first()
    if seen is not None and last is not None and last.number > seen:
        raise AskedMeanwhile(last)
    document = load([project])[project.pk]
    standing = standings([project], {project.pk: document})[project.pk]
    rows = list(Stakeholder.objects.filter(project=project, does_not_apply="").exclude(email=""))
    wanted = _wanted(project, rows, sections, standing, ask_again)
    sent = _sent_by(by, rows, wanted)
    if not any(row.part == Part.SO and row.key in wanted for row in rows):
        raise NobodyToAsk(project.name)

    text = canonical.text(briefing)
    round_ = Round.objects.create(
        project=project,
        number=last.number + 1 if last else 1,
        revision_id=freeze(project, document).pk,
        sections=[name for name in sections_of(document) if name in sections],
        briefing=text,
        briefing_digest=canonical.fingerprint(text),
        note=note,
        opened_by_name=str(by),
        opened_by_email=by.email,
        opened_at=clock.now(),
        due_on=due_on,
    )
    put = {name for row in rows if row.part == Part.SO for name in wanted.get(row.key, ())}
    for key, names in {**wanted, **sent}.items():
        _ask_anew(round_, key, set(names) if key in wanted else put.intersection(names))
    asked = [_ask(round_, row, wanted[row.key], by=by) for row in rows if row.key in wanted]
    _keep_askers(project)
    ledger.record(
        project,
        by=by,
        verb="approval asked",
        round=round_.number,
        asked_for=round_.sections,
        due_on=due_on.isoformat(),
        people=[
            {"name": r.name, "email": r.email, "role": r.role, "part": r.part, "sections": r.sections} for r in asked
        ],
        briefing=round_.briefing_digest,
    )
    emails.mail_all(round_, asked, standing, briefing)
    _tell_those_who_stand_in(project, asked)
    wake(RECOMPUTE, project.pk)
    return round_


def _tell_those_who_stand_in(project: Project, asked: Collection[Request]) -> None:
    """Whoever stands in today for somebody who was just asked gets it too."""
    rows = StandIn.objects.counting().on(clock.today(project.tenant.time_zone)).filter(stakeholder__project=project)
    by_row = {each.stakeholder.key: each for each in rows.select_related("stakeholder")}
    for request in asked:
        found = by_row.get(request.stakeholder_key)
        if found is not None:
            name = found.stakeholder.substitute
            emails.tell_stands_in(request, email=found.email, name=name, slot=f"stands-{found.starts_on}")


def _keep_askers(project: Project) -> None:
    project.askers = askers_of(project)
    project.save(update_fields=["askers"])


def _ask_anew(round_: Round, key: str, sections: set[str]) -> None:
    """What a row of the matrix was asked before and has not answered is asked by this request now, and by no older one:
    where nothing else is left of that, it is closed."""
    older = Request.objects.open().filter(round__project=round_.project, stakeholder_key=key).exclude(round=round_)
    left = open_sections_of(older)
    for request in older:
        if set(left[request.pk]) <= sections:
            request.closed_at = clock.now()
        else:
            request.asked_anew = sorted(sections.intersection(request.sections).union(request.asked_anew))
        request.save(update_fields=["closed_at", "asked_anew"])


def _ask(round_: Round, row: Stakeholder, sections: list[str], *, by: User) -> Request:
    let_in(round_.project, row, by=by)
    return Request.objects.create(
        round=round_,
        code=new_code(round_.project),
        stakeholder_key=row.key,
        role=row.role,
        part=row.part,
        name=row.name or row.email,
        email=row.email,
        question=row.question,
        sections=sections,
    )


def new_code(project: Project) -> str:
    """A reference that can be typed: the tenant's letters and four more. It carries no right."""
    while True:
        code = f"{project.tenant.reference_prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(4))}".upper()
        if not Request.objects.filter(code=code).exists():
            return code


@transaction.atomic
def withdraw_round(*, round_: Round, because: str, by: User) -> Round:
    """Take a request for approval back. What was decided stands; everybody who was asked is told once."""
    project = Project.objects.locked(round_.project_id)
    round_ = Round.objects.get(pk=round_.pk)
    if round_.withdrawn_at is not None:
        return round_
    waiting = set(Request.objects.open().filter(round=round_).values_list("pk", flat=True))
    round_.withdrawn_at, round_.withdrawn_because = clock.now(), because
    round_.save(update_fields=["withdrawn_at", "withdrawn_because"])
    _keep_askers(project)
    ledger.record(project, by=by, verb="request withdrawn", round=round_.number, why=because)
    emails.mail_withdrawn(round_, list(Request.objects.filter(round=round_)), waiting=waiting, by=by)
    wake(RECOMPUTE, project.pk)
    return round_


@transaction.atomic
def record_opened(*, request: Request) -> None:
    """The signed-in person has the page of the request before them: posted by that page, never by fetching a link.

    What they read is frozen if the plan has moved since it was sent: so a count that drifts while they read is
    compared with what they saw, and within their tolerance does not refuse their decision.
    """
    project = Project.objects.locked(request.round.project_id)
    Request.objects.filter(pk=request.pk, first_opened_at=None).update(first_opened_at=clock.now())
    freeze(project)
