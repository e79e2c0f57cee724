"""Background jobs of this app: thin, ids only, may run twice."""

from __future__ import annotations

import logging
import uuid

from celery import shared_task

from tenants import emails, wake
from tenants.models import Mail

logger = logging.getLogger(__name__)
MAILS_A_SWEEP = 200


@shared_task(name=wake.DELIVER_MAIL)
def deliver_mail(mail_id: str) -> None:
    emails.send(uuid.UUID(mail_id))


@shared_task(name="tenants.deliver_due")
def deliver_due() -> None:
    """The sweep: whatever a lost wake-up, a crash or an unreachable server has left."""
    due = list(Mail.objects.due().order_by("due_at").values_list("pk", flat=True)[:MAILS_A_SWEEP])
    with emails.one_connection() as connection:
        for mail_id in due:
            emails.send(mail_id, connection)
