"""The plan as it was frozen, read back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from projects.models import Project
from stakeholders.document import Document
from stakeholders.models import Revision
from tenants.compiled import CompiledQuery
from tenants.models import LedgerEntry

MOST_KEPT = 4
"""Documents that a process keeps: a large plan is some megabytes."""


def _without_text(project_id: int) -> QuerySet[Revision]:
    """The revisions of a project, without their texts, each with `is_written_since`: whether a section was written
    after it. One after which none was is the plan as it is now, to the letter.
    """
    entries = LedgerEntry.objects.filter(chain_kind=Project.chain_kind, chain_id=project_id)
    written = entries.filter(seq__gt=OuterRef("ledger_seq")).exclude(sections="")
    revisions = Revision.objects.filter(project_id=project_id).defer("text")
    return revisions.annotate(is_written_since=Exists(written))


_newest = CompiledQuery(lambda project_id: _without_text(project_id).order_by("-number")[:1])
_two = CompiledQuery(lambda project_id, one, other: _without_text(project_id).filter(pk__in=(one, other)))


def newest_revision(project: Project) -> Revision | None:
    """The newest revision of a project, as `_without_text` says."""
    return _newest.first(project.pk)


def revisions_by_id(project: Project, wanted: Collection[int]) -> dict[int, Revision]:
    """Some revisions of a project, as `_without_text` says; seldom more than two."""
    if len(wanted) > 2:
        return _without_text(project.pk).in_bulk(wanted)
    return {revision.pk: revision for revision in _two.rows(project.pk, min(wanted), max(wanted))}


def document_in(text: str) -> Document:
    """The document that a frozen text holds."""
    return msgspec.json.decode(text, type=Document)


def revision_document(revision_id: int) -> Document:
    """The document of a revision, as it was frozen."""
    return document_in(Revision.objects.values_list("text", flat=True).get(pk=revision_id))


def document_of(revision: Revision) -> Document:
    """The same, kept: everybody who is asked reads the same revision, and it never changes."""
    return _kept(revision.pk, revision.created_at)


@lru_cache(maxsize=MOST_KEPT)
def _kept(revision_id: int, created_at: datetime) -> Document:
    """`created_at` tells it from a revision of the same number in a database that was emptied meanwhile."""
    return revision_document(revision_id)


forget = _kept.cache_clear
