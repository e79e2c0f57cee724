"""What is put back is what was made; and nothing is put back where anything else was written or the clock is set."""

from __future__ import annotations

from datetime import UTC, datetime
from inspect import signature
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from tenants import clock
from tenants.models import Tenant, User
from tests import conftest, remembered

pytestmark = pytest.mark.django_db
CHAIN: tuple[Any, ...] = (conftest.tenant, conftest.lead, conftest.project, conftest.ciso)
"""The last one also changes rows that are there."""


def make() -> dict[str, Any]:
    made: dict[str, Any] = {"db": None}
    for fixture in CHAIN:
        function = fixture._get_wrapped_function()
        made[function.__name__] = function(**{name: made[name] for name in signature(function).parameters})
    return made


def everything() -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')
            found[model._meta.db_table] = cursor.fetchall()
    return found


@pytest.fixture
def memories(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    monkeypatch.setattr(remembered, "_memories", {})
    return remembered._memories


def undone(do: Any) -> Any:
    """What `do` answers, in a database that is afterwards as it was."""
    remembered.begin()
    with transaction.atomic():
        answer = do()
        transaction.set_rollback(True)
    return answer


def test_what_is_put_back_is_to_the_byte_what_was_made(memories):
    made = undone(lambda: (make(), everything(), list(connection.run_on_commit)))
    assert len(memories) == 4
    again = undone(lambda: (make(), everything(), list(connection.run_on_commit)))
    assert len(memories) == 4
    assert again[1] == made[1]
    assert [act for _ids, act, _robust in again[2]] == [act for _ids, act, _robust in made[2]]
    for name, instance in made[0].items():
        assert again[0][name] == instance
        assert instance is None or again[0][name] is not instance
    assert again[0]["project"].ledger_head == made[0]["project"].ledger_head


def test_where_anything_else_was_written_it_is_made_anew(memories):
    undone(make)

    def after_somebody() -> None:
        User.objects.create_user("somebody@example.org", name="Somebody")
        make()

    undone(after_somebody)
    assert len(memories) == 4
    assert remembered._made_by is None


def test_where_something_was_there_before_it_is_made_anew(memories):
    User.objects.create_user("somebody@example.org", name="Somebody")
    undone(make)
    assert memories == {}


def test_where_the_clock_is_set_it_is_made_anew(memories):
    undone(make)
    with clock.set_to(datetime(2026, 11, 22, 8, tzinfo=UTC)):
        made = undone(make)
    assert made["tenant"] == Tenant(pk=made["tenant"].pk)
    assert made["project"].created_at == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_a_statement_that_cannot_be_told_is_refused_while_recording(memories):
    @remembered.remembered
    def odd() -> None:
        with connection.cursor() as cursor:
            cursor.execute("WITH any AS (SELECT 1) UPDATE tenants_user SET name = ''")

    with pytest.raises(AssertionError, match="cannot be remembered"):
        undone(odd)
    assert memories == {}
