"""A mail is sent once: whatever is rolled back, dies half way, is refused or cannot be reached."""

from __future__ import annotations

import random
import smtplib
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants import actions, emails, outbox, tasks
from tenants.models import Mail, RefusedAddress, Tenant

pytestmark = pytest.mark.both

INVITATION = {"name": "Dana", "tenant": "Contoso", "role": "member", "by": "Olu Adeyemi", "url": "https://a.example/"}


def queued(**changes: Any) -> Mail | None:
    return emails.queue(
        **{
            "recipient": "ciso@contoso.example",
            "kind": "invitation",
            "about": "membership-1",
            "slot": "once",
            "context": INVITATION,
            **changes,
        }
    )


class Server:
    """A real SMTP server on this computer. `answer` is what it says to the address."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.answer_to_text = "250 OK"
        self.received: list[EmailMessage] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.answer_to_text.startswith("250"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer_to_text


@contextmanager
def serving(handler: Server, settings: Any) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.MAIL_IS_SHOWN_ON_A_PAGE = False
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def server(settings) -> Iterator[Server]:
    handler = Server()
    with serving(handler, settings):
        yield handler


# into the outbox


@pytest.mark.django_db
def test_the_same_mail_is_queued_once_per_slot():
    assert queued() is not None
    assert queued() is None
    assert queued(slot="again") is not None
    assert queued(recipient="cdoc@contoso.example") is not None
    assert Mail.objects.count() == 3


@pytest.mark.django_db
def test_the_database_knows_one_mail_per_slot_too():
    mail = queued()
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(
            recipient=mail.recipient, kind=mail.kind, subject_of=mail.subject_of, slot=mail.slot, context={}
        )


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_mails_nobody(tenant):
    @transaction.atomic
    def invited_and_then_failed() -> None:
        actions.invite(tenant=tenant, email="ciso@contoso.example", by=None)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        invited_and_then_failed()
    assert list(Mail.objects.due()) == []


@pytest.mark.django_db
def test_a_mail_for_later_is_not_due_yet():
    mail = queued(due_at=timezone.now() + timedelta(hours=1))
    assert outbox.claim(mail.pk) is None
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert outbox.claim(mail.pk) == mail


# claims


@pytest.mark.django_db
def test_a_mail_is_claimed_by_one_worker():
    mail = queued()
    assert outbox.claim(mail.pk) is not None
    assert outbox.claim(mail.pk) is None
    assert mail not in Mail.objects.due()


@pytest.mark.django_db
def test_a_claim_that_ran_out_is_due_again_with_the_same_message_id(server):
    mail = queued()
    first = outbox.claim(mail.pk)
    emails.render(first).send()  # and then the worker dies, before it writes that down
    with time_machine.travel(timezone.now() + outbox.CLAIM + timedelta(seconds=1)):
        assert emails.send(mail.pk)
    assert len(server.received) == 2
    assert server.received[0]["Message-ID"] == server.received[1]["Message-ID"] == f"<{mail.pk}@testserver>"


@pytest.mark.django_db
def test_a_sent_mail_is_not_sent_again(server):
    mail = queued()
    assert emails.send(mail.pk)
    assert not emails.send(mail.pk)
    tasks.deliver_due()
    assert len(server.received) == 1


# delivery


@pytest.mark.django_db
def test_a_mail_arrives_with_text_and_html_and_says_where_it_comes_from(server, tenant):
    mail = queued(tenant=tenant, reply_to="lead@contoso.example", from_name="Lena Fischer (Contoso)")
    assert emails.send(mail.pk)
    (message,) = server.received
    assert message["To"] == "ciso@contoso.example"
    assert message["Reply-To"] == "lead@contoso.example"
    assert message["From"].startswith('"Lena Fischer (Contoso) via mdeprep" <')
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "Olu Adeyemi invites you to Contoso in mdeprep, as member." in message.get_body(("plain",)).get_content()


@pytest.mark.django_db
def test_what_a_mail_says_is_what_was_true_when_it_was_queued(server, tenant):
    mail = queued(tenant=tenant)
    Tenant.objects.filter(pk=tenant.pk).update(name="Renamed")
    emails.send(mail.pk)
    assert "invites you to Contoso" in server.received[0].get_body(("plain",)).get_content()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a\r\nBcc: x@evil.example", "<b>bold</b>"])
def test_a_name_breaks_neither_headers_nor_html(server, name):
    mail = queued(context={**INVITATION, "by": name, "tenant": name}, from_name=name)
    assert emails.send(mail.pk)
    (message,) = server.received
    assert message["Bcc"] is None
    assert "<b>bold</b>" not in message.get_body(("html",)).get_content()


@pytest.mark.django_db
def test_an_unreachable_server_is_tried_again_in_growing_pauses(server, settings):
    settings.EMAIL_PORT = 1
    mail = queued()
    start = timezone.now()
    pauses = []
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(12):
            assert not emails.send(mail.pk)
            mail.refresh_from_db()
            assert mail.sent_at is None
            assert "could not be reached" in mail.last_error
            pauses.append(mail.due_at - timezone.now())
            clock.move_to(mail.due_at + timedelta(seconds=1))
    assert pauses[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert pauses[-1] == outbox.LONGEST_PAUSE


@pytest.mark.django_db
def test_a_mail_waits_for_the_server_and_is_sent_when_it_is_back(server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    mail = queued()
    emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "waiting"
    settings.EMAIL_PORT = port
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        tasks.deliver_due()
    mail.refresh_from_db()
    assert (mail.state, mail.last_error, mail.attempts) == ("sent", "", 2)


@pytest.mark.django_db
def test_after_days_of_trying_a_mail_is_given_up(server, settings):
    settings.EMAIL_PORT = 1
    mail = queued()
    Mail.objects.update(attempts=120)  # however often it was tried, the pause can be reckoned
    emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "waiting"
    with time_machine.travel(timezone.now() + outbox.TRIED_FOR + timedelta(hours=1)):
        emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "given up"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state"), [("550 No such user", "given up"), ("450 Try later", "waiting"), ("452 Full", "waiting")]
)
def test_an_address_that_is_refused_for_good_is_given_up(server, answer, state):
    server.answer = answer
    mail = queued()
    assert not emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.state == state
    assert answer[:3] in mail.last_error


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "state"), [("554 Not wanted", "given up"), ("451 Later", "waiting")])
def test_a_text_that_is_refused_for_good_is_given_up(server, answer, state):
    server.answer_to_text = answer
    mail = queued()
    assert not emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.state == state


@pytest.mark.django_db
def test_a_mail_that_cannot_be_written_does_not_hold_up_the_others(server, caplog):
    queued(kind="no_such_template", due_at=timezone.now() - timedelta(hours=1))
    queued()
    tasks.deliver_due()
    assert len(server.received) == 1
    assert Mail.objects.get(kind="no_such_template").last_error == "It could not be written."


# codes


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["login_code", "password_reset"])
def test_codes_and_links_are_forgotten_once_they_are_sent(server, kind):
    mail = queued(kind=kind, context={"code": "1234 5678", "url": "https://x.example/reset", "minutes": 15})
    emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.context == {}
    assert len(server.received) == 1


@pytest.mark.django_db
def test_a_code_that_was_refused_is_forgotten_too(server):
    server.answer = "550 No such user"
    mail = queued(kind="login_code", context={"code": "1234 5678", "minutes": 15})
    emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.context == {}


@pytest.mark.django_db
def test_other_mails_can_be_read_again_after_they_were_sent(server):
    mail = queued()
    emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.context == INVITATION


@pytest.mark.django_db
def test_on_the_page_of_mails_a_code_stays_readable(settings):
    settings.MAIL_IS_SHOWN_ON_A_PAGE = True
    mail = queued(kind="login_code", context={"code": "1234 5678", "minutes": 15})
    emails.send(mail.pk)
    mail.refresh_from_db()
    assert "1234 5678" in emails.render(mail).body


def test_a_tenant_has_its_own_from_address(tenant):
    tenant.from_address = "approvals@contoso.example"
    tenant.save()
    mail = emails.queue(
        recipient="dana@contoso.example", kind="role_given", about="x", slot="1", tenant=tenant,
        context={"name": "Dana", "place": "Contoso", "role": "lead", "by": "Lena", "url": "https://example.org/"},
    )  # fmt: skip
    assert emails.render(mail).from_email == "Contoso via mdeprep <approvals@contoso.example>"


# a server that fails now and then


class Flaky(Server):
    """Refuses softly, at the address or at the text, or hangs up: about every second mail, the same ones each time."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.dice = random.Random(seed)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.dice.random() < 0.2:
            return "450 4.2.1 Later"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        luck = self.dice.random()
        if luck < 0.2:
            return "451 4.3.0 Later"
        if luck < 0.3:
            server.transport.close()
            return "421 Gone"
        return await super().handle_DATA(server, session, envelope)


