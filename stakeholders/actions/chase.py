"""Remind whoever has not answered, on the days that the tenant chose: one mail a person, never at night, not for ever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from stakeholders import emails
from stakeholders.actions.digest import DIGEST, Ended, digest_readers, not_told, signatures_ended
from stakeholders.actions.due import locked, slot_of
from stakeholders.actions.escalate import escalate
from stakeholders.document import Part, Quorum
from stakeholders.models import ApprovalPolicy, MatrixSettings, Request, Stakeholder, StandIn
from stakeholders.models.rounds import open_sections_of
from stakeholders.plan import load
from stakeholders.states import standings
from tenants import clock
from tenants.models import Mail, RefusedAddress, Tenant, User

REMINDING = ("reminder", DIGEST)


def chase() -> int:
    """Queue what is due now, in every tenant; how many mails that were. Running twice queues nothing twice."""
    asking = Request.objects.open().exclude(part=Part.I).values("round__project__tenant_id")
    reading = Stakeholder.objects.filter(part=Part.SO, email__in=User.objects.filter(wants_digest=True).values("email"))
    wanted = Q(pk__in=asking) | Q(pk__in=reading.values("project__tenant_id"))
    return sum(_chase_in(tenant) for tenant in Tenant.objects.filter(wanted).order_by("pk"))


def _chase_in(tenant: Tenant) -> int:
    policy = ApprovalPolicy.objects.of(tenant)
    if not policy.reminds:
        return 0
    today = clock.today(tenant.time_zone)
    by_person = _by_person(tenant, today)
    asked = [request for requests in by_person.values() for request in requests]
    slots = {request.pk: slot for request in asked if (slot := slot_of(request, policy, today))}
    readers = [user.email for user in digest_readers(tenant)]
    free = _free(tenant, {*by_person, *readers}, policy, today)
    ended = signatures_ended([free[email] for email in readers if email in free], tenant)
    reminded = {
        email: requests
        for email, requests in by_person.items()
        if email in free and (free[email].wants_digest or any(request.pk in slots for request in requests))
    }
    late = [request for request in asked if request.pk in slots and slots[request.pk].is_escalation]
    idle = _not_needed([*late, *(request for requests in reminded.values() for request in requests)])
    late = [request for request in late if request.pk not in idle]
    queued = escalate([request.pk for request in late], policy, today) if late else 0
    ended_alone = not_told(ended, tenant) - set(reminded) if ended else set()
    for email in (*reminded, *sorted(ended_alone)):
        keys = [request.pk for request in reminded.get(email, ()) if request.pk not in idle]
        queued += _remind(free[email], keys, policy, today, ended=ended.get(email, ()))
    return queued


def _by_person(tenant: Tenant, today: date) -> dict[str, list[Request]]:
    """Address -> the requests of which somebody is reminded: their own, or those that they answer for others now."""
    away = {
        (found.stakeholder.project_id, found.stakeholder.key, found.for_email): found.email for found in _away(tenant)
    }
    waiting = _waiting(tenant, today)
    left = open_sections_of(waiting)
    by_person: dict[str, list[Request]] = defaultdict(list)
    for request in waiting:
        instead = request.handed_to or away.get((request.round.project_id, request.stakeholder_key, request.email))
        reader = emails.whom_to_remind(request, left[request.pk], (instead, "") if instead else None)
        if reader is not None:
            by_person[reader[0]].append(request)
    return by_person


def _free(tenant: Tenant, reached: Collection[str], policy: ApprovalPolicy, today: date) -> dict[str, User]:
    """Those of these addresses to whom a reminder may go now: they take mail, had none today, and are not left alone."""
    people = User.objects.filter(email__in=reached, is_active=True)
    skipped = set(RefusedAddress.objects.filter(email__in=reached).values_list("email", flat=True))
    skipped |= _reminded_on(today, tenant)
    return {user.email: user for user in people if user.email not in skipped and not policy.is_quiet_for(user)}


def _waiting(tenant: Tenant, today: date) -> list[Request]:
    rows = Request.objects.to_remind(today).filter(round__project__tenant=tenant, round__project__archived_at=None)
    any_one = MatrixSettings.objects.filter(project=OuterRef("round__project"), quorum=Quorum.ANY)
    rows = rows.exclude(part=Part.I).annotate(is_any_enough=Exists(any_one))
    rows = rows.select_related("round__project__tenant")
    return list(rows.order_by("round__due_on", "pk"))


def _not_needed(requests: Collection[Request]) -> set[int]:
    """Keys of those of which nobody is reminded: any one approver is enough, and somebody else has approved it all."""
    asked = [request for request in requests if request.is_any_enough and request.part == Part.SO]  # type: ignore[attr-defined]
    projects = list({request.round.project_id: request.round.project for request in asked}.values())
    if not projects:
        return set()
    found = standings(projects, load(projects))
    needed = {ask.request_id for standing in found.values() for _row, ask, _sections in standing.waits}
    return {request.pk for request in asked if request.pk not in needed}


def _away(tenant: Tenant) -> Collection[StandIn]:
    rows = StandIn.objects.counting().on(clock.today(tenant.time_zone)).filter(stakeholder__project__tenant=tenant)
    return rows.select_related("stakeholder")


def _reminded_on(today: date, tenant: Tenant) -> set[str]:
    """Whoever had a reminder of this tenant today, by itself or by hand, or was told what waits on their first day; and
    whoever has one that could not be sent yet: it says enough, once the mail server is back."""
    start = datetime.combine(today, datetime.min.time(), ZoneInfo(tenant.time_zone))
    told = Q(kind__in=REMINDING) | Q(kind="told", slot__startswith=emails.STANDS_IN)
    rows = Mail.objects.filter(told, tenant=tenant).filter(Q(created_at__gte=start) | Q(sent_at=None, given_up_at=None))
    return set(rows.values_list("recipient", flat=True))


@transaction.atomic
def _remind(user: User, keys: Collection[int], policy: ApprovalPolicy, today: date, *, ended: Collection[Ended]) -> int:
    """One mail with everything that waits for a person, if something of it is due; or their digest, every day on which
    something waits or a signature of theirs ended."""
    requests = locked(keys, today) if keys else []
    slots = {request.pk: slot for request in requests if (slot := slot_of(request, policy, today))}
    due = [request for request in requests if request.pk in slots and not slots[request.pk].is_escalation]
    if not (due or (user.wants_digest and (requests or ended))):
        return 0
    name = user.name or (requests[0].name if requests else user.email)
    if user.wants_digest:
        mail = emails.mail_digest(requests, tenant=policy.tenant, to=user.email, name=name, today=today, ended=ended)
    else:
        rest = [request for request in requests if request not in due]
        day = slots[due[0].pk].day.isoformat()
        mail = emails.mail_reminder([*due, *rest], to=user.email, name=name, slot=day, today=today)
    Request.objects.filter(pk__in=[request.pk for request in requests]).update(reminded_at=clock.now())
    return int(mail is not None)
