"""Excel workbooks (.xlsx): the first sheet whose headers are recognised. A process of its own opens them."""

from __future__ import annotations

import contextlib
import json
import subprocess  # nosec B404 - our own file, with numbers as arguments
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from projects.importers.batches import Batch, column
from projects.importers.formats import Wanted, likely_headers, recognise, unrecognised
from projects.importers.problems import CannotRead
from projects.importers.source import Source

MOST_MEMORY = 1536 * 1024 * 1024
MOST_INFLATED = 2 * 1024 * 1024 * 1024
_PROCESS = Path(__file__).with_name("workbook_process.py")
_NEW, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def is_workbook(head: bytes) -> bool:
    return head.startswith((_NEW, _OLD))


class Workbook:
    """A workbook of which a sheet was recognised. Raises CannotRead."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        self._process = _Process(source)
        passed: list[Sequence[str]] = []
        try:
            for first in self._process.sheets():
                for number, cells in enumerate(first, start=1):
                    found = recognise(cells, wanted)
                    if found is not None:
                        self.match = found
                        self._process.answer({"after": number, "places": list(found.columns.values())})
                        return
                passed += first
            raise unrecognised(passed, wanted)
        except BaseException:
            self._process.end()
            raise

    def batches(self) -> Generator[Batch, None, None]:
        try:
            while told := self._process.next():
                lines: list[int] = told["lines"]
                pairs = zip(self.match.columns, told["columns"], strict=True)
                columns = {role: column(pa.array(cells, pa.string()), role) for role, cells in pairs}
                if lines:
                    yield Batch(len(lines), columns, lines.__getitem__)
        finally:
            self._process.end()


def found_headers(source: Source) -> tuple[str, ...]:
    with contextlib.closing(_Process(source)) as process:
        return likely_headers(cells for first in process.sheets() for cells in first)


class _Process:
    """The other end of workbook_process. What it cannot open it says, or it ends without a word: CannotRead."""

    def __init__(self, source: Source) -> None:
        if source.head.startswith(_OLD):
            raise CannotRead("workbook")
        command = [sys.executable, "-I", str(_PROCESS), str(MOST_MEMORY), str(MOST_INFLATED)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)  # noqa: S603 # nosec B603
        try:
            self._send(source)
        except BaseException:
            self.end()
            raise

    def _send(self, source: Source) -> None:
        with self._words():
            for block in source.blocks():
                self.answer(len(block))
                self._stdin.write(block)
            self.answer(0)

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    @property
    def _stdout(self) -> Any:
        return self._process.stdout

    @contextlib.contextmanager
    def _words(self) -> Iterator[None]:
        """A process that is gone had too little memory: a library that gets none ends it."""
        try:
            yield
        except (BrokenPipeError, ValueError) as error:
            raise CannotRead("workbook_large", most=MOST_MEMORY // 2**20) from error

    def next(self) -> Any:
        with self._words():
            told = json.loads(self._stdout.readline())
        if told and "wrong" in told:
            raise CannotRead(told["wrong"], most=MOST_MEMORY // 2**20)
        return told

    def answer(self, what: Any) -> None:
        with self._words():
            self._stdin.write(json.dumps(what).encode() + b"\n")
            self._stdin.flush()

    def sheets(self) -> Iterator[list[list[str]]]:
        """The first rows of each sheet in turn, until an answer says which columns are wanted."""
        while told := self.next():
            yield told["first"]
            self.answer(None)

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._process.wait()

    close = end
