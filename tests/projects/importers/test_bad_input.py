"""What cannot be read is refused in one sentence, or costs its own row alone."""

from __future__ import annotations

import io

import pytest

from projects import importers
from projects.importers import CannotRead, separated
from tests.projects.importers.given import INTUNE, SEEN, intune, read, refused


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (INTUNE.encode(), "headers_only"),
        (b"%PDF-1.7\n...", "binary"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x00" * 500, "binary"),
        (b"Name^Operating system\nPC-1^Windows 11\n", "unknown_format"),
        (b"PC-1,Windows 11\nPC-2,Windows 11\n", "unknown_format"),
        (b"a," * 5000 + b"\n1,2\n", "unknown_format"),
        (b"Name,Operating system\nPC-1;Windows 11\nPC-2;Windows 11\n", "none_readable"),
        (f"{INTUNE}1,PC-1,45981.5,Windows,10.0.22631.1,Corporate\n".encode(), "none_understood"),
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
    assert all(name.startswith("Plan ") for name, _times in found.unknown)


def test_five_thousand_columns_are_read():
    names = [f"column {n}" for n in range(4_998)]
    rows = [[*names, "Name", "Operating system"], *([*names, f"PC-{n}", "Windows 11"] for n in range(20))]
    assert read("\n".join(",".join(row) for row in rows)).counts == {"windows-11": 20}


def test_lines_of_two_encodings_in_one_file_are_both_read():
    rows = [
        b"Name,Operating system",
        "Büro-1,Windows 10 Éducation".encode(),
        "Büro-2,Windows 10 Éducation".encode("cp1252"),
    ]
    found = read(b"\n".join(rows))
    assert found.counts == {"windows-10": 2}


def test_a_line_without_an_end_is_one_row_that_cannot_be_read(monkeypatch):
    monkeypatch.setattr(separated, "_LONGEST_ROW", 1_000_000)
    monkeypatch.setattr(separated, "_PIECE", 100_000)
    found = intune(f"1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate", "x" * 3_000_000)
    assert (found.counted, found.adds_up) == (1, True)
    assert {problem.code for problem in found.problems} <= {"too_long", "cells"}


def test_a_quotation_mark_that_nothing_closes_costs_its_own_line_alone():
    rows = [f"{n},PC-{n},{SEEN},Windows,10.0.22631.1,Corporate" for n in range(1_000)]
    rows[500] = f'500,"PC-500,{SEEN},Windows,10.0.22631.1,Corporate'
    found = intune(*rows)
    assert (found.counted, found.not_readable) == (999, 1)
    assert [(problem.line, problem.code) for problem in found.problems] == [(502, "quote")]


@pytest.mark.parametrize("count", [2, 1_000])
def test_two_cells_that_both_lack_their_closing_mark_are_not_taken_for_one_of_two_lines(count):
    """Else a device is lost, and its name stands in the text of a system."""
    rows = [f'PC-{n},"Zebra OS' if n % 7 == 0 else f'PC-{n},"Windows 11"' for n in range(7 * count)]
    found = read("Name,Operating system\n" + "\n".join(rows))
    assert (found.read, found.counted, found.not_readable) == (7 * count, 6 * count, count)
    assert {(problem.code, problem.value) for problem in found.problems} == {("quote", "")}
    assert not found.unknown


def test_a_cell_of_several_lines_is_one_cell():
    cell = '"rack 1\n""left"", upper\r\n"'
    found = read("Name,Operating system,Place\n" + "".join(f'PC-{n},"Windows 11",{cell}\n' for n in range(500)))
    assert (found.read, found.counted) == (500, 500)


def test_quotation_marks_inside_texts_are_part_of_them():
    found = read('Name,Operating system,Screen\nPC-1,Windows 11,27"\nPC-2,Windows 11,24"\nPC-3,Windows 11,5"\n')
    assert (found.counted, found.not_readable) == (3, 0)


def test_lines_are_numbered_as_an_editor_does():
    rows = [
        "Name,Operating system,Seen",
        '"PC\n1",Windows 11,x',
        "",
        "PC-2,Windows 11",
        "PC-3,Windows 11,x,,",
        "PC-4,Wind\x00ows,x",
    ]
    found = read("\r\n".join(rows) + "\r\n" + "PC-5,Windows 11,x\r\n" * 30)
    assert [(problem.line, problem.code) for problem in found.problems] == [(5, "cells"), (7, "nul")]
    assert (found.counted, found.duplicates) == (3, 29)


def test_only_so_many_problems_are_told_but_all_are_counted():
    found = read("Name,Operating system\n" + "PC-1,Windows 11\n" + "broken\n" * 3_000)
    assert (found.not_readable, len(found.problems), found.problems[-1].line) == (3_000, 1_000, 1_002)


def test_many_different_texts_that_are_no_text_are_each_refused():
    rows = [f"PC-{n},{SEEN},Windows\x00 {n}" for n in range(60)]
    found = read("Name,Last seen,Operating system\n" + "PC-x,,Windows 11\n" * 200 + "\n".join(rows))
    assert (found.not_readable, {problem.code for problem in found.problems}) == (60, {"nul"})


# JSON -----------------------------------------------------------------------------------------------------------------
DEVICE = '{"Name": "PC-%s", "OperatingSystem": "Windows 11 Pro", "Enabled": true, "More": {"a": [1, {"b": "}]"}]}}'


@pytest.mark.parametrize(
    ("text", "counted", "not_readable"),
    [
        ("[%s, %s]", 2, 0),
        ("%s\n%s\n", 2, 0),
        ('{"value": [%s]}\n{"value": [%s], "@odata.nextLink": "https://graph.example/next"}', 2, 0),
        ('[{"@odata.count": 1, "value": [%s]}, {"value": [%s]}]', 2, 0),
        ("[%s, 17, %s]", 2, 1),
        ("[%s, %s", 2, 0),
        ('[%s, {"Name": "PC-9", "Operating', 1, 1),
        ("[%s, oops, %s]", 1, 1),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_read_as_far_as_it_goes(text, counted, not_readable, encoding):
    devices = [DEVICE % n for n in range(text.count("%s"))]
    found = read((text % tuple(devices)).encode(encoding))
    assert (found.format, found.counted, found.not_readable) == ("ad_get_adcomputer", counted, not_readable)
    assert found.adds_up


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[]", "headers_only"),
        (b"{}", "headers_only"),
        (b'{"value": []}', "headers_only"),
        (b'[{"a": 1}]', "unknown_format"),
        (b"{" * 100_000, "json_broken"),
        (b'["a", "b"]', "json_broken"),
        (b'{"value": [{"deviceName": "x", "operatingSystem": ', "json_broken"),
        (
            b'{"PC-ADA": {"OperatingSystem": "Windows 11"}, "PC-BOB": {"OperatingSystem": "Windows 11"}}',
            "unknown_format",
        ),
    ],
)
def test_json_without_devices_is_refused(data, code):
    assert refused(data) == code


def test_names_of_devices_that_are_keys_in_json_are_no_headers():
    with pytest.raises(CannotRead) as caught:
        importers.headers(lambda: io.BytesIO(b'{"PC-ADA": {"OS": "Windows 11"}, "PC-BOB": {"OS": "Windows 11"}}'))
    assert caught.value.code == "unknown_format"


def test_a_huge_value_in_json_costs_its_own_device_alone():
    huge = '{"Name": "PC-1", "OperatingSystem": "%s"}' % ("x" * 5_000_000)
    found = read(f"[{DEVICE % 2}, {huge}, {DEVICE % 3}]")
    assert (found.counted, found.not_readable) == (2, 1)


@pytest.mark.parametrize(
    "seen",
    [r'"\/Date(1795000000000)\/"', r'{"value": "\/Date(1795000000000)\/", "DisplayHint": 2, "DateTime": "x"}', "null"],
)
def test_days_are_read_as_windows_powershell_writes_them_in_json(seen):
    found = read(f'[{{"Name": "PC-1", "OperatingSystem": "Windows 11 Pro", "LastLogonDate": {seen}}}]')
    assert (found.counted, found.not_readable) == (1, 0)
    old = seen.replace("1795000000000", "1595000000000")
    found = read(f'[{{"Name": "PC-1", "OperatingSystem": "Windows 11 Pro", "LastLogonDate": {old}}}]')
    assert found.left_out == ({} if seen == "null" else {"not_seen": 1})


def test_why_no_row_can_be_read_is_told_by_the_first_of_them_without_a_name():
    with pytest.raises(CannotRead) as numbers:
        read(f"{INTUNE}1,PC-1,45981.5,Windows,10.0.22631.1,Corporate\n".encode())
    assert "Line 2: “45981.5” is no day." in str(numbers.value)
    with pytest.raises(CannotRead) as name:
        read(f"{INTUNE}1,PC-1,Ada Lovelace,Windows,10.0.22631.1,Corporate\n".encode())
    assert "Line 2: a value is no day." in str(name.value)
