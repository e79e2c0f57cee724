"""Database triggers that refuse UPDATE and DELETE on insert-only tables, on SQLite and PostgreSQL.

`install` is called again by every migration of such a table (altering a table on SQLite drops its triggers
silently); a system check and a test assert that the triggers are there. TRUNCATE is not covered: the role of the
application has no right to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

INSERT_ONLY: list[str] = []
"""Tables that are insert only. An app adds its own in its models module, with `insert_only`."""

DEEDS = ("update", "delete")


def insert_only(table: str) -> str:
    INSERT_ONLY.append(table)
    return table


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make the triggers of `table`, or make them again."""
    remove(connection, table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RAISE EXCEPTION 'table % is insert only', TG_TABLE_NAME; END $$"
            )
        for deed in DEEDS:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
            else:
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'table {table} is insert only'); END"
                )


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for deed in DEEDS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed}{on}")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of triggers that should be there and are not (or are switched off)."""
    expected = {f"{table}_no_{deed}" for table in INSERT_ONLY for deed in DEEDS}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return expected - {name for (name,) in cursor.fetchall()}


@contextmanager
def opened(*tables: str, using: str = "default") -> Iterator[None]:
    """Let rows of `tables` be deleted in this block: for a purge, and for the flush after a transactional test."""
    connection = connections[using]
    for table in tables:
        remove(connection, table)
    try:
        yield
    finally:
        for table in tables:
            install(connection, table)
