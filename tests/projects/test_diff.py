"""What changed between two states of a section; what a fingerprint covers and what it does not see."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.document import ProjectFacts, digest, rows
from projects.document.sections import Environment
from projects.rules.diff import diff

FACTS = ProjectFacts(name="Contoso", kind="deployment", plan="P2")
SYSTEMS = ["windows-11", "windows-server-2019", "windows-server-2022", "rhel-8", "ubuntu-22.04", "centos-6"]


def row(key: str = "a", system: str = "rhel-8", count: int = 10, **more: object) -> rows.DeviceCount:
    return rows.DeviceCount(key=key, system=system, kind="server", count=count, **more)


def section(*devices: rows.DeviceCount, **more: object) -> Environment:
    return Environment(devices=devices, **more)


def fingerprint(found: Environment) -> str:
    return digest("environment", found, FACTS)


@st.composite
def devices(draw):
    chosen = draw(st.lists(st.sampled_from(SYSTEMS), max_size=5))
    return [
        row(key=f"k{n}", system=system, count=draw(st.integers(0, 50)), note=draw(st.sampled_from(["", "x"])))
        for n, system in enumerate(chosen)
    ]


@settings(max_examples=80)
@given(devices())
def test_nothing_differs_from_itself(found):
    assert diff(section(*found), section(*found)) == ()


@settings(max_examples=80)
@given(devices(), st.randoms(use_true_random=False))
def test_a_fingerprint_does_not_see_the_order_of_rows(found, random):
    mixed = list(found)
    random.shuffle(mixed)
    assert fingerprint(section(*found)) == fingerprint(section(*mixed))
    assert diff(section(*found), section(*mixed)) == ()


@settings(max_examples=80)
@given(devices())
def test_a_fingerprint_does_not_see_keys_and_a_row_typed_again_is_no_change(found):
    again = [one.replaced(key=f"again-{one.key}") for one in found]
    assert fingerprint(section(*found)) == fingerprint(section(*again))
    assert diff(section(*found), section(*again)) == ()


@settings(max_examples=80)
@given(devices(), devices())
def test_equal_fingerprints_and_no_signed_difference_are_the_same(one, other):
    before, after = section(*one), section(*other)
    signed = [change for change in diff(before, after) if change.is_signed]
    assert (fingerprint(before) == fingerprint(after)) == (not signed)


def test_two_rows_whose_contents_changed_places_are_no_signed_change():
    before = section(row("a", "rhel-8", 3), row("b", "centos-6", 5), row("c", "windows-11"))
    after = section(row("a", "centos-6", 5), row("b", "rhel-8", 3), row("c", "windows-11", 11))
    assert [(change.key, change.kind) for change in diff(before, after)] == [("c", "changed")]


@settings(max_examples=80)
@given(devices(), devices())
def test_a_difference_read_backwards_swaps_added_and_removed(one, other):
    there = [change.kind for change in diff(section(*one), section(*other))]
    back = [change.kind for change in diff(section(*other), section(*one))]
    assert there.count("added") == back.count("removed")
    assert there.count("changed") == back.count("changed")


TABLE = [
    ("a count", row(count=12), "changed", [("count", "10", "12")], True),
    ("a note", row(note="x"), "changed", [("note", "–", "x")], False),
    ("a day", row(counted_on=date(2026, 11, 5)), "changed", [("counted_on", "–", "5 Nov 2026")], False),
    ("another system", row(system="rhel-9"), "changed",
     [("system", "Red Hat Enterprise Linux 8", "Red Hat Enterprise Linux 9")], True),
    ("set aside", row(does_not_apply="Sold."), "changed", [("does_not_apply", "–", "Sold.")], True),
]  # fmt: skip


@pytest.mark.parametrize(("case", "after", "kind", "fields", "is_signed"), TABLE, ids=[line[0] for line in TABLE])
def test_a_changed_row_says_field_by_field_what_it_was_and_is(case, after, kind, fields, is_signed):
    (change,) = diff(section(row()), section(after))
    assert change.kind == kind
    assert [(f.name, f.before_text, f.after_text) for f in change.fields] == fields
    assert change.is_signed is is_signed


def test_rows_that_came_and_went_are_told_with_what_they_say():
    came, gone = diff(section(row("old", "centos-6", 3)), section(row("new", "rhel-8", 34)))
    assert (came.kind, came.title) == ("added", "Red Hat Enterprise Linux 8")
    assert (gone.kind, gone.title) == ("removed", "CentOS 6")
    assert ("count", "–", "34") in [(f.name, f.before_text, f.after_text) for f in came.fields]
    assert ("count", "3", "–") in [(f.name, f.before_text, f.after_text) for f in gone.fields]


@pytest.mark.parametrize(("before", "after", "drift"), [(100, 105, 5), (100, 95, 5), (100, 0, 100), (8, 9, 12.5)])
def test_drift_is_in_per_cent_of_what_it_was(before, after, drift):
    (change,) = diff(section(row(count=before)), section(row(count=after)))
    assert change.fields[0].drift == drift


def test_from_nothing_any_move_is_without_limit():
    (change,) = diff(section(row(count=0)), section(row(count=1)))
    assert change.ends_signature(100)


def test_a_note_on_an_import_is_not_signed():
    read = rows.Source(key="s", name="Intune", read=9412)
    assert fingerprint(section(row())) == fingerprint(section(row(), sources=(read,)))
