"""The stakeholder matrix: who approves, who gives input, who is informed."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from projects.models import PlanRow
from stakeholders.document import Part, Quorum
from tenants import clock
from tenants.models import User
from tenants.models.people import normal_address


class MatrixSettings(PlanRow):
    quorum = models.CharField(max_length=5, choices=Quorum.choices, default=Quorum.ALL)


class StakeholderQuerySet(models.QuerySet["Stakeholder"]):
    def to_confirm(self, user: User, today: date) -> StakeholderQuerySet:
        """Rows of the person for which somebody else named a substitute, who counts when the person says so."""
        named = self.filter(email=user.email, does_not_apply="", substitute_until__gte=today, substitute_email__gt="")
        counting = StandIn.objects.counting().filter(stakeholder=models.OuterRef("pk"))
        return named.exclude(substitute_from=None).exclude(models.Exists(counting))


class Stakeholder(PlanRow):
    role = models.CharField(max_length=200)
    part = models.CharField(max_length=2, choices=Part.choices)
    name = models.CharField(max_length=200, blank=True, default="")
    email = models.EmailField(max_length=200, blank=True, default="")
    scope = models.JSONField(default=list, blank=True, help_text=_("Empty: all sections."))
    question = models.TextField(blank=True, default="")
    description = models.TextField(blank=True, default="")
    substitute = models.CharField(max_length=200, blank=True, default="")
    substitute_email = models.EmailField(max_length=200, blank=True, default="")
    substitute_from = models.DateField(null=True, blank=True)
    substitute_until = models.DateField(null=True, blank=True)
    escalation = models.CharField(max_length=200, blank=True, default="")
    telephone = models.CharField(max_length=200, blank=True, default="")

    objects = StakeholderQuerySet.as_manager()

    class Meta(PlanRow.Meta):
        indexes = [
            models.Index(name="substitute_to_confirm", fields=["email"], condition=models.Q(substitute_email__gt=""))
        ]
        constraints = [
            *PlanRow.Meta.constraints,
            models.CheckConstraint(
                name="substitute_ends_after_it_starts",
                condition=models.Q(substitute_from=None)
                | models.Q(substitute_until=None)
                | models.Q(substitute_until__gte=models.F("substitute_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.role

    def clean(self) -> None:
        super().clean()
        self.email = normal_address(self.email)
        self.substitute_email = normal_address(self.substitute_email)

    @property
    def user(self) -> User | None:
        return User.objects.filter(email=self.email).first() if self.email else None


class StandInQuerySet(models.QuerySet["StandIn"]):
    def counting(self) -> StandInQuerySet:
        """Those that were confirmed as the matrix names them now: change the row, and it must be confirmed anew."""
        return self.filter(
            stakeholder__does_not_apply="",
            for_email=F("stakeholder__email"),
            email=F("stakeholder__substitute_email"),
            starts_on=F("stakeholder__substitute_from"),
            ends_on=F("stakeholder__substitute_until"),
        )

    def on(self, day: date) -> StandInQuerySet:
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class StandIn(models.Model):
    """A substitute who counts: named by the stakeholder, or confirmed by them or by somebody else who approves."""

    stakeholder = models.OneToOneField(Stakeholder, on_delete=models.CASCADE, related_name="stand_in")
    for_email = models.EmailField(max_length=200)
    email = models.EmailField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    confirmed_by_name = models.CharField(max_length=200)
    confirmed_by_email = models.EmailField(max_length=200)
    confirmed_at = models.DateTimeField(default=clock.now)

    objects = StandInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="nobody_stands_in_for_themselves", condition=~models.Q(email=F("for_email"))),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.for_email}"
