"""6. Large exports: how long reading takes, compared with a bare reader, and how much memory.

Each reading is a process of its own. Time is that of a worker that has read an export before, of a file that is in the
machine's memory; memory is what is taken above a worker that has not read any, its libraries included.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import exports
from bench.start import IS_QUICK, Row, report, sizes

MOST_TIMES, MOST_MEGABYTES, MOST_TIMES_OF_WORKBOOK = 1.2, 250.0, 2.0
BYTES_OF_KEYS = 24
"""Of a device while a file is read: two hashes of 8 bytes, when it was seen and where it ends in 4 each."""
MOST_OF_KEYS = 2.5
"""Keys are held once, and partly once more while they are put in order; what the system gives in pages comes on top."""
LARGE = "ad_get_adcomputer"


def main(folder: str) -> None:
    few, many, in_workbook, times = sizes(full=(1_000_000, 3_000_000, 200_000, 5), quick=(3_000, 9_000, 500, 1))
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    memory: dict[int, float] = {}
    for kind in exports.KINDS:
        path = _kept(place / f"{kind}-{few}.csv", kind, few)
        plain, ours = _side_by_side(["plain", str(path)], ["import", str(path)], times)
        ratio = statistics.median(one["seconds"] / other["seconds"] for one, other in zip(ours, plain, strict=True))
        peak = statistics.median(one["megabytes"] for one in ours)
        note = 1000 * statistics.median(one["seconds"] for one in ours)
        rows.append(Row(f"import of {few:,}, {kind}", "x csv.reader (wall)", round(ratio, 2), MOST_TIMES, note))
        rows.append(Row(f"import of {few:,}, {kind}", "MB above an idle worker", round(peak, 1), MOST_MEGABYTES))
        rows.append(Row(f"import of {few:,}, {kind}", "texts normalised", ours[0]["normalised"], ours[0]["distinct"]))
        memory[few] = peak if kind == LARGE else memory.get(few, 0)
    path = _kept(place / f"{LARGE}-{many}.csv", LARGE, many)
    large = _told("import", str(path))
    keys = BYTES_OF_KEYS * (many - few) / 2**20
    more = large["megabytes"] - memory[few]
    rows.append(Row(f"import of {many:,}, {LARGE}", "MB above an idle worker", round(large["megabytes"], 1)))
    rows.append(Row(f"{many:,} rows beside {few:,}", "x the keys of the others", round(more / keys, 2), MOST_OF_KEYS))
    path = _kept(place / f"{LARGE}-{in_workbook}.xlsx", LARGE, in_workbook)
    plain, ours = _side_by_side(["calamine", str(path)], ["import", str(path)], times)
    ratio = statistics.median(one["seconds"] / other["seconds"] for one, other in zip(ours, plain, strict=True))
    note = 1000 * statistics.median(one["seconds"] for one in ours)
    limit = MOST_TIMES_OF_WORKBOOK
    rows.append(Row(f"import of {in_workbook:,}, workbook", "x python-calamine (wall)", round(ratio, 2), limit, note))
    report(rows)


def _kept(path: Path, kind: str, count: int) -> Path:
    if not path.exists():
        made = path.with_suffix(".making")
        (exports.write_workbook if path.suffix == ".xlsx" else exports.write)(made, kind, count)
        made.rename(path)
    return path


def _side_by_side(
    plain: list[str], ours: list[str], times: int
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """What each told, one after the other in turn; at first once without counting."""
    if not IS_QUICK:
        _told(*plain), _told(*ours)
    pairs = [(_told(*plain), _told(*ours)) for _ in range(times)]
    return [one for one, _other in pairs], [other for _one, other in pairs]


def _told(*args: str) -> Any:
    command = [sys.executable, "-m", "bench.importing_once", *args]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
