"""Who put whom into the matrix, or gave them more to approve, as the history tells it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from projects.models import Project
from stakeholders.rules.eligibility import gives_more
from tenants.compiled import CompiledQuery
from tenants.models import LedgerEntry

CONFIRMED = "person confirmed"
"""The verb with which somebody else confirms a person who had put themselves into the matrix."""


def _matrix_changes(project: Project, key: str) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """(row, address, before, after) of the changes of one row of the matrix, or of all, the newest first."""
    for text in _told_of_matrix.rows(project.pk, f'"key":"{key}"' if key else '"key":'):
        body = json.loads(text)
        what, who = body["what"], (body["actor"] or {}).get("email", "")
        for each in (what, *what.get("people", ())):
            if "key" in each and key in ("", each["key"]):
                yield each["key"], who, each.get("before") or {}, each.get("after") or {}


_told_of_matrix = CompiledQuery(
    lambda project_id, words: (
        LedgerEntry.objects.filter(
            Q(sections__contains=" stakeholders ") | Q(verb=CONFIRMED),
            chain_kind=Project.chain_kind,
            chain_id=project_id,
            body__contains=words,
        )
        .order_by("-seq")
        .values_list("body", flat=True)
    )
)


def placings(project: Project, key: str = "") -> dict[str, frozenset[str]]:
    """Row of the matrix -> addresses of whoever put its present person there, or gave them more to approve since."""
    found: dict[str, set[str]] = defaultdict(set)
    done = set()
    for row, who, before, after in _matrix_changes(project, key):
        if row not in done and who and ("email" in after or gives_more(before, after)):
            found[row].add(who)
        if "email" in after:
            done.add(row)
    return {row: frozenset(who) for row, who in found.items()}


def placed_by(project: Project, key: str) -> frozenset[str]:
    """Addresses of whoever put the present person into a row of the matrix, or gave them more to approve since."""
    return placings(project, key).get(key, frozenset())


def substitute_named_by(project: Project, key: str) -> str:
    """The address of whoever named the present substitute of a row, or their days; empty if that was nobody here."""
    fields = {"substitute_email", "substitute_from", "substitute_until"}
    changes = _matrix_changes(project, key)
    return next((who for _row, who, _before, after in changes if fields & after.keys()), "")
