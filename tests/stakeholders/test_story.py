"""What the history says of approvals: sentences, never fingerprints."""

from __future__ import annotations

from projects.rules.story import sentence


def test_a_decision_is_told_by_answer():
    what = {
        "answers": {"environment": "approve", "licences": "approve", "access": "changes"},
        "comment": "Tier 1 cannot.",
        "digests": {},
    }
    assert (
        sentence("decided", what, []) == "approved Environment, Licences; requested changes to Access: “Tier 1 cannot.”"
    )


def test_a_request_says_whom_and_until_when():
    what = {"people": [{"name": "Dana Reyes"}], "asked_for": ["stakeholders"], "due_on": "2026-11-27"}
    assert sentence("approval asked", what, []) == "asked 1 person about Stakeholders, until 27 Nov 2026 (Dana Reyes)"
    what["people"] = 2 * [{"name": "Dana Reyes", "email": "dana@contoso.example"}]
    assert sentence("approval asked", what, []) == "asked 1 person about Stakeholders, until 27 Nov 2026 (Dana Reyes)"


def test_a_refused_phase_says_how_many_blockers_stood():
    assert (
        sentence("phase refused", {"phase": "setup", "blockers": [1, 2]}, [])
        == "tried to start Setup; 2 blockers stood"
    )


def test_an_answer_about_a_row_and_one_to_somebody_who_decides_are_told_apart():
    of_the_plan = {"about": "SIEM", "code": "CON-X7GDA", "answered": "answered"}
    assert sentence("question answered", of_the_plan, []) == "answered about SIEM"
    before_deciding = {"question": "Why Splunk?", "answer": "It is there.", "request": "CON-7F3K"}
    assert sentence("question answered", before_deciding, []) == "answered “Why Splunk?”: “It is there.”"
