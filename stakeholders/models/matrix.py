"""The stakeholder matrix: who approves, who gives input, who is informed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models import PlanRow
from stakeholders.document import Part, Quorum
from tenants.models import User
from tenants.models.people import normal_address


class MatrixSettings(PlanRow):
    quorum = models.CharField(max_length=5, choices=Quorum.choices, default=Quorum.ALL)


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

    class Meta(PlanRow.Meta):
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
