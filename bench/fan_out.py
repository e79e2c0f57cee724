"""7. A thousand requests for approval by mail, through the outbox, against a bare loop that renders and sends them.

Both send over one connection to a real SMTP server in a process of its own; the server of the flaky part fails softly.
"""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from bench.start import Row, django, report, sizes

MOST_TIMES = 1.25
"""At least 0.8 x the mails a second of the bare loop."""


def main() -> None:
    django()
    import time_machine
    from aiosmtpd.controller import Controller
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from bench import data
    from tenants import emails
    from tenants.models import Mail
    from tenants.tasks import deliver_due

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    mails, few, reminders = sizes(full=(1000, 100, 10_000), quick=(20, 5, 30))
    pattern = Mail.objects.filter(kind="decision_request", tenant=data.pattern_project().tenant).first()
    assert pattern is not None

    def queue(count: int, slot: str) -> None:
        Mail.objects.all().delete()
        for n in range(count):
            emails.queue(
                recipient=f"p{n}@crowd.example", kind=pattern.kind, about=f"request-{n}", slot=slot,
                context=pattern.context, tenant=pattern.tenant,
            )  # fmt: skip

    def bare() -> None:
        with emails.one_connection() as one:
            one.open()
            for mail in Mail.objects.select_related("tenant"):
                message = emails.render(mail)
                message.connection = one
                message.send()

    def ours() -> None:
        while Mail.objects.due().exists():
            deliver_due()

    with sink() as settings.EMAIL_PORT:
        queries = {}
        for count in (few, mails):
            queue(count, "queries")
            with CaptureQueriesContext(connection) as captured:
                ours()
            queries[count] = round(len(captured) / count, 1)
        queue(few, "warm")
        bare()
        times: dict[str, list[float]] = {"bare": [], "ours": []}
        for turn in range(sizes(full=3, quick=1)):
            queue(mails, str(turn))
            times["bare"].append(_wall(bare))
            times["ours"].append(_wall(ours))
    best = {name: min(found) for name, found in times.items()}

    flaky = Flaky(seed=1)
    controller = Controller(flaky, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_PORT = controller.port
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queue(reminders, "2027-01-12")
        while Mail.objects.waiting().exists():
            ours()
            clock.shift(timedelta(hours=1))
    controller.stop()
    lost = reminders - len(flaky.received)
    twice = sum(count > 1 for count in flaky.received.values())
    report(
        [
            Row(
                f"fan-out of {mails:,} requests",
                "x bare loop (wall)",
                round(best["ours"] / best["bare"], 2),
                MOST_TIMES,
            ),
            Row("a mail of the bare loop", "ms", round(best["bare"] * 1000 / mails, 2)),
            Row(f"a mail of {mails:,}", "queries", queries[mails], round(queries[few] + 0.5, 1)),
            Row(f"{reminders:,} reminders, a server that fails", "lost", lost, 0),
            Row(f"{reminders:,} reminders, a server that fails", "sent twice", twice, 0),
        ]
    )


class Flaky:
    """Refuses a third of the mails softly, and hangs up now and then; counts what it took by Message-ID."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.received: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        luck = self.dice.random()
        if luck < 0.3:
            return "451 4.3.0 Later"
        if luck < 0.35:
            server.transport.close()
            return "421 Gone"
        lines = envelope.content.decode(errors="replace").splitlines()
        self.received[next(line for line in lines if line.lower().startswith("message-id:"))] += 1
        return "250 OK"


@contextlib.contextmanager
def sink() -> Any:
    """A server that takes everything and keeps nothing; its port."""
    port = free_port()
    command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _wall(deed: Any) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
