"""When a reminder is due: the table, and what always holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stakeholders.rules.chasing import Slot, Steps, link_ends_on, slot_due
from tenants.quiet import Quiet

DUE = date(2027, 1, 15)
ASKED = date(2027, 1, 4)
USUAL = Steps()


def on(days: int) -> date:
    """So many days after the day on which it is due."""
    return DUE + timedelta(days=days)


def slot(days: int) -> Slot:
    return Slot(on(days))


ESCALATION = Slot(on(14), is_escalation=True)


@pytest.mark.parametrize(
    ("name", "today", "told", "expected"),
    [
        ("the day of asking has its mail", -11, None, None),
        ("four days before is too early", -4, None, None),
        ("three days before", -3, None, slot(-3)),
        ("once", -3, -3, None),
        ("two days before, nothing ran yesterday", -2, None, slot(-3)),
        ("two days before, told yesterday", -2, -3, None),
        ("on the day", 0, -3, slot(0)),
        ("on the day, after a reminder by hand on the day before", 0, -1, slot(0)),
        ("on the day, after a reminder by hand today", 0, 0, None),
        ("a day late is left alone", 1, 0, None),
        ("two days late", 2, 0, slot(2)),
        ("three days later", 5, 2, slot(5)),
        ("a week in which nothing ran is one mail", 7, -3, slot(5)),
        ("again", 8, 5, slot(8)),
        ("the last", 11, 8, slot(11)),
        ("between the last and the escalation", 13, 11, None),
        ("the contact is told", 14, 11, ESCALATION),
        ("later too, if nothing ran", 20, 11, ESCALATION),
    ],
)
def test_which_slot_is_due(name, today, told, expected):
    found = slot_due(
        due_on=DUE, asked_on=ASKED, today=on(today), steps=USUAL,
        told_on=None if told is None else on(told), escalated_on=None,
    )  # fmt: skip
    assert found == expected


def test_after_the_escalation_there_is_silence():
    late = [
        slot_due(due_on=DUE, asked_on=ASKED, today=on(n), steps=USUAL, told_on=on(11), escalated_on=on(14))
        for n in range(14, 60)
    ]
    assert set(late) == {None}


def test_who_is_asked_for_tomorrow_is_not_reminded_of_days_before_that():
    assert slot_due(due_on=DUE, asked_on=on(-1), today=on(-1), steps=USUAL, told_on=None, escalated_on=None) is None
    assert slot_due(due_on=DUE, asked_on=on(-1), today=DUE, steps=USUAL, told_on=None, escalated_on=None) == slot(0)


@pytest.mark.parametrize(
    ("steps", "days", "escalates"),
    [
        (USUAL, [-3, 0, 2, 5, 8, 11], 14),
        (Steps(days_before=0), [0, 2, 5, 8, 11], 14),
        (Steps(on_the_day=False), [-3, 2, 5, 8, 11], 14),
        (Steps(days_after=0), [-3, 0, 3, 6, 9], 12),
        (Steps(every_days=0), [-3, 0, 2], 3),
        (Steps(times=0), [-3, 0, 2], 5),
        (Steps(7, True, 1, 7, 1), [-7, 0, 1, 8], 15),
        (Steps(0, False, 0, 0, 0), [], 1),
    ],
)
def test_the_steps_of_a_tenant(steps, days, escalates):
    assert steps.days(DUE) == [on(n) for n in days]
    assert steps.escalates_on(DUE) == on(escalates)


@given(
    st.builds(Steps, st.integers(0, 20), st.booleans(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 6)),
    st.integers(-40, 5),
    st.lists(st.integers(-40, 200), min_size=1, max_size=60),
)
def test_whenever_it_runs_nobody_gets_more_than_the_steps_and_one_escalation(steps, asked, days):
    told: date | None = None
    escalated: date | None = None
    sent = []
    for today in (on(n) for n in sorted(days)):
        found = slot_due(due_on=DUE, asked_on=on(asked), today=today, steps=steps, told_on=told, escalated_on=escalated)
        if found and found.is_escalation:
            escalated = today
        elif found:
            told = today
        if found:
            sent.append(found)
    assert len(set(sent)) == len(sent) <= len(steps.days(DUE)) + 1
    assert [s.day for s in sent] == sorted(s.day for s in sent)
    assert all(not s.is_escalation for s in sent[:-1])


@pytest.mark.parametrize(
    ("quiet", "hour", "zone", "is_quiet"),
    [
        (Quiet(), 7, "UTC", True),
        (Quiet(), 8, "UTC", False),
        (Quiet(), 18, "UTC", True),
        (Quiet(), 12, "Asia/Tokyo", True),
        (Quiet(), 7, "Europe/Athens", False),
        (Quiet(time(12), time(13)), 12, "UTC", True),
        (Quiet(time(12), time(13)), 13, "UTC", False),
        (Quiet(time(0), time(0)), 3, "UTC", False),
    ],
)
def test_nobody_is_reminded_at_night_wherever_they_are(quiet, hour, zone, is_quiet):
    assert quiet.holds(datetime(2027, 1, 15, hour, tzinfo=UTC), zone) is is_quiet


@pytest.mark.parametrize(
    ("starts", "ends", "is_wrong"),
    [
        (time(18), time(8), False),
        (time(0), time(0), False),
        (time(10), time(8), False),
        (time(9, 59), time(8), True),
        (time(0), time(22), False),
        (time(0), time(22, 1), True),
        (time(8, 1), time(8), True),
    ],
)
def test_hours_without_reminders_leave_two_in_which_one_may_come(starts, ends, is_wrong):
    assert bool(Quiet(starts, ends).wrong) is is_wrong


def test_a_link_works_for_a_while_after_the_due_day_or_the_last_mail():
    assert link_ends_on(due_on=DUE, mailed_on=ASKED, days=30) == on(30)
    assert link_ends_on(due_on=DUE, mailed_on=on(11), days=30) == on(41)
