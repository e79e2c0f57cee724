"""Temporary roles: where each stands, when somebody is reminded, and who may confirm that it is gone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.document.rows import Assignment, PartnerAccess
from projects.rules import temporary as rules
from projects.rules.temporary import Bar, Person, State

TODAY = date(2026, 11, 22)
ANA = Person(1, "Ana Ruiz", "ana@contoso.example")
BEN = Person(2, "Ben Ito", "ben@contoso.example")


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def role(**more: Any) -> Assignment:
    values = {"persona": "Security Administrator", "assignee": "Ana Ruiz", "assignee_kind": "person"}
    return Assignment(key="role", **{**values, "duration": "temporary", "ends_on": day(30), **more})


def gone(**more: Any) -> Assignment:
    return role(removed_on=day(-1), removed_by="Cleo Mann", evidence="CHG-1", **more)


@pytest.mark.parametrize(
    ("row", "state", "words"),
    [
        pytest.param(role(starts_on=day(2)), State.STARTS, "starts on 24 Nov 2026", id="not begun"),
        pytest.param(role(starts_on=day(0)), State.HELD, "held", id="begins today"),
        pytest.param(role(ends_on=day(8)), State.HELD, "held", id="far from its end"),
        pytest.param(role(ends_on=day(7)), State.ENDS, "ends in 7 days", id="as many days as it is reminded before"),
        pytest.param(role(ends_on=day(1)), State.ENDS, "ends in 1 day", id="tomorrow"),
        pytest.param(role(ends_on=day(0)), State.DUE, "due for removal today", id="today"),
        pytest.param(role(ends_on=day(-1)), State.OVERDUE, "overdue 1 day", id="yesterday"),
        pytest.param(role(ends_on=day(-9)), State.OVERDUE, "overdue 9 days", id="long ago"),
        pytest.param(gone(), State.REMOVED, "removed, waits for a second person", id="recorded"),
        pytest.param(gone(ends_on=day(-5)), State.REMOVED, "removed, waits for a second person", id="recorded late"),
        pytest.param(gone(confirmed_on=TODAY, confirmed_by="Ben"), State.CONFIRMED, "removed and confirmed", id="done"),
    ],
)
def test_a_temporary_role_says_in_words_where_it_stands(row, state, words):
    assert rules.state_of(row, TODAY, soon=7) == state
    assert rules.state_in_words(row, TODAY, soon=7) == words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"is_extended": True, "ends_on": day(3)}, "extends automatically"),
        ({"ends_on": day(3)}, "ends by itself in 3 days"),
        ({"ends_on": day(0)}, "ends by itself today"),
        ({"ends_on": day(-1)}, "ended by itself"),
    ],
)
def test_partner_access_ends_by_itself_or_extends(more, words):
    assert rules.partner_in_words(PartnerAccess(key="gdap", partner="Northwind", **more), TODAY) == words


def test_only_dated_roles_that_apply_are_temporary_and_the_first_to_end_is_first():
    late, early = role(), role(ends_on=day(2))
    others = [role(duration="permanent", ends_on=None), role(does_not_apply="Not needed")]
    assert rules.temporary([late, *others, early]) == [early, late]


@pytest.mark.parametrize(
    ("row", "is_too_long"),
    [
        pytest.param(role(starts_on=day(0), ends_on=day(180)), False, id="as long as allowed"),
        pytest.param(role(starts_on=day(0), ends_on=day(181)), True, id="a day longer"),
        pytest.param(role(starts_on=day(-100), ends_on=day(81)), True, id="counted from its start, not from today"),
        pytest.param(role(ends_on=day(180)), False, id="without a start, from today"),
        pytest.param(role(ends_on=day(181)), True, id="without a start, a day longer"),
        pytest.param(gone(starts_on=day(0), ends_on=day(400)), False, id="removed: nobody holds it"),
    ],
)
def test_a_role_is_held_for_as_long_as_the_tenant_allows(row, is_too_long):
    assert rules.is_too_long(row, TODAY, 180) is is_too_long


@pytest.mark.parametrize(
    ("row", "reminded"),
    [
        pytest.param(role(ends_on=day(8)), None, id="too early"),
        pytest.param(role(ends_on=day(7)), day(0), id="seven days before"),
        pytest.param(role(ends_on=day(3)), day(-4), id="the same reminder until the day"),
        pytest.param(role(ends_on=day(3), starts_on=day(0)), day(0), id="not before it begins"),
        pytest.param(role(ends_on=day(3), starts_on=day(2)), None, id="not begun"),
        pytest.param(role(ends_on=day(0)), day(0), id="on the day"),
        pytest.param(role(ends_on=day(-1)), day(0), id="on the day after"),
        pytest.param(role(ends_on=day(-7)), day(-6), id="the same for a week"),
        pytest.param(role(ends_on=day(-8)), day(0), id="then again"),
        pytest.param(role(ends_on=day(-365)), day(-365 + 1 + 364), id="and still after a year"),
        pytest.param(gone(ends_on=day(0)), None, id="removed"),
        pytest.param(role(ends_on=day(0), does_not_apply="no"), None, id="does not apply"),
    ],
)
def test_whoever_removes_it_is_reminded_before_on_the_day_and_every_week(row, reminded):
    assert rules.reminder_day(row, TODAY, days_before=7) == reminded


def test_no_reminder_before_the_end_where_the_tenant_wants_none():
    assert rules.reminder_day(role(ends_on=day(1)), TODAY, days_before=0) is None
    assert rules.reminder_day(role(ends_on=day(0)), TODAY, days_before=0) == TODAY


@given(ends=st.integers(-800, 800), before=st.integers(0, 90))
def test_the_day_of_a_reminder_has_always_come_and_is_never_older_than_the_rhythm(ends, before):
    found = rules.reminder_day(role(ends_on=day(ends)), TODAY, days_before=before)
    if found is not None:
        assert found <= TODAY
        assert TODAY - found < timedelta(days=max(7, before + 1))


@pytest.mark.parametrize(
    ("words", "is_ana"),
    [
        ("Ana Ruiz", True),
        ("  ana   RUIZ ", True),
        ("Ana Ruiz (Northwind Security)", True),
        ("ana@contoso.example", True),
        ("ANA@Contoso.Example", True),
        ("Ana Ruiz <other@x.example>", True),
        ("Somebody <ana@contoso.example>", True),
        ("Ana", False),
        ("Diana Ruiz", False),
        ("ana@contoso.example.evil.example", False),
        ("Ben Ito", False),
        ("", False),
    ],
)
def test_a_person_is_meant_by_name_or_address_and_by_nothing_less(words, is_ana):
    assert ANA.is_named(words) is is_ana


def test_nobody_is_meant_by_an_empty_name():
    assert not Person(3, "", "x@contoso.example").is_named("")
    assert not Person(3, "", "x@contoso.example").is_named("(Northwind)")


@pytest.mark.parametrize(
    ("row", "person", "recorders", "found"),
    [
        pytest.param(role(), BEN, [ANA], Bar.NOT_REMOVED, id="nothing is recorded"),
        pytest.param(gone(confirmed_on=TODAY), BEN, [], Bar.CONFIRMED, id="done already"),
        pytest.param(gone(), BEN, [BEN], Bar.RECORDED_IT, id="who recorded it"),
        pytest.param(gone(), BEN, [Person(2, "Renamed", "new@x.example")], Bar.RECORDED_IT, id="under another name"),
        pytest.param(gone(), BEN, [ANA, Person(None, "", BEN.email)], Bar.RECORDED_IT, id="the same address"),
        pytest.param(gone(), Person(9, "Cleo Mann", "cleo@x.example"), [ANA], Bar.REMOVED_IT, id="who removed it"),
        pytest.param(gone(), ANA, [BEN], Bar.HELD_IT, id="who held it"),
        pytest.param(gone(assignee="ana@contoso.example"), ANA, [BEN], Bar.HELD_IT, id="who held it, by address"),
        pytest.param(gone(assignee_kind="group"), ANA, [BEN], None, id="a group of the same name is no person"),
        pytest.param(gone(), BEN, [ANA], None, id="a second person"),
        pytest.param(gone(), BEN, [], None, id="nobody is known to have recorded it"),
    ],
)
def test_a_removal_is_confirmed_by_somebody_else_than_who_recorded_removed_or_held_it(row, person, recorders, found):
    assert rules.bar(row, person=person, recorders=recorders) is found
    assert found is None or str(rules.WORDS[found]).endswith(".")
