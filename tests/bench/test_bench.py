"""The bench runs at small sizes and produces every row. What the numbers are is for `make bench` to say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.start import Row

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[str, dict]:
    results = tmp_path_factory.mktemp("results")
    left_out = {"DATA_DIR", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    # a port at which nothing listens: the bench then does without PostgreSQL
    env |= {"QUICK": "1", "BENCH_RESULTS": str(results), "BENCH_POSTGRESQL": "postgresql://postgres@127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-m", "bench"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    [written] = results.glob("*-quick.json")
    return done.stdout, json.loads(written.read_text())


def test_every_measurement_has_its_rows(told):
    table, written = told
    found = {(row["what"], row["unit"]) for row in written["rows"]}
    for name in ("home", "list", "overview"):
        for count in (1, 30):
            assert {(f"{name}, {count}", "queries"), (f"{name}, {count}", "x bare (CPU)")} <= found
    assert {("device groups, 1", "queries"), ("device groups, 250", "x bare (CPU)")} <= found
    assert {("decide, 60 rows", "queries"), ("decide, 20 rows", "x bare insert path (CPU)")} <= found
    assert {("read, 60 rows, 5 changed", "queries"), ("read, 60 rows, 5 changed", "x bare (CPU)")} <= found
    assert ("list, 100 of 500, SQLite", "x bare (CPU)") in found
    assert ("list, 100 of 1,500, SQLite", "x at 500") in found
    assert ("load and judge 20", "x plain tuples (CPU)") in found
    assert ("cold start of a web worker", "x bare Django (CPU)") in found
    assert ("memory of a web worker", "MB") in found
    assert ("verify a pack of 300 entries", "x hashing its bytes (CPU)") in found
    for kind in ("intune_all_devices", "ad_get_adcomputer", "mde_portal_devices"):
        assert (f"import of 3,000, {kind}", "x csv.reader (wall)") in found
    assert ("import of 500, workbook", "x python-calamine (wall)") in found
    assert ("analyse 20 assignments, 6 tiers x regions, 60 device groups", "x plan as JSON (CPU)") in found
    assert ("fan-out of 20 requests", "x bare loop (wall)") in found
    assert ("30 reminders, a server that fails", "sent twice") in found
    for row in written["rows"]:
        assert row["what"] in table


def test_what_does_not_depend_on_the_machine_is_met(told):
    """Numbers of queries and of texts normalised, and no old verdict shown as fresh; the mistake that must be noticed was noticed."""
    rows = told[1]["rows"]
    exact = [
        row
        for row in rows
        if row["unit"] in {"queries", "old shown as fresh", "texts normalised", "lost", "sent twice"}
        and row["limit"] is not None
    ]
    assert len(exact) >= 9
    assert [row for row in exact if not row["is_met"]] == []
    [caught] = [row for row in rows if row["unit"] == "caught"]
    assert caught["value"] > 0


def test_a_row_is_met_up_to_its_limit():
    assert Row("a", "x", 2.0, 2.0).is_met
    assert not Row("a", "x", 2.01, 2.0).is_met
    assert Row("a", "x", 99).is_met
