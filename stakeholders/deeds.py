"""What the history tells of sections: who changed which row, when and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from projects.models import Project
from stakeholders.rules.changes import Deed
from tenants.compiled import CompiledQuery
from tenants.models import LedgerEntry

TOLD = ("seq", "at", "body")
"""What is read of an entry."""


def deeds_since(project: Project, since: datetime | None) -> list[Deed]:
    """Every change of the plan since a moment, oldest first, in one query; none without a moment."""
    if since is None:
        return []
    return [deed for entry in _since.rows(project.pk, since) for deed in _deeds(*entry)]


_since = CompiledQuery(
    lambda project_id, since: (
        LedgerEntry.objects.filter(chain_kind=Project.chain_kind, chain_id=project_id)
        .filter(at__gte=since)
        .exclude(sections="")
        .order_by("seq")
        .values_list(*TOLD)
    )
)


def deeds_after_reading(project: Project, read: Mapping[str, str]) -> list[Deed]:
    """The changes to sections since they had the fingerprints that were read, oldest first."""
    found: list[Deed] = []
    for section, digest in read.items():
        entries = LedgerEntry.objects.of(project).filter(sections__contains=f" {section} ", is_material=True)
        made = entries.filter(body__contains=f'"{section}":"{digest}"').order_by("-seq").first()
        if made is not None:
            later = entries.filter(seq__gt=made.seq).order_by("seq").values_list(*TOLD)
            found += [deed for entry in later for deed in _deeds(*entry)]
    once = {(deed.seq, deed.table, deed.key): deed for deed in found}
    return sorted(once.values(), key=lambda deed: deed.seq)


def _deeds(seq: int, at: datetime, body: str) -> list[Deed]:
    """What an entry tells: of one row, of several, or of none."""
    told = json.loads(body)
    what = told["what"]
    return [
        Deed(
            seq=seq,
            who=told["actor"]["name"] if told["actor"] else "mdeprep",
            at=at,
            why=what.get("why") or "",
            sections=tuple(told["sections"]),
            table=one.get("table") or "",
            key=one.get("key") or "",
            what=one,
        )
        for one in what.get("rows") or [what]
    ]
