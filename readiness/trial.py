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
from readiness.rules.findings import Finding
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
        return [finding for finding in _worst(self.now) if finding.id not in {each.id for each in _worst(self.then)}]

    @property
    def comes(self) -> list[Finding]:
        return [finding for finding in _worst(self.then) if finding.id not in {each.id for each in _worst(self.now)}]

    @property
    def changes(self) -> list[tuple[Finding, Finding]]:
        """What is found both times, with other words: usually another number."""
        now = {finding.id: finding for finding in _worst(self.now)}
        both = [(now[finding.id], finding) for finding in _worst(self.then) if finding.id in now]
        return [(was, then) for was, then in both if was.result.title != then.result.title]


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


def _worst(judgement: Judgement) -> list[Finding]:
    return [*judgement.blockers, *judgement.warnings]
