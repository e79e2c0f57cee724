from stakeholders.emails.absence import tell_decided_for, tell_handed_over, tell_stands_in, tell_substitute_named
from stakeholders.emails.chasing import STOP_DIGEST, mail_digest, mail_reminder, tell_escalated
from stakeholders.emails.conditions import tell_condition_set, tell_evidence, tell_lapsed, tell_returned
from stakeholders.emails.removals import REMOVAL_DUE, mail_removal_due
from stakeholders.emails.requests import (
    MINUTES,
    mail_all,
    mail_anew,
    mail_receipt,
    mail_withdrawn,
)
from stakeholders.emails.talk import (
    tell_answer,
    tell_denied,
    tell_disowned,
    tell_question,
    tell_reply,
    tell_reported,
    tell_suggested,
    tell_suggestion_settled,
    tell_taken_back,
    tell_wrong_person,
)
from stakeholders.emails.told import leads_of

__all__ = [
    "MINUTES",
    "REMOVAL_DUE",
    "STOP_DIGEST",
    "leads_of",
    "mail_all",
    "mail_anew",
    "mail_digest",
    "mail_receipt",
    "mail_reminder",
    "mail_removal_due",
    "mail_withdrawn",
    "tell_answer",
    "tell_condition_set",
    "tell_decided_for",
    "tell_denied",
    "tell_disowned",
    "tell_escalated",
    "tell_evidence",
    "tell_handed_over",
    "tell_lapsed",
    "tell_question",
    "tell_reply",
    "tell_reported",
    "tell_returned",
    "tell_stands_in",
    "tell_substitute_named",
    "tell_suggested",
    "tell_suggestion_settled",
    "tell_taken_back",
    "tell_wrong_person",
]
