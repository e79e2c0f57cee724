"""Queue a mail with the change that causes it; render it from its row alone; send it."""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email.utils import formataddr
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from tenants import clock, outbox
from tenants.models import Mail, Tenant
from tenants.rules import refuses_address
from tenants.wake import ADDRESS_REFUSED, DELIVER_MAIL, wake

logger = logging.getLogger(__name__)

FORGOTTEN_ONCE_SENT = {"login_code", "password_reset"}
CODE_WORKS_FOR = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
REFUSED_FOR_GOOD = 550


def short_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def long_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def at_place(moment: datetime, zone: str) -> str:
    """ "Mon 23 Nov 2026 at 08:41 (Dublin)"."""
    local = moment.astimezone(ZoneInfo(zone))
    return (
        f"{local:%a} {local.day} {local:%b %Y} "
        + _("at")
        + f" {local:%H:%M} ({zone.rpartition('/')[2].replace('_', ' ')})"
    )


def queue(
    *,
    recipient: str,
    kind: str,
    about: str,
    slot: str,
    context: dict[str, Any],
    tenant: Tenant | None = None,
    language: str = "en",
    reply_to: str = "",
    from_name: str = "",
    due_at: datetime | None = None,
) -> Mail | None:
    """Put a mail into the outbox and wake a worker after the commit. None if it is there already for this slot."""
    mail = outbox.add(
        recipient=recipient,
        kind=kind,
        about=about,
        slot=slot,
        context=context,
        tenant=tenant,
        language=language,
        reply_to=reply_to,
        from_name=from_name,
        due_at=due_at,
    )
    if mail is not None:
        wake(DELIVER_MAIL, str(mail.pk))
    return mail


def render(mail: Mail) -> EmailMultiAlternatives:
    """The message of a row: subject, text and HTML from `templates/emails/<kind>.*` and the row's own context."""
    context = {
        **mail.context,
        "recipient": mail.recipient,
        "public_url": settings.PUBLIC_URL,
        "public_host": settings.PUBLIC_HOST,
    }
    with translation.override(mail.language):
        subject = " ".join(render_to_string(f"emails/{mail.kind}.subject.txt", context).split())
        text = render_to_string(f"emails/{mail.kind}.txt", context).strip() + "\n"
        html = render_to_string(f"emails/{mail.kind}.html", context)
    name = mail.from_name or (mail.tenant.sender_name or mail.tenant.name if mail.tenant else "")
    name = " ".join(name.split())  # a line break in a name would end the header
    address = (mail.tenant.from_address if mail.tenant else "") or settings.MAIL_FROM
    headers = {
        "Message-ID": f"<{mail.pk}@{settings.PUBLIC_HOST.split(':')[0]}>",
        "Auto-Submitted": "auto-generated",
    }
    if mail.context.get("stop"):  # a digest: RFC 8058, one press in the reader's own mail program
        headers |= {
            "List-Unsubscribe": f"<{mail.context['stop']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=formataddr((f"{name} via mdeprep" if name else "mdeprep", address)),
        to=[mail.recipient],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers=headers,
    )
    message.attach_alternative(html, "text/html")
    return message


@contextmanager
def one_connection() -> Iterator[BaseEmailBackend]:
    """A connection for many mails; opened with the first, opened again after one that failed."""
    connection = get_connection()
    try:
        yield connection
    finally:
        connection.close()


def send(mail_id: uuid.UUID) -> bool:
    """Send a due mail, once. False if there was nothing to do, it must be tried again, or it was given up."""
    mail = outbox.claim(mail_id)
    return mail is not None and _deliver(mail, outbox.refused_among([mail.recipient]))


def send_due(most: int) -> int:
    """Send what has been due for longest, at most so many, over one connection; how many were claimed."""
    mails = outbox.claim_due(most)
    if mails:
        refused = outbox.refused_among([mail.recipient for mail in mails])
        with one_connection() as connection:
            for mail in mails:
                if outbox.may_still_send(mail):
                    _deliver(mail, refused, connection)
    return len(mails)


def _deliver(mail: Mail, refused: set[str], connection: BaseEmailBackend | None = None) -> bool:
    is_secret = mail.kind in FORGOTTEN_ONCE_SENT
    if mail.kind == "login_code" and clock.now() - mail.created_at > CODE_WORKS_FOR:
        outbox.failed(mail, "It would have come too late to be of use.", for_good=True, forget=True)
        return False
    if not is_secret and mail.recipient in refused:  # a code is asked for by the person, who must get in
        outbox.failed(mail, "The address was refused before. Nothing is sent there until it is mended.", for_good=True)
        return False
    problem = _problem_in_sending(mail, connection)
    if problem is None:
        outbox.sent(mail, forget=is_secret and not settings.MAIL_IS_SHOWN_ON_A_PAGE)
        return True
    outbox.failed(mail, problem.what, for_good=problem.is_final, forget=is_secret)
    if problem.is_of_address:
        refused.add(mail.recipient)
        if outbox.refuse(mail.recipient, problem.what):
            wake(ADDRESS_REFUSED)
    return False


class _Problem(NamedTuple):
    what: str
    is_final: bool
    is_of_address: bool = False


def _problem_in_sending(mail: Mail, connection: BaseEmailBackend | None) -> _Problem | None:
    try:
        message = render(mail)
        if connection is not None:
            connection.open()
            message.connection = connection
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = max(error.recipients.values())
        told = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        is_of_address = refuses_address(code, told)
        return _Problem(f"The mail server refused the address ({code}).", code >= REFUSED_FOR_GOOD, is_of_address)
    except smtplib.SMTPDataError as error:
        return _Problem(f"The mail server refused the mail ({error.smtp_code}).", error.smtp_code >= REFUSED_FOR_GOOD)
    except (OSError, smtplib.SMTPException) as error:
        if connection is not None:
            connection.close()  # whatever it is in the middle of: the next mail begins anew
        return _Problem(f"The mail server could not be reached: {error}", is_final=False)
    except Exception:  # one mail that cannot be written must not hold up the others of a sweep
        logger.exception("Mail %s (%s) could not be written", mail.pk, mail.kind)
        return _Problem("It could not be written.", is_final=False)
    return None
