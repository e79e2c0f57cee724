"""What the pages of the plan show of readiness."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from projects.document.choices import Phase
from projects.models import Project
from readiness import shown
from readiness.actions import present_verdict
from readiness.models import Verdict
from stakeholders.models import Round

register = template.Library()


@register.inclusion_tag("readiness/section_checks.html", takes_context=True)
def section_checks(context: dict[str, Any], project: Project, section: str) -> dict[str, Any]:
    """The findings of one section, judged on the spot if the plan has moved: a row just saved shows what it cleared."""
    if context["request"].method == "POST":
        project.refresh_from_db(fields=["ledger_seq"])  # the deed that this page answers has moved it
    verdict = present_verdict(project)
    groups = shown.findings(verdict, project, context.get("can", ()))
    mine = {name: [f for f in found if f["section"] == section] for name, found in groups.items()}
    return {
        "groups": mine,
        "is_behind": verdict.ledger_seq < project.ledger_seq,
        "project": project,
        "section": section,
    }


@register.inclusion_tag("readiness/in_spite.html", takes_context=True)
def started_in_spite(context: template.Context, project: Project) -> dict[str, Any]:
    """What stood against the present phase when it was started all the same: on every page, and on paper.

    Whoever reads nothing of the plan is not told what it was.
    """
    stood, can = project.in_spite_of or {}, context.get("can")
    return {
        **stood,
        "phase": Phase(stood["phase"]).label,
        "at": datetime.fromisoformat(stood["at"]),
        "may_read": can is None or bool({"view_project", "view_revision"} & can),
    }


@register.simple_tag
def finding_lines(findings: Iterable[Mapping[str, Any]]) -> SafeString:
    """A line for each. Made here: there are dozens on a page, and in a template they cost a tenth of it."""
    told = (f"{finding['title']}: {finding['why']}" if finding["why"] else finding["title"] for finding in findings)
    return format_html_join("", "<li>{}</li>", ((line,) for line in told))


@register.inclusion_tag("readiness/since_asked.html")
def since_asked(round_: Round) -> dict[str, Any]:
    """What stands open by now beside what was open when approval was asked, by the newest verdict that is stored."""
    verdict = Verdict.objects.of(round_.project_id)
    briefing = json.loads(round_.briefing)
    return shown.since_asked(verdict, briefing) if verdict and briefing.get("as_of") else {}
