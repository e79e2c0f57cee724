"""A whole installation as real processes: web, worker, scheduler, database and broker, with a real mail server."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from aiosmtpd.controller import Controller

from tests import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
Found = TypeVar("Found")
PASSWORD = "a long enough phrase"
SECONDS_TO_START = 60
SECONDS_TO_DELIVER = 30
"""A wake-up takes a second, the sweep five; two tests share the computer."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Found], what: str, *, seconds: float = SECONDS_TO_DELIVER) -> Found:
    """Wait for `condition` to be true, and answer with what it found."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"Waited {seconds:.0f} s in vain until {what}"
        time.sleep(0.1)
    return found


class Inbox:
    """A real SMTP server that keeps what it takes. It can go away, come back, and be slow."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self._server: Controller | None = None
        self.holding = 0
        """How many mails were handed over since `hold_back`, and are neither kept nor confirmed."""
        self._is_held = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self._is_held:
            self.holding += 1
            while self._is_held:
                await asyncio.sleep(0.05)
            return "451 Try again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"

    def open(self) -> None:
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def hold_back(self) -> None:
        """From now on take mails, but answer nothing."""
        self.holding, self._is_held = 0, True

    def let_go(self) -> None:
        """Refuse what is held, for now, and take mails again."""
        self._is_held = False

    def to(self, address: str, *, about: str = "") -> list[EmailMessage]:
        return [
            mail for mail in list(self.mails) if address in str(mail["To"]) and re.search(about, str(mail["Subject"]))
        ]

    def wait_for(self, address: str, *, about: str, after: int = 0) -> EmailMessage:
        """The newest mail to `address` with these words in its subject, once there are more than `after` of them."""
        told = f"{address} has a mail about “{about}”"
        return until(lambda: self.to(address, about=about)[after:], told)[-1]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage, path: str) -> str:
    """The first address in the text of a mail that has `path` in it."""
    found = re.search(rf"https?://\S*{path}\S*", text_of(mail))
    assert found, text_of(mail)
    return found[0].rstrip(".")


class Broker:
    """A Redis of one's own, so that it can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*("redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        until(self._answers, "Redis answers", seconds=10)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Installation:
    """One installation in a folder. Embedded: `manage.py serve`. On services: what docker-compose.yml starts."""

    def __init__(self, folder: Path, *, is_demo: bool = False, on_services: bool = False) -> None:
        self.folder, self.on_services = folder, on_services
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.inbox = Inbox()
        self.broker = Broker(folder) if on_services else None
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DATA_DIR": str(folder / "data"),
            "PORT": str(self.port),
            "DEMO": "yes" if is_demo else "no",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
            **({} if is_demo else {"EMAIL_URL": f"smtp://127.0.0.1:{self.inbox.port}"}),
        }
        if self.broker is not None:
            server = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
            self.database_server = server._replace(path="/postgres").geturl()
            self.database_name = f"mdeprep_journey_{os.getpid()}_{self.port}"
            self.environment |= {
                "DATABASE_URL": server._replace(path=f"/{self.database_name}").geturl(),
                "BROKER_URL": f"redis://127.0.0.1:{self.broker.port}/0",
                "CACHE_URL": f"redis://127.0.0.1:{self.broker.port}/1",
            }

    # From nothing to something that serves, and back
    @contextlib.contextmanager
    def running(self, prepare: Callable[[Installation], object] = lambda _it: None) -> Iterator[Installation]:
        """Everything started on a copy of a migrated database; `prepare` runs on it before that."""
        with contextlib.ExitStack() as ends:
            ends.callback(self._end)
            self.inbox.open()
            if self.broker is not None:
                self.broker.start()
                migrated.drop_database(self.database_server, self.database_name)
                migrated.copy_database(self.database_server, self.database_name)
            else:
                migrated.copy_file(self.folder / "data")
            prepare(self)
            if self.on_services:
                self.manage("collectstatic", "--noinput", "--verbosity=0")
            for name in self.programs:
                self.start(name)
            until(self.is_up, "it serves", seconds=SECONDS_TO_START)
            self.started_at = time.monotonic()
            yield self

    def _end(self) -> None:
        for name in list(self.processes):
            self.end(name)
        self.inbox.close()
        if self.broker is not None:
            self.broker.kill()
            migrated.drop_database(self.database_server, self.database_name)

    @property
    def programs(self) -> dict[str, list[str]]:
        if not self.on_services:
            return {"serve": [sys.executable, "manage.py", "serve"]}
        celery = [sys.executable, "-m", "celery", "--app=mdeprep", "--quiet"]
        return {
            "web": [
                *[sys.executable, "-m", "gunicorn", "mdeprep.wsgi", f"--bind=127.0.0.1:{self.port}"],
                *["--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket", "--log-level=warning"],
            ],
            "worker": [*celery, "worker", "--concurrency=1", "--loglevel=WARNING"],
            "beat": [*celery, "beat", "--pidfile=", f"--schedule={self.folder}/beat", "--loglevel=WARNING"],
        }

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.programs[name],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def end(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)

    def has_run_for_a_while(self) -> bool:
        """`serve` starts again only what has run for ten seconds."""
        return time.monotonic() - self.started_at > 11

    def is_up(self) -> bool:
        dead = [name for name, process in self.processes.items() if process.poll() is not None]
        assert not dead, f"{dead[0]} ended: {self.log(dead[0])}"
        if not self.on_services and "serves at" not in self.log("serve"):
            return False
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
            return True
        return False

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    # What an operator does
    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, script: str) -> str:
        """What a script prints that runs with the models of this installation."""
        return self.manage("shell", "--no-imports", "--command", script).strip()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        if self.on_services:
            with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
                return connection.execute(statement.replace("?", "%s"), values).fetchall()  # type: ignore[arg-type]
        file = self.folder / "data/mdeprep.sqlite3"
        with contextlib.closing(sqlite3.connect(file, timeout=20)) as database, database:
            return database.execute(statement, values).fetchall()

    def workers(self) -> list[int]:
        """The processes that run tasks."""
        mark = f"DATA_DIR={self.folder / 'data'}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                    words = (entry / "cmdline").read_bytes().split(b"\0")
                    if b"worker" in words and b"--app=mdeprep" in words and b"-I" not in words:
                        found.append(int(entry.name))
        return sorted(found)


def has_redis() -> bool:
    return shutil.which("redis-server") is not None
