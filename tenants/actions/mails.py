"""What a person decides about the mails that they get."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.models import User


def choose_digest(*, by: User, wants: bool) -> User:
    """One mail a day with whatever waits, instead of reminders; or reminders again. A person's own business: no history."""
    if by.wants_digest != wants:
        by.wants_digest = wants
        by.save(update_fields=["wants_digest"])
    return by


def time_zones() -> list[str]:
    """The names among which a person chooses: those of places."""
    return sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))
    )


def choose_time_zone(*, by: User, zone: str) -> User:
    """On which clock the hours without reminders run for a person; "" for that of whoever asks. Raises ValidationError."""
    if zone and zone not in time_zones():
        raise ValidationError({"zone": _("No such time zone.")})
    if by.time_zone != zone:
        by.time_zone = zone
        by.save(update_fields=["time_zone"])
    return by
