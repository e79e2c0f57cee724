"""Wake-ups: after the commit, once, never in the way of the change that they follow."""

from __future__ import annotations

import pytest
from celery import current_app
from django.db import transaction

from tenants import wake


@pytest.fixture
def sent(monkeypatch):
    found = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_options: found.append((name, args)))
    return found


@pytest.mark.django_db(transaction=True)
def test_a_wake_up_is_sent_after_the_commit_and_once(sent):
    with transaction.atomic():
        for _ in range(3):
            wake.wake(wake.RECOMPUTE, 7)
        wake.wake(wake.RECOMPUTE, 8)
        assert sent == []
    assert sent == [(wake.RECOMPUTE, (7,)), (wake.RECOMPUTE, (8,))]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_wakes_nobody(sent):
    @transaction.atomic
    def change() -> None:
        wake.wake(wake.RECOMPUTE, 7)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_fails_does_not_fail_the_change(monkeypatch, caplog):
    def away(*args, **options):
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", away)
    with transaction.atomic():
        wake.wake(wake.RECOMPUTE, 7)
    assert "Could not wake" in caplog.text
