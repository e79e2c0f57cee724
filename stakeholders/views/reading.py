"""What a person reads before they answer: the sections as they are now, and what changed since they last signed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import has_counts, rows
from projects.models import Project
from projects.rules.told import changes_of
from projects.views.access_in_words import as_read
from projects.views.shown import ShownRow, ShownTable, shown_table
from stakeholders.actions import bars_of
from stakeholders.deeds import deeds_since
from stakeholders.document import Document, Part, StakeholderRow
from stakeholders.models import Question, Report, Request, Revision
from stakeholders.preview import tables_of
from stakeholders.rules.changes import Deed, Difference, difference
from stakeholders.rules.eligibility import Bar
from stakeholders.rules.standing import (
    CHANGES,
    INPUT,
    NO_OBJECTION,
    OBJECT,
    WITHDRAWN,
    Said,
    Standing,
    Vote,
    sections_of,
)
from stakeholders.rules.summary import Figure, estate, in_short
from stakeholders.states import put_to
from stakeholders.views.suggested import Suggested, suggested
from stakeholders.words import section_title
from tenants.models import User


class SectionRead(NamedTuple):
    """One section, as the page shows it."""

    name: str
    title: str
    digest: str
    figures: list[Figure]
    sources: str
    vote: Vote | None
    difference: Difference | None
    tables: list[ShownTable] | None
    """None where the difference is shown: the whole text is fetched when somebody unfolds it."""
    bar: Bar | None
    has_moved: bool
    """Whether it was changed after the request was sent."""

    @property
    def asked_for_changes(self) -> bool:
        return self.vote is not None and self.vote.answers[self.name] in (CHANGES, OBJECT)

    @property
    def is_signed_before(self) -> bool:
        """Whether there is a signature to compare with: not an answer that was taken back."""
        return self.vote is not None and self.vote.answers[self.name] != WITHDRAWN and not self.asked_for_changes


class SaidBy(NamedTuple):
    """What somebody else answered about these sections, and what was answered to that."""

    name: str
    part: str
    answer: str
    comment: str
    at: datetime
    sections: str
    for_name: str = ""
    replies: tuple[Said, ...] = ()


class Briefing(NamedTuple):
    """What was open when the request was sent, as it was put to everybody."""

    blockers: list[str]
    warnings: list[str]
    means: list[str]

    @classmethod
    def of(cls, text: str) -> Briefing:
        told = json.loads(text)
        return cls(*(_lines(told.get(name) or []) for name in ("blockers", "warnings", "means")))


def _lines(items: Iterable[Any]) -> list[str]:
    return [item if isinstance(item, str) else str(item.get("title") or item.get("what") or item) for item in items]


@dataclass
class Reading:
    """All that the page of a request says."""

    request: Request
    user: User
    project: Project
    whole: str = ""
    """The section that is shown whole although the difference is told."""
    standing: Standing = field(init=False)
    put: Revision = field(init=False)
    wanted: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.standing, self.put, self.wanted = put_to(self.request)

    @property
    def document(self) -> Document:
        """The sections that are asked for, and what their numbers rest on."""
        return self.standing.document

    @cached_property
    def sections(self) -> list[SectionRead]:
        names = [name for name in sections_of(self.document) if name in self.wanted]
        votes = {name: vote for name in names if (vote := self._earlier_vote(name))}
        deeds = deeds_since(self.project, min((vote.at for vote in votes.values()), default=None))
        bars = bars_of(self.request, self.user)
        return [
            SectionRead(
                name=name,
                title=section_title(name),
                digest=self.standing.digests[name],
                figures=in_short(self.document, name),
                sources=sources(self.document) if name == "environment" else "",
                vote=votes.get(name),
                difference=self._difference(votes[name], name, deeds) if name in votes else None,
                tables=None if name in votes and name != self.whole else whole(self.document, name),
                bar=bars.get(name),
                has_moved=self.put.digests.get(name) != self.standing.digests[name],
            )
            for name in names
        ]

    def _earlier_vote(self, section: str) -> Vote | None:
        """What they said before this request; what they answered to it and took back is no answer."""
        vote = self.standing.latest_vote(self.row, section, besides=self.request.pk) if self.row else None
        return None if vote is None or vote.answers[section] == WITHDRAWN else vote

    def _difference(self, vote: Vote, section: str, deeds: Collection[Deed]) -> Difference:
        return difference(
            self.standing.compared(vote, section),
            [deed for deed in deeds if section in deed.sections and deed.at >= vote.at],
            signed=self.standing.signed(vote.revision_id),
            current=self.document,
            section=section,
        )

    @property
    def row(self) -> StakeholderRow | None:
        """The row of the matrix as it is now; None if it was removed."""
        rows = self.document.stakeholders.rows
        return next((row for row in rows if row.key == self.request.stakeholder_key), None)

    @cached_property
    def questions(self) -> list[Question]:
        return list(self.request.questions.all()) if getattr(self.request, "is_asked_about", True) else []

    @cached_property
    def report(self) -> Report | None:
        """What somebody said that this person decided elsewhere, while it waits for their word."""
        if not getattr(self.request, "is_reported", True):
            return None
        return self.request.reports.filter(confirmed_at=None, denied_at=None).first()

    @property
    def is_for_another(self) -> bool:
        return self.user.email != self.request.email

    @property
    def open_to_sign(self) -> list[SectionRead]:
        return [section for section in self.sections if section.bar is None]

    @property
    def barred(self) -> list[SectionRead]:
        return [section for section in self.sections if section.bar is not None]

    @property
    def digests(self) -> dict[str, str]:
        return {section.name: section.digest for section in self.open_to_sign}

    @property
    def moved(self) -> list[SectionRead]:
        return [section for section in self.sections if section.has_moved]

    @property
    def is_again(self) -> bool:
        """Whether every section was signed before."""
        return all(section.is_signed_before for section in self.sections)

    @property
    def counts(self) -> bool:
        """Whether a section has numbers that may drift."""
        return any(has_counts(section.name) for section in self.sections)

    @cached_property
    def briefing(self) -> Briefing:
        return Briefing.of(self.request.round.briefing)

    @cached_property
    def said(self) -> list[SaidBy]:
        """The newest word of everybody else about these sections: input, objections, changes that were asked for."""
        names = {section.name for section in self.sections}
        newest: dict[str, Vote] = {}
        for vote in self.standing.votes:
            if (
                vote.part != Part.I
                and names & set(vote.answers)
                and vote.stakeholder_key != self.request.stakeholder_key
            ):
                newest[vote.stakeholder_key] = vote
        found = []
        for vote in sorted(newest.values(), key=lambda vote: vote.at, reverse=True):
            wordy = {OBJECT, CHANGES, INPUT} & set(vote.answers.values())
            for answer in (OBJECT, CHANGES, INPUT, NO_OBJECTION):
                about = [name for name, given in vote.answers.items() if given == answer and name in names]
                if about:
                    titles = get_text_list([section_title(name) for name in about], _("and"))
                    comment = vote.comment if answer in wordy or not wordy else ""
                    found.append(
                        SaidBy(vote.name, vote.part, answer, comment, vote.at, titles, vote.for_name, vote.replies)
                    )
        return found

    @cached_property
    def suggested(self) -> list[Suggested]:
        """Values that the lead has neither taken over nor left."""
        if not getattr(self.request, "is_suggested_about", True):
            return []
        return suggested(self.project, self.document, [section.name for section in self.sections])

    @property
    def nobody_objected(self) -> bool:
        return not any(word.answer in (OBJECT, CHANGES) for word in self.said)

    @property
    def titles(self) -> str:
        found = [section.title for section in self.sections]
        if len(found) <= 3:
            return get_text_list(found, _("and"))
        return _("%(n)s sections") % {"n": len(found)}


def sources(document: Document) -> str:
    """ "Counts are from Intune (5 Nov) and Ansible inventory (18 Nov)." """
    days: dict[str, Any] = {}
    for line in estate(document).lines:
        if line.count:
            days[line.source] = max(filter(None, (days.get(line.source), line.counted_on)), default=None)
    found = [
        f"{name or _('no source said')} ({day.day} {day:%b})" if day else name or _("no source said")
        for name, day in days.items()
    ]
    return _("Counts are from %(sources)s.") % {"sources": get_text_list(found, _("and"))} if found else ""


def whole(document: Document, section: str) -> list[ShownTable]:
    """The section as it is now, table by table; empty tables are left out."""
    found = tables_of(section).values()
    style = document.project.terminology
    shown = [shown_table(table, getattr(document.section(section), table.name), terminology=style) for table in found]
    personas = document.access.personas
    return [_as_read(table, personas) for table in shown if any(_says_something(table, row) for row in table.rows)]


def _says_something(table: ShownTable, row: ShownRow) -> bool:
    """Settings that nobody made say nothing, nor do questions that the tables below them answer."""
    if table.table.is_single:
        return bool(row.more["others"]) or not all(cell.is_empty for cell in row.cells)
    return not isinstance(row.row, rows.Topic) or bool(row.row.note or row.because)


def _as_read(table: ShownTable, personas: Sequence[rows.Persona]) -> ShownTable:
    """Sections in one line; nothing that a system's name says already; who has access is told in sentences."""
    table.rows = [row for row in table.rows if _says_something(table, row)]
    for row in table.rows:
        row.cells = [cell._replace(items=()) if cell.name == "scope" else cell for cell in row.cells]
        if isinstance(row.row, rows.DeviceCount):
            row.more["others"] = [cell for cell in row.more["others"] if cell.name not in ("kind", "other_name")]
    return as_read(table, personas)


