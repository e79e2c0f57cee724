"""What changed since a signature, as a person reads it: signed against now, grouped by who did it, when and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from projects.document import PROGRESS, SIGNED, Row, Section, content_tables, rows
from projects.document.sections import is_signed
from projects.rules.diff import RowChange
from stakeholders.document import Document
from stakeholders.rules.signoff import Comparison
from stakeholders.rules.summary import ChangeLine, estate, sum_lines

ONE_SITTING = timedelta(hours=1)
LONGEST_CELL = 24
NOTHING = "–"


@dataclass(frozen=True)
class Deed:
    """An entry of the history that touched a section. `key` is empty for what is not about one row."""

    seq: int
    who: str
    at: datetime
    why: str
    sections: Collection[str]
    table: str = ""
    key: str = ""
    what: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_about_the_project(self) -> bool:
        return not self.table


class Line(NamedTuple):
    """One row of the difference. `sign` is "+", "−" or ""; `note` warns; `detail` says what a new row contains."""

    sign: str
    what: str
    was: str
    now: str
    note: str = ""
    detail: str = ""

    @property
    def is_short(self) -> bool:
        return max(len(self.was), len(self.now)) <= LONGEST_CELL


@dataclass
class Group:
    """Lines of one sitting: the same person, the same reason, within the hour."""

    deed: Deed | None
    lines: list[Line] = field(default_factory=list)


class Difference(NamedTuple):
    """What was signed of a section against what is now. `sums` are the totals that moved.

    `turns_short`: nothing ends the signature but licences that are no longer enough.
    """

    groups: tuple[Group, ...]
    sums: tuple[ChangeLine, ...]
    unchanged: int
    wording: tuple[str, ...]
    progress: tuple[str, ...]
    turns_short: bool
    stands: bool
    since: datetime | None

    @property
    def is_empty(self) -> bool:
        return not self.groups


def difference(
    comparison: Comparison, deeds: Collection[Deed], *, signed: Document, current: Document, section: str
) -> Difference:
    """Tell a comparison. `deeds` are the entries on the section since the signature, oldest first."""
    notes = _notes(current) if section == "environment" else {}
    told: list[tuple[Deed | None, Line]] = []
    about = [deed for deed in deeds if deed.is_about_the_project]
    facts_changed = about[-1] if about else None
    told += [(facts_changed, Line("", _(f.title), f.before_text, f.after_text)) for f in comparison.facts]
    for change in comparison.changes:
        deed = _deed_of(change, deeds)
        told += [(deed, line) for line in lines_of(change, notes)]
    totals = sum_lines(estate(signed), estate(current)) if section == "environment" else []
    return Difference(
        groups=_grouped(told),
        sums=tuple(line for line in totals if line.is_total),
        unchanged=_unchanged(current.section(section), comparison),
        wording=tuple(_words_changed(c) for c in comparison.unsigned if not _is_progress(c)),
        progress=tuple(c.title for c in comparison.unsigned if _is_progress(c)),
        turns_short=comparison.turns_short and not (comparison.ends or comparison.facts),
        stands=comparison.stands,
        since=ended_since(comparison, deeds),
    )


def _is_progress(change: RowChange) -> bool:
    return any(f.signature == PROGRESS for f in change.fields)


def ended_since(comparison: Comparison, deeds: Collection[Deed]) -> datetime | None:
    """When the first of the changes that end a signature was made."""
    found = [_deed_of(change, deeds) for change in comparison.ends]
    if comparison.facts:
        found += [deed for deed in deeds if deed.is_about_the_project][-1:]
    if comparison.turns_short and not found:
        found = [_deed_of(change, deeds) for change in comparison.drifted]
    return min((deed.at for deed in found if deed), default=None)


def _words_changed(change: RowChange) -> str:
    if change.kind != "changed":
        return change.title
    names = ", ".join(_(f.title).lower() for f in change.fields)
    return _("%(fields)s of %(row)s") % {"fields": names, "row": change.title}


def _notes(current: Document) -> dict[str, str]:
    """Key of a row of the inventory -> what an approver must know of that system."""
    return {line.key: _("cannot be onboarded") for line in estate(current).lines if line.route == "cannot"}


def lines_of(change: RowChange, notes: Mapping[str, str]) -> list[Line]:
    """A changed row in one line per field that is signed; a row that came or went in one line."""
    note = notes.get(change.key, "") if change.kind != "removed" else ""
    if change.kind != "changed":
        return [_whole_row(change, note)]
    counts = isinstance(change.row, rows.DeviceCount)
    return [
        Line(
            "",
            change.title
            if counts and f.name == "count"
            else f"{change.title}, {_(f.title)[:1].lower()}{_(f.title)[1:]}",
            f.before_text,
            f.after_text,
            note,
        )
        for f in change.fields
        if f.signature in SIGNED
    ]


def _whole_row(change: RowChange, note: str) -> Line:
    is_new = change.kind == "added"
    signed = {f.name: f for f in change.fields if f.signature in SIGNED}
    if isinstance(change.row, rows.DeviceCount):
        aside = change.row.does_not_apply
        said = _("does not apply") if aside else f"{change.row.count:,}"
        was, now = (NOTHING, said) if is_new else (said, NOTHING)
        return Line("+" if is_new else "−", change.title, was, now, note, detail=aside)
    texts = {f.title: f.after_text if is_new else f.before_text for f in signed.values()}
    detail = " · ".join(f"{_(title)}: {text}" for title, text in texts.items() if text not in (NOTHING, change.title))
    if is_new:
        return Line("+", change.title, NOTHING, _("added"), note, detail)
    return Line("−", change.title, _("there"), _("removed"), note, detail)


def _deed_of(change: RowChange, deeds: Collection[Deed]) -> Deed | None:
    own = [deed for deed in deeds if deed.key == change.key and deed.table == change.table]
    if own:
        return own[-1]
    whole = [deed for deed in deeds if deed.table == change.table and not deed.key]
    return whole[-1] if whole else None


def _grouped(told: Collection[tuple[Deed | None, Line]]) -> tuple[Group, ...]:
    groups: list[Group] = []
    for deed, line in told:
        group = next((g for g in groups if _same_sitting(g.deed, deed)), None)
        if group is None:
            group = Group(deed)
            groups.append(group)
        group.lines.append(line)
    return tuple(sorted(groups, key=lambda g: g.deed.seq if g.deed else 0))


def _same_sitting(one: Deed | None, other: Deed | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.who, one.why) == (other.who, other.why) and abs(one.at - other.at) <= ONE_SITTING


def content_rows(section: Section) -> list[Row]:
    """The rows that say something: without those that only ask (topics of the environment) or tell of an import."""
    return [row for table in content_tables(type(section)) for row in getattr(section, table)]


def _unchanged(section: Section, comparison: Comparison) -> int:
    touched = {(type(c.row), c.key) for c in comparison.changes if c.kind != "removed"}
    return sum(1 for row in content_rows(section) if is_signed(row) and (type(row), row.key) not in touched)
