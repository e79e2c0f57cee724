from stakeholders.models.matrix import MatrixSettings, Stakeholder
from stakeholders.models.rounds import Decision, Request, Revision, Round

__all__ = ["Decision", "MatrixSettings", "Request", "Revision", "Round", "Stakeholder"]
