from stakeholders.actions.absence import (
    confirm_substitute,
    counts,
    may_confirm,
    name_substitute,
    refusal_words,
    tell_those_who_stand_in,
)
from stakeholders.actions.chase import chase
from stakeholders.actions.conditions import (
    ConditionIsOver,
    NotYourCondition,
    accept_condition,
    may_accept,
    record_evidence,
    return_condition,
    tell_lapsed,
)
from stakeholders.actions.decide import (
    AlreadyDecided,
    MayNotSign,
    OnCondition,
    PlanMoved,
    RequestClosed,
    bars_of,
    decide,
)
from stakeholders.actions.deliveries import address_works, note_refused_addresses, record_delivery, renew_link
from stakeholders.actions.hand_over import hand_over_request, rows_of, succeed, take_request_back
from stakeholders.actions.imports import NotAPlan, import_plan, read_document
from stakeholders.actions.matrix import (
    add_stakeholder,
    assign,
    change_stakeholder,
    lay_matrix,
    remove_stakeholder,
    set_quorum,
)
from stakeholders.actions.policy import POLICY_FIELDS, set_approval_policy
from stakeholders.actions.projects import start_project
from stakeholders.actions.removals import remind_of_removals
from stakeholders.actions.reports import REPORTABLE, confirm_report, deny_report, report_decision
from stakeholders.actions.rounds import NobodyToAsk, open_round, record_opened, remind, withdraw_round
from stakeholders.actions.suggest import accept_suggestion, decline_suggestion, suggest
from stakeholders.actions.take_back import RoundIsOver, take_back, to_take_back
from stakeholders.actions.talk import (
    NotOpen,
    NotTheirs,
    answer_question,
    ask_question,
    remind_me_on,
    reply,
    say_wrong_person,
)

__all__ = [
    "POLICY_FIELDS",
    "REPORTABLE",
    "AlreadyDecided",
    "ConditionIsOver",
    "MayNotSign",
    "NobodyToAsk",
    "NotAPlan",
    "NotOpen",
    "NotTheirs",
    "NotYourCondition",
    "OnCondition",
    "PlanMoved",
    "RequestClosed",
    "RoundIsOver",
    "accept_condition",
    "accept_suggestion",
    "add_stakeholder",
    "address_works",
    "answer_question",
    "ask_question",
    "assign",
    "bars_of",
    "change_stakeholder",
    "chase",
    "confirm_report",
    "confirm_substitute",
    "counts",
    "decide",
    "decline_suggestion",
    "deny_report",
    "hand_over_request",
    "import_plan",
    "lay_matrix",
    "may_accept",
    "may_confirm",
    "name_substitute",
    "note_refused_addresses",
    "open_round",
    "read_document",
    "record_delivery",
    "record_evidence",
    "record_opened",
    "refusal_words",
    "remind",
    "remind_me_on",
    "remind_of_removals",
    "remove_stakeholder",
    "renew_link",
    "reply",
    "report_decision",
    "return_condition",
    "rows_of",
    "say_wrong_person",
    "set_approval_policy",
    "set_quorum",
    "start_project",
    "succeed",
    "suggest",
    "take_back",
    "take_request_back",
    "tell_lapsed",
    "tell_those_who_stand_in",
    "to_take_back",
    "withdraw_round",
]
