"""The last day of an assignment, out of the moment at which it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NEVER = {"", "permanent", "never", "none", "null", "-", "noexpiration", "n/a"}
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?$", re.IGNORECASE
)
_SLASHES = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AP]M)?)?$", re.IGNORECASE
)
_POWERSHELL = re.compile(r"/Date\((-?\d{1,14})\)/$")


class NoDay(ValueError):
    pass


def is_day_first(texts: Iterable[str]) -> bool:
    """Whether a column writes 25/12/2026: dots always do, slashes when one of its days says so."""
    found = (match for text in texts if (match := _SLASHES.match(text.strip())))
    return any(int(match[1]) > 12 for match in found)


def last_day(text: str, zone: str, *, day_first: bool = False) -> date | None:
    """The last day on which it holds, where the tenant is; None if it does not end. Raises NoDay.

    What ends at midnight ends with the day before.
    """
    text = text.strip()
    if text.casefold() in NEVER:
        return None
    try:
        day, moment = _read(text, day_first=day_first)
        return day if moment is None else (moment.astimezone(ZoneInfo(zone)) - timedelta(seconds=1)).date()
    except (ValueError, OverflowError) as error:
        raise NoDay(text) from error


def _read(text: str, *, day_first: bool) -> tuple[date, datetime | None]:
    if found := _ISO.match(text):
        day = date.fromisoformat(found[1])
        if not found[2]:
            return day, None
        offset = (found[3] or "Z").upper().replace("UTC", "Z").replace("Z", "+00:00")
        return day, datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}")
    if found := _POWERSHELL.match(text):
        moment = datetime.fromtimestamp(int(found[1]) / 1000, UTC)
        return moment.date(), moment
    if found := _SLASHES.match(text):
        first, second = int(found[1]), int(found[2])
        is_day_first_here = day_first or "." in text.split()[0]
        day = date(int(found[3]), *((second, first) if is_day_first_here else (first, second)))
        if found[4] is None:
            return day, None
        hour = int(found[4])
        if found[7]:
            hour = hour % 12 + 12 * (found[7].upper() == "PM")
        return day, datetime(day.year, day.month, day.day, hour, int(found[5]), int(found[6] or 0), tzinfo=UTC)
    raise ValueError(text)
