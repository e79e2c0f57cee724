from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from projects.models import Project
from readiness.judge import judgements
from readiness.rules.findings import Finding
from tenants.commands import ScriptCommand

ACCESS = "access"


def as_line(finding: Finding) -> dict[str, Any]:
    """One finding, with what else was found about the same row."""
    result = finding.result
    return {
        "id": finding.id,
        "severity": str(finding.check.severity),
        "state": str(result.outcome),
        "about": result.about,
        "what": result.title,
        "why": result.why,
        "sources": list(finding.check.sources),
        "remedy": result.remedy.label if result.remedy else "",
        "may_be_kept": result.may_be_kept,
        "also": [as_line(other) for other in finding.also],
    }


class Command(ScriptCommand):
    help = (
        "Analyse the access plan of a project: least privilege, tiers, device groups. Exit code 1 if it has a blocker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the project, as in its address")
        parser.add_argument("--json", action="store_true", help="print everything as JSON on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.select_related("tenant", "lead").filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.")
        _subject, judgement = judgements([project])[project.pk]
        found = [finding for finding in judgement.findings if finding.check.section == ACCESS]
        failed = [finding for finding in found if finding.is_failed]
        if options["json"]:
            self.answer({"project": project.slug, "ledger_seq": project.ledger_seq, "findings": [*map(as_line, found)]})
        else:
            for finding in failed:
                self.stderr.write(f"{finding.check.severity}: {finding.result.title}. {finding.result.why}".strip())
            self.stderr.write(f"{project.name}: {len(failed)} findings in {ACCESS}")
        if any(finding.is_blocker for finding in failed):
            raise SystemExit(1)
