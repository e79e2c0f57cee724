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
    moved, is_material = (
        _fingerprinted(project, sections, by=by if verb not in LAYING else None) if sections else ({}, False)
    )
    return ledger.append(
        project,
        tenant_id=project.tenant_id,
        by=by,
        verb=verb,
        sections=sections,
        is_material=is_material,
        what={**what, "moved": moved},
    )


def _fingerprinted(project: Project, sections: Collection[str], *, by: User | None) -> tuple[dict[str, str], bool]:
    """Keep the present fingerprints of these sections; `by` becomes an author of those that moved.

    Returns the fingerprints that moved, and whether one did or a section applies no more.
    """
    fields = ["digests", "authors", "signed_off"]
    project.refresh_from_db(fields=fields)  # an action may have called another
    now = plan.digests(project, sections)
    moved = {name: now[name] for name in sorted(now) if project.digests.get(name) != now[name]}
    gone = [name for name in sections if name not in now and project.digests.pop(name, None)]
    if by is not None:
        for name in moved:
            wrote_before = {} if _is_signed_off(project, name) else project.authors.get(name, {})
            project.authors = {**project.authors, name: {**wrote_before, by.email: by.name}}
    project.digests = {**project.digests, **now}
    project.changed_at = clock.now()
    project.save(update_fields=["digests", "authors", "changed_at"])
    return moved, bool(moved or gone)


def _is_signed_off(project: Project, section: str) -> bool:
    """Whether a section is, to the letter, what was fully signed: whoever changes it next is its first author since."""
    return section in project.signed_off and project.signed_off[section] == project.digests.get(section)


def signed_off(project: Project, sections: Collection[str]) -> None:
    """These sections are fully signed as they are now. Who wrote them keeps being their author until the next change:

    an author was not waited for, and must not be waited for, nor sign, because the others have signed.
    """
    if sections:
        project.signed_off = {**project.signed_off, **{name: project.digests[name] for name in sections}}
        project.save(update_fields=["signed_off"])
