"""Does a signature still cover a section? One pure function, for pages, gates, the decide lock and evidence."""

from __future__ import annotations

from typing import NamedTuple

from projects.document import MATERIAL
from projects.rules.diff import FieldChange, RowChange, diff, fields_changed
from projects.rules.licences import coverage
from stakeholders.document import Document


class Comparison(NamedTuple):
    """What was signed against what is now. `ends` and `facts` end the signature; the rest is for reading."""

    facts: tuple[FieldChange, ...] = ()
    ends: tuple[RowChange, ...] = ()
    drifted: tuple[RowChange, ...] = ()
    unsigned: tuple[RowChange, ...] = ()
    turns_short: bool = False

    @property
    def stands(self) -> bool:
        return not (self.facts or self.ends or self.turns_short)

    @property
    def changes(self) -> tuple[RowChange, ...]:
        return self.ends + self.drifted


SAME = Comparison()


def compare(signed: Document, current: Document, section: str, tolerance: int) -> Comparison:
    """Compare a section as it was signed with the section now.

    `tolerance` is the drift in per cent, per row, that the signer allowed, always measured from what was signed. Counts
    within it do not end the signature, unless they make a pool of licences short that was enough.
    """
    facts = tuple(f for f in fields_changed(signed.project, current.project) if f.signature == MATERIAL)
    changes = diff(signed.section(section), current.section(section))
    ends = tuple(change for change in changes if change.ends_signature(tolerance))
    drifted = tuple(change for change in changes if change.is_signed and change not in ends)
    return Comparison(
        facts=facts,
        ends=ends,
        drifted=drifted,
        unsigned=tuple(change for change in changes if not change.is_signed),
        turns_short=bool(drifted) and section == "environment" and _short(current) > _short(signed),
    )


def _short(document: Document) -> int:
    """How many pools of licences are too small."""
    found = coverage(document)
    return sum(1 for pool in (found.users, found.servers) if pool.gap > 0)
