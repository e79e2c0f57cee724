from readiness.actions.findings import FindingGone, finding_of, keep_finding, mend, take_back_kept
from readiness.actions.verdicts import (
    NEXT,
    GateIsShut,
    NoNextPhase,
    ask_for_approval,
    behind,
    leave_phase,
    present_verdict,
    recompute,
)

__all__ = [
    "NEXT",
    "FindingGone",
    "GateIsShut",
    "NoNextPhase",
    "ask_for_approval",
    "behind",
    "finding_of",
    "keep_finding",
    "leave_phase",
    "mend",
    "present_verdict",
    "recompute",
    "take_back_kept",
]
