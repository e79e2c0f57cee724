"""One page for a committee: the status, what stops it, what changed, what must be decided, the next dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from projects.document.choices import Phase
from projects.models import Project
from readiness import shown
from readiness.actions import NEXT, present_verdict
from readiness.as_of import NotThereYet, as_of
from readiness.papers.pdf import as_bytes, pages_of
from stakeholders.plan import load
from stakeholders.rules.signoff import compare
from stakeholders.rules.standing import sections_of
from stakeholders.rules.summary import ChangeLine, change_lines
from stakeholders.states import standings
from stakeholders.words import section_title
from tenants import clock

FITTING = (14, 10, 7, 5, 3, 1)
"""Lines per list that are tried, until the page is one."""


def summary_as_pdf(project: Project, since: date) -> bytes:
    """The summary, on one page. Raises NoPaper."""
    context = _context(project, since)
    for most in FITTING:
        paper = pages_of("papers/summary.html", {**context, "most": most, "lists": _shortened(context, most)})
        if len(paper.pages) == 1:
            break
    return as_bytes(paper)


def _context(project: Project, since: date) -> dict[str, Any]:
    verdict = present_verdict(project)
    changes, made_on = _changes(project, since)
    today = clock.today(project.tenant.time_zone)
    wanted = NEXT.get(Phase(project.phase))
    return {
        "project": project,
        "verdict": verdict,
        "today": today,
        "since": since,
        "next_phase": wanted.label if wanted else "",
        "blockers": shown.findings(verdict, project, ())["blockers"],
        "changes": changes,
        "made_on": made_on,
        "decisions": _decisions(project),
        "dates": [each for each in shown.dates(verdict, today, limit=20) if each["kind"] != "substitute"],
    }


def _changes(project: Project, since: date) -> tuple[list[tuple[str, ChangeLine]], date | None]:
    """What is signed and reads otherwise than at the end of `since`: (section, line); and the day on which the project was
    made, if that was after it: then all of it is new.
    """
    try:
        then = as_of(project, since)
    except NotThereYet as error:
        return [], error.first
    now = load([project])[project.pk]
    found = []
    for name in sections_of(now):
        if name not in sections_of(then.document):
            continue
        comparison = compare(then.document, now, name, 0)
        found += [(section_title(name), line) for line in change_lines(comparison, then.document, now, name)]
    return found, None


def _decisions(project: Project) -> list[dict[str, Any]]:
    """Who is asked to decide what, until when."""
    standing = standings([project], load([project]))[project.pk]
    return [
        {
            "who": row.name or ask.email,
            "role": row.role,
            "what": ", ".join(map(section_title, sections)),
            "due": ask.due_on,
        }
        for row, ask, sections in standing.waits
    ]


def _shortened(context: Mapping[str, Any], most: int) -> dict[str, dict[str, Any]]:
    """Each list with its first lines, and how many more there are."""
    names = ("blockers", "changes", "decisions", "dates")
    return {name: {"first": context[name][:most], "more": max(len(context[name]) - most, 0)} for name in names}
