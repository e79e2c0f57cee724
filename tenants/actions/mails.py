"""What a person decides about the mails that they get."""

from __future__ import annotations

from tenants.models import User


def choose_digest(*, by: User, wants: bool) -> User:
    """One mail a day with whatever waits, instead of reminders; or reminders again. A person's own business: no history."""
    if by.wants_digest != wants:
        by.wants_digest = wants
        by.save(update_fields=["wants_digest"])
    return by
