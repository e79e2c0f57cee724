"""Remind whoever removes a temporary role: before it ends, on the day, and every week until it is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction

from projects import plan
from projects.access import permissions_of
from projects.actions import temporary
from projects.document.rows import Assignment
from projects.models import AccessPolicy, Project
from projects.models import Assignment as StoredAssignment
from projects.rules.temporary import LATE_EVERY, Person, reminder_day
from stakeholders import emails
from stakeholders.models import ApprovalPolicy
from tenants import clock, outbox
from tenants.models import Mail, Tenant, User

LONGEST_NOTICE = timedelta(days=90)
"""The most days before an end that a policy may ask for."""


class Due(NamedTuple):
    """A role to remove, and the day of the reminder that is due."""

    project: Project
    row: Assignment
    day: date

    @property
    def slot(self) -> str:
        return f"{self.project.pk}/{self.row.key}/{self.day.isoformat()}"


def remind_of_removals() -> int:
    """Queue what is due now, in every tenant; how many mails that were. Running twice queues nothing twice."""
    ending = StoredAssignment.objects.filter(
        duration="temporary",
        removed_on=None,
        does_not_apply="",
        ends_on__lte=clock.today("Etc/GMT-14") + LONGEST_NOTICE,
        project__in=Project.objects.listed(),
    )
    tenants = Tenant.objects.filter(pk__in=ending.order_by().values("project__tenant_id"))
    return sum(_remind_in(tenant.pk) for tenant in tenants.order_by("pk"))


@transaction.atomic
def _remind_in(tenant_id: int) -> int:
    """The mails of one tenant, under its lock: two runs at once do not write to anybody twice."""
    tenant = Tenant.objects.locked(tenant_id)
    found = _due(tenant)
    people, sent = _people(tenant), _sent(tenant)
    policy = ApprovalPolicy.objects.of(tenant)
    by_person: dict[User, list[Due]] = defaultdict(list)
    refused = outbox.refused_among({user.email for user in people})
    for each in found:
        user = None if each.slot in sent else _reader(each, people, refused)
        if user and not policy.is_quiet_for(user):
            by_person[user].append(each)
    return sum(_mail(user, due, tenant) for user, due in by_person.items())


def _due(tenant: Tenant) -> list[Due]:
    projects = list(Project.objects.listed().filter(tenant=tenant).select_related("lead", "tenant").order_by("pk"))
    days_before = AccessPolicy.objects.of(tenant).remind_days
    today = clock.today(tenant.time_zone)
    stored = plan.stored_rows(temporary.ASSIGNMENTS, projects)
    found = [
        Due(project, row, day)
        for project in projects
        for row in stored.get(project.pk, ())
        if isinstance(row, Assignment) and (day := reminder_day(row, today, days_before=days_before))
    ]
    return sorted(found, key=lambda each: (each.row.ends_on or date.max, each.slot))


def _people(tenant: Tenant) -> list[User]:
    rows = User.objects.filter(memberships__tenant=tenant, memberships__ended_at=None, is_active=True)
    return list(rows.distinct().order_by("pk"))


def _sent(tenant: Tenant) -> set[str]:
    """What was written already, of the reminders that can still be the newest of their role."""
    since = clock.now() - LONGEST_NOTICE - LATE_EVERY
    rows = Mail.objects.filter(tenant=tenant, kind=emails.REMOVAL_DUE, created_at__gte=since)
    return {slot for context in rows.values_list("context", flat=True) for slot in context.get("slots", ())}


def _reader(due: Due, people: Collection[User], refused: Collection[str]) -> User | None:
    """Whoever removes it, if they are one person of the tenant who takes mail; else the lead."""
    named = [user for user in people if Person(user.pk, user.name, user.email).is_named(due.row.remover)]
    if len(named) == 1 and named[0].email not in refused:
        return named[0]
    lead = due.project.lead
    if lead and lead.is_active:
        return lead
    return next(iter(emails.leads_of(due.project)), None)


def _mail(user: User, due: Collection[Due], tenant: Tenant) -> int:
    may_open = _that_they_see(user, {each.project for each in due})
    mail = emails.mail_removal_due(
        [(each.project, each.row) for each in due],
        to=user,
        tenant=tenant,
        slots=[each.slot for each in due],
        may_open=may_open,
        today=clock.today(tenant.time_zone),
    )
    return int(mail is not None)


def _that_they_see(user: User, projects: Collection[Project]) -> Mapping[int, bool]:
    """Whether they may record a removal in each of these projects; whoever may not tells the lead."""
    return {project.pk: "change_project" in permissions_of(project, user) for project in projects}
