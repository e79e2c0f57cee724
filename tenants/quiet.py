"""The hours in which nobody is reminded by mail: those of a tenant, or those that a person chose."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

LEAST_OPEN = 2 * 60
"""Minutes. What is due is looked for once an hour: a shorter gap could be missed every day."""
DAY = 24 * 60


class Quiet(NamedTuple):
    """From when to when nobody is reminded, on the clock of the person. The same time twice: never quiet."""

    starts: time = time(18)
    ends: time = time(8)

    def holds(self, now: datetime, zone: str) -> bool:
        local = now.astimezone(ZoneInfo(zone)).time()
        if self.starts <= self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends

    def over(self, now: datetime, zone: str) -> datetime | None:
        """When they end, if it is one of them now; else None."""
        if not self.holds(now, zone):
            return None
        local = now.astimezone(ZoneInfo(zone))
        ends = local.replace(hour=self.ends.hour, minute=self.ends.minute, second=0, microsecond=0)
        return ends if ends > local else ends + timedelta(days=1)

    @property
    def wrong(self) -> str:
        """Why these hours cannot be kept: they leave no time for a reminder. "" if they can."""
        lasts = (_minutes(self.ends) - _minutes(self.starts)) % DAY
        if DAY - lasts >= LEAST_OPEN:
            return ""
        return _("Leave two hours of the day, at least, in which a reminder may come.")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
