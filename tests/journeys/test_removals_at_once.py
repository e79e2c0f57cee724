"""Two people, or two workers, at one removal at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from projects import access, actions
from projects.models import AccessSettings, Assignment
from projects.rules.roles import Role
from stakeholders.actions import remind_of_removals
from stakeholders.models import ApprovalPolicy
from tenants import ledger
from tenants.models import LedgerEntry, Mail
from tests.conftest import make_person
from tests.projects.test_actions_temporary import TODAY, add, confirm, record

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
REFUSED = (actions.MayNotConfirm, actions.AlreadyRemoved, actions.NotRemoved, actions.RowMoved)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each came to: its result, or the refusal that it was told."""
    together = Barrier(len(deeds), timeout=20)

    def run(deed: Callable[[], Any]) -> Any:
        try:
            together.wait()
            return deed()
        except REFUSED as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def refused(results: list[Any]) -> int:
    return sum(isinstance(each, Exception) for each in results)


@pytest.fixture
def role(project, lead):
    return add(project, lead)


@pytest.fixture
def third(tenant, project):
    user = make_person(tenant, "Sofia Lind")
    access.grant(project=project, user=user, role=Role.EDITOR, by=None)
    return user


@pytest.mark.parametrize("attempt", range(3))
def test_two_second_persons_at_once_are_one_confirmation(project, role, lead, editor, third, attempt):
    record(role, lead)
    assert refused(at_once(lambda: confirm(role, editor), lambda: confirm(role, third))) == 1
    assert LedgerEntry.objects.of(project).filter(verb="removal confirmed").count() == 1
    project.refresh_from_db()
    assert ledger.verify(project) == []


@pytest.mark.parametrize("attempt", range(3))
def test_recording_twice_at_once_leaves_the_recorder_barred(project, role, lead, editor, attempt):
    results = at_once(lambda: record(role, lead), lambda: record(role, editor))
    assert refused(results) == 1
    recorder = editor if isinstance(results[0], Exception) else lead
    with pytest.raises(actions.MayNotConfirm):
        confirm(role, recorder)


@pytest.mark.parametrize("attempt", range(3))
def test_taking_back_and_confirming_what_was_seen_at_once_confirm_nothing_that_is_gone(
    project, role, lead, editor, attempt
):
    record(role, lead)
    seen = Assignment.objects.get(pk=role.pk).changed_seq
    at_once(
        lambda: actions.take_back_removal(project=project, key=role.key, by=lead, why="Wrong.", seen=None),
        lambda: confirm(role, editor, seen=seen),
    )
    found = Assignment.objects.get(pk=role.pk)
    assert (found.removed_on, found.confirmed_on) == (None, None)


@pytest.mark.parametrize("attempt", range(3))
def test_two_sweeps_at_once_send_one_mail(project, lead, tenant, attempt):
    ApprovalPolicy.objects.create(tenant=tenant, quiet_from=time(0), quiet_until=time(0))
    add(project, lead, ends_on=TODAY)
    add(project, lead, ends_on=TODAY - timedelta(days=3))
    assert sum(at_once(remind_of_removals, remind_of_removals)) == 1
    assert Mail.objects.filter(kind="removal_due").count() == 1


def test_ticking_groups_at_once_keeps_both(project, lead, editor):
    offered = {"A": False, "B": False}
    at_once(
        lambda: actions.say_which_groups_exist(project=project, offered=offered, exist=["A"], by=lead),
        lambda: actions.say_which_groups_exist(project=project, offered=offered, exist=["B"], by=editor),
    )
    assert sorted(AccessSettings.objects.get(project=project).existing_groups) == ["A", "B"]
