"""The one clock. Everything asks it for the time, so that demonstration data can be made on the days it tells of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The present moment, aware."""
    return _set_to.get() or timezone.now()


def today(zone: str) -> date:
    """The day in the time zone named `zone`, for example a tenant's."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Let it be `moment` in this block. Only demonstration data may do that: refused outside demo mode."""
    if not settings.DEMO:
        raise PermissionDenied("The clock can be set in demo mode only.")
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
