"""Background jobs of this app: thin, ids only, may run twice."""

from __future__ import annotations

import logging
import uuid

from celery import shared_task

from tenants import emails, wake

logger = logging.getLogger(__name__)
MAILS_A_SWEEP, MAILS_AT_ONCE = 200, 100


@shared_task(name=wake.DELIVER_MAIL)
def deliver_mail(mail_id: str) -> None:
    emails.send(uuid.UUID(mail_id))


@shared_task(name="tenants.deliver_due")
def deliver_due() -> None:
    """The sweep: whatever a lost wake-up, a crash or an unreachable server has left."""
    for _batch in range(MAILS_A_SWEEP // MAILS_AT_ONCE):
        if emails.send_due(MAILS_AT_ONCE) < MAILS_AT_ONCE:
            return
