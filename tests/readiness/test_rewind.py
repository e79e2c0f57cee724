"""Taking changes back gives what was there before them, whatever they were and in whatever order they came."""

from __future__ import annotations

import copy
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.rules.rewind import CannotUndo, digests_at, kept_at, undone

NOW = {"project": {"name": "A", "plan": "P2"}, "environment": {"devices": [{"key": "a", "count": 1}], "siem": []}}


def entry(verb="changed", sections=("environment",), **what):
    return {"verb": verb, "sections": list(sections), "what": what}


def test_a_row_that_was_added_is_taken_out_and_one_that_was_removed_is_put_back():
    then = undone(
        NOW,
        [
            entry("added", table="devices", key="a", before=None, after={"count": 1}),
            entry("removed", table="siem", key="s", before={"product": "Splunk"}, after=None),
        ],
    )
    assert then["environment"] == {"devices": [], "siem": [{"key": "s", "product": "Splunk"}]}


def test_a_changed_row_and_changed_facts_read_as_before():
    then = undone(
        NOW,
        [
            entry(table="devices", key="a", before={"count": 7}, after={"count": 1}),
            entry("facts changed", sections=["access", "environment"], before={"plan": "P1"}, after={"plan": "P2"}),
        ],
    )
    assert then["environment"]["devices"] == [{"key": "a", "count": 7}]
    assert then["project"] == {"name": "A", "plan": "P1"}
    assert NOW["environment"]["devices"] == [{"key": "a", "count": 1}]


def test_a_deed_on_several_rows_is_taken_back_as_one():
    then = undone(
        {"project": {}, "access": {"tiers": [{"key": "t", "permissions": ["b"]}], "device_groups": [{"key": "g"}]}},
        [
            entry(
                "access converted",
                sections=["access"],
                rows=[
                    {"table": "tiers", "key": "t", "before": {"permissions": ["a"]}, "after": {"permissions": ["b"]}},
                    {"table": "device_groups", "key": "g", "before": None, "after": {}},
                ],
            )
        ],
    )
    assert then["access"] == {"tiers": [{"key": "t", "permissions": ["a"]}], "device_groups": []}


@pytest.mark.parametrize(
    "said", [entry("owner set", sections=[]), entry("moved", table="devices", key="a", up=True), entry("decided", [])]
)
def test_what_keeps_no_content_takes_nothing_back(said):
    assert undone(NOW, [said]) == NOW


@pytest.mark.parametrize(
    "said",
    [
        entry("plan imported", sections=["environment", "access"]),
        entry("matrix laid", sections=["stakeholders"]),
        entry(table="devices", key="gone", before={"count": 1}, after={"count": 2}),
        entry("added", sections=["nowhere"], table="devices", key="a", before=None, after={}),
    ],
)
def test_what_told_too_little_is_not_guessed(said):
    with pytest.raises(CannotUndo):
        undone(NOW, [said])


ROWS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3)


@given(st.lists(ROWS, min_size=1, max_size=6))
def test_every_state_of_a_history_comes_back(states):
    """From each state to the next by removing, changing and adding rows; then all the way back."""
    entries = []
    for before, after in pairwise(states):
        for key in sorted({*before, *after}):
            old, new = before.get(key), after.get(key)
            if old != new:
                told = [None if value is None else {"count": value} for value in (old, new)]
                entries.append(entry(table="devices", key=key, before=told[0], after=told[1]))
    now = {"project": {}, "environment": {"devices": [{"key": k, "count": n} for k, n in states[-1].items()]}}
    kept = copy.deepcopy(now)
    then = undone(now, reversed(entries))
    assert {row["key"]: row["count"] for row in then["environment"]["devices"]} == states[0]
    assert now == kept


def test_the_fingerprints_of_a_moment_are_the_last_that_were_told():
    told = [
        entry(moved={"environment": "1", "access": "1"}),
        entry(moved={"environment": "2"}),
        entry("decided", []),
    ]
    assert digests_at(told) == {"environment": "2", "access": "1"}
    assert digests_at(told[:1])["environment"] == "1"


def by(email, verb="changed", **what):
    return {
        **entry(verb, [], **what),
        "actor": {"email": email, "name": email.split("@")[0].title()} if email else None,
    }


def test_who_wrote_what_since_when_is_told_by_the_history():
    told = [
        by("lena@x.example", "project created", moved={"access": "0"}),
        by("lena@x.example", moved={"access": "1"}),
        by("dana@x.example", "decided", fully_signed=["access"]),
        by("priya@x.example", moved={"access": "2"}),
        by("lena@x.example", moved={"access": "3"}),
        by(None, moved={"access": "4"}),
    ]
    authors = [kept_at(told[:count], {"project created"})[0].get("access", {}) for count in range(1, 7)]
    assert [sorted(each.values()) for each in authors] == [
        [], ["Lena"], ["Lena"], ["Priya"], ["Lena", "Priya"], ["Lena", "Priya"],
    ]  # fmt: skip
    assert kept_at(told, ())[1] == {"access": "1"}
