from readiness.actions.findings import FindingGone, finding_of, keep_finding, mend, take_back_kept
from readiness.actions.gate import (
    NEXT,
    GateIsShut,
    NoNextPhase,
    NotAllowed,
    NothingStands,
    leave_phase,
    leave_phase_in_spite,
)
from readiness.actions.verdicts import ask_for_approval, behind, present_verdict, recompute

__all__ = [
    "NEXT",
    "FindingGone",
    "GateIsShut",
    "NoNextPhase",
    "NotAllowed",
    "NothingStands",
    "ask_for_approval",
    "behind",
    "finding_of",
    "keep_finding",
    "leave_phase",
    "leave_phase_in_spite",
    "mend",
    "present_verdict",
    "recompute",
    "take_back_kept",
]
