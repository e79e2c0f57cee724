"""How this house is built, kept by tests: imports, tasks, signals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from celery import current_app

from tenants import wake

ROOT = Path(__file__).parent.parent
APPS = ("mdeprep", "readiness", "stakeholders", "projects", "tenants")


def test_imports_go_down_only():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_wake_up_is_a_task_that_the_worker_knows():
    current_app.loader.import_default_modules()
    assert set(wake.TASKS) <= set(current_app.tasks)


def test_everything_on_the_schedule_is_a_task_that_the_worker_knows():
    current_app.loader.import_default_modules()
    assert {entry["task"] for entry in current_app.conf.beat_schedule.values()} <= set(current_app.tasks)


def test_there_are_no_signals():
    found = [
        str(file.relative_to(ROOT))
        for app in APPS
        for file in (ROOT / app).rglob("*.py")
        if "@receiver" in file.read_text() or "django.dispatch" in file.read_text()
    ]
    assert found == []


def test_no_file_names_a_registry():
    hosts = ("pypi" + ".org", "registry." + "npmjs", "files." + "pythonhosted", "deb." + "debian")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    found = [
        name
        for name in tracked
        if (ROOT / name).is_file() and any(host in (ROOT / name).read_text(errors="ignore") for host in hosts)
    ]
    assert found == []
