"""Rows of mail: put in once per slot, claimed in a short transaction, sent outside any, then recorded."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from tenants import clock
from tenants.models import Mail, RefusedAddress, Tenant
from tenants.models.outbox import MailQuerySet

CLAIM = timedelta(minutes=3)
ONE_ATTEMPT = timedelta(seconds=60)
"""Longer than a mail server may take, twice over."""
LONGEST_PAUSE = timedelta(hours=1)
TRIED_FOR = timedelta(days=4)
"""After that a mail is given up, as mail servers do among themselves (RFC 5321, 4.5.4.1)."""


def add(
    *,
    recipient: str,
    kind: str,
    about: str,
    slot: str,
    context: dict[str, Any],
    tenant: Tenant | None,
    language: str = "en",
    reply_to: str = "",
    from_name: str = "",
    due_at: datetime | None = None,
) -> Mail | None:
    """Put a mail into the outbox, in the caller's transaction. None if it is there already for this slot."""
    place = {"recipient": recipient, "kind": kind, "subject_of": about, "slot": slot}
    try:
        with transaction.atomic():
            return Mail.objects.create(
                **place,
                context=context,
                tenant=tenant,
                language=language,
                reply_to=reply_to,
                from_name=from_name,
                created_at=clock.now(),
                due_at=due_at or clock.now(),
            )
    except IntegrityError:
        if Mail.objects.filter(**place).exists():
            return None
        raise


def claim(mail_id: uuid.UUID) -> Mail | None:
    """Reserve a due mail for this worker. None if it is sent, not due, or claimed by another."""
    return next(iter(_claimed(Mail.objects.filter(pk=mail_id), 1)), None)


def claim_due(most: int) -> list[Mail]:
    """Reserve the mails that have been due for longest, at most so many, for this worker."""
    return _claimed(Mail.objects.order_by("due_at"), most)


def _claimed(wanted: MailQuerySet, most: int) -> list[Mail]:
    with transaction.atomic():
        due = wanted.due().select_related("tenant").select_for_update(of=("self",), no_key=True, skip_locked=True)
        mails = list(due[:most])
        until = clock.now() + CLAIM
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(claimed_until=until, attempts=F("attempts") + 1)
        for mail in mails:
            mail.claimed_until = until
            mail.attempts += 1
        return mails


def may_still_send(mail: Mail) -> bool:
    """Whether the claim holds long enough for one more attempt; else it becomes due again by itself."""
    return mail.claimed_until is not None and mail.claimed_until - clock.now() > ONE_ATTEMPT


def sent(mail: Mail, *, forget: bool) -> None:
    """Record that the server took it. `forget` drops what it said: one-time codes are not kept."""
    _record(mail, sent_at=clock.now(), claimed_until=None, last_error="", **({"context": {}} if forget else {}))


def _record(mail: Mail, **values: Any) -> None:
    """Without `save`, which would cost as much again for each of many mails."""
    Mail.objects.filter(pk=mail.pk).update(**values)
    vars(mail).update(values)


def failed(mail: Mail, error: str, *, for_good: bool, forget: bool = False) -> None:
    """Record a failure: try again later, in growing pauses, or give up: refused for good, or tried for days.

    `forget` drops what the mail said, if it is given up.
    """
    now = clock.now()
    then: dict[str, Any] = {"due_at": now + min(timedelta(seconds=5 * 2 ** min(mail.attempts, 10)), LONGEST_PAUSE)}
    if for_good or now - mail.created_at > TRIED_FOR:
        then = {"given_up_at": now, **({"context": {}} if forget else {})}
    _record(mail, last_error=error[:300], claimed_until=None, **then)


def refuse(email: str, why: str) -> bool:
    """Mark an address that takes no mail. True if it was not marked yet."""
    _row, is_new = RefusedAddress.objects.get_or_create(email=email, defaults={"why": why[:300], "since": clock.now()})
    return is_new


def refused_among(emails: Collection[str]) -> set[str]:
    """Those of the addresses that take no mail."""
    return set(RefusedAddress.objects.filter(email__in=emails).values_list("email", flat=True))
