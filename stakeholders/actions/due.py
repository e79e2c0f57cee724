"""Which reminder of a request is due, if any."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from stakeholders.models import ApprovalPolicy, Request
from stakeholders.rules.chasing import Slot, slot_due


def slot_of(request: Request, policy: ApprovalPolicy, today: date) -> Slot | None:
    zone = ZoneInfo(request.round.project.tenant.time_zone)
    told, escalated = (
        moment.astimezone(zone).date() if moment else None for moment in (request.reminded_at, request.escalated_at)
    )
    asked_on = request.round.opened_at.astimezone(zone).date()
    return slot_due(
        due_on=request.round.due_on, asked_on=asked_on, today=today, steps=policy.steps, told_on=told,
        escalated_on=escalated,
    )  # fmt: skip


def locked(keys: Collection[int], today: date) -> list[Request]:
    """The requests as they are now, if they still wait."""
    list(Request.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk"))
    rows = Request.objects.to_remind(today).filter(pk__in=keys)
    return list(rows.select_related("round__project__tenant").order_by("round__due_on", "pk"))
