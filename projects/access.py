"""Who was granted what on a project, and the permissions that follow. Guardian's rows are written here alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.models import Q

from projects import ledger
from projects.models import Grant, Project, ProjectGroupPermission, ProjectUserPermission
from projects.rules.roles import OF_TENANT_ADMIN, PERMISSIONS, Role
from tenants import clock, emails
from tenants.models import Membership, Provider, Team, User

_HELD = """
    SELECT codename, 0 FROM auth_permission WHERE id IN (
        SELECT permission_id FROM projects_projectuserpermission WHERE content_object_id = %s AND user_id = %s
        UNION ALL
        SELECT held.permission_id FROM projects_projectgrouppermission held
        JOIN tenants_user_groups member ON member.group_id = held.group_id
        WHERE held.content_object_id = %s AND member.user_id = %s
    )
    UNION ALL
    SELECT '', tenant_id FROM tenants_membership WHERE user_id = %s AND role = 'admin' AND ended_at IS NULL
"""
"""Written out as in `Project.objects.permitting`: every page of a project asks it."""


class NotAllowedHere(Exception):
    """Somebody outside the tenant and its providers cannot be granted a role in its project."""


class LastLead(Exception):
    """A project keeps at least one lead."""


def _tenants_of(project: Project) -> set[int]:
    """The project's tenant and its present providers."""
    today = clock.today(project.tenant.time_zone)
    providers = Provider.objects.filter(tenant=project.tenant_id).filter(Q(until=None) | Q(until__gte=today))
    return {project.tenant_id, *providers.values_list("provider_id", flat=True)}


def belongs(project: Project, *, user: User | None = None, team: Team | None = None) -> bool:
    """Whether a person or team may be granted a role: of the tenant, or of one of its present providers."""
    if team is not None:
        return team.tenant_id in _tenants_of(project)
    return Membership.objects.current().filter(user=user, tenant__in=_tenants_of(project)).exists()


def _working(project: Project) -> list[Grant]:
    """The grants that work today: current, and of people who still belong here (or were let in by the matrix)."""
    tenants = _tenants_of(project)
    grants = Grant.objects.filter(project=project).current(clock.today(project.tenant.time_zone)).select_related("team")
    members = set(
        Membership.objects.current()
        .filter(tenant__in=tenants, user__in=grants.exclude(user=None).values("user"))
        .values_list("user_id", flat=True)
    )
    return [
        grant
        for grant in grants
        if grant.reason != Grant.Reason.SHARED
        or (grant.team.tenant_id in tenants if grant.team else grant.user_id in members)
    ]


def rewrite_permissions(projects: Iterable[Project]) -> None:
    """Make guardian's rows of these projects the union of their working grants."""
    known = Permission.objects.filter(content_type__app_label="projects", content_type__model="project")
    ids = dict(known.values_list("codename", "pk"))
    for project in projects:
        grants = _working(project)
        users = {(g.user_id, ids[code]) for g in grants if g.user_id for code in PERMISSIONS[g.role]}
        groups = {(g.team.group_id, ids[code]) for g in grants if g.team for code in PERMISSIONS[g.role]}
        _replace(ProjectUserPermission, project, "user_id", users)
        _replace(ProjectGroupPermission, project, "group_id", groups)


def _replace(model: Any, project: Project, holder: str, wanted: set[tuple[int, int]]) -> None:
    rows = model.objects.filter(content_object=project)
    present = {(who, what): pk for pk, who, what in rows.values_list("pk", holder, "permission_id")}
    model.objects.filter(pk__in=[pk for row, pk in present.items() if row not in wanted]).delete()
    model.objects.bulk_create(
        model(content_object=project, permission_id=what, **{holder: who})
        for who, what in sorted(wanted - set(present))
    )


