"""Answer a request for approval. Lock, refuse what has moved or may not be, then one row that is never changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import ledger
from projects.models import Project
from stakeholders import emails
from stakeholders.actions import conditions
from stakeholders.actions.rounds import freeze
from stakeholders.document import Document, Part
from stakeholders.models import Decision, Request, Revision, StandIn
from stakeholders.placings import placed_by
from stakeholders.plan import load
from stakeholders.revisions import revision_document
from stakeholders.rules.eligibility import Bar, bar
from stakeholders.rules.signoff import Comparison, compare
from stakeholders.rules.standing import ANSWERS, CHANGES, CONDITIONS, NOT_SIGNED, OBJECT, Standing, answered_in
from stakeholders.states import after, standing_on
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import User
from tenants.wake import RECOMPUTE, wake


class AlreadyDecided(Exception):
    """What is answered has been answered, by this person or in another window."""


class RequestClosed(Exception):
    """The request was withdrawn or replaced by a newer one."""


class PlanMoved(Exception):
    """What was read is not what is there now. `moved` says what changed, section by section."""

    def __init__(self, moved: dict[str, Comparison]) -> None:
        super().__init__(", ".join(moved))
        self.moved = moved


class MayNotSign(Exception):
    """The person may not answer for a section; `bars` say why, by section."""

    def __init__(self, bars: dict[str, Bar]) -> None:
        super().__init__(", ".join(f"{section}: {why}" for section, why in bars.items()))
        self.bars = bars


class OnCondition(NamedTuple):
    """What must be done, by whom, until when."""

    what: str
    who: str
    until: date

    def as_plain(self) -> dict[str, str]:
        return {"what": self.what, "who": self.who, "until": self.until.isoformat()}


def bars_of(request: Request, user: User) -> dict[str, Bar]:
    """Why `user` may not answer for sections of a request; empty if all may be answered."""
    project = request.round.project
    placing = placed_by(project, request.stakeholder_key) if request.part == Part.SO else frozenset()
    stands_in = None if user.email in {request.email, request.handed_to} else _stands_in(request)
    found = {
        section: bar(
            user.email,
            addressed_to=request.email,
            part=request.part,
            authors=project.authors.get(section, {}),
            asked_by=request.asked_by(section),
            placed_by=placing,
            handed_to=request.handed_to,
            stands_in=stands_in,
        )
        for section in request.sections
    }
    return {section: why for section, why in found.items() if why is not None}


def _stands_in(request: Request) -> str | None:
    """The address of whoever stands in today for the person of a request."""
    project = request.round.project
    today = clock.today(project.tenant.time_zone)
    rows = (
        StandIn.objects.counting()
        .on(today)
        .filter(stakeholder__project=project, stakeholder__key=request.stakeholder_key, for_email=request.email)
    )
    return rows.values_list("email", flat=True).first()


def _moved(read: Mapping[str, str], project: Project, tolerance: int) -> dict[str, Comparison]:
    """Sections that are not as they were read, beyond what the decider allows counts to drift."""
    different = {section for section, digest in read.items() if project.digests.get(section) != digest}
    if not different:
        return {}
    seen = _revision_read(project, read)
    if seen is None:
        return {section: Comparison(turns_short=True) for section in different}
    document = load([project])[project.pk]
    found = {section: compare(seen, document, section, tolerance) for section in different}
    return {section: comparison for section, comparison in found.items() if not comparison.stands}


def _revision_read(project: Project, read: Mapping[str, str]) -> Document | None:
    rows = Revision.objects.filter(project_id=project.pk).order_by("-number")
    for revision in rows.only("pk", "digests")[:20]:
        if all(revision.digests.get(section) == digest for section, digest in read.items()):
            return revision_document(revision.pk)
    return None


@transaction.atomic
def decide(
    *,
    request: Request,
    by: User,
    answers: Mapping[str, str],
    read: Mapping[str, str],
    authenticated_by: str,
    comment: str = "",
    tolerance: int = 5,
    condition: OnCondition | None = None,
    ends_on: date | None = None,
    reported: Mapping[str, str] | None = None,
) -> Decision:
    """Answer a request: `answers` and `read` (the fingerprints that were read) by section.

    Raises AlreadyDecided, RequestClosed, MayNotSign, PlanMoved (nothing is written then), or ValidationError for an
    answer that needs words. Sections that are left out stay open, and are answered later in a decision of their own.
    """
    project = Project.objects.locked(request.round.project_id)
    request = _asked.rows(request.pk)[0]
    request.round.project = project
    before = standing_on(project, answers, with_asks=False)
    answered = {section for pk, section in answered_in(before.votes) if pk == request.pk}
    if request.answered_at is not None or answered & set(answers):
        raise AlreadyDecided(request.code)
    if request.closed_at is not None or request.round.withdrawn_at is not None:
        raise RequestClosed(request.code)
    _check_words(request, answers, comment, condition)
    barred = bars_of(request, by)
    if bars := {section: why for section, why in barred.items() if section in answers}:
        raise MayNotSign(bars)
    if moved := _moved({section: read.get(section, "") for section in answers}, project, tolerance):
        raise PlanMoved(moved)
    decision = Decision.objects.create(
        **decided_by(by, request),
        number=1 + sum(vote.request_id == request.pk for vote in before.votes),
        revision_id=freeze(project).pk,
        reported=dict(reported) if reported else None,
        answers=dict(answers),
        comment=comment,
        condition=condition.as_plain() if condition else None,
        tolerance=tolerance if request.part == Part.SO else 0,
        digests={section: project.digests[section] for section in answers},
        authenticated_by=authenticated_by,
        ends_on=condition.until if condition else ends_on,
    )
    if condition is not None:
        conditions.set_condition(project, decision, condition.what, condition.who, condition.until)
    if not set(request.still_asked) - answered - set(answers) - set(barred):
        request.answered_at = decision.decided_at
        Request.objects.filter(pk=request.pk).update(answered_at=decision.decided_at)
    signed = signed_among(answers, after(before, decision))
    fully_signed = sorted(name for name in signed if not before.is_signed(name))
    entry = ledger.record(
        project,
        by=by,
        verb="decided",
        tolerance=decision.tolerance,
        condition=decision.condition,
        **as_told(decision, request),
        **({"reported": dict(reported)} if reported else {}),
        fully_signed=fully_signed,
    )
    ledger.signed_off(project, fully_signed)
    if decision.for_email:
        emails.tell_decided_for(decision, request)
    emails.tell_said_no(decision, request, by=by)
    emails.mail_receipt(decision, request, by=by, entry=(entry.seq, entry.hash), shown=_shown(request, answers, before))
    wake(RECOMPUTE, project.pk)
    return decision


_asked = CompiledQuery(lambda pk: Request.objects.select_related("round").filter(pk=pk))


def decided_by(by: User, request: Request) -> dict[str, Any]:
    """Who answers which request, for whom, when: the columns that every decision has."""
    is_for_another = by.email != request.email
    project = request.round.project
    return {
        "project_id": project.pk,
        "tenant_id": project.tenant_id,
        "round_number": request.round.number,
        "request_id": request.pk,
        "stakeholder_key": request.stakeholder_key,
        "role": request.role,
        "part": request.part,
        "person_id": by.pk,
        "name": by.name or (by.email if is_for_another else request.name),
        "email": by.email,
        "for_name": request.name if is_for_another else "",
        "for_email": request.email if is_for_another else "",
        "briefing_digest": request.round.briefing_digest,
        "decided_at": clock.now(),
    }


def as_told(decision: Decision, request: Request) -> dict[str, Any]:
    """What the history says of every decision."""
    on_behalf_of = {"name": decision.for_name, "email": decision.for_email}
    return {
        "round": decision.round_number,
        "request": request.code,
        "role": decision.role,
        "part": decision.part,
        "answers": decision.answers,
        "comment": decision.comment,
        "digests": decision.digests,
        "briefing": decision.briefing_digest,
        "signed_in_by": decision.authenticated_by,
        **({"on_behalf_of": on_behalf_of} if decision.for_email else {}),
    }


def _shown(request: Request, answers: Collection[str], before: Standing) -> list[str]:
    """What the page told: the difference to what the person had signed, if they had, and what stood open."""
    briefing = json.loads(request.round.briefing)
    rows = [row for row in before.document.stakeholders.rows if row.key == request.stakeholder_key]
    votes = [vote for row in rows for name in answers if (vote := before.latest_vote(row, name, besides=request.pk))]
    signed = [vote.at for vote in votes if not NOT_SIGNED.keys() & vote.answers.values()]
    told = []
    if signed and request.part == Part.SO:
        day = max(signed).astimezone(ZoneInfo(request.round.project.tenant.time_zone))
        told = [_("the difference since %(day)s") % {"day": f"{day.day} {day:%b}"}]
    return [*told, _open_then(len(briefing.get("blockers", [])), len(briefing.get("warnings", [])))]


def _open_then(blockers: int, warnings: int) -> str:
    """ "1 blocker and 5 warnings open when you were asked"."""
    counted = [
        ngettext("%(n)s blocker", "%(n)s blockers", blockers) % {"n": blockers} if blockers else "",
        ngettext("%(n)s warning", "%(n)s warnings", warnings) % {"n": warnings} if warnings else "",
    ]
    what = get_text_list(list(filter(None, counted)), _("and")) or _("nothing")
    return _("%(what)s open when you were asked") % {"what": what}


def signed_among(sections: Iterable[str], standing: Standing) -> set[str]:
    """Those of the sections that are approved, as a quorum."""
    return {section for section in sections if standing.is_signed(section)}


def _check_words(request: Request, answers: Mapping[str, str], comment: str, condition: OnCondition | None) -> None:
    allowed: Collection[str] = ANSWERS[Part(request.part)]
    if not answers or not set(answers) <= set(request.sections):
        raise ValidationError({"answer": _("Choose an answer.")})
    for answer in answers.values():
        if answer not in allowed:
            raise ValidationError({"answer": _("Choose one of the answers.")})
        if answer in {CHANGES, OBJECT} and not comment.strip():
            raise ValidationError({"comment": _("Say what must change.")})
        if answer == CONDITIONS and condition is None:
            raise ValidationError({"what": _("Say what must be done, by whom, until when.")})
