"""What a check says, and how a check is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from projects.rules.estate import Estate, estate_of
from projects.rules.licences import Coverage, coverage
from stakeholders.document import Document
from stakeholders.rules.standing import Standing

if TYPE_CHECKING:
    from projects.rules.preflight import Preflight

LONGEST_DAYS = 180
"""The usual policy of a tenant."""


class Severity(StrEnum):
    BLOCKER = "blocker"
    WARNING = "warning"
    ADVICE = "advice"


class Outcome(StrEnum):
    PASSED = "pass"
    FAILED = "fail"
    NOT_APPLICABLE = "does_not_apply"


@dataclass(frozen=True)
class Deed:
    """What to do about it: words, and the page where it is done (`to` is a URL name, `row` a row to land on)."""

    label: str
    to: str
    args: Mapping[str, str | int] = field(default_factory=dict)
    row: str = ""
    is_post: bool = False


class Remedy(NamedTuple):
    """A change of one row that mends what was found: its new values, or None to remove it."""

    label: str
    section: str
    table: str
    key: str
    values: Mapping[str, Any] | None


class Result(NamedTuple):
    """One outcome of a check. A check that looks at many things gives one result per thing that fails.

    `about` is the key of the row, or another name of the thing. `remedy` is there where mending is mechanical.
    """

    outcome: Outcome
    title: str
    why: str = ""
    about: str = ""
    owner: str = ""
    since: date | None = None
    deeds: tuple[Deed, ...] = ()
    quote: str = ""
    is_waiting: bool = False
    in_mail: str = ""
    remedy: Remedy | None = None
    may_be_kept: bool = False
    """Whether the lead may keep it as it is, with a reason that the approvers read."""


@dataclass(frozen=True)
class Subject:
    """A project as the checks see it: frozen, with the day as an argument."""

    document: Document
    standing: Standing
    today: date
    owners: Mapping[str, str]
    lead: str
    authors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Section -> names of those who changed it since its last full sign-off."""
    phase: str = "prepare"
    longest_days: int = LONGEST_DAYS
    """How long the tenant lets anybody hold a role that ends."""

    @property
    def plan(self) -> str:
        return str(self.document.project.plan)

    @property
    def is_migration(self) -> bool:
        return self.document.project.kind == "migration"

    @cached_property
    def estate(self) -> Estate:
        return estate_of(self.document.environment, self.plan)

    @cached_property
    def coverage(self) -> Coverage:
        return coverage(self.document, self.today)

    @cached_property
    def preflight(self) -> Preflight:
        """What must be so before role-based access is switched on."""
        from projects.rules.preflight import (
            preflight,  # loaded by the first judgement, not by the start of a web worker
        )

        return preflight(self.document.access, self.document.project)

    @cached_property
    def kept(self) -> Mapping[tuple[str, str], str]:
        """(check, row) -> why it stays as it is."""
        rows = self.document.access.kept
        return {(row.finding, row.about): row.because for row in rows if not row.does_not_apply}

    def is_set_aside(self, topic: str) -> bool:
        """Whether one of the five questions of the environment was said not to apply."""
        return any(row.key == f"topic-{topic}" and row.does_not_apply for row in self.document.environment.topics)


Look = Callable[[Subject], "Result | Iterable[Result]"]


class Check(NamedTuple):
    """A rule that a stakeholder could be told. `sources` are keys of the catalogue."""

    name: str
    section: str
    severity: Severity
    sources: tuple[str, ...]
    look: Look


class Finding(NamedTuple):
    """A result together with its check: what pages, mails and commands show."""

    check: Check
    result: Result

    also: tuple[Finding, ...] = ()
    """What else was found about the same row, the worst first: told together with it."""

    @property
    def id(self) -> str:
        return f"{self.check.name}:{self.result.about}" if self.result.about else self.check.name

    @property
    def is_failed(self) -> bool:
        return self.result.outcome == Outcome.FAILED

    @property
    def is_blocker(self) -> bool:
        return self.is_failed and self.check.severity == Severity.BLOCKER


CHECKS: list[Check] = []
"""Every check, in the order in which pages list what fails."""


def check(section: str, severity: Severity, *sources: str) -> Callable[[Look], Look]:
    """Register a function as a check; its name is the check's id."""

    def register(look: Look) -> Look:
        name: Any = getattr(look, "__name__", "")
        CHECKS.append(Check(name, section, severity, sources or ("own_practice",), look))
        return look

    return register


def passed(title: str, why: str = "") -> Result:
    return Result(Outcome.PASSED, title, why)


def does_not_apply(title: str, why: str) -> Result:
    return Result(Outcome.NOT_APPLICABLE, title, why)


def failed(title: str, why: str = "", **more: Any) -> Result:
    return Result(Outcome.FAILED, title, why, **more)


def to_section(label: str, section: str, row: str = "") -> Deed:
    """A deed that lands on a section, on a row of it if one is named."""
    if section == "stakeholders":
        return Deed(label, "stakeholders:matrix", row=row)
    return Deed(label, "projects:section", {"section": section}, row=row)


def to_new_row(label: str, section: str, table: str) -> Deed:
    return Deed(label, "projects:row_new", {"section": section, "table": table})


def change(label: str, table: str, key: str, values: Mapping[str, Any] | None) -> Remedy:
    """A remedy on a row of the access plan."""
    return Remedy(label, "access", table, key, values)


def to_row(label: str, section: str, table: str, key: str) -> Deed:
    return Deed(label, "projects:row_edit", {"section": section, "table": table, "key": key})


def try_without(label: str, group: str) -> Deed:
    """A deed that only shows what would be found without a group of the estate."""
    return Deed(label, "readiness:try_without", {"group": group})


ORDER = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.ADVICE: 2}
TOLD_BY_ROW = {"access"}
"""Sections in which what is found about one row is told as one finding."""


def run(subject: Subject, checks: Collection[Check] = CHECKS) -> list[Finding]:
    """The checks on one project, worst first: blockers, warnings, advice; what passed; what does not apply."""
    findings: list[Finding] = []
    for each in checks:
        results = each.look(subject)
        findings += [Finding(each, r) for r in ([results] if isinstance(results, Result) else results)]
    findings = [_kept(finding, subject) for finding in findings]
    return _by_row(sorted(findings, key=lambda f: (f.result.outcome != Outcome.FAILED, ORDER[f.check.severity])))


def _kept(finding: Finding, subject: Subject) -> Finding:
    """What the lead keeps with a reason is no finding any more; a blocker stays one."""
    if not finding.is_failed or not finding.result.may_be_kept:
        return finding
    because = subject.kept.get((finding.check.name, finding.result.about))
    if because is None:
        return finding
    why = _("Kept: %(why)s") % {"why": because}
    return finding._replace(result=finding.result._replace(outcome=Outcome.NOT_APPLICABLE, why=why, remedy=None))


def _by_row(findings: Collection[Finding]) -> list[Finding]:
    """Findings about one row are one: the first of them, with the others beside it."""
    told: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        about = finding.result.about if finding.is_failed and finding.check.section in TOLD_BY_ROW else ""
        key = (finding.check.section, about) if about else (finding.id, str(finding.result.outcome) + str(len(told)))
        first = told.get(key)
        told[key] = first._replace(also=(*first.also, finding)) if first else finding
    return list(told.values())
