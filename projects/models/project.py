"""A project: the facts that its whole plan rests on, who was granted what, and the owners of its sections."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from projects.document import choices
from projects.rules.roles import OF_TENANT_ADMIN, Role
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import Chained, Membership, Team, Tenant, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


_HELD = """
    SELECT content_object_id FROM projects_projectuserpermission
    WHERE user_id = %s AND permission_id IN (SELECT id FROM auth_permission WHERE codename = %s)
    UNION ALL
    SELECT held.content_object_id FROM projects_projectgrouppermission held
    JOIN tenants_user_groups member ON member.group_id = held.group_id
    WHERE member.user_id = %s AND held.permission_id IN (SELECT id FROM auth_permission WHERE codename = %s)
"""
"""Written out: it is part of every list, and Django takes longer to compose it than a database to answer it."""


class ProjectQuerySet(models.QuerySet["Project"]):
    def permitting(self, user: User | AnonymousUser, permission: str) -> ProjectQuerySet:
        """The projects in which `user` holds `permission` (such as "view_project"), by grant to them or a team.

        One query, and flat however many projects there are: the ids of the user's grants united with those of
        their groups. A superuser has no silent right in a project.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if permission in OF_TENANT_ADMIN:
            return self.filter(Q(pk__in=_held(user.pk, permission)) | Q(tenant_id__in=_administered(user)))
        return self.held_by(user.pk, permission)

    def held_by(self, user_id: int | None, permission: str) -> ProjectQuerySet:
        """The same by grants alone, of somebody of whom it is known that they may sign in."""
        return self.filter(pk__in=_held(user_id, permission))

    def shared_with(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """The projects in which `user` holds anything at all, by grant."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        by_user = ProjectUserPermission.objects.filter(user_id=user.pk)
        by_group = ProjectGroupPermission.objects.filter(group__user=user.pk)
        return self.filter(
            pk__in=by_user.order_by()
            .values("content_object_id")
            .union(by_group.order_by().values("content_object_id"), all=True)
        )

    def listed(self) -> ProjectQuerySet:
        """What lists show: neither archived nor hidden."""
        return self.filter(archived_at=None, is_hidden=False)

    def locked(self, pk: int) -> Project:
        """The project, locked until the end of the transaction. Lock first, then look."""
        found = _locked.first(pk)
        if found is None:
            raise self.model.DoesNotExist(f"project {pk}")
        return found


_locked = CompiledQuery(
    lambda pk: Project.objects.select_for_update(of=("self",), no_key=True).select_related("tenant").filter(pk=pk)
)


def _held(user_id: int | None, permission: str) -> RawSQL:
    return RawSQL(_HELD, [user_id, permission, user_id, permission])  # noqa: S611  # nosec B611


def _administered(user: User | AnonymousUser) -> models.QuerySet[Membership, int]:
    rows = Membership.objects.current().filter(user_id=user.pk or 0, role=Membership.Role.ADMIN)
    return rows.values_list("tenant_id", flat=True)


class Project(Chained):
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="projects")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=choices.ProjectKind.choices)
    plan = models.CharField(_("plan"), max_length=2, choices=choices.Plan.choices, default=choices.Plan.P2)
    architecture = models.CharField(
        _("architecture"), max_length=20, choices=choices.Architecture.choices, blank=True, default=""
    )
    geography = models.CharField(
        _("where data is kept"), max_length=10, choices=choices.Geography.choices, blank=True, default=""
    )
    microsoft_tenant = models.CharField(_("Microsoft tenant"), max_length=200, blank=True, default="")
    tenant_created_on = models.DateField(_("Microsoft tenant created on"), null=True, blank=True)
    terminology = models.CharField(
        _("names of Microsoft's products"), max_length=10, choices=choices.Terminology.choices, default="current"
    )
    phase = models.CharField(
        max_length=10, choices=choices.Phase.choices, default=choices.Phase.PREPARE, editable=False
    )
    in_spite_of = models.JSONField(
        null=True, editable=False, help_text="What stood against the last phase when it was started all the same."
    )
    """None, or {"phase", "blockers": their titles, "why", "by": a name, "at": ISO moment}."""
    lead = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="leads", verbose_name=_("lead"))
    digests = models.JSONField(default=dict, editable=False)
    """Fingerprint of each section as it is now, written by the ledger under the lock."""
    authors = models.JSONField(default=dict, editable=False)
    """Section -> {address: name} of everybody with a material change since its last full sign-off."""
    askers = models.JSONField(default=dict, editable=False)
    """Section -> address of whoever asked last for its approval."""
    signed_off = models.JSONField(
        default=dict, editable=False, help_text="Section: fingerprint at its last full sign-off."
    )
    is_hidden = models.BooleanField(default=False, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    chain_kind = "project"
    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name"]
        indexes = [models.Index(name="project_of_tenant", fields=["tenant", "name"])]
        default_permissions = ()
        permissions = [
            ("view_project", "read the plan"),
            ("change_project", "edit the plan"),
            ("manage_stakeholders", "edit the stakeholder matrix"),
            ("submit_project", "send the plan for approval"),
            ("move_phase", "start the next phase"),
            ("override_gate", "start a phase in spite of blockers"),
            ("share_project", "share the project"),
            ("archive_project", "archive and restore the project"),
            ("view_revision", "read what was sent for approval"),
            ("audit_project", "read history and evidence"),
            ("answer_project", "answer a question about the project"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectUserPermission(UserObjectPermissionBase):  # type: ignore[misc]
    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)


class ProjectGroupPermission(GroupObjectPermissionBase):  # type: ignore[misc]
    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)


class GrantQuerySet(models.QuerySet["Grant"]):
    def current(self, today: date) -> GrantQuerySet:
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today))


class Grant(models.Model):
    """Why somebody holds a role on a project. The guardian rows are the union of the current ones."""

    class Reason(models.TextChoices):
        SHARED = "shared", _("shared with them")
        MATRIX = "matrix", _("stakeholder matrix")
        SUBSTITUTE = "substitute", _("substitute")
        QUESTION = "question", _("was asked a question")
        UPLOAD = "upload", _("uploads an export")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="grants")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices, default=Reason.SHARED)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="grant_to_user_or_team", condition=Q(user=None) ^ Q(team=None)),
            models.CheckConstraint(
                name="grant_ends_after_it_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.UniqueConstraint(
                name="one_grant_per_user", fields=["project", "user", "role", "reason"], condition=Q(team=None)
            ),
            models.UniqueConstraint(
                name="one_grant_per_team", fields=["project", "team", "role", "reason"], condition=Q(user=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.team}: {self.role}"


class SectionOwner(models.Model):
    """Who looks after a section: what its checks find is theirs. Outside the document: no signature depends on it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="section_owners")
    section = models.CharField(max_length=20)
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_owner_per_section", fields=["project", "section"])]

    def __str__(self) -> str:
        return str(self.person or self.team or "")

    def as_names(self) -> dict[str, Any]:
        return {"person": self.person.name if self.person else "", "team": self.team.name if self.team else ""}
