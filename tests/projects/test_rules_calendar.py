"""The calendar of temporary roles: read back with the library, as a calendar would."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from projects.document.rows import Assignment
from projects.rules.calendar import Place, calendar_of

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PLACE = Place(7, "Contoso", lambda row: f"https://mdeprep.example/x/{row.key}", "mdeprep.example", "Europe/Dublin", 7)
HOSTILE = "A;B,C\\D\r\nBEGIN:VALARM\nEND:VEVENT\n\u202e\"$()`' ünï"


def role(key: str = "role-ana", **more: Any) -> Assignment:
    values = {"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": "Ana Ruiz"}
    return Assignment(key=key, **{**values, "duration": "temporary", "ends_on": date(2027, 7, 1), **more})


def read(*rows: Assignment, **place: Any) -> Calendar:
    where = PLACE._replace(**place)
    return Calendar.from_ical(calendar_of(rows, where, now=NOW, seq=12))


def events(calendar: Calendar) -> list[Any]:
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize("starts_on", [None, date(2027, 1, 11)])
def test_the_event_is_the_day_of_removal_alone_and_all_of_it(starts_on):
    (event,) = events(read(role(starts_on=starts_on)))
    assert event.decoded("dtstart") == date(2027, 7, 1)
    assert event.decoded("dtend") == date(2027, 7, 2)  # the first day that is not in it (RFC 5545)
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert str(event["summary"]) == "Remove Security Administrator of Ana Ruiz (Contoso)"


def test_the_link_lands_on_the_place_of_the_role_itself():
    found = events(read(role(), role("role-ben")))
    assert [str(event["url"]) for event in found] == [
        f"https://mdeprep.example/x/{key}" for key in ("role-ana", "role-ben")
    ]
    assert "https://mdeprep.example/x/role-ben" in str(found[1]["description"])


def test_it_reminds_as_many_days_before_as_the_tenant_says_and_on_the_day():
    def alarms(days: int) -> list[timedelta]:
        found = read(role(), remind_days=days).walk("VALARM")
        assert {str(alarm["trigger"].params["RELATED"]) for alarm in found} == {"START"}
        return [alarm.decoded("trigger") for alarm in found]

    assert alarms(7) == [timedelta(days=-7, hours=9), timedelta(hours=9)]
    assert alarms(0) == [timedelta(hours=9)]


def test_the_name_of_an_event_stays_and_its_number_grows_with_the_project():
    first, again = (events(read(role(ends_on=date(2027, month, 1))))[0] for month in (7, 8))
    assert first["uid"] == again["uid"] == "temporary-7-role-ana@mdeprep.example"
    assert first["sequence"] == 12


def test_what_is_removed_is_cancelled_and_reminds_no_more():
    calendar = read(role(removed_on=date(2027, 6, 1)), role("role-ben"))
    assert [(str(e["uid"]).split("@")[0], str(e["status"])) for e in events(calendar)] == [
        ("temporary-7-role-ana", "CANCELLED"), ("temporary-7-role-ben", "CONFIRMED"),
    ]  # fmt: skip
    assert len(calendar.walk("VALARM")) == 2


def test_roles_without_an_end_are_no_events():
    assert events(read(role(duration="permanent", ends_on=None), role(does_not_apply="Not needed"))) == []


@pytest.mark.parametrize("field", ["assignee", "remover", "justification", "role"])
def test_a_hostile_name_adds_no_line_of_its_own(field):
    values = {field: HOSTILE, "entra_role": "" if field == "role" else "security-administrator"}
    row = role(**values)
    body = calendar_of([row], PLACE, now=NOW, seq=1)
    lines = body.decode().split("\r\n")
    assert all("\n" not in line and "\r" not in line for line in lines)
    assert lines.count("BEGIN:VALARM") == 2
    assert lines.count("END:VEVENT") == 1
    assert all(len(line.encode()) <= 75 for line in lines)
    (event,) = events(Calendar.from_ical(body))
    said = f"{event['summary']} {event['description']}"
    assert "A;B,C\\D" in said
    assert "\"$()`' ünï" in said


def test_the_name_of_the_project_may_be_hostile_too():
    body = calendar_of([role()], Place(7, HOSTILE, PLACE.address_of, PLACE.host, PLACE.zone, 7), now=NOW, seq=1)
    assert body.decode().split("\r\n").count("BEGIN:VALARM") == 2
    assert events(Calendar.from_ical(body))
