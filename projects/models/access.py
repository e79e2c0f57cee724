from __future__ import annotations

from django.db import models
from django.db.models import Q

from projects.document import choices
from projects.models.rows import PlanRow, choice, count, day, line, names, optional_line, text


class AccessSettings(PlanRow):
    today = choice(choices.AccessModel, default="")
    planned = choice(choices.AccessModel, default="")
    planned_on = day()
    break_glass = count(null=True, blank=True)
    global_administrators = count(null=True, blank=True)
    review_by = optional_line()
    review_months = count(null=True, blank=True)
    review_first_on = day()


class Persona(PlanRow):
    name = line()
    duties = text()


class Assignment(PlanRow):
    persona = line()
    role = optional_line()
    entra_role = optional_line()
    assignee = line()
    assignee_kind = choice(choices.AssigneeKind, default="group")
    people = count(default=0)
    held = choice(choices.HeldHow, default="eligible")
    duration = choice(choices.HeldFor, default="permanent")
    ends_on = day()
    hours = count(null=True, blank=True)
    justification = text()
    removed_on = day()
    evidence = optional_line()

    class Meta(PlanRow.Meta):
        constraints = [
            *PlanRow.Meta.constraints,
            models.CheckConstraint(
                name="temporary_iff_it_ends",
                condition=Q(duration="permanent", ends_on=None) | Q(duration="temporary", ends_on__isnull=False),
            ),
        ]


class PartnerAccess(PlanRow):
    partner = line()
    roles = line()
    ends_on = day()
    is_extended = models.BooleanField(default=False)


class Tier(PlanRow):
    number = models.PositiveSmallIntegerField()
    name = line()
    description = text()
    permissions = names()
    groups = names()
    escalates_when = text()


class DeviceGroup(PlanRow):
    rank = models.PositiveSmallIntegerField()
    name = line()
    rule_on = choice(choices.RuleOn, default="tag")
    rule_value = optional_line()
    remediation = choice(choices.Remediation, default="none")
    granted_to = names()