def in_a_line(deed: Deed, section: str) -> str:
    """ "Ubuntu 22.04: count 41 → 44": what an entry of the history did, as short as it goes."""
    title = str(deed.what.get("title") or "")
    if deed.is_about_the_project:
        return _("the facts of the project")
    table = tables_of(section).get(deed.table)
    before, after = deed.what.get("before"), deed.what.get("after")
    if before is None:
        return _("%(row)s was added") % {"row": title}
    if after is None:
        return _("%(row)s was removed") % {"row": title}
    changes = changes_of(table.row, deed.what) if table else ()
    told = ", ".join(f"{c.label} {c.before} → {c.after}" for c in changes)
    return f"{title}: {told}" if told else title


def bar_words(bar: Bar, *, lead: str) -> tuple[str, str]:
    """Why somebody cannot sign a section, and what can be done."""
    return {
        Bar.WROTE_IT: (
            _("You changed it yourself since it was last signed, and nobody signs what they wrote."),
            _("Another approver signs it, or %(lead)s names one in the matrix.") % {"lead": lead},
        ),
        Bar.ASKED_FOR_IT: (
            _("You asked for this approval yourself."),
            _("Somebody else who approves signs it, or another lead sends the request."),
        ),
        Bar.ADDED_OWN_ROW: (
            _("You put yourself into the matrix, or gave yourself more to approve."),
            _("Somebody else who keeps the matrix confirms you there."),
        ),
        Bar.NOT_ADDRESSED: (
            _("It was put to somebody else."),
            _("%(lead)s can name you in the matrix.") % {"lead": lead},
        ),
        Bar.FOR_SOMEBODY_BARRED: (
            _("The person for whom you would sign may not sign it: they wrote it, or asked for it."),
            _("Another approver signs it, or %(lead)s names one in the matrix.") % {"lead": lead},
        ),
        Bar.HANDED_ON: (
            _("You handed this request to somebody else."),
            _("Take it back below if you want to answer it yourself."),
        ),
    }[bar]


def counted_sections(n: int) -> str:
    return ngettext("%(n)s section", "%(n)s sections", n) % {"n": n}
