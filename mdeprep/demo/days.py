"""The days of the demonstration, counted from the day on which it is made (D0)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = "Europe/Dublin"


class Days(NamedTuple):
    today: date

    def day(self, offset: int) -> date:
        """The day so many days from D0."""
        return self.today + timedelta(days=offset)

    def at(self, offset: int, hour: str) -> datetime:
        """The moment at that hour in Dublin, such as (-4, "16:12")."""
        local = datetime.combine(self.day(offset), time.fromisoformat(hour), ZoneInfo(ZONE))
        return local.astimezone(UTC)

    def said(self, offset: int) -> str:
        """The day as a person writes it: "11 Nov"."""
        day = self.day(offset)
        return f"{day.day} {day:%b}"
