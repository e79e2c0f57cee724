"""The embedded start: web server, worker and scheduler of one computer, as children that end with this process."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess  # nosec B404 - the commands below are literal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connection

from mdeprep import child
from mdeprep.context import personas
from tenants.models.people import DEMO_PASSWORD
from tenants.wake import wake

SECONDS_TO_START = 60
SECONDS_TO_END = 10
SECONDS_TO_COUNT_AS_STARTED = 10
"""A child that ends sooner than this after its first start would only end again: everything stops, and says so."""
SECONDS_BETWEEN_STARTS = 5
"""One that has run before is started again, and again: what it needs may come back, and the others work without it."""


class Stopped(BaseException):
    """Somebody asked this process to end: like KeyboardInterrupt, not to be caught on the way."""


class Command(BaseCommand):
    help = "Start mdeprep on this computer only: SQLite, worker and scheduler included. PORT and DATA_DIR are honoured."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        _on_signals(_stop)
        with _only_one_in(settings.DATA_DIR), contextlib.suppress(Stopped):
            _refuse_a_taken_port()
            _empty_what_is_not_truth()
            self._prepare_data()
            with _Children(_programs()) as children:
                children.start("web server")
                _wait_until_it_serves(children)
                children.start("worker")
                children.start("scheduler")
                self._welcome()
                children.watch()

    def _prepare_data(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO and "demo_reset" in get_commands() and not get_user_model().objects.exists():
            self.stdout.write("Making the demonstration data …")
            call_command("demo_reset", verbosity=0)
        self._has_people = get_user_model().objects.exists()
        _catch_up()
        # No connection, and with PostgreSQL no pool's thread, may be shared with a child.
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()

    def _welcome(self) -> None:
        self.stdout.write(f"\nmdeprep serves at {settings.PUBLIC_URL}/   (data: {settings.DATA_DIR}; Ctrl-C ends it)")
        if settings.DEMO and self._has_people:
            for persona in personas():
                self.stdout.write(f"  {persona['email']:28} {persona['name']}, {persona['role']}")
            self.stdout.write(f"  and {', '.join(_other_log_ins())}")
            self.stdout.write(f"Password of all: {DEMO_PASSWORD}")
        elif not self._has_people:
            self.stdout.write("Nobody can log in yet: run `manage.py first_run` with the same DATA_DIR.")
        self.stdout.flush()


def _other_log_ins() -> list[str]:
    from mdeprep.demo.people import PEOPLE  # the demonstration is loaded where there is one

    return sorted(PEOPLE.keys() - {persona["email"] for persona in personas()})


def _stop(_signal: int, _frame: FrameType | None) -> None:
    _on_signals(signal.SIG_IGN)  # a second Ctrl-C must not interrupt the ending
    raise Stopped


def _on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGTERM, handler)


@contextlib.contextmanager
def _only_one_in(folder: Path) -> Iterator[None]:
    with (folder / "serve.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip()
            raise CommandError(
                f"{folder} is in use by another mdeprep (process {owner}): stop it, or set another DATA_DIR."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _refuse_a_taken_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.PORT))
        except OSError as error:
            raise CommandError(f"Port {settings.PORT} cannot be used ({error.strerror}): set another PORT.") from None


def _empty_what_is_not_truth() -> None:
    """Messages, the schedule and temporary files of an earlier run: truth is in rows, the sweep finds what is due."""
    for name in ("broker/messages", "broker/control", "tmp"):
        shutil.rmtree(settings.DATA_DIR / name, ignore_errors=True)
        (settings.DATA_DIR / name).mkdir(parents=True)
    for schedule in settings.DATA_DIR.glob("beat-schedule*"):
        schedule.unlink()


def _catch_up() -> None:
    """What is done every hour waits for no hour after a pause: the day of a condition may have passed meanwhile."""
    from mdeprep.celery import HOURLY, app  # Celery is loaded where the start has begun to work

    for each in app.conf.beat_schedule.values():
        if each["schedule"] == HOURLY:
            wake(each["task"])


class _Program(NamedTuple):
    command: list[str]
    if_we_are_killed: str
    """The signal that it gets then. What is in rows survives SIGKILL; gunicorn has children of its own to end."""


def _programs() -> dict[str, _Program]:
    gunicorn = [sys.executable, "-m", "gunicorn", "mdeprep.wsgi", f"--bind=127.0.0.1:{settings.PORT}", "--preload"]
    celery = [sys.executable, "-m", "celery", "--app=mdeprep", "--quiet"]
    return {
        "web server": _Program(
            [
                *[*gunicorn, "--worker-class=gthread", "--workers=2", "--threads=4", "--log-level=warning"],
                *["--graceful-timeout=5", "--no-control-socket", f"--worker-tmp-dir={settings.DATA_DIR / 'tmp'}"],
            ],
            "SIGTERM",
        ),
        # One process without a pool: nothing is left when it is killed, and SQLite has one writer at a time anyway.
        "worker": _Program(
            [
                *[*celery, "worker", "--pool=solo", "--loglevel=WARNING"],
                *["--without-gossip", "--without-mingle", "--without-heartbeat"],
            ],
            "SIGKILL",
        ),
        "scheduler": _Program([*celery, "beat", "--pidfile=", "--loglevel=WARNING"], "SIGKILL"),
    }


class _Children:
    """The processes of one installation. A child that dies is started again, unless it dies at once."""

    def __init__(self, programs: dict[str, _Program]) -> None:
        self.programs = programs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.started_at: dict[str, float] = {}
        self.have_run: set[str] = set()

    def __enter__(self) -> _Children:
        return self

    def __exit__(self, *_: object) -> None:
        _on_signals(signal.SIG_IGN)
        for process in self.running.values():
            process.terminate()
        until = time.monotonic() + SECONDS_TO_END
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, until - time.monotonic()))
            _kill_group(process)
            process.wait()

    def start(self, name: str) -> None:
        program = self.programs[name]
        # A session of its own: Ctrl-C in the terminal reaches this process alone, and the group can be killed whole.
        self.running[name] = subprocess.Popen(  # noqa: S603  # nosec B603
            [sys.executable, "-I", child.__file__, str(os.getpid()), program.if_we_are_killed, *program.command],
            start_new_session=True,
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "TMPDIR": str(settings.DATA_DIR / "tmp"),
                "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
            },
        )
        self.started_at[name] = time.monotonic()

    def look_after(self) -> None:
        now = time.monotonic()
        for name, process in list(self.running.items()):
            lived = now - self.started_at[name]
            if lived >= SECONDS_TO_COUNT_AS_STARTED:
                self.have_run.add(name)
            if process.poll() is None:
                continue
            told = f"The {name} ended (exit code {process.returncode})"
            _kill_group(process)
            if name not in self.have_run:
                raise CommandError(f"{told} right after its start: everything is stopped. Its last lines are above.")
            if lived >= SECONDS_BETWEEN_STARTS:
                print(f"{told}: started again.", file=sys.stderr, flush=True)
                self.start(name)

    def watch(self) -> None:
        while True:
            self.look_after()
            time.sleep(0.5)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _wait_until_it_serves(children: _Children) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while problem := _what_is_wrong():
        children.look_after()
        if time.monotonic() > until:
            raise CommandError(
                f"mdeprep does not serve after {SECONDS_TO_START} seconds, everything is stopped: {problem}"
            )
        time.sleep(0.1)


def _what_is_wrong() -> str:
    client = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=5)
    try:
        client.request("GET", "/healthz")
        answer = client.getresponse()
        told = answer.read(200).decode(errors="replace").strip()
        return "" if answer.status == 200 else f"{answer.status} {told}"
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        client.close()
