from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.document import choices
from projects.models.project import Project
from projects.models.rows import PlanRow, choice, count, day, line, names, optional_line, text
from tenants.models import Tenant


class AccessSettings(PlanRow):
    today = choice(choices.AccessModel, default="")
    planned = choice(choices.AccessModel, default="")
    planned_on = day()
    has_pim = models.BooleanField(null=True, blank=True)
    break_glass = count(null=True, blank=True)
    global_administrators = count(null=True, blank=True)
    administrators = names()
    existing_groups = names()
    review_by = optional_line()
    review_months = count(null=True, blank=True)
    review_first_on = day()
    review_last_on = day()


class Persona(PlanRow):
    name = line()
    duties = text()
    tasks = names()


class Assignment(PlanRow):
    persona = line()
    role = optional_line()
    entra_role = optional_line()
    assignee = line()
    assignee_kind = choice(choices.AssigneeKind, default="group")
    people = count(default=0)
    held = choice(choices.HeldHow, default="eligible")
    duration = choice(choices.HeldFor, default="permanent")
    starts_on = day()
    ends_on = day()
    hours = count(null=True, blank=True)
    approver = optional_line()
    justification = text()
    remover = optional_line()
    removed_on = day()
    removed_by = optional_line()
    evidence = optional_line()
    evidence_hash = optional_line()
    confirmed_on = day()
    confirmed_by = optional_line()

    class Meta(PlanRow.Meta):
        constraints = [
            *PlanRow.Meta.constraints,
            models.CheckConstraint(
                name="temporary_iff_it_ends",
                condition=Q(duration="permanent", ends_on=None) | Q(duration="temporary", ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="ends_after_it_starts",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]


class PartnerAccess(PlanRow):
    partner = line()
    entra_roles = names()
    roles = optional_line()
    ends_on = day()
    is_extended = models.BooleanField(default=False)


class Tier(PlanRow):
    number = models.PositiveSmallIntegerField()
    name = line()
    region = optional_line()
    description = text()
    tasks = names()
    permissions = names()
    groups = names()
    escalates_when = text()


class DeviceGroup(PlanRow):
    rank = models.PositiveSmallIntegerField()
    name = line()
    rule_on = choice(choices.RuleOn, default="tag")
    rule_how = choice(choices.RuleHow, default="is")
    rule_value = optional_line()
    more_rules = names()
    remediation = choice(choices.Remediation, default="none")
    granted_to = names()


class KeptFinding(PlanRow):
    finding = line()
    about = optional_line()
    what = optional_line()
    because = text()


class AccessPolicyManager(models.Manager["AccessPolicy"]):
    def of(self, tenant: Tenant) -> AccessPolicy:
        """The policy of a tenant; the usual one, not stored, where nobody has changed it."""
        return self.filter(tenant=tenant).first() or AccessPolicy(tenant=tenant)


class AccessPolicy(models.Model):
    """How long a tenant lets anybody hold a role that ends, and how many days before its end the remover is reminded."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="access_policy")
    longest_days = models.PositiveSmallIntegerField(
        _("longest time for which a temporary role is held, in days"),
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    remind_days = models.PositiveSmallIntegerField(
        _("days before its end on which whoever removes it is reminded"), default=7, validators=[MaxValueValidator(90)]
    )

    objects = AccessPolicyManager()

    class Meta:
        verbose_name = _("temporary roles")
        verbose_name_plural = _("temporary roles")

    def __str__(self) -> str:
        return str(self.tenant)


class PresentAccess(models.Model):
    """Who holds which role now, as an export said: compared with the plan, no part of it. One for each project.

    `rows` are lists of [role, holder, address, kind, held, ends on], as `document.present.Held` writes them.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="present_access")
    read_at = models.DateTimeField()
    read_by = models.CharField(max_length=200)
    format = models.CharField(max_length=60)
    file_hash = models.CharField(max_length=64)
    rows = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.project}: {self.format}"
