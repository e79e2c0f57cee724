from readiness.models.verdict import Verdict, VerdictChange

__all__ = ["Verdict", "VerdictChange"]
