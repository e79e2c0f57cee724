"""Every row ends in exactly one place, and the places add up."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects import importers
from projects.importers import CannotRead, LeaveOut, Result
from tests.projects.importers.given import INTUNE, SEEN, intune, read


def test_every_row_is_in_one_place():
    found = intune(
        f"1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate",
        f"1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate",
        "2,PC-2,2026-01-01 12:00:00,Windows,10.0.22631.1,Corporate",
        f"3,PC-3,{SEEN},Windows,10.0.22631.1,Personal",
        f"4,PC-4,{SEEN},Windows Embedded POSReady 7,,Corporate",
        f"5,PC-5,{SEEN},Windows",
        "6,PC-6,yesterday,Windows,10.0.22631.1,Corporate",
        "",
        ",,,,,",
    )
    assert (found.read, found.counted, found.duplicates, found.not_placed, found.not_readable) == (7, 1, 1, 1, 2)
    assert found.left_out == {"personal": 1, "not_seen": 1}
    assert found.unknown == (("Windows Embedded POSReady 7", 1),)
    assert [(p.line, p.code, p.value) for p in found.problems] == [(7, "cells", ""), (8, "day", "yesterday")]
    assert found.adds_up


def test_the_newest_row_of_a_device_says_where_it_is_counted():
    newer, older = (
        "1,PC-1,2026-11-20,Windows,10.0.22631.1,Corporate",
        "1,PC-1,2026-11-01,Windows,10.0.19045.1,Corporate",
    )
    for rows in ([newer, older], [older, newer]):
        assert intune(*rows).counts == {"windows-11": 1}


def test_a_device_that_was_enrolled_again_is_known_by_its_short_name():
    rows = [
        f"1,PC-1.contoso.example,{SEEN},Windows,10.0.22631.1,Corporate",
        f"2,pc-1,{SEEN},Windows,10.0.22631.1,Corporate",
    ]
    assert (intune(*rows).counted, intune(*rows).duplicates) == (1, 1)


def test_phones_of_the_same_name_are_different_phones():
    rows = [f"{n},iPhone,{SEEN},iOS/iPadOS,18.1,Corporate" for n in range(3)]
    assert intune(*rows).counts == {"ios": 3}


@pytest.mark.parametrize(
    "names", [["10.0.0.7", "10.0.0.8", "10.1.0.7"], ["MacBook Pro"] * 3, ["localhost.localdomain"] * 3]
)
def test_names_that_are_addresses_or_that_a_system_gives_itself_make_no_two_devices_one(names):
    rows = [f"{n},{name},{SEEN},Windows,10.0.22631.1,Corporate" for n, name in enumerate(names)]
    assert (intune(*rows).counted, intune(*rows).duplicates) == (3, 0)


def test_the_same_address_twice_is_one_device():
    assert (
        read("Host;Operating system\n10.0.0.7;Windows 11\n10.0.0.7;Windows 11\n10.0.0.8;Windows 11\n").duplicates == 1
    )


def test_devices_without_any_name_are_all_counted():
    assert read("Operating system\nWindows 11\nWindows 11\n").counts == {"windows-11": 2}


def test_what_is_left_out_can_be_changed():
    data = INTUNE + "1,PC-1,2026-01-01,Windows,10.0.22631.1,Personal"
    assert read(data).left_out == {"personal": 1}
    assert read(data, leave_out=LeaveOut(personal=False)).left_out == {"not_seen": 1}
    assert read(data, leave_out=LeaveOut(days=0, personal=False)).counts == {"windows-11": 1}


def test_a_disabled_computer_is_left_out():
    data = "Name,OperatingSystem,Enabled\nPC-1,Windows 11,False\nPC-2,Windows 11,True"
    assert read(data).left_out == {"disabled": 1}


def test_distinct_names_are_placed_once(monkeypatch):
    calls = []
    monkeypatch.setattr(
        importers.places, "normalise", lambda *words: calls.append(words) or importers.Normal("windows-11")
    )
    read("Name,Operating system\n" + "\n".join(f"PC-{n},Windows {n % 7}" for n in range(1000)))
    assert len(calls) == 7


def test_a_result_survives_being_stored():
    found = intune(f"1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate", "2,PC-2,soon,AOSP,,Corporate", f"3,x,{SEEN},AOSP,,")
    assert Result.from_json(found.as_json()) == found


CELLS = st.sampled_from(
    [
        *("", "PC-1", "PC-2.contoso.example", "Windows", "10.0.22631.1", "Windows Server 2019", "AOSP", "Personal"),
        *(SEEN, "2025-01-01", "13/01/2026", "soon", "9999-12-31", "a\x00b", '"', "ü"),
    ]
)


@settings(max_examples=200)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=30))
def test_the_places_add_up_to_the_rows_whatever_is_in_the_file(rows):
    with contextlib.suppress(CannotRead):  # no row at all, or none that is readable
        assert read(INTUNE + "\n".join(",".join(row) for row in rows)).adds_up


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data):
    with contextlib.suppress(CannotRead):
        assert read(data).adds_up
