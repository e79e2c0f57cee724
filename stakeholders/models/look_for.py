"""What is worth looking for on behalf of a person, asked at each look at home."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from tenants.models import User

_LOOK_FOR = """
    SELECT EXISTS (SELECT 1 FROM stakeholders_standin WHERE email = %(email)s),
           EXISTS (
               SELECT 1 FROM stakeholders_condition condition
               WHERE accepted_at IS NULL AND evidence_at IS NOT NULL AND (
                   set_by_email = %(email)s OR EXISTS (
                       SELECT 1 FROM stakeholders_decision decision
                       WHERE decision.id = condition.decision_id AND decision.for_email = %(email)s))),
           EXISTS (
               SELECT 1 FROM stakeholders_condition condition
               WHERE accepted_at IS NULL AND evidence_at IS NULL AND (
                   who_email = %(email)s OR who_email = '' AND EXISTS (
                       SELECT 1 FROM projects_project project
                       WHERE project.id = condition.project_id AND project.lead_id = %(user)s))),
           EXISTS (
               SELECT 1 FROM stakeholders_question question
               WHERE answered_at IS NULL AND EXISTS (
                   SELECT 1 FROM stakeholders_request request
                   JOIN stakeholders_round round ON round.id = request.round_id
                   JOIN projects_project project ON project.id = round.project_id
                   WHERE request.id = question.request_id AND project.lead_id = %(user)s)),
           EXISTS (
               SELECT 1 FROM projects_proposal proposal
               WHERE state = 'open' AND question_id IS NULL AND EXISTS (
                   SELECT 1 FROM projects_project project
                   WHERE project.id = proposal.project_id AND project.lead_id = %(user)s)),
           EXISTS (
               SELECT 1 FROM stakeholders_request
               WHERE answered_at IS NOT NULL AND (email = %(email)s OR (handed_to = %(email)s AND handed_to > ''))),
           EXISTS (
               SELECT 1 FROM stakeholders_stakeholder stakeholder
               WHERE email = %(email)s AND substitute_email > '' AND NOT EXISTS (
                   SELECT 1 FROM stakeholders_standin stand_in
                   WHERE stand_in.stakeholder_id = stakeholder.id AND stand_in.email = stakeholder.substitute_email))
"""
"""Written out: Django takes ten times as long to compose it as a database to answer it. Each part begins with the few
rows that are open, never with the many projects of a lead."""


class LookFor(NamedTuple):
    """Of nearly nobody any is true: what it is about is then not asked for at all."""

    stands_in: bool
    """For somebody, on whatever days."""
    may_accept: bool
    """There is a condition that was told as met, and that the person may accept."""
    is_to_meet: bool
    """There is a condition that the person has not said yet how they met."""
    is_to_answer: bool
    """There is a question about a request of a project that the person leads."""
    is_to_settle: bool
    """There is a value that somebody suggests for such a project."""
    has_answered: bool
    """A request that was put to the person, or handed to them, was answered."""
    is_to_confirm: bool
    """Somebody else named a substitute for the person, who does not count yet."""


def look_for(user: User) -> LookFor:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_FOR, {"email": user.email, "user": user.pk})
        return LookFor(*map(bool, cursor.fetchone()))
