from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from tenants import triggers


class Command(BaseCommand):
    help = "Make the triggers again that guard the insert-only tables."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for table in triggers.INSERT_ONLY:
            triggers.install(connection, table)
        self.stderr.write(f"{len(triggers.INSERT_ONLY)} tables are guarded.")
