"""Workers that send, and sweeps that remind, at the same moment: nothing is lost, and nothing goes twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from readiness.actions import ask_for_approval
from stakeholders.actions import chase
from tenants import clock, emails, outbox, tasks
from tenants.models import Mail
from tests.journeys.test_answers_at_once import at_once
from tests.tenants.test_outbox import Flaky, queued, serving

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_workers_that_sweep_at_once_on_a_server_that_fails_lose_no_mail_and_send_none_twice(settings):
    handler, mails = Flaky(seed=3), 60
    with serving(handler, settings), time_machine.travel(timezone.now(), tick=False) as day:
        for n in range(mails):
            queued(recipient=f"p{n}@contoso.example", about=f"request-{n}", slot="2027-01-12")
        while Mail.objects.waiting().exists():
            at_once(tasks.deliver_due, tasks.deliver_due, tasks.deliver_due)
            day.shift(outbox.LONGEST_PAUSE)
    received = Counter(message["Message-ID"] for message in handler.received)
    assert len(received) == mails
    assert set(received.values()) == {1}


@pytest.mark.parametrize("attempt", range(3))
def test_a_wake_up_and_a_sweep_at_once_send_one_mail(settings, attempt):
    handler = Flaky(seed=0)
    handler.dice.random = lambda: 1.0  # a server that takes everything
    with serving(handler, settings):
        mail = queued()
        at_once(lambda: emails.send(mail.pk), lambda: emails.send(mail.pk), tasks.deliver_due)
    assert len(handler.received) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_sweeps_at_once_remind_each_person_once(project, lead, ciso, head_of_cdoc, attempt):
    with time_machine.travel("2027-01-04T10:00Z", tick=False):
        due_on = clock.today("UTC") + timedelta(days=7)
        ask_for_approval(project=project, sections=["licences"], due_on=due_on, by=lead)
    with time_machine.travel("2027-01-08T10:00Z", tick=False):
        assert sum(at_once(chase, chase)) == 2
    assert Counter(Mail.objects.filter(kind="reminder").values_list("recipient", flat=True)) == {
        ciso.email: 1,
        head_of_cdoc.email: 1,
    }
