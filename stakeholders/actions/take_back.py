"""Take one's own answer back, by a new one: nothing that was recorded is changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects import ledger
from projects.models import Project
from stakeholders import emails
from stakeholders.actions.decide import as_told, decided_by, signed_among
from stakeholders.actions.talk import NotTheirs
from stakeholders.models import Condition, Decision, Request
from stakeholders.rules.standing import WITHDRAWN, answered_in
from stakeholders.states import after, standing_on, votes_of
from tenants import clock
from tenants.models import LedgerEntry, User
from tenants.wake import RECOMPUTE, wake

DISOWNED_WITHIN = timedelta(days=14)


class RoundIsOver(Exception):
    """The request was withdrawn, asked anew for these sections, or the phase was left: what was answered stands."""


def to_take_back(request: Request, project: Project) -> list[str]:
    """The sections of a request whose answer may still be taken back: empty once the request is over."""
    if request.round.withdrawn_at is not None:
        return []
    last = Decision.objects.filter(request_id=request.pk).order_by("number").last()
    if last is None:
        return []
    if LedgerEntry.objects.of(project).filter(verb="phase started", at__gte=last.decided_at).exists():
        return []
    newer = Request.objects.filter(
        round__project=project, stakeholder_key=request.stakeholder_key, pk__gt=request.pk, round__withdrawn_at=None
    )
    asked_anew = {name for names in newer.values_list("sections", flat=True) for name in names}
    answered = {section for pk, section in answered_in(votes_of([project])[project.pk]) if pk == request.pk}
    return [name for name in request.sections if name in answered and name not in asked_anew]


@transaction.atomic
def take_back(*, request: Request, by: User, because: str, authenticated_by: str) -> Decision:
    """Take back what was answered to this request, by a new row; the request is open again.

    For whoever answered, and for the person in whose place it was answered. Raises NotTheirs, RoundIsOver.
    """
    project, request, last = _answered(request, by)
    sections = to_take_back(request, project)
    if not sections:
        raise RoundIsOver(request.code)
    row = _withdraw(project, request, last, sections, by=by, comment=because, authenticated_by=authenticated_by)
    emails.tell_taken_back(row, request, by=by)
    return row


def to_disown(request: Request, project: Project, by: User) -> list[str]:
    """The sections on which somebody may still say that an answer in their name was not theirs; also of a request that is
    over, but not of what they have answered anew since.
    """
    last = Decision.objects.filter(request_id=request.pk).order_by("number").last()
    if last is None or by.email not in {last.email, request.email} or clock.now() - last.decided_at > DISOWNED_WITHIN:
        return []
    votes = votes_of([project])[project.pk]
    answered = {section for pk, section in answered_in(votes) if pk == request.pk}
    newer = {
        section
        for vote in votes
        for section in vote.answers
        if vote.stakeholder_key == request.stakeholder_key
        and vote.request_id != request.pk
        and vote.at > last.decided_at
    }
    return [name for name in request.sections if name in answered and name not in newer]


@transaction.atomic
def disown(*, request: Request, by: User, says: str, authenticated_by: str) -> Decision:
    """ "Not me": what was answered in a person's name is set aside, and the leads and the administrators are told.

    Raises NotTheirs, RoundIsOver: too long ago, or answered anew since.
    """
    project, request, last = _answered(request, by)
    sections = to_disown(request, project, by)
    if not sections:
        raise RoundIsOver(request.code)
    comment = " ".join(filter(None, [_("This answer was not mine."), says.strip()]))
    row = _withdraw(
        project, request, last, sections, by=by, comment=comment, authenticated_by=authenticated_by, is_disowned=True
    )
    emails.tell_disowned(row, request, last, by=by)
    return row


def _answered(request: Request, by: User) -> tuple[Project, Request, Decision]:
    """Lock, then look: the request and its newest answer, if it was given by this person, or in their place."""
    project = Project.objects.locked(request.round.project_id)
    request = Request.objects.select_related("round").get(pk=request.pk)
    request.round.project = project
    last = Decision.objects.filter(request_id=request.pk).order_by("number").last()
    if last is None or by.email not in {last.email, request.email}:
        raise NotTheirs(request.code)
    return project, request, last


def _withdraw(
    project: Project, request: Request, last: Decision, sections: list[str], *, by: User, comment: str,
    authenticated_by: str, **what: Any,
) -> Decision:  # fmt: skip
    before = standing_on(project, sections, with_asks=False)
    row = Decision.objects.create(
        **decided_by(by, request), number=last.number + 1, revision_id=last.revision_id,
        answers=dict.fromkeys(sections, WITHDRAWN), comment=comment,
        digests={name: project.digests[name] for name in sections}, authenticated_by=authenticated_by,
    )  # fmt: skip
    request.answered_at = None
    request.save(update_fields=["answered_at"])
    no_longer = signed_among(sections, before) - signed_among(sections, after(before, row))
    entry = ledger.record(
        project, by=by, verb="decided", **as_told(row, request), no_longer_signed=sorted(no_longer), **what
    )
    emails.mail_receipt(row, request, by=by, entry=(entry.seq, entry.hash), shown=[])
    for condition in Condition.objects.filter(decision_id=last.pk, accepted_at=None).select_related("project__tenant"):
        emails.tell_condition_over(condition, by=by)
    wake(RECOMPUTE, project.pk)
    return row
