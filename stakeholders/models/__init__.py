from stakeholders.models.look_for import look_for
from stakeholders.models.matrix import MatrixSettings, Stakeholder, StandIn
from stakeholders.models.policy import ApprovalPolicy
from stakeholders.models.rounds import Decision, Request, Revision, Round
from stakeholders.models.talk import Condition, Question, Reply, Report

__all__ = [
    "ApprovalPolicy",
    "Condition",
    "Decision",
    "MatrixSettings",
    "Question",
    "Reply",
    "Report",
    "Request",
    "Revision",
    "Round",
    "Stakeholder",
    "StandIn",
    "look_for",
]
