from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from projects.document import choices
from projects.models.rows import PlanRow, choice, count, day, line, names, optional_line, text


class Topic(PlanRow):
    topic = line()
    note = text()


class DeviceCount(PlanRow):
    system = line()
    other_name = optional_line()
    kind = choice(choices.DeviceKind)
    count = count()
    source = optional_line()
    counted_on = day()
    typed_because = text()
    note = text()

    class Meta(PlanRow.Meta):
        constraints = [
            *PlanRow.Meta.constraints,
            models.UniqueConstraint(name="one_count_per_system", fields=["project", "system", "other_name", "kind"]),
            models.CheckConstraint(name="other_systems_are_named", condition=~Q(system="other") | ~Q(other_name="")),
        ]


class ManagementEngine(PlanRow):
    engine = choice(choices.Engine)
    other_name = optional_line()
    version = optional_line()
    manages = optional_line()
    devices = count(default=0)


class CdocTeam(PlanRow):
    tier = models.PositiveSmallIntegerField()
    run_by = choice(choices.RunBy)
    provider = optional_line()
    place = line()
    region = optional_line()
    people = count(default=0)
    cover = choice(choices.Cover, default="")
    hours = optional_line()


class Siem(PlanRow):
    product = line()
    version = optional_line()
    data_path = optional_line()
    connected_by = optional_line()
    due_on = day()
    tested_on = day()
    note = text()


class ExistingProtection(PlanRow):
    platform = choice(choices.Platform)
    product = optional_line()
    kind = choice(choices.ProtectionKind, default="antivirus")
    version = optional_line()
    up_to_date_on = day()
    fate = choice(choices.Fate, default="")
    exclusions = text()
    note = text()


class Impact(PlanRow):
    what = line()
    area = choice(choices.ImpactArea)
    cause = optional_line()
    caused_by = optional_line()
    owner = optional_line()
    due_on = day()
    done_on = day()


class Source(PlanRow):
    name = line()
    imported_on = day()
    read = count(default=0)
    counted = count(default=0)
    duplicates = count(default=0)
    left_out = count(default=0)
    not_placed = count(default=0)
    not_readable = count(default=0)
    unknown = names()
    unknown_times = names()
    counts = names()
    of_record_for = names()
    file_hash = optional_line()

    class Meta(PlanRow.Meta):
        constraints = [
            *PlanRow.Meta.constraints,
            models.CheckConstraint(
                name="every_row_read_is_accounted_for",
                condition=Q(read=F("counted") + F("duplicates") + F("left_out") + F("not_placed") + F("not_readable")),
            ),
        ]
