"""The least that is an Excel workbook, written fast."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION = '<Relationship Id="rId{0}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{1}" Target="{2}"/>'
_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{}</sheets></workbook>'
)
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def write_rows(file: Path | IO[bytes], *sheets: Iterable[Sequence[object]]) -> None:
    """Each sheet's rows; texts are written in place, numbers as numbers."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        names = [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS.format(_RELATION.format(1, "officeDocument", "xl/workbook.xml")))
        relations = "".join(_RELATION.format(n, "worksheet", name) for n, name in enumerate(names, start=1))
        archive.writestr("xl/_rels/workbook.xml.rels", _RELATIONS.format(relations))
        told = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1))
        archive.writestr("xl/workbook.xml", _BOOK.format(told))
        for name, rows in zip(names, sheets, strict=True):
            with archive.open(f"xl/{name}", "w") as sheet:
                sheet.write(_SHEET.encode())
                for number, row in enumerate(rows, start=1):
                    sheet.write(_row(number, row).encode())
                sheet.write(b"</sheetData></worksheet>")


def _row(number: int, row: Sequence[object]) -> str:
    cells = "".join(_cell(f"{column(place)}{number}", value) for place, value in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _cell(where: str, value: object) -> str:
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value}</v></c>'
    if not value:
        return ""
    return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def column(place: int) -> str:
    """A, B, … Z, AA …"""
    name = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        name = chr(65 + letter) + name
    return name
