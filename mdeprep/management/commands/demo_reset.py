"""Put the demonstration data back."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mdeprep.demo import story
from readiness.models import Verdict
from tenants.models import User


class Command(BaseCommand):
    help = "Empty the database and make the demonstration data, dated from today. Refused outside demo mode."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if there are people already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demonstration (DEMO=yes): nothing was emptied, nothing was made.")
        _lay_tables()
        say = self.stdout.write if options["verbosity"] else lambda _line: None
        if options["if_empty"] and User.objects.exists():
            say("There are people already: nothing was changed.")
            return
        began = time.monotonic()
        projects = story.reset()
        verdicts = {verdict.project_id: verdict for verdict in Verdict.objects.filter(project__in=projects)}
        for project in projects:
            verdict = verdicts[project.pk]
            say(
                f"{project.tenant.name:10} {project.name:28} {verdict.state:14} "
                f"{verdict.blockers} blockers, {verdict.warnings} warnings, {project.ledger_seq} entries"
            )
        say(f"{User.objects.count()} people, in {time.monotonic() - began:.0f} seconds.")


def _lay_tables() -> None:
    """Migrate a database that is new, or behind."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
