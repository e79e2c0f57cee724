"""Exports read: which kind, how written, which system, and every row in exactly one place."""

from __future__ import annotations

import contextlib
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects import catalog, importers
from projects.importers import CannotRead, LeaveOut, Problem, Result, place
from projects.importers.days import NEVER, UNREADABLE, Days, OtherOrder

TODAY = date(2026, 11, 22)
INTUNE = "Device ID,Device name,Last check-in,OS,OS version,Ownership\n"
SEEN = "2026-11-20 12:00:00.0000000"


def read(text: str | bytes, **options: object) -> Result:
    data = text.encode() if isinstance(text, str) else text
    return importers.read(lambda: io.BytesIO(data), **{"today": TODAY, **options})  # type: ignore[arg-type]


def refused(data: str | bytes) -> str:
    with pytest.raises(CannotRead) as caught:
        read(data)
    return caught.value.code


def intune(*rows: str) -> Result:
    return read(INTUNE + "\n".join(rows))


# Names of systems -----------------------------------------------------------------------------------------------------
PLACED = [
    ("Windows", "10.0.26200.9106", "windows-11"),
    ("Windows", "10.0.19045.4291", "windows-10"),
    ("Windows 10 Enterprise", "10.0 (22631)", "windows-11"),
    ("Windows10", "22H2", "windows-10"),
    ("Windows Server", "10.0.20348.1", "windows-server-2022"),
    ("WindowsServer2012R2", "9600", "windows-server-2012-r2"),
    ("Windows Server 2016 Standard Evaluation", "10.0 (14393)", "windows-server-2016"),
    ("Windows Server® 2008 R2 Enterprise", "6.1 (7601)", "windows-server-2008-r2-sp1"),
    ("Microsoft Windows NT Server 10.0", "10.0.17763.1", "windows-server-2019"),
    ("Microsoft Windows NT Workstation 10.0", "10.0.17763.1", "windows-10"),
    ("Microsoft Windows NT Workstation 6.1 (Tablet Edition)", "", "windows-7-sp1"),
    ("Microsoft Windows NT Advanced Server 6.1", "", "windows-server-2008-r2-sp1"),
    ("Microsoft Windows NT Server 6.3", "", "windows-server-2012-r2"),
    ("Microsoft Windows NT Server 10.0", "", ""),
    ("Windows 10 IoT Enterprise LTSC", "10.0 (19044)", "windows-10-iot"),
    ("Windows 10 Famille", "10.0 (19045)", "windows-home"),
    ("Windows 7 Home Premium", "6.1 (7601)", ""),
    ("Windows Embedded POSReady 7", "", ""),
    ("Hyper-V Server", "10.0 (17763)", ""),
    ("macOS", "26.6.1", "macos-26"),
    ("Mac OS X", "10.14.6", "macos-10.15"),
    ("macOS", "", ""),
    ("iOS/iPadOS", "18.1", "ios"),
    ("iOS/iPadOS", "15.8", "ios-16"),
    ("Cisco IOS XE", "17.3", "other:computer:Network device"),
    ("Android (Fully Managed)", "16", "android"),
    ("Android (Corporate-Owned Work Profile)", "10", "android-10"),
    ("Android (Dedicated)", "13", ""),
    ("Android Zebra TC52 AOSP", "", ""),
    ("Linux", "Ubuntu 24.04 LTS", "ubuntu-24.04"),
    ("Linux RedHatEnterpriseLinux", "8.6", "rhel-8"),
    ("Red Hat Enterprise Linux 7.1", "", ""),
    ("CentOS Stream", "9", "centos-stream-9"),
    ("Debian GNU/Linux 12 (bookworm)", "", "debian-12"),
    ("SUSE Linux Enterprise Server 15 SP5", "", "sles-15"),
    ("Ubuntu 23.10", "", ""),
    ("Rocky Linux 8.5", "", ""),
    ("pc-linux-gnu", "", ""),
    ("", "10.0 (19045)", ""),
]


@pytest.mark.parametrize(("name", "version", "system"), PLACED)
def test_a_name_is_placed(name, version, system):
    assert place(name, version) == system


