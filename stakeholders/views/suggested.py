"""Values that were suggested and are not settled, as whoever decides on these sections should know them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from projects.document import as_json
from projects.models import Project, Proposal
from projects.rules.labels import title_of
from projects.rules.told import FieldChange, changes_of
from stakeholders.document import Document
from stakeholders.preview import tables_of
from stakeholders.words import section_title


class Suggested(NamedTuple):
    """Somebody suggests other values for a row than those that are read."""

    name: str
    at: datetime
    title: str
    section: str
    changes: tuple[FieldChange, ...]
    why: str


def suggested(project: Project, document: Document, sections: Collection[str]) -> list[Suggested]:
    """The open suggestions about rows of these sections of a document, the oldest first; one query."""
    open_ones = Proposal.objects.filter(project=project, question=None, state=Proposal.State.OPEN)
    return [one for proposal in open_ones.filter(section__in=sections) for one in _about_its_row(proposal, document)]


def _about_its_row(proposal: Proposal, document: Document) -> list[Suggested]:
    """None where the row is not there, or says already what was suggested."""
    table = tables_of(proposal.section)[proposal.table]
    rows = getattr(document.section(proposal.section), proposal.table)
    row = next((each for each in rows if each.key == proposal.key), None)
    if row is None:
        return []
    before = {name: as_json(getattr(row, name)) for name in proposal.values}
    changes = changes_of(table.row, {"before": before, "after": proposal.values})
    moved = tuple(change for change in changes if change.before != change.after)
    told = Suggested(
        name=proposal.made_by_name,
        at=proposal.made_at,
        title=title_of(row),
        section=section_title(proposal.section),
        changes=moved,
        why=proposal.why,
    )
    return [told] if moved else []
