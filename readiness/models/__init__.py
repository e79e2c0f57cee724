from readiness.models.papers import Paper
from readiness.models.verdict import Verdict, VerdictChange

__all__ = ["Paper", "Verdict", "VerdictChange"]
