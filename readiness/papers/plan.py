"""The whole plan and its signatures, for reading on paper."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from projects import plan
from projects.models import Project
from projects.views.printing import facts_of, printed
from stakeholders.plan import load
from stakeholders.rules.standing import Signature
from stakeholders.shown import called, word_of
from stakeholders.states import standings
from stakeholders.words import section_title
from tenants.models import LedgerEntry


def plan_as_html(project: Project) -> str:
    """Tells of the state that the project is in, not of the time at which it is asked for."""
    names = plan.section_names(project)
    last = LedgerEntry.objects.of(project).order_by("-seq").first()
    sections = [printed(project, name, plan.read(name, [project])[project.pk]) for name in names]
    context = {
        "project": project,
        "last": last,
        "facts": facts_of(project),
        "sections": sections,
        "signatures": signatures_of(project),
    }
    return render_to_string("papers/plan.html", context)


def signatures_of(project: Project) -> list[dict[str, Any]]:
    """A line per section and approver: what is signed, by whom, when."""
    standing = standings([project], load([project]))[project.pk]
    return [
        {
            "section": section_title(name),
            "digest": standing.digests[name],
            "lines": [_line(s, is_approved=standing.is_signed(name)) for s in found],
        }
        for name, found in standing.signatures.items()
    ]


def _line(signature: Signature, *, is_approved: bool) -> dict[str, Any]:
    vote = signature.vote
    word = word_of(signature, is_approved=is_approved)
    return {
        "who": called(signature.row),
        "role": signature.row.role,
        "word": word.text,
        "at": vote.at if vote else None,
    }
