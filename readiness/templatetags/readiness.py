"""What the pages of the plan show of readiness."""

from __future__ import annotations

from typing import Any

from django import template

from projects.models import Project
from readiness import shown
from readiness.actions import present_verdict

register = template.Library()


@register.inclusion_tag("readiness/section_checks.html", takes_context=True)
def section_checks(context: dict[str, Any], project: Project, section: str) -> dict[str, Any]:
    """The findings of one section, judged on the spot if the plan has moved: a row just saved shows what it cleared."""
    if context["request"].method == "POST":
        project.refresh_from_db(fields=["ledger_seq"])  # the deed that this page answers has moved it
    verdict = present_verdict(project)
    groups = shown.findings(verdict, project, context.get("can", ()))
    mine = {name: [f for f in found if f["section"] == section] for name, found in groups.items()}
    return {"groups": mine, "is_behind": verdict.ledger_seq < project.ledger_seq, "project": project}
