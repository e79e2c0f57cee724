"""The plan tried out without a part of the inventory: what the checks would say then. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from projects import plan
from projects.document import Row, digest
from projects.document.sections import Environment
from projects.models import Project
from projects.rules.estate import Line
from readiness.judge import subjects
from readiness.rules.findings import Finding, Severity
from readiness.rules.verdict import Judgement, judge
from stakeholders.preview import effect_of_section
from stakeholders.rules.effect import Effect

SECTION, DEVICES = "environment", "devices"
LEFT_OUT = "…"
"""Stands for the reason, which nobody has given yet."""


class Trial(NamedTuple):
    """What is left out, what is found now and what would be found then, and what becomes of the signatures."""

    lines: tuple[Line, ...]
    now: Judgement
    then: Judgement
    effect: Effect

    @property
    def devices(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def goes(self) -> list[Finding]:
        """Blockers and warnings of now that are not found then."""
        return _without(self.now, self.then)

    @property
    def comes(self) -> list[Finding]:
        return _without(self.then, self.now)


def without(project: Project, group: str) -> Trial | None:
    """The project as it would be if one of the groups of its estate did not apply; None if it has none of them."""
    subject = subjects([project])[project.pk]
    lines = tuple(line for line in subject.estate.group(group).lines if line.count)
    if not lines:
        return None
    devices = _left_out(subject.document.environment, {line.key for line in lines})
    environment = subject.document.environment.replaced(**{DEVICES: devices})
    document = subject.document.replaced(**{SECTION: environment})
    known = {**subject.standing.digests, SECTION: digest(SECTION, environment, plan.facts(project))}
    then = replace(subject, document=document, standing=replace(subject.standing, document=document, known=known))
    return Trial(
        lines=lines,
        now=judge(subject),
        then=judge(then),
        effect=effect_of_section(project, SECTION, {DEVICES: devices}),
    )


def _left_out(environment: Environment, keys: Collection[str]) -> tuple[Row, ...]:
    rows = environment.devices
    return tuple(row.replaced(does_not_apply=LEFT_OUT) if row.key in keys else row for row in rows)


def _without(found: Judgement, other: Judgement) -> list[Finding]:
    """What stops or warns in one judgement and not in the other, by what is said: the same check may count another."""
    told = {(finding.id, finding.result.title) for finding in other.findings if finding.is_failed}
    worst = {Severity.BLOCKER, Severity.WARNING}
    return [
        finding
        for finding in found.findings
        if finding.is_failed and finding.check.severity in worst and (finding.id, finding.result.title) not in told
    ]
