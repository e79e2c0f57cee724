"""4. Eight people edit one project and every wake-up is lost: does any page show an old verdict as fresh?

Every edit adds one server without a licence, and is one entry of the history. So a page that says "as of change N"
must name exactly as many servers as there were at change N; fewer: it shows older content as fresh.
"""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.start import Row, django, report, sizes

SYSTEMS = (
    "windows-server-2019",
    "windows-server-2022",
    "rhel-8",
    "rhel-9",
    "debian-11",
    "debian-12",
    "sles-12",
    "sles-15",
)
WRITERS, READERS = len(SYSTEMS), 4
"""Each writer has a row: the servers of one system."""
SEEN = re.compile(rb"As of change (\d+),")
SINCE = re.compile(rb"\d+ changes? since")
SERVERS = re.compile(rb"([\d,]+) servers have no licence")


@dataclass
class Told:
    """What one page said, and the last change that was saved before it was asked for."""

    saved_before: int
    seq: int
    servers: int
    has_mark: bool


@dataclass
class Run:
    project: Any
    lead: Any
    first_seq: int
    first_servers: int
    told: list[Told] = field(default_factory=list)
    edits: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)

    def old_as_fresh(self) -> int:
        return sum(1 for page in self.told if self.is_older(page) or self.is_unmarked(page))

    def is_older(self, page: Told) -> bool:
        return page.servers < self.first_servers + page.seq - self.first_seq

    def is_unmarked(self, page: Told) -> bool:
        """Of an older change than was saved before it was asked for, and says nothing of that."""
        return page.seq < page.saved_before and not page.has_mark


def main() -> None:
    django()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    pages, seconds, caught_pages, caught_seconds = sizes(full=(300, 90, 60, 30), quick=(12, 20, 48, 40))
    with wake_ups_lost() as lost:
        honest = a_run(pages, seconds)
        with the_number_read_at_write_time():
            mutant = a_run(caught_pages, caught_seconds)
    for run in (honest, mutant):
        if run.faults:
            raise AssertionError(run.faults[:3])
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    where = f"{WRITERS} writers, {len(honest.told)} pages, {honest.edits} edits, {kind}"
    report(
        [
            Row(where, "old shown as fresh", honest.old_as_fresh(), 0, f"{lost[0]} wake-ups lost"),
            Row(f"the same, number read at write time, {len(mutant.told)} pages", "caught", mutant.old_as_fresh()),
        ]
    )


@contextmanager
def wake_ups_lost() -> Iterator[list[int]]:
    """No task reaches a broker."""
    from mdeprep.celery import app

    lost = [0]
    send = app.send_task
    app.send_task = lambda *_args, **_options: lost.__setitem__(0, lost[0] + 1)
    try:
        yield lost
    finally:
        app.send_task = send


@contextmanager
def the_number_read_at_write_time() -> Iterator[None]:
    """The mistake that the measurement must notice."""
    from projects.models import Project
    from readiness.actions import verdicts as actions

    def mistaken(project_id: int) -> Any:
        project = Project.objects.select_related("tenant", "lead").get(pk=project_id)
        subject, judgement = actions.judgements([project])[project.pk]
        payload = actions.as_payload(subject, judgement, {})
        seq = Project.objects.values_list("ledger_seq", flat=True).get(pk=project_id)
        return actions._remember(project, seq, subject.today, judgement, payload)

    right = actions.recompute
    actions.recompute = mistaken
    try:
        yield
    finally:
        actions.recompute = right


def a_run(pages: int, seconds: float) -> Run:
    from bench.web import Page, session_of
    from mdeprep.wsgi import application
    from projects.models import Project

    run = a_project()
    page = Page("overview", f"/projects/{run.project.slug}/", session_of(run.lead), ("As of change",), application)
    ends, done = time.monotonic() + seconds, threading.Event()

    def write(key: str) -> None:
        from projects import actions
        from projects.tables import TABLES

        count, devices = 10, TABLES["environment", "devices"]
        while not done.is_set():
            count += 1
            actions.change_row(project=run.project, table=devices, key=key, values={"count": count}, by=run.lead)
            run.edits += 1
            time.sleep(0.01)

    def read() -> None:
        while not done.is_set():
            saved = Project.objects.values_list("ledger_seq", flat=True).get(pk=run.project.pk)
            page.must_answer()
            run.told.append(what_it_says(page.get()[1], saved))
            if len(run.told) >= pages or time.monotonic() > ends:
                done.set()

    in_threads([*(lambda key=key: write(key) for key in SYSTEMS), *[read] * READERS], done, run.faults)  # type: ignore[misc]
    seq = Project.objects.values_list("ledger_seq", flat=True).get(pk=run.project.pk)
    if seq - run.first_seq != run.edits or run.edits < WRITERS or len(run.told) < READERS:
        run.faults.append(f"{run.edits} edits, {seq - run.first_seq} entries, {len(run.told)} pages")
    return run


def what_it_says(body: bytes, saved: int) -> Told:
    seq, servers = SEEN.search(body), SERVERS.search(body)
    if seq is None or servers is None:
        raise AssertionError("the page names no change or no servers")
    return Told(saved, int(seq[1]), int(servers[1].replace(b",", b"")), SINCE.search(body) is not None)


def in_threads(deeds: list[Callable[[], None]], done: threading.Event, faults: list[str]) -> None:
    from django.db import connection

    def safely(deed: Callable[[], None]) -> None:
        try:
            deed()
        except Exception as fault:  # noqa: BLE001 - told by the run
            faults.append(repr(fault))
            done.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=safely, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def a_project() -> Run:
    from bench import data
    from projects import actions
    from projects.models import Project
    from projects.tables import TABLES
    from stakeholders.actions import start_project

    tenant, lead = data.tenant_with_lead(f"Edited {time.monotonic_ns()}")
    project = start_project(tenant=tenant, lead=lead, by=lead, name="Edited", kind="deployment")
    for system in SYSTEMS:
        values = {"system": system, "kind": "server", "count": 10}
        actions.add_row(project=project, table=TABLES["environment", "devices"], key=system, values=values, by=lead)
    project = Project.objects.get(pk=project.pk)
    return Run(project, lead, project.ledger_seq, 10 * WRITERS)


if __name__ == "__main__":
    sys.exit(main())
