"""The history cannot be changed unnoticed: by model, by SQL, and with the triggers gone; on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tenants import actions, canonical, checks, ledger, triggers
from tenants.models import LedgerEntry, Tenant

pytestmark = pytest.mark.both

TABLE = LedgerEntry._meta.db_table


def entries(tenant: Tenant) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.of(tenant).order_by("seq"))


def forge(statement: str, *values: Any) -> None:
    """What somebody with the database in their hands could do: the triggers are taken away first."""
    with triggers.opened(TABLE), connection.cursor() as cursor:
        cursor.execute(statement, values)


def faults(tenant: Tenant) -> list[tuple[int, str]]:
    tenant.refresh_from_db()
    return [(fault.seq, fault.what) for fault in ledger.verify(tenant)]


@pytest.fixture
def told(tenant: Tenant) -> Tenant:
    """A tenant with a history of four entries."""
    for name in ("One", "Two", "Three"):
        actions.create_team(tenant=tenant, name=name, by=None)
    return tenant


# what an entry is


def test_entries_are_numbered_and_each_continues_the_one_before(told):
    chain = entries(told)
    assert [entry.seq for entry in chain] == [1, 2, 3, 4]
    assert [entry.previous_hash for entry in chain] == ["", *[entry.hash for entry in chain[:-1]]]
    told.refresh_from_db()
    assert (told.ledger_seq, told.ledger_head) == (4, chain[-1].hash)
    assert faults(told) == []


def test_an_entry_says_who_did_it_as_they_were_called_then(tenant, admin):
    actions.create_team(tenant=tenant, name="One", by=admin)
    actions.rename_person(user=admin, name="Olu A.", by=admin)
    body = json.loads(LedgerEntry.objects.get(verb="team created").body)
    assert body["actor"] == {"id": admin.pk, "name": "Olu Adeyemi", "email": admin.email}


def test_the_product_itself_is_nobody(told):
    assert entries(told)[0].actor_id is None
    assert json.loads(entries(told)[0].body)["actor"] is None


def test_the_text_of_an_entry_is_canonical(told):
    for entry in entries(told):
        assert canonical.text(json.loads(entry.body)) == entry.body


def test_each_tenant_has_its_own_chain(told, other_tenant):
    assert [entry.seq for entry in entries(other_tenant)] == [1]
    assert faults(told) == faults(other_tenant) == []


def test_an_action_that_is_rolled_back_leaves_no_entry(told):
    @transaction.atomic
    def made_and_then_failed() -> None:
        actions.create_team(tenant=told, name="Four", by=None)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        made_and_then_failed()
    told.refresh_from_db()
    assert told.ledger_seq == 4
    assert faults(told) == []


# what is refused


def test_the_model_refuses_to_change_an_entry(told):
    entry = entries(told)[1]
    for deed in (
        entry.save,
        entry.delete,
        LedgerEntry.objects.all().delete,
        lambda: LedgerEntry.objects.update(verb="x"),
    ):
        with pytest.raises(TypeError):
            deed()
    assert faults(told) == []


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET verb = 'x'",
        f"UPDATE {TABLE} SET body = body WHERE seq = 2",
        f"DELETE FROM {TABLE} WHERE seq = 4",
        f"DELETE FROM {TABLE}",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(told, statement):
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert len(entries(told)) == 4


def test_an_insert_that_would_overwrite_forges_nothing(told):
    """SQLite deletes the old row first and asks the triggers only because of PRAGMA recursive_triggers."""
    first = entries(told)[0]
    columns = ", ".join(field.column for field in LedgerEntry._meta.fields)
    forged = columns.replace("verb", "'forged'")
    statement = {
        "sqlite": f"INSERT OR REPLACE INTO {TABLE} ({columns}) SELECT {forged} FROM {TABLE} WHERE id = %s",
        "postgresql": f"INSERT INTO {TABLE} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {TABLE} "
        "WHERE id = %s ON CONFLICT (id) DO UPDATE SET verb = 'forged'",
    }[connection.vendor]
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [first.pk])
    assert entries(told)[0].verb == first.verb


# what is noticed


def test_a_changed_text_is_noticed(told):
    entry = entries(told)[1]
    forge(f"UPDATE {TABLE} SET body = %s WHERE id = %s", entry.body.replace("One", "Won"), entry.pk)
    assert faults(told) == [(2, "its text was changed after it was written")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "team removed"),
        ("actor_id", 4711),
        ("is_material", True),
        ("sections", " environment "),
        ("at", "2020-01-01 00:00:00+00:00"),
    ],
)
def test_a_changed_column_beside_the_text_is_noticed(told, column, value):
    forge(f"UPDATE {TABLE} SET {column} = %s WHERE id = %s", value, entries(told)[2].pk)
    assert faults(told) == [(3, "its columns do not say what its text says")]


def test_an_entry_written_anew_with_a_fitting_hash_is_noticed_by_the_next(told):
    entry = entries(told)[1]
    body = entry.body.replace("One", "Won")
    forge(
        f"UPDATE {TABLE} SET body = %s, hash = %s WHERE id = %s",
        body,
        canonical.fingerprint(entry.previous_hash + body),
        entry.pk,
    )
    assert faults(told) == [(3, "does not continue the entry before it")]


def test_a_whole_chain_written_anew_is_noticed_by_the_head(told):
    previous = ""
    for entry in entries(told):
        body = entry.body.replace("One", "Won")
        now = canonical.fingerprint(previous + body)
        forge(
            f"UPDATE {TABLE} SET body = %s, previous_hash = %s, hash = %s WHERE id = %s", body, previous, now, entry.pk
        )
        previous = now
    assert faults(told) == [(4, "the history should end with entry 4")]


def test_a_forged_entry_at_the_end_is_noticed(told):
    """No trigger stands against an insert: the head does."""
    last = entries(told)[-1]
    told_body = json.loads(last.body)
    told_body["seq"] = 5
    body = canonical.text(told_body)
    LedgerEntry.objects.create(
        chain_kind="tenant",
        chain_id=told.pk,
        tenant_id=told.pk,
        seq=5,
        verb=last.verb,
        is_material=False,
        at=last.at,
        body=body,
        previous_hash=last.hash,
        hash=canonical.fingerprint(last.hash + body),
    )
    assert faults(told) == [(5, "the history should end with entry 4")]


def test_a_cut_tail_is_noticed(told):
    forge(f"DELETE FROM {TABLE} WHERE seq > 2 AND chain_id = %s", told.pk)
    assert faults(told) == [(2, "the history should end with entry 4")]


def test_an_entry_taken_out_of_the_middle_is_noticed(told):
    forge(f"DELETE FROM {TABLE} WHERE seq = 2 AND chain_id = %s", told.pk)
    assert (3, "entry 2 should stand here") in faults(told)
    assert (3, "does not continue the entry before it") in faults(told)


def test_an_emptied_history_is_noticed(told):
    forge(f"DELETE FROM {TABLE} WHERE chain_id = %s", told.pk)
    assert faults(told) == [(0, "the history should end with entry 4")]


def test_an_entry_moved_to_another_chain_is_noticed_in_both(told, other_tenant):
    forge(f"UPDATE {TABLE} SET chain_id = %s WHERE id = %s", other_tenant.pk, entries(told)[3].pk)
    assert faults(told)
    assert faults(other_tenant)


# the triggers


def missing_triggers() -> list[str]:
    return [error.id for error in checks.insert_only_tables_are_guarded(databases=["default"])]


def test_the_triggers_are_there_after_the_migrations(db):
    assert missing_triggers() == []
    assert TABLE in triggers.INSERT_ONLY


def test_a_dropped_trigger_is_found_by_the_system_check_and_made_again(db):
    triggers.remove(connection, TABLE)
    assert missing_triggers() == ["tenants.E001"] * 2
    call_command("install_triggers", verbosity=0)
    assert missing_triggers() == []


def test_a_trigger_that_was_lost_by_altering_the_table_is_found_too(db):
    statement = {
        "sqlite": f"DROP TRIGGER {TABLE}_no_update",
        "postgresql": f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_no_update",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert missing_triggers() == ["tenants.E001"]


def test_the_triggers_stand_again_after_a_purge_that_failed(told):
    with pytest.raises(RuntimeError), triggers.opened(TABLE):
        raise RuntimeError
    assert missing_triggers() == []


# deletion


def test_deleting_a_person_leaves_what_they_did(tenant, admin, told):
    actions.create_team(tenant=tenant, name="Four", by=admin)
    pk = admin.pk
    admin.delete()
    assert LedgerEntry.objects.of(tenant).filter(actor_id=pk).exists()
    assert faults(tenant) == []


def test_deleting_a_tenant_leaves_its_history(told):
    pk = told.pk
    told.delete()
    assert LedgerEntry.objects.filter(chain_kind="tenant", chain_id=pk).count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_can_be_flushed(told):
    """The next test would fail if the flush after this one did."""
    assert len(entries(told)) == 4


@pytest.mark.django_db(transaction=True)
def test_after_a_flush_the_table_is_empty_and_guarded(tenant):
    assert LedgerEntry.objects.count() == 1
    assert missing_triggers() == []


def test_names_in_any_script_are_kept_and_verified(tenant):
    actions.create_team(tenant=tenant, name="Tomás Σίλβα 席尔瓦 \u200f", by=None)
    assert faults(tenant) == []
