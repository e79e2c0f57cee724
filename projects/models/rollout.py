"""Rows of the sections about licences, adoption order, connectivity, migration and timeline."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from projects.document import choices
from projects.models.rows import PlanRow, choice, count, day, line, optional_line, text


class Licensing(PlanRow):
    is_mixed = models.BooleanField(default=False)
    switch_set_on = day()
    note = text()


class Entitlement(PlanRow):
    product = line()
    quantity = count()
    state = choice(choices.Bought, default="bought")
    until = day()
    note = text()


class Component(PlanRow):
    component = line()
    is_in = models.BooleanField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    parts = text()
    replaces = optional_line()
    reason = text()
    owner = optional_line()
    starts_on = day()


class NetworkSettings(PlanRow):
    approach = choice(choices.Approach, default="")
    proxy = optional_line()
    tls_inspection_off_on = day()
    proxy_authentication_off_on = day()


class Route(PlanRow):
    system = line()
    route = optional_line()
    proxy = optional_line()
    status = choice(choices.RouteStatus, default="unknown")
    verified_by = optional_line()
    verified_on = day()


class MigrationItem(PlanRow):
    item = line()
    detail = text()
    state = choice(choices.StepState, default="open")
    done_on = day()
    done_by = optional_line()
    devices_done = count(null=True, blank=True)
    devices_total = count(null=True, blank=True)
    build = optional_line()
    evidence = optional_line()

    class Meta(PlanRow.Meta):
        constraints = [
            *PlanRow.Meta.constraints,
            models.CheckConstraint(
                name="no_more_done_than_there_are",
                condition=Q(devices_done=None) | Q(devices_total=None) | Q(devices_done__lte=F("devices_total")),
            ),
        ]


class TimelineItem(PlanRow):
    title = line()
    kind = choice(choices.TimelineKind, default="milestone")
    phase = choice(choices.Phase, default="prepare")
    starts_on = day()
    due_on = day()
    devices = count(null=True, blank=True)
    exit_criteria = text()
    owner = optional_line()
    done_on = day()

    class Meta(PlanRow.Meta):
        constraints = [
            *PlanRow.Meta.constraints,
            models.CheckConstraint(
                name="timeline_ends_after_it_starts",
                condition=Q(starts_on=None) | Q(due_on=None) | Q(due_on__gte=F("starts_on")),
            ),
        ]