@pytest.mark.django_db
def test_a_server_that_fails_now_and_then_loses_no_reminder_and_sends_none_twice(settings):
    handler, mails = Flaky(seed=7), 60
    with serving(handler, settings), time_machine.travel(timezone.now(), tick=False) as clock:
        for _run in range(3):  # whoever queues is woken more than once in a slot
            for n in range(mails):
                queued(recipient=f"p{n}@contoso.example", about=f"request-{n}", slot="2027-01-12")
        for _sweep in range(40):
            tasks.deliver_due()
            clock.shift(outbox.LONGEST_PAUSE)
            if not Mail.objects.waiting().exists():
                break
    assert Mail.objects.exclude(sent_at=None).count() == mails
    received = Counter(message["Message-ID"] for message in handler.received)
    assert len(received) == mails
    assert set(received.values()) == {1}
    assert Mail.objects.filter(attempts__gt=1).exists()
    assert not RefusedAddress.objects.exists()


@pytest.mark.django_db
def test_a_sweep_opens_one_connection_however_many_mails_wait(server, monkeypatch):
    opened = []
    connect = smtplib.SMTP.connect
    monkeypatch.setattr(smtplib.SMTP, "connect", lambda *a, **k: opened.append(1) or connect(*a, **k))
    for n in range(5):
        queued(slot=str(n))
    tasks.deliver_due()
    assert (len(server.received), len(opened)) == (5, 1)