@pytest.mark.parametrize("key", [key for key in catalog.systems() if key not in {"ios", "android", "other"}])
def test_our_own_name_of_a_system_is_that_system(key):
    assert place(catalog.system(key).name) == key


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text())
def test_placing_never_fails_and_gives_a_key_of_the_catalogue_or_says_what_else_it_is(name, version):
    system = place(name, version)
    assert system in {"", *catalog.systems()} or importers.other_of(system)


def test_every_rule_leads_to_a_system_of_the_catalogue():
    names = catalog.system_names()
    fixed = {rule.then for rule in names.rules if "{1}" not in rule.then}
    ranged = {key for ranges in (*names.builds.values(), *names.versions.values()) for _l, _h, key in ranges}
    without = {key for table in names.without_build.values() for key in table.values()}
    found = {key for key in (*fixed, *ranged, *without) if key and "{1}" not in key}
    assert found <= set(catalog.systems())
    assert names.source in catalog.sources()


# Days -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-05 12:00:00.0000000", date(2026, 11, 5)),
        ("2026-11-05T12:00:00Z", date(2026, 11, 5)),
        ("05.11.2026 16:27:40", date(2026, 11, 5)),
        ("11/5/2026 4:27:40 PM", date(2026, 11, 5)),
        ("2026/11/05", date(2026, 11, 5)),
    ],
)
def test_a_day_is_read_as_it_is_written(text, day):
    assert Days().moment(text) // 86_400 == day.toordinal()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("", 0), ("9999-12-31 23:59:59.9999999", NEVER), ("soon", UNREADABLE), ("2026-02-30", UNREADABLE)],
)
def test_no_day(text, meaning):
    assert Days().moment(text) == meaning


def test_the_afternoon_is_later_than_the_morning():
    days = Days()
    assert days.moment("11/5/2026 4:27:40 PM") - days.moment("11/5/2026 4:27:40 AM") == 12 * 3600


def test_a_day_that_fits_only_the_other_order_says_so():
    days = Days()
    days.moment("5/6/2026")
    with pytest.raises(OtherOrder):
        days.moment("26/5/2026")


def test_the_order_of_day_and_month_is_taken_from_the_whole_file():
    """3/10 is 3 October here, because 26/5 cannot be the 5th of a 26th month: nobody is left out as not seen."""
    rows = "PC-1,Windows 11 Pro,10.0 (22631),03/10/2026 08:00:00,True\nPC-2,Windows 11 Pro,10.0 (22631),26/05/2026,True"
    found = read(f"Name,OperatingSystem,OperatingSystemVersion,LastLogonDate,Enabled\n{rows}")
    assert (found.counts, found.left_out) == ({"windows-11": 1}, {"not_seen": 1})


# Kinds of exports -----------------------------------------------------------------------------------------------------
CONFIGMGR = '"Name","DeviceOS","DeviceOSBuild","ResourceID","LastActiveTime"\n'
EXPORTS = {
    "intune_all_devices": INTUNE + f"id-1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate",
    "configmgr_get_cmdevice": CONFIGMGR + f'"PC-1","Microsoft Windows NT Workstation 10.0","10.0.22631.1","1","{SEEN}"',
    "ad_get_adcomputer": "#TYPE Selected.Microsoft.ActiveDirectory.Management.ADComputer\n"
    '"Name","OperatingSystem","OperatingSystemVersion"\n"PC-1","Windows 11 Pro","10.0 (22631)"',
    "mde_portal_devices": "Device ID,Device Name,Onboarding Status,OS Platform,OS Version\n"
    "x,pc-1,Onboarded,Windows11,23H2",
    "plain_list": "Host;Operating system\npc-1;Windows 11",
}


@pytest.mark.parametrize("key", EXPORTS)
def test_an_export_is_recognised_by_its_headers(key):
    assert (read(EXPORTS[key]).format, read(EXPORTS[key]).counts) == (key, {"windows-11": 1})


@pytest.mark.parametrize("key", EXPORTS)
def test_neither_the_order_nor_the_case_of_columns_matters(key):
    lines = [line for line in EXPORTS[key].splitlines() if not line.startswith("#")]
    mark = ";" if ";" in lines[0] else ","
    turned = [mark.join(reversed(line.split(mark))) for line in lines]
    assert read("\n".join([turned[0].upper(), *turned[1:]])).format == key


