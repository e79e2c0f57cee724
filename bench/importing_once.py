"""One reading of one export: by the product, or by the bare reader that it is compared with."""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

TODAY = date(2026, 11, 22)


def plain(path: Path) -> dict[str, float]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return _timed(lambda: sum(1 for _row in csv.reader(file)))


def calamine(path: Path) -> dict[str, float]:
    from python_calamine import CalamineWorkbook

    return _timed(lambda: len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()))


def imported(path: Path) -> dict[str, float]:
    from bench.start import django

    django()
    from projects import importers

    idle = _memory()
    importers.read(lambda: io.BytesIO(b"Operating system\nWindows 11\n"), today=TODAY)
    from projects.importers import places

    asked: list[tuple[str, ...]] = []
    normalise = places.normalise

    def counted(*texts: str) -> importers.Normal:
        asked.append(texts)
        return normalise(*texts)

    places.normalise = counted
    found: list[importers.Result] = []
    told = _timed(lambda: found.append(importers.read(lambda: path.open("rb"), today=TODAY)))
    if not found[0].adds_up or found[0].counted < found[0].read // 2:
        raise AssertionError(f"{path}: {found[0]}")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**told, "megabytes": most - idle, "normalised": len(asked), "distinct": len(set(asked))}


def _timed(deed: Callable[[], object]) -> dict[str, float]:
    began = time.perf_counter()
    deed()
    return {"seconds": time.perf_counter() - began}


def _memory() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    how = {"plain": plain, "calamine": calamine, "import": imported}[sys.argv[1]]
    json.dump(how(Path(sys.argv[2])), sys.stdout)
