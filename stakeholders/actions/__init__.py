from stakeholders.actions.decide import (
    AlreadyDecided,
    Condition,
    MayNotSign,
    PlanMoved,
    RequestClosed,
    bars_of,
    decide,
)
from stakeholders.actions.imports import NotAPlan, import_plan, read_document
from stakeholders.actions.matrix import (
    add_stakeholder,
    assign,
    change_stakeholder,
    lay_matrix,
    remove_stakeholder,
    set_quorum,
)
from stakeholders.actions.projects import start_project
from stakeholders.actions.rounds import NobodyToAsk, open_round, record_opened, remind, withdraw_round

__all__ = [
    "AlreadyDecided",
    "Condition",
    "MayNotSign",
    "NobodyToAsk",
    "NotAPlan",
    "PlanMoved",
    "RequestClosed",
    "add_stakeholder",
    "assign",
    "bars_of",
    "change_stakeholder",
    "decide",
    "import_plan",
    "lay_matrix",
    "open_round",
    "read_document",
    "record_opened",
    "remind",
    "remove_stakeholder",
    "set_quorum",
    "start_project",
    "withdraw_round",
]
