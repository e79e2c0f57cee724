"""Which tests run where: the markers `services`, `browser` and `both` (see CONTRIBUTING.md)."""

from __future__ import annotations

import fnmatch
import os
import shutil

import hypothesis
import pytest
from django.conf import settings

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile("no clock", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("no clock")

pytest_plugins = ["tests.browsers"]
IN_CI = os.environ.get("CI") == "true"
LONGEST = (
    "tests/setup/test_serve.py",
    "tests/journeys/test_demo.py",
    "tests/bench/",
    "tests/journeys/",
    "tests/setup/",
    "tests/test_urls_and_roles.py",
    "tests/mdeprep/test_demo.py",
)
"""Where tests start whole programs, and the longest of the others: begun first, the longest before the others."""

ALSO_ON_SERVICES = ("test_actions*.py", "test_access*.py", "test_permissions*.py", "test_urls_and_roles.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    on_services = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
    has_browser = shutil.which("chromium") is not None
    for item in items:
        if any(fnmatch.fnmatch(item.path.name, pattern) for pattern in ALSO_ON_SERVICES):
            item.add_marker(pytest.mark.both)
        if item.get_closest_marker("services") and not on_services:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL and Redis: make test runs it where they answer"))
        if item.get_closest_marker("browser") and not has_browser:
            item.add_marker(pytest.mark.skip(reason="needs chromium: SYSTEM=1 make test installs it"))
    items.sort(key=_turn)  # stable: within a module nothing moves


def _turn(item: pytest.Item) -> int:
    return next((n for n, place in enumerate(LONGEST) if item.nodeid.startswith(place)), len(LONGEST))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In the pipeline a skipped test is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line("With CI=true nothing may be skipped.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
