"""What names a device is in no result, and on no disk: not while a file is read, not after."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bench import exports
from tests.projects.importers.given import INTUNE, SEEN, intune, read

ROOT = Path(__file__).parents[3]
CANARY = "CANARY-7731"

READ_WITHOUT_WRITING = """
    import resource, sys
    from datetime import date
    from projects import importers
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # from here on no file can get a single byte
    found = importers.read(lambda: open(sys.argv[1], "rb"), today=date(2026, 11, 22))
    assert found.adds_up and found.duplicates > 100, found
    print(found.read)
"""


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_import_works_where_no_file_can_be_written(ending, tmp_path):
    write = {"csv": exports.write, "xlsx": exports.write_workbook}[ending]
    path = write(tmp_path / f"export.{ending}", "intune_all_devices", 20_000)
    done = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(READ_WITHOUT_WRITING), str(path)],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "TMPDIR": "/nonexistent", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("20000", 0), done.stderr[-2000:]


def test_no_result_has_what_names_a_device():
    found = intune(
        f"{CANARY}-id,{CANARY},{SEEN},Windows,10.0.22631.1,Corporate",
        f"{CANARY}-id,{CANARY},{SEEN},Windows,10.0.22631.1,Corporate",
        f"{CANARY}-3,{CANARY},soon,Windows,10.0.22631.1,Corporate",
        f"{CANARY}-4,{CANARY},{SEEN},AOSP,,Corporate",
        f"{CANARY}-5,{CANARY},{SEEN}",
        f'{CANARY}-6,"{CANARY},{SEEN}',
    )
    assert (found.read, found.counted, found.not_readable) == (6, 1, 3)
    assert CANARY not in str(found.as_json())


def test_hashes_of_one_reading_say_nothing_in_another():
    import pyarrow as pa

    from projects.importers.keys import Keys

    names = pa.array(["pc-1", "PC-1.contoso.example", "pc-2", "n/a", ""])
    first, second = Keys(is_short=True).of(names), Keys(is_short=True).of(names)
    assert first[0] == first[1] != first[2]
    assert list(first[3:]) == [0, 0]
    assert first[0] != second[0]


def test_a_reading_can_be_ended_by_whoever_watches_it():
    class Cancelled(Exception):
        pass

    told = []

    def report(rows: int, taken: int) -> None:
        told.append((rows, taken))
        if rows:
            raise Cancelled

    with pytest.raises(Cancelled):
        read(INTUNE + f"1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate\n" * 100_000, report=report)
    assert 0 < told[-1][0] < 100_000
