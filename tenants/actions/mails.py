"""What a person decides about the mails that they get."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.models import User
from tenants.quiet import Quiet


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


def choose_mails(*, by: User, wants_digest: bool, zone: str, quiet: Quiet | None) -> User:
    """Everything at once: one mail a day or reminders, the hours without either, and the clock on which these run.

    `zone` "" and `quiet` None: those of whoever asks. Raises ValidationError and changes nothing.
    """
    if zone and zone not in time_zones():
        raise ValidationError({"zone": _("No such time zone.")})
    if quiet and quiet.wrong:
        raise ValidationError({"quiet_until": quiet.wrong})
    by.wants_digest, by.time_zone = wants_digest, zone
    by.quiet_from, by.quiet_until = quiet or (None, None)
    by.save(update_fields=["wants_digest", "time_zone", "quiet_from", "quiet_until"])
    return by
