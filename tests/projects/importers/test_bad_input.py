"""What cannot be read is refused in one sentence, or costs its own row alone."""

from __future__ import annotations

import pytest

from projects import importers
from projects.importers import CannotRead
from tests.projects.importers.given import INTUNE, SEEN, intune, read, refused


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
