"""What is worth looking for on behalf of a person, asked at each look at home."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from tenants.models import User

_LOOK_FOR = """
    SELECT EXISTS (SELECT 1 FROM stakeholders_standin WHERE email = %s),
           EXISTS (
               SELECT 1 FROM stakeholders_condition condition
               WHERE accepted_at IS NULL AND evidence_at IS NOT NULL AND (
                   set_by_email = %s OR EXISTS (
                       SELECT 1 FROM stakeholders_decision decision
                       WHERE decision.id = condition.decision_id AND decision.for_email = %s)))
"""
"""Written out: Django takes ten times as long to compose it as a database to answer it."""


class LookFor(NamedTuple):
    """Of nearly nobody either is true: what it is about is then not asked for at all."""

    stands_in: bool
    """For somebody, on whatever days."""
    may_accept: bool
    """There is a condition that was told as met, and that the person may accept."""


def look_for(user: User) -> LookFor:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_FOR, [user.email, user.email, user.email])
        stands_in, may_accept = cursor.fetchone()
    return LookFor(bool(stands_in), bool(may_accept))
