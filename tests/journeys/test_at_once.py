"""The last two signatures at the same moment: both count, and the section ends signed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from projects.models import Project
from readiness.actions import ask_for_approval, present_verdict
from stakeholders.actions import decide
from stakeholders.models import Decision, Request
from stakeholders.plan import load
from stakeholders.states import standings
from tenants import clock
from tenants.models import User

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("attempt", range(3))
def test_two_last_signatures_at_once_leave_the_section_signed_and_the_verdict_right(
    project, lead, ciso, head_of_cdoc, attempt
):
    due_on = clock.today("UTC") + timedelta(days=7)
    round_ = ask_for_approval(project=project, sections=["licences"], due_on=due_on, by=lead)
    both = Barrier(2, timeout=20)

    def sign(person: User) -> int:
        try:
            request = Request.objects.get(round=round_, email=person.email)
            request.round.project = Project.objects.get(pk=project.pk)
            read = {"licences": request.round.project.digests["licences"]}
            both.wait()
            return decide(
                request=request, by=person, answers={"licences": "approve"}, read=read, authenticated_by="code"
            ).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(sign, [ciso, head_of_cdoc]))

    assert set(Decision.objects.values_list("pk", flat=True)) == set(rows)
    project = Project.objects.select_related("tenant", "lead").get(pk=project.pk)
    standing = standings([project], load([project]))[project.pk]
    assert standing.is_signed("licences")
    assert project.signed_off["licences"] == project.digests["licences"]  # whoever changes it next is its first author
    verdict = present_verdict(project)
    assert verdict.ledger_seq == project.ledger_seq
    assert {f["state"] for f in verdict.payload["findings"] if f["id"] == "licences_is_approved"} == {"pass"}
