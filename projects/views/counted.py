"""What the page of the environment says of its counts: who is of record, what was not placed, what somebody typed."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from projects.document.rows import DeviceCount, Source
from projects.document.sections import Environment
from projects.forms import short_choices
from projects.importers import NOT_SHOWN
from projects.models import Project
from projects.rules.count_history import Counted, counted_by_day
from projects.rules.estate import Estate
from projects.rules.sources import KINDS, side_by_side, sourced
from projects.rules.told import each_row, parsed
from projects.tables import TABLES
from tenants import clock
from tenants.models import LedgerEntry

DEVICES = TABLES["environment", "devices"]


def unplaced(text: str, times: int | None) -> dict[str, Any]:
    """A name that no rule places: how often it was met, and what it may be, the most alike first."""
    return {"text": text, "called": as_written(text), "times": times, "choices": short_choices(text)}


def as_written(text: str) -> str:
    """A name of an operating system as an export has it, between quotation marks; or why there is none to quote."""
    if text == NOT_SHOWN:
        return _("names that may be of a person or a device, and are not shown")
    return f"“{text}”" if text else _("no operating system told")


def source_panels(environment: Environment) -> dict[str, Any]:
    """What the page of the environment says of sources: who is of record, what differs, what nobody took over."""
    sides = side_by_side(environment)
    return {
        "sides": sides if len(sides.sources) > 1 else None,
        "waiting": [
            {"source": source, "names": [unplaced(text, times) for text, times in _names(source)]}
            for source in environment.sources
            if source.not_placed and source.unknown
        ],
    }


def history_of(project: Project, found: Estate) -> tuple[Counted, ...]:
    """What the plan counted at the end of each day on which counts moved, and counts now. One query.

    A plan that was taken over from a file has no entry for each of its rows: it begins with what it counts now.
    """
    zone = ZoneInfo(project.tenant.time_zone)
    entries = LedgerEntry.objects.of(project).filter(
        sections__contains=" environment ", body__contains=f'"table":"{DEVICES.name}"'
    )
    told = [
        (entry.at.astimezone(zone).date(), what)
        for entry in entries.order_by("seq").only("at", "body")
        for what in each_row(parsed(entry.body)["what"])
        if what.get("table") == DEVICES.name and "after" in what
    ]
    days = counted_by_day(told)
    if (days and days[-1].total == found.total) or not found.total:
        return days
    by_kind = {kind: found.by_kind(kind).total for kind in KINDS}
    return (*days, Counted(clock.today(project.tenant.time_zone), by_kind, ()))


def _names(source: Source) -> list[tuple[str, int | None]]:
    times = source.unknown_times if len(source.unknown_times) == len(source.unknown) else (None,) * len(source.unknown)
    return list(zip(source.unknown, times, strict=True))


def typed_words(environment: Environment, row: DeviceCount) -> str:
    """Beside a count that somebody typed: why, and what its source says."""
    if not row.typed_because:
        return ""
    why = row.typed_because.rstrip()
    told = sourced(environment, row)
    if told is None:
        return _("typed: %(why)s") % {"why": why}
    return _("typed: %(why)s %(source)s says %(count)s.") % {
        "why": why if why.endswith((".", "!", "?")) else f"{why}.",
        "source": row.source,
        "count": f"{told:,}",
    }
