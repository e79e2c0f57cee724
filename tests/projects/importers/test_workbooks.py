"""Excel workbooks: what is in them, and what is refused before it can take the memory of the machine."""

from __future__ import annotations

import io
import zipfile

import pytest

from bench.workbook import write_rows
from projects.importers import Problem, source, workbook
from tests.projects.importers.given import read, refused

HEADERS = ["Name", "Operating system", "Version", "Last seen"]


def book(*sheets: list[list[object]]) -> bytes:
    file = io.BytesIO()
    write_rows(file, *sheets)
    return file.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose sheet is this."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([HEADERS]))) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name.endswith("sheet1.xml") else old.read(name))
    return file.getvalue()


def test_numbers_are_read_as_they_are_written():
    found = read(book([HEADERS, ["a", "Windows", 19045, "2026-11-20"], ["b", "Ubuntu", 22.04, "soon"], [], ["", ""]]))
    assert (found.read, found.counts) == (2, {"windows-10": 1})
    assert found.problems == (Problem(line=3, code="day", column="seen", value="soon"),)


def test_the_sheet_with_known_headers_is_read_whichever_it_is():
    found = read(book([["Cover"]], [["x", "y"], ["1", "2"]], [["Title"], [], HEADERS, ["a", "Windows 11", "", ""]]))
    assert found.counts == {"windows-11": 1}


def test_formulas_and_errors_are_texts_like_others():
    found = read(book([HEADERS, ["=1+1", "Windows 11", "", ""], ["#REF!", "=cmd|'/c calc'!A0", "", ""]]))
    assert (found.counted, found.unknown) == (1, (("=cmd|'/c calc'!A0", 1),))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04" + b"\x00" * 50, "workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "workbook"),
        (book([HEADERS]), "headers_only"),
        (book([["Cover"]], [["x", "y"], ["1", "2"]]), "unknown_format"),
        (book([HEADERS, ["a", "Windows 11", "", ""]])[:-100], "workbook"),
        (with_sheet(b"<worksheet><sheetData><row>"), "unknown_format"),
        (with_sheet(b"\x00\x01\x02"), "unknown_format"),
    ],
)
def test_what_is_no_workbook_is_refused(data, code):
    assert refused(data) in {code, "workbook"}


def test_an_archive_is_not_a_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("devices.csv", "Name,Operating system\na,Windows 11\n")
    assert refused(file.getvalue()) == "archive"


def test_what_the_directory_of_an_archive_says_is_looked_at_first():
    data = bytearray(book([HEADERS, ["a", "Windows 11", "", ""]]))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (0xFFFFFFF0).to_bytes(4, "little")  # what it is said to become
    assert refused(bytes(data)) == "workbook_large"


def test_a_directory_that_says_too_little_is_found_out():
    data = bytearray(with_sheet(b"<worksheet>" + b" " * 50_000_000 + b"</worksheet>"))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert refused(bytes(data)) == "workbook"


def test_a_workbook_that_is_too_large_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr(source, "MOST_BYTES", 300_000)
    monkeypatch.setattr(source, "HEAD", 1_000)
    assert refused(book([HEADERS, *([str(n**9), "Windows 11", "", ""] for n in range(20_000))])) == "too_large"


def test_what_is_inflated_is_limited(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_INFLATED", 100_000)
    assert refused(with_sheet(b"<worksheet>" + b" " * 1_000_000 + b"</worksheet>")) == "workbook_large"


def test_two_cells_that_are_far_apart_do_not_take_the_memory_between_them():
    far = b'<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>'
    xml = (
        b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">'
        + far
        + b"</row></sheetData></worksheet>"
    )
    assert refused(with_sheet(xml)) == "workbook_large"
