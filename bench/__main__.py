"""Run every measurement, each in processes of its own, print one table and write it as JSON into bench/results/."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from bench.start import IS_QUICK, Row

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(os.environ.get("BENCH_RESULTS", ROOT / "bench" / "results"))
KEPT = ROOT / "var" / "bench"
POSTGRESQL = os.environ.get("BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
MEASUREMENTS = (
    "pages",
    "device_groups",
    "long_list",
    "judging",
    "freshness",
    "worker",
    "importing",
    "evidence",
    "fan_out",
    "analysis",
    "deciding",
)
OURS = "mdeprep_bench_"


def main(*only: str) -> int:
    began = time.monotonic()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="mdeprep-bench-") as folder:
        place = Place(Path(folder))
        for name in MEASUREMENTS:
            if not only or name in only:
                print(f"{name} …", file=sys.stderr, flush=True)
                rows += getattr(place, name)()
    show(rows)
    written = write(rows, time.monotonic() - began)
    print(f"\n{written}, in {time.monotonic() - began:.0f} seconds")
    missed = [row for row in rows if not row.is_met]
    return 1 if missed and not IS_QUICK else 0


class Place:
    """A folder of data for one run: the demonstration's project in SQLite, and databases of their own elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pattern = folder / "pattern.json"
        self.run("seed", str(self.pattern), DEMO="yes")

    def run(self, module: str, *args: str, **more: str) -> list[Row]:
        known = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "QUICK", "LANG"}}
        env = {**known, "DATA_DIR": str(self.folder), "DEMO": "no", "EMAIL_URL": "smtp://127.0.0.1:25", **more}
        command = [sys.executable, "-m", f"bench.{module}", *args]
        done = subprocess.run(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(f"bench.{module} failed ({done.returncode}): no number of this run is kept")
        return [Row(**row) for row in json.loads(done.stdout)] if done.stdout else []

    def pages(self) -> list[Row]:
        return self.run("pages")

    def device_groups(self) -> list[Row]:
        return self.run("device_groups")

    def judging(self) -> list[Row]:
        return self.run("judging")

    def worker(self) -> list[Row]:
        return self.run("worker")

    def evidence(self) -> list[Row]:
        return self.run("evidence")

    def analysis(self) -> list[Row]:
        return self.run("analysis")

    def fan_out(self) -> list[Row]:
        return self.run("fan_out")

    def deciding(self) -> list[Row]:
        return self.run("deciding")

    def importing(self) -> list[Row]:
        made_by = hashlib.sha256((ROOT / "bench" / "exports.py").read_bytes()).hexdigest()[:10]
        place = KEPT / f"exports-{made_by}"
        for old in set(KEPT.glob("exports-*")) - {place}:
            shutil.rmtree(old)
        return self.run("importing", str(place))

    def long_list(self) -> list[Row]:
        from bench.long_list import SIZES

        files = [str(self.crowd_in_sqlite(size)) for size in SIZES]
        rows = self.run("long_list", *files, DATABASE_URL=f"sqlite:///{files[0]}")
        if postgresql_answers():
            names = [self.crowd_in_postgresql(size) for size in SIZES]
            rows += self.run("long_list", *names, DATABASE_URL=f"{POSTGRESQL}/{names[0]}")
        return rows

    def crowd_in_sqlite(self, size: int) -> Path:
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / f"crowd-{size}-{key()}.sqlite3"
        if not path.exists():
            for old in KEPT.glob(f"crowd-{size}-*"):
                old.unlink()
            made = path.with_suffix(".making")
            made.unlink(missing_ok=True)
            self.run("crowd", str(size), str(self.pattern), DATABASE_URL=f"sqlite:///{made}")
            made.rename(path)
        return path

    def crowd_in_postgresql(self, size: int) -> str:
        name = f"{OURS}{size}_{key()}"
        known = databases()
        if name not in known:
            for old in known:
                if old.startswith(f"{OURS}{size}_"):
                    admin(f'DROP DATABASE "{old}" WITH (FORCE)')
            admin(f'DROP DATABASE IF EXISTS "{name}_making" WITH (FORCE)')
            admin(f'CREATE DATABASE "{name}_making"')
            self.run("crowd", str(size), str(self.pattern), DATABASE_URL=f"{POSTGRESQL}/{name}_making")
            admin(f'ALTER DATABASE "{name}_making" RENAME TO "{name}"')
        return name

    def freshness(self) -> list[Row]:
        if not postgresql_answers():
            return self.run("freshness", DATABASE_URL=f"sqlite:///{self.folder / 'edited.sqlite3'}")
        name = f"{OURS}edited_{os.getpid()}"
        admin(f'CREATE DATABASE "{name}"')
        try:
            return self.run("freshness", DATABASE_URL=f"{POSTGRESQL}/{name}")
        finally:
            admin(f'DROP DATABASE "{name}" WITH (FORCE)')


def key() -> str:
    """Changes with the tables and with what is put into them: then the kept databases are made anew."""
    files = [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "bench" / "data.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


def admin(statement: str) -> list[Any]:
    import psycopg

    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=2) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def databases() -> list[str]:
    return [name for (name,) in admin("SELECT datname FROM pg_database")]


def postgresql_answers() -> bool:
    import psycopg

    try:
        admin("SELECT 1")
    except psycopg.Error:
        print("PostgreSQL does not answer: what needs it is left out", file=sys.stderr)
        return False
    return True


def show(rows: list[Row]) -> None:
    wide = max(len(row.what) for row in rows)
    print(f"\n{'':{wide}}  {'':20} {'measured':>10} {'limit':>8}")
    for row in rows:
        limit = "" if row.limit is None else f"{row.limit:g}"
        note = f"{row.note:.1f} ms" if isinstance(row.note, float) else row.note
        verdict = "" if row.limit is None else "ok" if row.is_met else "NOT MET"
        print(f"{row.what:{wide}}  {row.unit:20} {row.value:>10g} {limit:>8}  {verdict:7}  {note}".rstrip())


def write(rows: list[Row], seconds: float) -> Path:
    RESULTS.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    told = {
        "at": now.isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "quick": IS_QUICK,
        "python": platform.python_version(),
        "django": django.get_version(),
        "processors": os.cpu_count(),
        "load_average": os.getloadavg(),
        "rows": [{**vars(row), "is_met": row.is_met} for row in rows],
    }
    path = RESULTS / f"{now:%Y%m%d-%H%M%S}{'-quick' if IS_QUICK else ''}.json"
    path.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
