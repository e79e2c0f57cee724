"""Wake a worker after the commit. A wake-up may be lost: truth is in rows, and a sweep finds what is left."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import connection, transaction

logger = logging.getLogger(__name__)

DELIVER_MAIL = "tenants.deliver_mail"
RECOMPUTE = "readiness.recompute"
READ_IMPORT = "projects.read_import"
MAKE_PAPER = "readiness.make_paper"
ADDRESS_REFUSED = "stakeholders.note_refused_addresses"
TASKS = (DELIVER_MAIL, RECOMPUTE, READ_IMPORT, MAKE_PAPER, ADDRESS_REFUSED)
_is_quiet: ContextVar[bool] = ContextVar("wake_is_quiet", default=False)


@contextmanager
def nobody_woken() -> Iterator[None]:
    """Queue nothing in this block, for whoever does at once what the workers would do: demonstration data."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


@dataclass(frozen=True)
class _Message:
    task: str
    args: tuple[Any, ...]

    def __call__(self) -> None:
        # Loaded at the first message: a tenth of the start of a web worker, and most requests wake nobody.
        import_module(settings.WORKER_MODULE)
        from celery import current_app

        try:
            with current_app.connection_for_write(connect_timeout=0.5, transport_options={"max_retries": 0}) as broker:
                current_app.send_task(self.task, args=self.args, retry=False, ignore_result=True, connection=broker)
        except Exception as error:  # noqa: BLE001 - the change is saved, and the sweep catches up
            logger.warning("Could not wake %s: %s", self.task, error)


def wake(task: str, *args: Any) -> None:
    """Queue `task` after the commit, once however often it is asked for. Never fails, and never waits long."""
    message = _Message(task, args)
    if not _is_quiet.get() and not any(waiting[1] == message for waiting in connection.run_on_commit):
        transaction.on_commit(message, robust=True)
