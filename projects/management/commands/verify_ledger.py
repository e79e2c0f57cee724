from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from projects.models import Project
from tenants import ledger
from tenants.commands import ScriptCommand
from tenants.models import Chained, Tenant


class Command(ScriptCommand):
    help = "Recompute every history, or that of one project. Exit code 1 if one was changed, added to or cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="one project; without it all projects and tenants")

    def handle(self, *args: Any, **options: Any) -> None:
        chains: list[Chained]
        if options["slug"]:
            chains = list(Project.objects.filter(slug=options["slug"]))
            if not chains:
                raise CommandError(f"There is no project {options['slug']}.")
        else:
            chains = [*Tenant.objects.order_by("pk"), *Project.objects.order_by("pk")]
        answers = []
        for chain in chains:
            faults = ledger.verify(chain)
            for fault in faults:
                self.stderr.write(f"{chain.chain_kind} {chain}: entry {fault.seq}: {fault.what}")
            answers.append(
                {
                    "chain": f"{chain.chain_kind} {chain.slug}",  # type: ignore[attr-defined]
                    "entries": chain.ledger_seq,
                    "head": chain.ledger_head,
                    "faults": [{"entry": fault.seq, "what": fault.what} for fault in faults],
                }
            )
        self.answer(answers)
        if any(answer["faults"] for answer in answers):
            raise SystemExit(1)
