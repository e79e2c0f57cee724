"""System checks: the triggers of insert-only tables exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from tenants import triggers


@register(Tags.database)
def insert_only_tables_are_guarded(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        present = set(connection.introspection.table_names())
        if not present.issuperset(triggers.INSERT_ONLY):
            continue  # before the first migration
        found += [
            Error(f"The trigger {name} is missing.", hint="Run manage.py install_triggers.", id="tenants.E001")
            for name in sorted(triggers.missing(connection))
        ]
    return found
