from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from projects.models import Project
from readiness.actions import present_verdict
from tenants.commands import ScriptCommand

FIELDS = ("id", "section", "severity", "state", "why", "remedy", "owner")


class Command(ScriptCommand):
    help = "Say whether a project may start its next phase, and every check. Exit code 1 while a blocker stands."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the project, as in its address")
        parser.add_argument("--json", action="store_true", help="print everything as JSON on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.select_related("tenant", "lead").filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.")
        verdict = present_verdict(project)
        checks = [
            {
                **f,
                "why": ". ".join(filter(None, [f["title"].rstrip("."), f["why"]])),
                "remedy": f["deeds"][0]["label"] if f["deeds"] else "",
            }
            for f in verdict.payload["findings"]
        ]
        if options["json"]:
            self.answer(
                {
                    "verdict": verdict.state,
                    "completion": verdict.completion,
                    "ledger_seq": verdict.ledger_seq,
                    "checks": [{name: check[name] for name in FIELDS} for check in checks],
                }
            )
        else:
            self.stderr.write(
                f"{project.name}: {verdict.state}, {_counted(verdict.blockers, 'blocker')}, "
                f"{_counted(verdict.warnings, 'warning')}"
            )
        if verdict.blockers:
            raise SystemExit(1)


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