def refresh_dated_grants() -> None:
    """Let roles begin and end on their days: rewrite the permissions of every project with a dated grant or provider."""
    dated = Grant.objects.exclude(starts_on=None, ends_on=None).values("project_id")
    found = Project.objects.filter(
        Q(pk__in=dated) | Q(tenant__in=Provider.objects.exclude(until=None).values("tenant"))
    )
    for project_id in list(found.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rewrite_permissions([Project.objects.locked(project_id)])


def _told(grantee: User | Team) -> dict[str, Any]:
    return {"id": grantee.pk, "name": str(grantee), "email": getattr(grantee, "email", "")}


def _grantee(user: User | None, team: Team | None) -> User | Team:
    if (user is None) == (team is None):
        raise ValueError("A role is granted to a person or to a team.")
    return user or team  # type: ignore[return-value]


@transaction.atomic
def grant(
    *,
    project: Project,
    role: str,
    by: User | None,
    user: User | None = None,
    team: Team | None = None,
    reason: str = Grant.Reason.SHARED,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Grant:
    """Give a person or a team a role on a project. The same again with other dates changes the dates."""
    grantee = _grantee(user, team)
    project = Project.objects.locked(project.pk)
    if reason == Grant.Reason.SHARED and not belongs(project, user=user, team=team):
        raise NotAllowedHere(str(grantee))
    row, is_new = Grant.objects.get_or_create(
        project=project,
        user=user,
        team=team,
        role=role,
        reason=reason,
        defaults={"starts_on": starts_on, "ends_on": ends_on, "created_at": clock.now()},
    )
    if not is_new and (row.starts_on, row.ends_on) == (starts_on, ends_on):
        return row
    row.starts_on, row.ends_on = starts_on, ends_on
    row.save(update_fields=["starts_on", "ends_on"])
    rewrite_permissions([project])
    ledger.record(
        project,
        by=by,
        verb="role given",
        person=_told(grantee),
        role=str(role),
        reason=str(reason),
        until=ends_on.isoformat() if ends_on else None,
    )
    if role == Role.LEAD and user is not None and user != by:
        emails.queue(
            recipient=user.email,
            kind="role_given",
            about=f"project-{project.pk}",
            slot=f"lead-{row.pk}-{project.ledger_seq}",
            tenant=project.tenant,
            language=user.language,
            context={
                "name": user.short_name,
                "place": project.name,
                "role": str(Role.LEAD.label),
                "by": str(by) if by else "",
                "url": f"{settings.PUBLIC_URL}/projects/{project.slug}/",
            },
        )
    return row


@transaction.atomic
def let_in(
    *, project: Project, email: str, name: str, role: str, reason: str, by: User | None, ends_on: date | None = None
) -> User:
    """An account for an address that signs in by code, if it has none, and the right to what it was asked for."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, name=name, language=project.tenant.language)
        user.set_unusable_password()
        user.save()
    elif name and not user.name:  # asked before anybody said how they are called
        user.name = name
        user.save(update_fields=["name"])
    grant(project=project, user=user, role=role, reason=reason, ends_on=ends_on, by=by)
    return user


@transaction.atomic
def revoke(*, row: Grant, by: User | None) -> None:
    """Take a granted role back, at once."""
    project = Project.objects.locked(row.project_id)
    row = Grant.objects.select_related("user", "team").get(pk=row.pk)
    leads = Grant.objects.filter(project=project, role=Role.LEAD).exclude(pk=row.pk)
    if row.role == Role.LEAD and not leads.exists():
        raise LastLead(project.name)
    grantee = _grantee(row.user, row.team)
    if project.lead_id == row.user_id and row.role == Role.LEAD:
        successor = leads.exclude(user=None).order_by("pk").first()
        project.lead_id = successor.user_id if successor else None
        project.save(update_fields=["lead"])
    row.delete()
    rewrite_permissions([project])
    ledger.record(project, by=by, verb="role taken back", person=_told(grantee), role=row.role, reason=row.reason)


@transaction.atomic
def hand_over(*, project: Project, to: User, by: User | None) -> Project:
    """Make somebody the lead. Whoever led before keeps their grant until it is taken back."""
    grant(project=project, user=to, role=Role.LEAD, by=by)
    project = Project.objects.locked(project.pk)
    if project.lead_id != to.pk:
        before = project.lead
        project.lead = to
        project.save(update_fields=["lead"])
        ledger.record(project, by=by, verb="handed over", person=_told(to), before=before.name if before else None)
    return project


def roles_of(project: Project, user: User) -> set[str]:
    """The roles that a person holds on a project today, by themselves or through a team."""
    grants = Grant.objects.filter(project=project).current(clock.today(project.tenant.time_zone))
    return set(grants.filter(Q(user=user) | Q(team__group__user=user)).values_list("role", flat=True))


def permissions_of(project: Project, user: User) -> set[str]:
    """All that a person may do on a project, in one query; agrees with `Project.objects.permitting`."""
    return permissions_and_tenants(project, user)[0]


def permissions_and_tenants(project: Project | None, user: User) -> tuple[set[str], set[int]]:
    """(all that a person may do on a project, the ids of the tenants that they administer), in one query."""
    if not user.is_authenticated or not user.is_active:
        return set(), set()
    asked = project.pk if project else 0
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [asked, user.pk, asked, user.pk, user.pk])
        found = cursor.fetchall()
    codes = {code for code, _tenant in found if code}
    administered = {tenant for code, tenant in found if not code}
    if project is not None and project.tenant_id in administered:
        codes |= OF_TENANT_ADMIN
    return codes, administered
