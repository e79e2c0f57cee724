"""Temporary roles as a calendar file (RFC 5545): from the start to the day of removal, with a reminder before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from projects.document.rows import Assignment
from projects.rules.labels import role_of
from projects.rules.temporary import is_temporary

STARTS_AT, ENDS_AT = time(9), time(17)
REMOVAL_IS_SAID_AT = time(9)


@dataclass(frozen=True, slots=True)
class Place:
    """What the events of one project have in common. `host` makes their names unique in the world."""

    project_id: int
    project: str
    url: str
    host: str
    zone: str
    remind_days: int


def calendar_of(rows: Collection[Assignment], place: Place, *, now: datetime, seq: int) -> bytes:
    """An event for each dated assignment; of one that is removed, that it is cancelled: the calendar then drops it.

    `seq` grows with the project, so that a newer file replaces the events of an older one.
    """
    from icalendar import Calendar  # loaded here: it takes a third of a second, and few requests write a calendar

    calendar = Calendar()
    calendar.add("prodid", "-//mdeprep//temporary access//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _one_line(_("Temporary access: %(project)s") % {"project": place.project}))
    calendar.add("x-wr-timezone", place.zone)
    for row in rows:
        if is_temporary(row):
            calendar.add_component(_event(row, place, now, seq))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(row: Assignment, place: Place, now: datetime, seq: int):  # type: ignore[no-untyped-def]
    from icalendar import Event

    assert row.ends_on is not None
    zone = ZoneInfo(place.zone)
    event = Event()
    event.add("uid", f"temporary-{place.project_id}-{row.key}@{place.host}")
    event.add("dtstamp", now)
    event.add("sequence", seq)
    event.add("dtstart", datetime.combine(row.starts_on or row.ends_on, STARTS_AT, zone))
    event.add("dtend", datetime.combine(row.ends_on, ENDS_AT, zone))
    words = {"role": role_of(row), "who": row.assignee, "project": place.project}
    event.add("summary", _one_line(_("Remove %(role)s of %(who)s (%(project)s)") % words))
    event.add("description", _description(row, place))
    event.add("url", place.url)
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    event.add("status", "CANCELLED" if row.removed_on else "CONFIRMED")
    if not row.removed_on:
        on_the_day = datetime.combine(row.ends_on, REMOVAL_IS_SAID_AT) - datetime.combine(row.ends_on, ENDS_AT)
        before = [timedelta(days=-place.remind_days) + on_the_day] if place.remind_days else []
        for trigger in (*before, on_the_day):
            event.add_component(_alarm(trigger, words))
    return event


def _alarm(trigger: timedelta, words: dict[str, str]):  # type: ignore[no-untyped-def]
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _one_line(_("Remove %(role)s of %(who)s (%(project)s)") % words))
    alarm.add("trigger", trigger, parameters={"RELATED": "END"})
    return alarm


def _description(row: Assignment, place: Place) -> str:
    lines = [
        _("Due for removal on this day. Record the removal with its proof: %(url)s") % {"url": place.url},
        _("Removed by: %(who)s") % {"who": row.remover} if row.remover else _("Nobody is named to remove it."),
    ]
    if row.justification:
        lines.append(_("Why it is held: %(why)s") % {"why": row.justification})
    return "\n".join(lines)


def _one_line(words: str) -> str:
    return " ".join(words.split())
