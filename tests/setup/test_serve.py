"""The embedded start as a real process: it serves, it is alone on its folder, and it leaves nothing behind."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from mdeprep.demo.people import PEOPLE
from mdeprep.management.commands.serve import Command
from tenants.models.people import DEMO_PASSWORD
from tests import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status_of(port: int, path: str = "/healthz") -> int | None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        client.request("GET", path)
        return client.getresponse().status
    except OSError:
        return None
    finally:
        client.close()


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"Waited {seconds} s in vain until {what}"
        time.sleep(0.1)


def environment_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


class Served:
    """One start on one folder. Its processes are known by the folder in their environment."""

    def __init__(self, data_dir: Path, port: int, *command: str, **environment: str) -> None:
        self.data_dir, self.port = data_dir, port
        self.log = data_dir.with_name(f"{port}.log")
        log = self.log.open("w")
        self.process = subprocess.Popen(
            command or (sys.executable, "manage.py", "serve"),
            cwd=ROOT,
            # PATH and HOME only: nothing of what the tests themselves are set to.
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                "DATA_DIR": str(data_dir),
                "PORT": str(port),
                "DEMO": "no",
                "PYTHONUNBUFFERED": "1",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_up(self) -> Served:
        wait_until(lambda: "serves at" in self.said() or self.process.poll() is not None, SECONDS_TO_START, "it serves")
        assert self.process.poll() is None, self.said()
        return self

    def processes(self) -> dict[int, str]:
        """Every living process of this folder: id to command line."""
        mark = f"DATA_DIR={self.data_dir}\0".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and mark in environment_of(entry):
                with contextlib.suppress(OSError):
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        return found

    def one(self, word: str) -> int:
        """The process of the given program that was started first."""
        return min(pid for pid, command in self.processes().items() if word in command)

    def end(self) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=20)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(*command: str, data_dir: Path = tmp_path / "var", is_first: bool = False, **environment: str) -> Served:
        """On a folder that an earlier start has left with its database, unless it `is_first`."""
        if not is_first and not (data_dir / "mdeprep.sqlite3").exists():
            migrated.copy_file(data_dir)
        started.append(Served(data_dir, free_port(), *command, **environment))
        return started[-1]

    yield start
    for served in started:
        served.end()


def test_it_serves_on_this_computer_only_and_a_second_start_on_the_folder_is_refused_in_one_line(start):
    served = start(is_first=True).wait_until_up()
    assert f"mdeprep serves at http://127.0.0.1:{served.port}/" in served.said()
    assert status_of(served.port) == 200
    listening = Path("/proc/net/tcp").read_text()
    assert f"0100007F:{served.port:04X} 00000000:0000 0A" in listening
    assert f"00000000:{served.port:04X} 00000000:0000 0A" not in listening

    second = start()
    assert second.process.wait(timeout=30) == 1
    assert second.said() == (
        f"CommandError: {served.data_dir} is in use by another mdeprep (process {served.process.pid}): "
        "stop it, or set another DATA_DIR.\n"
    )
    assert status_of(served.port) == 200


@pytest.mark.parametrize("command", [(), ("make", "run")], ids=["manage.py serve", "make run"])
def test_worker_and_scheduler_are_processes_and_ctrl_c_leaves_none_behind(start, command):
    served = start(*command).wait_until_up()
    wait_until(lambda: "beat" in str(served.processes()) and "worker" in str(served.processes()), 20, "all run")
    os.killpg(served.process.pid, signal.SIGINT)  # as a terminal does: to everything in the foreground
    served.process.wait(timeout=20)
    assert served.processes() == {}
    assert "Traceback" not in served.said()


def test_killing_it_leaves_no_process_behind_and_data_is_kept(start):
    served = start().wait_until_up()
    with contextlib.closing(sqlite3.connect(served.data_dir / "mdeprep.sqlite3")) as database, database:
        database.execute("create table kept as select 42 as answer")
    served.process.kill()
    wait_until(lambda: not served.processes(), 15, "its children ended too")

    again = start().wait_until_up()
    assert status_of(again.port) == 200
    with contextlib.closing(sqlite3.connect(again.data_dir / "mdeprep.sqlite3")) as database:
        assert database.execute("select answer from kept").fetchone() == (42,)


def test_killing_make_ends_all_of_it(start):
    served = start("make", "run").wait_until_up()
    served.process.kill()
    wait_until(lambda: not served.processes(), 20, "serve and its children ended too")


def test_a_worker_that_dies_is_started_again(start):
    served = start().wait_until_up()
    time.sleep(11)  # sooner would count as a failed start
    worker = served.one(" worker ")
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: "The worker ended (exit code -9): started again." in served.said(), 10, "it is noticed")
    wait_until(
        lambda: any(" worker " in c and pid != worker for pid, c in served.processes().items()), 10, "it is back"
    )
    assert status_of(served.port) == 200


def test_what_an_earlier_run_left_in_the_broker_is_not_worked_off(start, tmp_path):
    left = tmp_path / "var/broker/messages/1_celery.msg"
    left.parent.mkdir(parents=True)
    left.write_text("not a message")
    served = start().wait_until_up()
    assert not left.exists()
    assert "Traceback" not in served.said()


def test_a_taken_port_is_said_in_one_line(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        served = start(PORT=str(port))
        assert served.process.wait(timeout=30) == 1
        assert (
            served.said() == f"CommandError: Port {port} cannot be used (Address already in use): set another PORT.\n"
        )


def test_a_program_that_cannot_start_stops_everything_and_says_so(start):
    served = start(GUNICORN_CMD_ARGS="--workers=many")
    assert served.process.wait(timeout=60) == 1
    assert served.said().splitlines()[-1] == (
        "CommandError: The web server ended (exit code 2) right after its start: everything is stopped. "
        "Its last lines are above."
    )
    assert served.processes() == {}


def test_the_start_names_every_log_in_of_the_demonstration_and_its_password(settings):
    settings.DEMO, out = True, StringIO()
    started = Command(stdout=out)
    started._has_people = True
    started._welcome()
    said = out.getvalue()
    assert [address for address in PEOPLE if address not in said] == []
    assert (settings.PUBLIC_URL in said, DEMO_PASSWORD in said) == (True, True)
