"""5. A web worker from nothing to its first answer: CPU and memory, of the product and of a bare Django.

Each is a real gunicorn with one worker, as the product starts it, and somebody logged in asks for one page.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.start import Row, django, report, sizes

MOST_TIMES, MOST_MEGABYTES = 2.0, 110.0
PATIENCE = 60


def main() -> None:
    django()
    from bench import data
    from bench.web import session_of

    bare = subprocess.run([sys.executable, "-m", "bench.bare_django"], check=True, capture_output=True, text=True)
    of_lead = session_of(data.pattern_project().lead)
    asked = {
        "django": ("bench.bare_django", bare.stdout.strip(), "Bare list"),
        "mdeprep": ("mdeprep.wsgi", of_lead, "Waiting for you"),
    }
    found: dict[str, list[tuple[float, float]]] = {"django": [], "mdeprep": []}
    for turn in range(sizes(full=15, quick=1) + 1):
        for kind, values in asked.items():
            told = first_answer(*values)
            if turn:  # at first byte code is written and files are not in memory
                found[kind].append(told)
    cpu = {kind: statistics.median(told[0] for told in each) for kind, each in found.items()}
    memory = {kind: statistics.median(told[1] for told in each) for kind, each in found.items()}
    pairs = zip(found["mdeprep"], found["django"], strict=True)  # side by side: a machine changes its speed
    ratio = statistics.median(ours[0] / bare[0] for ours, bare in pairs)
    report(
        [
            Row("cold start of a bare Django", "CPU ms", round(cpu["django"] * 1000)),
            Row(
                "cold start of a web worker", "x bare Django (CPU)", round(ratio, 2), MOST_TIMES, cpu["mdeprep"] * 1000
            ),
            Row("memory of a bare Django", "MB", round(memory["django"], 1)),
            Row("memory of a web worker", "MB", round(memory["mdeprep"], 1), MOST_MEGABYTES),
        ]
    )


def first_answer(module: str, cookie: str, shows: str) -> tuple[float, float]:
    """(CPU seconds of gunicorn and its worker up to the first answer, megabytes of the worker then)."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", f"{module}:application", f"--bind=127.0.0.1:{port}", "--workers=1"]
    command += ["--worker-class=gthread", "--threads=4", "--log-level=error", "--no-control-socket"]
    server = subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"})
    try:
        status, body = ask(port, cookie)
        if status != 200 or shows not in body:
            raise AssertionError(f"{module} answered {status}: {body[:300]}")
        [worker] = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="utf-8").split()
        return cpu_of(server.pid) + cpu_of(int(worker)), memory_of(int(worker))
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ask(port: int, cookie: str) -> tuple[int, str]:
    """The first answer; the server may not listen yet."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with contextlib.suppress(ConnectionRefusedError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", "/", headers={"Cookie": cookie})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        time.sleep(0.02)
    raise AssertionError("gunicorn does not listen")


def cpu_of(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="utf-8").split()[0]) for task in tasks) / 1e9


def memory_of(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("this system does not say how much memory a process has")


if __name__ == "__main__":
    sys.exit(main())
