"""Remind one person by hand: what a lead presses, at most once a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

from stakeholders import emails
from stakeholders.models import ApprovalPolicy, Request
from tenants import clock
from tenants.models import RefusedAddress, Tenant, User


class Reminded(NamedTuple):
    """Who is reminded: the person, or who answers for them now; `not_before`, where they are left alone until then."""

    name: str
    not_before: datetime | None = None


@transaction.atomic
def remind(*, request: Request, by: User) -> Reminded | None:
    """Mail somebody once more, at most once a day; in their quiet hours, when these are over.

    None if they have been reminded today or have answered, while a question of theirs waits, if they chose a later day,
    said that they are the wrong person, take no mail, or cannot sign it.
    """
    request = Request.objects.select_related("round__project__tenant").get(pk=request.pk)
    today = clock.today(request.round.project.tenant.time_zone)
    may_remind = Request.objects.to_remind(today).filter(pk=request.pk).exists()
    last = _day(request.reminded_at, request.round.project.tenant)
    if not may_remind or (last is not None and last >= today):
        return None
    instead = (request.handed_to, request.handed_to_name) if request.handed_to else None
    if instead is None:
        for found in emails.standing_in(request):
            instead = found.email, found.stakeholder.substitute or found.email
    reader = emails.whom_to_remind(request, request.open_sections(), instead)
    if reader is None or RefusedAddress.objects.filter(email=reader[0]).exists():
        return None
    to, name = reader
    policy = ApprovalPolicy.objects.of(request.round.project.tenant)
    not_before = policy.quiet_over(User.objects.filter(email=to).first())
    request.reminded_at = not_before or clock.now()
    request.save(update_fields=["reminded_at"])
    mail = emails.mail_reminder(
        [request], to=to, name=name, slot=today.isoformat(), today=today, by=by, due_at=not_before
    )
    return Reminded(name, not_before) if mail else None


def _day(moment: datetime | None, tenant: Tenant) -> date | None:
    return moment.astimezone(ZoneInfo(tenant.time_zone)).date() if moment else None
