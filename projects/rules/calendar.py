"""Temporary roles as a calendar file (RFC 5545): the day of removal, with a reminder before and on it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from projects.document.rows import Assignment
from projects.rules.labels import role_of
from projects.rules.temporary import is_temporary

SAID_AT = timedelta(hours=9)
"""After the day has begun, where the calendar is."""


class Place(NamedTuple):
    """What the events of one project have in common. `host` makes their names unique in the world.

    `address_of` a row is where its removal is recorded.
    """

    project_id: int
    project: str
    address_of: Callable[[Assignment], str]
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
    return bytes(calendar.to_ical())


def _event(row: Assignment, place: Place, now: datetime, seq: int):  # type: ignore[no-untyped-def]
    from icalendar import Event

    assert row.ends_on is not None
    event = Event()
    event.add("uid", f"temporary-{place.project_id}-{row.key}@{place.host}")
    event.add("dtstamp", now)
    event.add("sequence", seq)
    event.add("dtstart", row.ends_on)  # a day, all of it
    event.add("dtend", row.ends_on + timedelta(days=1))
    words = {"role": role_of(row), "who": row.assignee, "project": place.project}
    event.add("summary", _one_line(_("Remove %(role)s of %(who)s (%(project)s)") % words))
    event.add("description", _description(row, place))
    event.add("url", place.address_of(row))
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    event.add("status", "CANCELLED" if row.removed_on else "CONFIRMED")
    if not row.removed_on:
        before = [SAID_AT - timedelta(days=place.remind_days)] if place.remind_days else []
        for trigger in (*before, SAID_AT):
            event.add_component(_alarm(trigger, words))
    return event


def _alarm(trigger: timedelta, words: dict[str, str]):  # type: ignore[no-untyped-def]
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _one_line(_("Remove %(role)s of %(who)s (%(project)s)") % words))
    alarm.add("trigger", trigger, parameters={"RELATED": "START"})
    return alarm


def _description(row: Assignment, place: Place) -> str:
    lines = [
        _("Due for removal on this day. Record the removal with its proof: %(url)s") % {"url": place.address_of(row)},
        _("Removed by: %(who)s") % {"who": row.remover} if row.remover else _("Nobody is named to remove it."),
    ]
    if row.justification:
        lines.append(_("Why it is held: %(why)s") % {"why": row.justification})
    return "\n".join(lines)


def _one_line(words: str) -> str:
    return " ".join(words.split())
