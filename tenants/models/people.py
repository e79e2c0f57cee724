"""Users are global; a membership ties one to a tenant; a team is a named group of a tenant's people."""

from __future__ import annotations

import re
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.models.ledger import Chained
from tenants.quiet import Quiet

DEMO_PASSWORD = "mdeprep-demo"  # noqa: S105  # nosec B105 - public, and refused outside demo mode


class UserQuerySet(models.QuerySet["User"]):
    def in_tenants_of_admin(self, admin: User) -> UserQuerySet:
        """People of the tenants that `admin` administers (a superuser: everybody)."""
        if admin.is_superuser:
            return self
        return self.filter(
            pk__in=Membership.objects.filter(tenant__in=Tenant.objects.administered_by(admin)).values("user_id")
        )


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def in_tenants_of_admin(self, admin: User) -> UserQuerySet:
        return self.get_queryset().in_tenants_of_admin(admin)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normal_address(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=normal_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)


def normal_address(email: str) -> str:
    """One spelling per address: trimmed and lower case."""
    return email.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The address is the log-in and belongs to the person: no administrator changes it."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en", choices=settings.LANGUAGES)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    wants_digest = models.BooleanField(
        _("one mail a day instead of reminders"), default=False, help_text=_("Whatever waits, each morning.")
    )
    quiet_from = models.TimeField(_("no reminders from"), null=True, blank=True)
    quiet_until = models.TimeField(_("no reminders until"), null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(default=clock.now, editable=False)
    sessions_ended_at = models.DateTimeField(null=True, editable=False)
    """Whoever signed in before this moment is signed out."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "email"]
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_both_or_none",
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = normal_address(self.email)

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the person's password. That of the demonstration opens nothing anywhere else."""
        is_right = super().check_password(raw_password)
        return is_right and (settings.DEMO or raw_password != DEMO_PASSWORD)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        ended = self.sessions_ended_at
        parts = f"{self.password} {ended.timestamp() if ended else ''}"
        return salted_hmac("tenants.User.session", parts, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django's, but about an object a superuser has no silent right: the backends answer."""
        if obj is None:
            return super().has_perm(perm)
        return self.is_active and any(
            backend.has_perm(self, perm, obj) for backend in auth.get_backends() if hasattr(backend, "has_perm")
        )

    @property
    def quiet(self) -> Quiet | None:
        """The hours in which this person is not reminded; None if they chose none, and each tenant's hold."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return Quiet(self.quiet_from, self.quiet_until)

    @property
    def short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()


class TenantQuerySet(models.QuerySet["Tenant"]):
    def of_member(self, user: User) -> TenantQuerySet:
        return self.filter(pk__in=Membership.objects.current().filter(user=user).values("tenant_id"))

    def administered_by(self, user: User) -> TenantQuerySet:
        if user.is_superuser:
            return self
        rows = Membership.objects.current().filter(user=user, role=Membership.Role.ADMIN)
        return self.filter(pk__in=rows.values("tenant_id"))

    def locked(self, pk: int) -> Tenant:
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


FIRST_LETTERS = re.compile("[A-Za-z0-9]+")
"""Of a reference code, which has to be found again as it is typed."""


class Tenant(Chained):
    """An organisation. Its people, teams and projects are seen by nobody else."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=50)
    reference_prefix = models.CharField(
        _("first letters of reference codes"), max_length=4, help_text=_("For example CON: requests are then CON-7F3K.")
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en", choices=settings.LANGUAGES)
    sender_name = models.CharField(
        _("name in the From line of mails"), max_length=60, blank=True, help_text=_("Empty: the tenant's own name.")
    )
    from_address = models.EmailField(
        _("From address of mails"),
        blank=True,
        default="",
        help_text=_("Empty: that of the installation. The mail server must be allowed to send from it."),
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    chain_kind = "tenant"
    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.reference_prefix and not FIRST_LETTERS.fullmatch(self.reference_prefix):
            raise ValidationError({"reference_prefix": _("Only letters from A to Z and digits: people type them.")})


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        return self.filter(ended_at=None, user__is_active=True)


class Membership(models.Model):
    """Somebody belongs to a tenant. Ending it keeps the row: who was here, and until when."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("administrator")
        MEMBER = "member", _("member")

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("tenant"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    since = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                name="one_current_membership", fields=["tenant", "user"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.tenant}"


class Team(models.Model):
    """People of a tenant who are granted roles together. The Django group behind it carries the permissions."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="teams", verbose_name=_("tenant"))
    name = models.CharField(_("name"), max_length=120)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="team", editable=False)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="team_name_unique_in_tenant", fields=["tenant", "name"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.group_id is None:
            self.group = Group.objects.create(name=f"team-{uuid.uuid4()}")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        self.group.delete()
        return gone


class Provider(models.Model):
    """Another tenant (a partner, an MSP) whose people and teams may be granted roles in this one's projects."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="providers", verbose_name=_("customer"))
    provider = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="customers", verbose_name=_("provider"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        constraints = [
            models.UniqueConstraint(name="one_row_per_provider", fields=["tenant", "provider"]),
            models.CheckConstraint(name="nobody_provides_itself", condition=~Q(tenant=models.F("provider"))),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.tenant}"
