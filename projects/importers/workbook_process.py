"""Reads an Excel workbook in a process of its own, whose memory is limited: nothing in a file can take more.

Run by its path, without the rest of mdeprep. In: how many bytes of memory it may take and how many the parts of the
workbook may have, as arguments; the workbook on stdin, then the places of the wanted columns. Out, as lines of
JSON: the first rows of a sheet, again and again until one is wanted; then its columns, some rows at a time. What goes
through are pipes; nothing is written to disk.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

FIRST_ROWS, ROWS = 10, 5_000
MOST_FILES = 5_000


def main(most_memory: int, most_inflated: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    try:
        data = b"".join(_blocks())
    except MemoryError:
        _say({"wrong": "workbook_large"})
        return
    wrong = _wrong_with(data, most_inflated)
    if wrong:
        _say({"wrong": wrong})
        return
    try:
        _tell(data)
    except MemoryError:
        _say({"wrong": "workbook_large"})
    except Exception:  # noqa: BLE001 - whatever the library does not like is said in one sentence
        _say({"wrong": "workbook"})


def _blocks() -> Iterator[bytes]:
    while size := _heard():
        yield sys.stdin.buffer.read(size)


def _wrong_with(data: bytes, most: int) -> str:
    """Looks at the directory first, then inflates everything once without keeping it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                return "archive" if not any(one.filename.startswith("xl/") for one in entries) else "workbook"
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > most:
                return "workbook_large"
            inflated = 0
            for one in entries:
                with archive.open(one) as file:
                    while piece := file.read(1 << 20):
                        inflated += len(piece)
                        if inflated > most:
                            return "workbook_large"
    except MemoryError:
        return "workbook_large"
    except Exception:  # noqa: BLE001
        return "workbook"
    return ""


def _tell(data: bytes) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        rows: Iterator[list[Any]] = book.get_sheet_by_name(name).iter_rows()
        first = list(islice(rows, FIRST_ROWS))
        _say({"first": [list(map(_text, row)) for row in first]})
        wanted = _heard()
        if wanted is not None:
            _tell_columns(first[wanted["after"] :], rows, wanted["places"], wanted["after"])
            break
    _say(None)


def _tell_columns(first: Sequence[list[Any]], rest: Iterable[list[Any]], places: Sequence[int], line: int) -> None:
    kept: list[list[Any]] = []
    numbers: list[int] = []
    for part in (first, rest):
        for row in part:
            line += 1
            if any(cell != "" for cell in row):
                kept.append(row)
                numbers.append(line)
            if len(kept) == ROWS:
                _say_columns(numbers, kept, places)
                kept, numbers = [], []
    _say_columns(numbers, kept, places)


def _say_columns(numbers: list[int], rows: list[list[Any]], places: Sequence[int]) -> None:
    _say({"lines": numbers, "columns": [[_text(row[place]) for row in rows] for place in places]})


def _text(cell: Any) -> str:
    """A cell as it is written: 19045.0 is a build, and a day is a day."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _say(told: Any) -> None:
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
    sys.stdout.buffer.flush()


def _heard() -> Any:
    return json.loads(sys.stdin.buffer.readline())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
