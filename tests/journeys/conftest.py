"""Installations, browsers and people of the journeys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.browsing import Person
from tests.journeys.installation import PASSWORD, Installation

ON_SERVICES = os.environ.get("DATABASE_URL", "").startswith("postgresql")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journey")


def make_first_people(installation: Installation) -> None:
    """What whoever installs mdeprep does first."""
    password = installation.folder / "password"
    password.write_text(PASSWORD)
    installation.manage(
        *("first_run", "--email=root@example.org", "--name=Rosa Root", "--tenant=Operations"),
        f"--password-file={password}",
    )


@pytest.fixture(scope="module")
def installation(folder: Path) -> Iterator[Installation]:
    """A real installation after `first_run`: on SQLite, or on PostgreSQL and Redis in the second run of the tests."""
    with Installation(folder, on_services=ON_SERVICES).running(make_first_people) as running:
        yield running


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Installation]:
    """The demonstration."""
    made = Installation(folder, is_demo=True, on_services=ON_SERVICES)
    with made.running(lambda it: it.manage("demo_reset", "--verbosity=0")) as running:
        yield running


@pytest.fixture
def come(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Somebody with a browser of their own. At the end nobody's browser may have complained."""
    people: list[Person] = []

    def come(installation: Installation, email: str = "", *, width: int = 1280, scheme: str = "light") -> Person:
        people.append(Person(chromium, installation, email, width=width, scheme=scheme))
        return people[-1]

    yield come
    for person in people:
        person.context.close()
    assert [line for person in people for line in person.complaints] == []
