"""The history of a project. Recording a change recomputes what it touched, under the project's lock."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from projects import plan
from projects.models import Project
from tenants import clock, ledger
from tenants.models import LedgerEntry, User

LAYING = {"project created", "matrix laid"}
"""Laying down the template makes nobody an author."""


def record(
    project: Project,
    *,
    by: User | None,
    verb: str,
    sections: Collection[str] = (),
    **what: Any,
) -> LedgerEntry:
    """Write an entry about `project`, which the caller has locked, and the fingerprints of the touched `sections`.

    The entry is material if a fingerprint moved.
    """
    project.refresh_from_db(
        fields=["ledger_seq", "ledger_head", "digests", "authors"]
    )  # an action may have called another
    now = plan.digests(project, sections)
    moved = sorted(name for name, value in now.items() if project.digests.get(name) != value)
    gone = [name for name in sections if name not in now and project.digests.pop(name, None)]
    project.digests = {**project.digests, **now}
    if by is not None and verb not in LAYING:
        for name in moved:
            project.authors = {**project.authors, name: {**project.authors.get(name, {}), by.email: by.name}}
    if sections:
        project.changed_at = clock.now()
    project.save(update_fields=["digests", "authors", "changed_at"])
    return ledger.append(
        project,
        tenant_id=project.tenant_id,
        by=by,
        verb=verb,
        sections=sections,
        is_material=bool(moved or gone),
        what={**what, "moved": {name: now[name] for name in moved}},
    )


def signed_off(project: Project, sections: Collection[str]) -> None:
    """Whoever wrote these sections is no longer an author: they are fully signed as they are now."""
    if sections:
        project.authors = {name: who for name, who in project.authors.items() if name not in sections}
        project.save(update_fields=["authors"])