@pytest.mark.parametrize("key", catalog.export_formats())
def test_every_kind_of_export_has_a_source_and_the_columns_that_it_needs(key):
    one = catalog.export_format(key)
    assert one.source in catalog.sources()
    assert set(one.needs) <= set(one.columns)
    assert "system" in one.needs
    assert {role for role, _values in one.leave_out.values()} <= set(one.columns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_however_it_is_written(encoding, mark, end):
    rows = [["Gerät", "Betriebssystem"], ["Büro-1", "Windows 11 Pro"], ["Büro-2", "Windows 10 Pro"]]
    text = end.join(mark.join(row) for row in rows)
    assert read(text.encode(encoding)).counts == {"windows-11": 1, "windows-10": 1}


def test_line_breaks_inside_a_cell_are_part_of_it():
    found = read('Name,Operating system,Remark\nPC-1,Windows 11,"two\nlines"\nPC-2,Windows 11,broken,row\n')
    assert (found.read, found.counted) == (2, 1)
    assert found.problems == (Problem(line=4, code="cells", found=4, wanted=3),)


def test_somebody_may_say_which_kind_it_is():
    assert read(EXPORTS["ad_get_adcomputer"], wanted="plain_list").format == "plain_list"
    with pytest.raises(CannotRead) as caught:
        read(EXPORTS["plain_list"], wanted="configmgr_get_cmdevice")
    assert "DeviceOS" in str(caught.value)


# Adding up ------------------------------------------------------------------------------------------------------------
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
    monkeypatch.setattr(importers.places, "normalise", lambda *words: calls.append(words) or importers.Normal("windows-11"))
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


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=8), max_size=30))
def test_the_places_add_up_to_the_rows_whatever_is_in_the_file(rows):
    with contextlib.suppress(CannotRead):  # no row at all, or none that is readable
        assert read(INTUNE + "\n".join(",".join(row) for row in rows)).adds_up


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data):
    with contextlib.suppress(CannotRead):
        assert read(data).adds_up


# Bad input ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (INTUNE.encode(), "headers_only"),
        (b"PK\x03\x04" + b"\x00" * 50, "workbook"),
        (b"%PDF-1.7\n...", "binary"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x00" * 500, "binary"),
        (b"Name^Operating system\nPC-1^Windows 11\n", "unknown_format"),
        (b"PC-1,Windows 11\nPC-2,Windows 11\n", "unknown_format"),
        (b"a," * 5000 + b"\n1,2\n", "unknown_format"),
        (b"Name,Operating system\nPC-1;Windows 11\nPC-2;Windows 11\n", "none_readable"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data, code):
    with pytest.raises(CannotRead) as caught:
        read(data)
    assert caught.value.code == code
    assert "%(" not in str(caught.value)
    assert str(caught.value) != code


def test_a_file_that_is_too_large_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr(importers.source, "MOST_BYTES", 100)
    assert refused(INTUNE + "x," * 200) == "too_large"


def test_a_truncated_last_line_is_one_line_that_cannot_be_read():
    found = intune(f"1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate", f'2,PC-2,{SEEN},"Wind')
    assert (found.read, found.counted, found.not_readable) == (2, 1, 1)


def test_a_cell_of_ten_megabytes_costs_its_own_row_alone():
    huge = '"' + "x" * 10_000_000 + '"'
    found = intune(f"1,PC-1,{SEEN},{huge},1,Corporate", f"2,PC-2,{SEEN},Windows,10.0.22631.1,Corporate")
    assert found.adds_up
    assert found.counts == {"windows-11": 1}


def test_null_bytes_in_a_name_of_a_system_make_that_row_unreadable():
    found = read("Name,Operating system\nPC-1,Windows\x00 11\n" + "PC-2,Windows 11\n" * 20)
    assert [p.code for p in found.problems] == ["nul"]
    assert "\x00" not in str(found.as_json())


def test_very_many_different_names_are_counted_in_bounded_memory(monkeypatch):
    monkeypatch.setattr(importers.places, "MOST_TEXTS", 100)
    found = read("Operating system\n" + "\n".join(f"Plan {n}x" for n in range(2000)))
    assert (found.not_placed, found.adds_up, len(found.unknown) <= 200) == (2000, True, True)
