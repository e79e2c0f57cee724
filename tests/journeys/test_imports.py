"""Exports with real processes: watched while they are read, cancelled in the middle, and a worker that is killed."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import Person
from tests.journeys.conftest import ON_SERVICES
from tests.journeys.installation import Installation, until
from tests.journeys.office import LENA, Project, make_people

pytestmark = [pytest.mark.browser]
Come = Callable[..., Person]
HEADERS = b"Device ID,Device name,Last check-in,OS,OS version,Ownership\n"


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[Installation]:
    with Installation(folder, on_services=ON_SERVICES).running(make_people) as running:
        yield running


class SlowFile:
    """The file of an import as a pipe, so that whoever reads it stands still in the middle for as long as we like."""

    def __init__(self, path: Path) -> None:
        self.path, self.data = path, path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        self._go_on = threading.Event()
        self._is_whole = True
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def _feed(self) -> None:
        try:
            with self.path.open("wb", buffering=0) as pipe:
                pipe.write(self.data[: len(self.data) // 2])
                self._go_on.wait(60)
                if self._is_whole:
                    pipe.write(self.data[len(self.data) // 2 :])
        except BrokenPipeError:
            pass  # the reader was killed

    def becomes_a_file_again(self) -> None:
        self._is_whole = False
        self._go_on.set()
        self._feeder.join(20)
        self.path.unlink()
        self.path.write_bytes(self.data)


def many(count: int) -> bytes:
    return HEADERS + b"".join(b"%d,PC-%d,2026-11-20,Windows,10.0.22631.1,Corporate\n" % (n, n) for n in range(count))


UPLOADED = """
from django.core.files import File
from projects import actions
from projects.models import Project
from tenants.models import User
from tenants import wake
with wake.nobody_woken():
    row = actions.start_import(
        project=Project.objects.get(pk={pk}), file=File(open({path!r}, "rb")), by=User.objects.get(email={by!r})
    )
print(row.pk, row.file.path)
"""


def held(office: Installation, project: Project, tmp_path: Path, count: int) -> tuple[int, SlowFile]:
    """An export that a worker has begun to read, and cannot finish."""
    export = tmp_path / "export.csv"
    export.write_bytes(many(count))
    pk, path = office.shell(UPLOADED.format(pk=project.pk, path=str(export), by=LENA)).split()
    slow = SlowFile(Path(path))
    until(lambda: state(office, int(pk)) == "running", "a worker reads it")
    return int(pk), slow


def state(office: Installation, pk: int) -> str:
    return str(office.rows("select state from projects_deviceimport where id = ?", pk)[0][0])


def counts(office: Installation, project: Project) -> list[tuple[object, ...]]:
    return office.rows("select system, count from projects_devicecount where project_id = ? order by 1", project.pk)


def test_a_worker_that_is_killed_in_the_middle_leaves_the_counts_and_another_begins_again(office, come, tmp_path):
    until(office.has_run_for_a_while, "its processes count as started", seconds=20)
    project = Project(office, "Import killed", is_sent=False)
    before, entries = counts(office, project), project.entries()
    pk, slow = held(office, project, tmp_path, 4_000)
    for worker in office.workers():
        os.kill(worker, signal.SIGKILL)
    assert (counts(office, project), project.entries()) == (before, entries)
    slow.becomes_a_file_again()
    if ON_SERVICES:
        office.end("worker")
        office.start("worker")
    # a minute passes: whoever was silent for so long is dead
    office.rows("update projects_deviceimport set progressed_at = '2020-01-01' where id = ? returning id", pk)
    until(lambda: state(office, pk) == "preview", "another worker has read it", seconds=60)
    assert (counts(office, project), project.entries()) == (before, entries)
    lena = come(office, LENA)
    lena.sign_in_with_password()
    lena.open(f"{project.url}plan/environment/import/{pk}/")
    lena.sees("4,000 rows read from an Intune export")


def test_reading_is_watched_and_stopped_in_the_middle(office, come, tmp_path):
    project = Project(office, "Import stopped", is_sent=False)
    before = counts(office, project)
    pk, slow = held(office, project, tmp_path, 4_000)
    lena = come(office, LENA)
    lena.sign_in_with_password()
    lena.open(f"{project.url}plan/environment/import/{pk}/")
    expect(lena.page.locator("progress")).to_be_visible()
    lena.press(re.compile("^Stop and delete the file"))
    lena.sees("The file is deleted. No count was changed.")
    slow._go_on.set()
    until(lambda: not slow.path.exists(), "the file is gone")
    assert (state(office, pk), counts(office, project)) == ("cancelled", before)


def test_a_file_is_chosen_watched_looked_at_and_applied(office, come, tmp_path):
    project = Project(office, "Import applied", is_sent=False)
    export = tmp_path / "export.csv"
    export.write_bytes(many(300) + b"x,PC-x,2026-11-20,Zebra OS,,Corporate\n")
    lena = come(office, LENA)
    lena.sign_in_with_password()
    lena.open(f"{project.url}plan/environment/import/")
    lena.page.locator("input[type=file]").set_input_files(export)
    lena.press("Read the file")
    expect(lena.page.get_by_role("heading", name="301 rows read from an Intune export")).to_be_visible(timeout=30_000)
    lena.page.locator(".say-what select").select_option("other:mobile")
    lena.press("Say what it is")
    expect(lena.page.get_by_text("is another system of phones and tablets")).to_be_visible()
    expect(lena.page.get_by_role("heading", name="301 rows read from an Intune export")).to_be_visible(timeout=30_000)
    lena.press(re.compile("^Apply the counts"))
    lena.sees("Applied. The counts of Intune are replaced, and the file is deleted.")
    assert ("windows-11", 300) in counts(office, project)
    assert lena.complaints == []


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(office, come, tmp_path):
    project = Project(office, "Import too large", is_sent=False)
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(2 * 2**30)
    lena = come(office, LENA)
    lena.sign_in_with_password()
    lena.open(f"{project.url}plan/environment/import/")
    lena.page.locator("input[type=file]").set_input_files(large)
    lena.press("Read the file")
    told = lena.page.locator("input[type=file]").evaluate("field => field.validationMessage")
    assert "The file is larger than" in told
    assert office.rows("select 1 from projects_deviceimport where project_id = ?", project.pk) == []
