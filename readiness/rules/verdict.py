"""May the project go on? The worst blocker decides, never an average."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from projects.document.choices import Phase
from readiness.rules.completion import Filled, filled, is_untouched
from readiness.rules.findings import Finding, Outcome, Severity, Subject, run


class State(StrEnum):
    NOT_STARTED = "not_started"
    WAITS = "waits"
    ALMOST_READY = "almost_ready"
    STOPPED = "stopped"
    CAN_START = "can_start"
    UNDER_WAY = "under_way"


class Judgement(NamedTuple):
    state: State
    findings: tuple[Finding, ...]
    sections: Mapping[str, Filled]

    def failed(self, severity: Severity) -> list[Finding]:
        return [f for f in self.findings if f.is_failed and f.check.severity == severity]

    @property
    def blockers(self) -> list[Finding]:
        return self.failed(Severity.BLOCKER)

    @property
    def warnings(self) -> list[Finding]:
        return self.failed(Severity.WARNING)

    @property
    def advice(self) -> list[Finding]:
        return self.failed(Severity.ADVICE)

    @property
    def passed(self) -> list[Finding]:
        return [f for f in self.findings if f.result.outcome == Outcome.PASSED]

    @property
    def not_applicable(self) -> list[Finding]:
        return [f for f in self.findings if f.result.outcome == Outcome.NOT_APPLICABLE]

    @property
    def done(self) -> int:
        return sum(1 for each in self.sections.values() if each.is_complete)


def state_of(blockers: Collection[Finding], *, untouched: bool, phase: str) -> State:
    """Not started, waits (every blocker is a decision asked for), almost ready (one other), stopped, can start.

    What nothing stops and has left Prepare is under way: it need not start any more.
    """
    if untouched:
        return State.NOT_STARTED
    if not blockers:
        return State.CAN_START if phase == Phase.PREPARE else State.UNDER_WAY
    if all(finding.result.is_waiting for finding in blockers):
        return State.WAITS
    return State.ALMOST_READY if len(blockers) == 1 else State.STOPPED


def judge(subject: Subject) -> Judgement:
    """Run every check. The first judgement loads them: the start of a web worker does without."""
    from readiness.rules import checks  # noqa: F401 - registers them

    findings = tuple(run(subject))
    blockers = [finding for finding in findings if finding.is_blocker]
    return Judgement(
        state=state_of(blockers, untouched=is_untouched(subject.document), phase=subject.phase),
        findings=findings,
        sections=filled(subject.document),
    )
