"""What ends several things at once: it calls the actions of the apps below, in one transaction."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from projects import access
from projects import actions as project_actions
from projects import ledger as project_ledger
from projects.models import Grant, Project, SectionOwner
from projects.rules.roles import Role
from stakeholders import actions as stakeholders
from stakeholders.models import Stakeholder
from tenants import actions as tenants
from tenants import ledger
from tenants.models import Membership, Provider, Team, Tenant, User


class NoSuccessor(Exception):
    """Somebody who leads projects, or stands in a matrix, leaves: say who does from now on."""


def reach_of(user: User, tenant: Tenant) -> QuerySet[Grant]:
    """What was shared with a person in the projects of a tenant, and in those of the customers it provides for."""
    return (
        Grant.objects.filter(user=user, reason=Grant.Reason.SHARED)
        .filter(Q(project__tenant=tenant) | Q(project__tenant__providers__provider=tenant))
        .select_related("project__tenant")
        .order_by("project__name", "role")
        .distinct()
    )


def led_by(user: User, tenant: Tenant) -> QuerySet[Project]:
    return Project.objects.filter(lead=user).filter(Q(tenant=tenant) | Q(tenant__providers__provider=tenant)).distinct()


def stands_in_rows(user: User, tenant: Tenant) -> list[Stakeholder]:
    """The rows of the matrix that are a person's own, in the projects of a tenant that are not archived."""
    rows = stakeholders.rows_of(user, tenant).filter(project__archived_at=None)
    return [row for row in rows if row.email == user.email]


def looked_after_by(user: User, tenant: Tenant) -> QuerySet[SectionOwner]:
    """The sections that are a person's to look after, in the projects that are not archived."""
    return (
        SectionOwner.objects.filter(person=user, project__archived_at=None)
        .filter(Q(project__tenant=tenant) | Q(project__tenant__providers__provider=tenant))
        .select_related("project__tenant")
        .order_by("project__name", "pk")
        .distinct()
    )


@transaction.atomic
def leave(*, person: User, tenant: Tenant, by: User, successor: User | None = None) -> None:
    """Somebody left: a successor leads their projects, stands in their rows of the matrix and looks after their sections,
    what was shared with them is taken back, their membership ends, if they had one: many stakeholders are known by their
    address alone. What they decided stands, with their name.
    """
    membership = Membership.objects.filter(user=person, tenant=tenant, ended_at=None).first()
    led = list(led_by(person, tenant).order_by("pk"))
    stands_in = stands_in_rows(person, tenant)
    if (led or stands_in) and (successor is None or successor == person):
        raise NoSuccessor(person.name)
    if successor is not None:
        why = _("%(person)s left.") % {"person": person.name or person.email}
        stakeholders.succeed(person=person, successor=successor, tenant=tenant, by=by, why=why)
    for project in led:
        assert successor is not None
        access.hand_over(project=project, to=successor, by=by)
    for each in looked_after_by(person, tenant):
        may_see = successor is not None and "view_project" in access.permissions_of(each.project, successor)
        owner = successor if may_see else None  # nobody's is the lead's
        project_actions.set_owner(project=each.project, section=each.section, person=owner, by=by)
    if membership is not None:
        tenants.end_membership(membership=membership, by=by)
    for row in reach_of(person, tenant):
        if not access.belongs(row.project, user=person):
            _take_back(row, by=by, successor=successor)


def _take_back(row: Grant, *, by: User, successor: User | None) -> None:
    """Take a role back; whoever was the only lead beside the named one is followed by the successor."""
    others = Grant.objects.filter(project=row.project, role=Role.LEAD).exclude(pk=row.pk)
    if row.role == Role.LEAD and not others.exists() and successor is not None:
        access.grant(project=row.project, user=successor, role=Role.LEAD, by=by)
    access.revoke(row=row, by=by)


@transaction.atomic
def remove_team(*, team: Team, by: User) -> None:
    """Remove a team: first its roles are taken back, so that each project's history says so."""
    for row in Grant.objects.filter(team=team).order_by("pk"):
        access.revoke(row=row, by=by)
    tenants.remove_team(team=team, by=by)


@transaction.atomic
def name_provider(*, tenant: Tenant, provider: Tenant, by: User, until: date | None = None) -> Provider:
    """Let a partner work for a customer, until a day or for good: what was shared with its people holds at once, or not."""
    row = tenants.name_provider(tenant=tenant, provider=provider, until=until, by=by)
    of_theirs = Q(team__tenant=provider) | Q(user__memberships__tenant=provider)
    shared = Grant.objects.filter(of_theirs, project__tenant=tenant)
    found = Project.objects.filter(pk__in=shared.values("project")).order_by("pk").values_list("pk", flat=True)
    access.rewrite_permissions([Project.objects.locked(pk) for pk in found])
    return row


@transaction.atomic
def end_provider(*, row: Provider, by: User) -> None:
    """End the work of a partner: what was shared with its people and teams is taken back in the same step."""
    tenants.end_provider(row=row, by=by)
    shared = Grant.objects.filter(project__tenant=row.tenant, reason=Grant.Reason.SHARED)
    for grant in shared.select_related("project__tenant", "user", "team").order_by("pk"):
        if not access.belongs(grant.project, user=grant.user, team=grant.team):
            access.revoke(row=grant, by=by)


@transaction.atomic
def open_plan(*, project: Project, by: User, why: str) -> None:
    """Somebody without a role looks into a plan. Both histories say who and why, before anything is shown."""
    locked = Project.objects.locked(project.pk)
    project_ledger.record(locked, by=by, verb="plan opened by superuser", why=why)
    tenant = Tenant.objects.locked(project.tenant_id)
    ledger.append(
        tenant,
        tenant_id=tenant.pk,
        by=by,
        verb="plan opened by superuser",
        what={"project": {"id": project.pk, "name": project.name}, "why": why},
    )
