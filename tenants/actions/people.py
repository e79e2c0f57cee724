"""What is done to tenants, teams and people. Pages, admin and commands all call these; each ends in the history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from tenants import clock, emails, ledger
from tenants.models import Membership, Provider, Team, Tenant, User
from tenants.models.people import normal_address


class LastAdministrator(Exception):
    """A tenant keeps at least one administrator."""


class SwitchedOff(Exception):
    """The account of this person is switched off: it must be switched on before they can belong to a tenant."""


def _record(tenant: Tenant, *, by: User | None, verb: str, **what: Any) -> None:
    locked = Tenant.objects.locked(tenant.pk)
    ledger.append(locked, tenant_id=tenant.pk, by=by, verb=verb, what=what)
    tenant.ledger_seq, tenant.ledger_head = locked.ledger_seq, locked.ledger_head


def _told(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": user.name, "email": user.email}


def _first_letters(name: str) -> str:
    """Of the references of a tenant: Österreich gets OST, because everybody can type that."""
    return "".join(c for c in slugify(name).upper() if c.isalpha())[:3] or "REQ"


@transaction.atomic
def create_tenant(
    *,
    name: str,
    by: User | None,
    slug: str = "",
    reference_prefix: str = "",
    time_zone: str = "",
    sender_name: str = "",
    from_address: str = "",
    language: str = "en",
) -> Tenant:
    """Make an organisation. Its people come by `invite`."""
    tenant = Tenant(
        name=name,
        slug=slug or slugify(name),
        reference_prefix=reference_prefix or _first_letters(name),
        time_zone=time_zone or settings.TIME_ZONE,
        sender_name=sender_name,
        from_address=from_address,
        language=language,
        created_at=clock.now(),
    )
    tenant.full_clean()
    tenant.save()
    _record(tenant, by=by, verb="tenant created", name=name)
    return tenant


@transaction.atomic
def invite(
    *,
    tenant: Tenant,
    email: str,
    by: User | None,
    name: str = "",
    role: str = Membership.Role.MEMBER,
    teams: Iterable[Team] = (),
    is_mailed: bool = True,
) -> Membership:
    """Let somebody belong to a tenant; make their account where there is none. They set their own password.

    A person who belongs already keeps the membership (with the role given here) and is not mailed again.
    """
    Tenant.objects.locked(tenant.pk)
    address = normal_address(email)
    user = User.objects.filter(email=address).first()
    if user is None:
        user = User(email=address, name=name.strip(), language=tenant.language, date_joined=clock.now())
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save()
    if not user.is_active:
        raise SwitchedOff(user.email)
    membership = Membership.objects.current().filter(tenant=tenant, user=user).first()
    if membership is None:
        membership = Membership.objects.create(tenant=tenant, user=user, role=role, since=clock.now())
        _record(tenant, by=by, verb="invited", person=_told(user), role=str(role))
        if is_mailed:
            emails.queue(
                recipient=user.email,
                kind="invitation",
                about=f"membership-{membership.pk}",
                slot="once",
                tenant=tenant,
                language=user.language,
                reply_to=by.email if by else "",
                context={
                    "name": user.short_name,
                    "tenant": tenant.name,
                    "role": str(Membership.Role(role).label),
                    "by": str(by) if by else "",
                    "url": f"{settings.PUBLIC_URL}/",
                },
            )
    elif membership.role != role:
        change_role(membership=membership, role=role, by=by)
    for team in teams:
        add_to_team(team=team, user=user, by=by)
    return membership


def _keep_an_administrator(membership: Membership) -> None:
    others = (
        Membership.objects.current()
        .filter(tenant=membership.tenant, role=Membership.Role.ADMIN)
        .exclude(pk=membership.pk)
    )
    if membership.role == Membership.Role.ADMIN and not others.exists():
        raise LastAdministrator(membership.tenant.name)


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User | None) -> Membership:
    """Make a member an administrator, or the other way round. Who becomes administrator is mailed."""
    Tenant.objects.locked(membership.tenant_id)
    membership = Membership.objects.select_related("tenant", "user").get(pk=membership.pk)
    if membership.role == role:
        return membership
    _keep_an_administrator(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _record(
        membership.tenant, by=by, verb="role changed", person=_told(membership.user), before=before, after=str(role)
    )
    if role == Membership.Role.ADMIN:
        emails.queue(
            recipient=membership.user.email,
            kind="role_given",
            about=f"membership-{membership.pk}",
            slot=f"admin-{clock.now():%Y%m%d%H%M%S}",
            tenant=membership.tenant,
            language=membership.user.language,
            context={
                "name": membership.user.short_name,
                "place": membership.tenant.name,
                "role": str(Membership.Role.ADMIN.label),
                "by": str(by) if by else "",
                "url": f"{settings.PUBLIC_URL}/",
            },
        )
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: User | None) -> Membership:
    """Somebody left the tenant: no team, no access as a member. What they decided stands, with their name."""
    Tenant.objects.locked(membership.tenant_id)
    membership = Membership.objects.select_related("tenant", "user").get(pk=membership.pk)
    if membership.ended_at is not None:
        return membership
    _keep_an_administrator(membership)
    for team in Team.objects.filter(tenant=membership.tenant, group__user=membership.user):
        team.group.user_set.remove(membership.user)
    membership.ended_at = clock.now()
    membership.save(update_fields=["ended_at"])
    _record(membership.tenant, by=by, verb="membership ended", person=_told(membership.user))
    return membership


@transaction.atomic
def create_team(*, tenant: Tenant, name: str, by: User | None, members: Iterable[User] = ()) -> Team:
    team = Team(tenant=tenant, name=name)
    team.full_clean(exclude=["group"])
    team.save()
    _record(tenant, by=by, verb="team created", team=name)
    for member in members:
        add_to_team(team=team, user=member, by=by)
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str, by: User | None) -> Team:
    if team.name == name:
        return team
    before, team.name = team.name, name
    team.full_clean(exclude=["group"])
    team.save(update_fields=["name"])
    _record(team.tenant, by=by, verb="team renamed", before=before, after=name)
    return team


@transaction.atomic
def remove_team(*, team: Team, by: User | None) -> None:
    """Remove a team and with it every role that it was granted."""
    _record(team.tenant, by=by, verb="team removed", team=team.name)
    team.delete()


@transaction.atomic
def add_to_team(*, team: Team, user: User, by: User | None) -> None:
    """Put somebody into a team; only people of its tenant can be."""
    if not Membership.objects.current().filter(tenant=team.tenant, user=user).exists():
        raise ValueError(f"{user} does not belong to {team.tenant}.")
    if not team.group.user_set.filter(pk=user.pk).exists():
        team.group.user_set.add(user)
        _record(team.tenant, by=by, verb="added to team", team=team.name, person=_told(user))


@transaction.atomic
def remove_from_team(*, team: Team, user: User, by: User | None) -> None:
    if team.group.user_set.filter(pk=user.pk).exists():
        team.group.user_set.remove(user)
        _record(team.tenant, by=by, verb="removed from team", team=team.name, person=_told(user))


@transaction.atomic
def name_provider(*, tenant: Tenant, provider: Tenant, by: User | None, until: date | None = None) -> Provider:
    """Allow a partner's people and teams to be granted roles in this tenant's projects, until a day or for good."""
    row, is_new = Provider.objects.get_or_create(tenant=tenant, provider=provider, defaults={"until": until})
    if is_new or row.until != until:
        row.until = until
        row.save(update_fields=["until"])
        _record(
            tenant, by=by, verb="provider named", provider=provider.name, until=until.isoformat() if until else None
        )
    return row


@transaction.atomic
def end_provider(*, row: Provider, by: User | None) -> None:
    _record(row.tenant, by=by, verb="provider ended", provider=row.provider.name)
    row.delete()


@transaction.atomic
def rename_person(*, user: User, name: str, by: User) -> User:
    """Correct the name of somebody, in the history of every tenant they belong to."""
    if user.name == name:
        return user
    before, user.name = user.name, name
    user.save(update_fields=["name"])
    for tenant in Tenant.objects.of_member(user).order_by("pk"):
        _record(tenant, by=by, verb="person renamed", person=_told(user), before=before)
    return user


@transaction.atomic
def set_may_sign_in(*, user: User, may: bool, by: User | None) -> User:
    """Switch an account off, which ends its sessions for good, or on again. Rows that name the person stay."""
    if user.is_active == may:
        return user
    tenants = list(Tenant.objects.filter(memberships__user=user, memberships__ended_at=None).order_by("pk"))
    if not may:
        for membership in Membership.objects.current().filter(user=user).select_related("tenant").order_by("tenant"):
            Tenant.objects.locked(membership.tenant_id)
            _keep_an_administrator(membership)
    user.is_active = may
    if not may:
        user.sessions_ended_at = clock.now()
    user.save(update_fields=["is_active", "sessions_ended_at"])
    for tenant in tenants:
        _record(tenant, by=by, verb="may sign in" if may else "may not sign in", person=_told(user))
    return user
