"""A decision made elsewhere, reported by somebody else. It counts when the person has confirmed it, and not before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import ledger
from projects.models import Project
from stakeholders import emails
from stakeholders.actions.decide import decide
from stakeholders.actions.talk import NotOpen, NotTheirs, open_request
from stakeholders.document import Part
from stakeholders.models import Decision, Report, Request, Revision
from stakeholders.rules.standing import ANSWERS, CHANGES, CONDITIONS, OBJECT
from tenants import clock
from tenants.models import User
from tenants.wake import RECOMPUTE, wake

REPORTABLE = {part: tuple(each for each in found if each != CONDITIONS) for part, found in ANSWERS.items()}
"""A condition has a day and an owner: whoever sets one does it on the page."""


@transaction.atomic
def report_decision(
    *,
    request: Request,
    answer: str,
    decided_on: date,
    place: str,
    by: User,
    comment: str = "",
    file_name: str = "",
    file_digest: str = "",
) -> Report:
    """Say that somebody decided in a meeting, by mail or on paper: on the sections as they were put to them.

    They are mailed, and confirm or deny it. Raises NotOpen, ValidationError. A new report replaces one that waits.
    """
    project = Project.objects.locked(request.round.project_id)
    request = Request.objects.select_related("round").get(pk=request.pk)
    request.round.project = project
    if request.answered_at is not None or request.closed_at is not None or request.round.withdrawn_at is not None:
        raise NotOpen(request.code)
    _check(request, answer, decided_on, place, comment, project)
    now = clock.now()
    Report.objects.filter(request=request, confirmed_at=None, denied_at=None).update(denied_at=now)
    asked = Revision.objects.only("digests").get(pk=request.round.revision_id).digests
    sections = request.open_sections()
    row = Report.objects.create(
        request=request, answers=dict.fromkeys(sections, answer), digests={name: asked[name] for name in sections},
        comment=comment, decided_on=decided_on, place=place, file_name=file_name[:200], file_digest=file_digest,
        reported_by_name=str(by), reported_by_email=by.email, reported_at=now,
    )  # fmt: skip
    ledger.record(
        project, by=by, verb="decision reported", request=request.code, name=request.name, role=request.role,
        answers=row.answers, on=decided_on.isoformat(), place=place, file=file_digest, comment=comment,
    )  # fmt: skip
    emails.tell_reported(row, by=by)
    wake(RECOMPUTE, project.pk)
    return row


def _check(request: Request, answer: str, decided_on: date, place: str, comment: str, project: Project) -> None:
    wrong: dict[str, str] = {}
    if answer not in REPORTABLE[Part(request.part)]:
        wrong["answer"] = _("Choose one of the answers.")
    if not place.strip():
        wrong["place"] = _("Say where: which meeting, whose mail.")
    if decided_on > clock.today(project.tenant.time_zone):
        wrong["decided_on"] = _("This day is still to come.")
    if answer in {CHANGES, OBJECT} and not comment.strip():
        wrong["comment"] = _("Say what must change.")
    if wrong:
        raise ValidationError(wrong)  # type: ignore[arg-type]


def _waiting(report: Report, by: User) -> tuple[Request, Report]:
    _project, request = open_request(report.request, by)
    if by.email != request.email:
        raise NotTheirs(request.code)
    found = Report.objects.filter(pk=report.pk, confirmed_at=None, denied_at=None).first()
    if found is None:
        raise NotOpen(request.code)
    return request, found


@transaction.atomic
def confirm_report(*, report: Report, by: User, authenticated_by: str, tolerance: int = 0) -> Decision:
    """Yes, I decided that: from now on it counts, as a decision of today on what was put to me then.

    Raises whatever `decide` raises: PlanMoved where the plan is not any more what was decided on.
    """
    request, report = _waiting(report, by)
    told: Mapping[str, str] = {
        "by": report.reported_by_name,
        "by_email": report.reported_by_email,
        "on": report.decided_on.isoformat(),
        "place": report.place,
        "file_name": report.file_name,
        "file_digest": report.file_digest,
    }
    report.confirmed_at = clock.now()
    report.save(update_fields=["confirmed_at"])
    open_sections = set(request.open_sections())
    return decide(
        request=request,
        by=by,
        answers={name: answer for name, answer in report.answers.items() if name in open_sections},
        read=report.digests,
        authenticated_by=authenticated_by,
        comment=report.comment,
        tolerance=tolerance,
        reported=told,
    )


@transaction.atomic
def deny_report(*, report: Report, by: User) -> Report:
    """No, I did not decide that: the leads are told, and the request stays open."""
    request, report = _waiting(report, by)
    report.denied_at = clock.now()
    report.save(update_fields=["denied_at"])
    report.request = request
    ledger.record(request.round.project, by=by, verb="report denied", request=request.code, place=report.place)
    emails.tell_denied(report, by=by)
    return report
