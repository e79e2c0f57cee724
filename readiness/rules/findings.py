"""What a check says, and how a check is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from projects.rules.estate import Estate, estate_of
from projects.rules.licences import Coverage, coverage
from stakeholders.document import Document
from stakeholders.rules.standing import Standing

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


@dataclass(frozen=True)
class Result:
    """One outcome of a check. A check that looks at many things gives one result per thing that fails."""

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

    @property
    def estate(self) -> Estate:
        return estate_of(self.document.environment, self.plan)

    @property
    def coverage(self) -> Coverage:
        return coverage(self.document, self.today)

    def is_set_aside(self, topic: str) -> bool:
        """Whether one of the five questions of the environment was said not to apply."""
        return any(row.key == f"topic-{topic}" and row.does_not_apply for row in self.document.environment.topics)


Look = Callable[[Subject], "Result | Iterable[Result]"]


@dataclass(frozen=True)
class Check:
    """A rule that a stakeholder could be told. `sources` are keys of the catalogue."""

    name: str
    section: str
    severity: Severity
    sources: tuple[str, ...]
    look: Look


@dataclass(frozen=True)
class Finding:
    """A result together with its check: what pages, mails and commands show."""

    check: Check
    result: Result

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


def to_row(label: str, section: str, table: str, key: str) -> Deed:
    return Deed(label, "projects:row_edit", {"section": section, "table": table, "key": key})


def run(subject: Subject) -> list[Finding]:
    """Every check on one project, worst first: blockers, warnings, advice; what passed; what does not apply."""
    findings: list[Finding] = []
    for each in CHECKS:
        results = each.look(subject)
        findings += [Finding(each, r) for r in ([results] if isinstance(results, Result) else results)]
    order = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.ADVICE: 2}
    return sorted(findings, key=lambda f: (f.result.outcome != Outcome.FAILED, order[f.check.severity]))
