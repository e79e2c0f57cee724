"""Two deeds on one request at the same moment: one of them wins whole, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from projects.actions import add_row
from projects.models import Project
from projects.tables import TABLES
from readiness.actions import ask_for_approval
from stakeholders import actions
from stakeholders.models import Decision, Request, Stakeholder
from stakeholders.plan import load
from stakeholders.rules.standing import State
from stakeholders.states import standings
from tenants import clock
from tenants.models import LedgerEntry, Mail, User

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

HANA = "hana@contoso.example"
REFUSED = (
    actions.AlreadyDecided, actions.MayNotSign, actions.NotOpen, actions.NotTheirs, actions.PlanMoved,
    actions.RequestClosed, actions.RoundIsOver,
)  # fmt: skip


@pytest.fixture
def round_(project, lead, ciso):
    return ask_for_approval(
        project=project, sections=["licences"], due_on=clock.today("UTC") + timedelta(days=7), by=lead
    )


def fresh(round_) -> Request:
    return Request.objects.select_related("round__project__tenant").get(round=round_)


def decide(round_, by: User) -> Decision:
    request = fresh(round_)
    read = {"licences": request.round.project.digests["licences"]}
    return actions.decide(request=request, by=by, answers={"licences": "approve"}, read=read, authenticated_by="code")


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each came to: its result, or the refusal that it was told."""
    together = Barrier(len(deeds), timeout=20)

    def run(deed: Callable[[], Any]) -> Any:
        try:
            together.wait()
            return deed()
        except REFUSED as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def refused(results: list[Any]) -> int:
    return sum(isinstance(each, Exception) for each in results)


def state(project) -> State:
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    return standings([project], load([project]))[project.pk].signatures["licences"][0].state


@pytest.mark.parametrize("attempt", range(3))
def test_handing_over_and_deciding_at_once(project, round_, ciso, attempt):
    results = at_once(
        lambda: actions.hand_over_request(request=fresh(round_), name="Hana", email=HANA, by=ciso),
        lambda: decide(round_, ciso),
    )
    assert refused(results) == 1
    decided, handed = Decision.objects.count(), bool(fresh(round_).handed_to)
    assert (decided, handed) in {(1, False), (0, True)}


@pytest.mark.parametrize("attempt", range(3))
def test_the_person_and_their_substitute_decide_at_once(project, round_, ciso, attempt):
    today = clock.today("Europe/Dublin")
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    actions.name_substitute(row=row, name="Hana", email=HANA, first=today, last=today, by=ciso)
    hana = User.objects.get(email=HANA)
    results = at_once(lambda: decide(round_, ciso), lambda: decide(round_, hana))
    assert refused(results) == 1
    assert Decision.objects.count() == 1
    assert state(project) == State.APPROVED


@pytest.mark.parametrize("attempt", range(3))
def test_deciding_and_withdrawing_the_round_at_once(project, round_, ciso, lead, attempt):
    results = at_once(
        lambda: decide(round_, ciso), lambda: actions.withdraw_round(round_=round_, because="No.", by=lead)
    )
    decided = Decision.objects.count()
    assert refused(results) == 1 - decided
    entries = LedgerEntry.objects.of(project).filter(verb__in=["decided", "request withdrawn"]).order_by("seq")
    assert list(entries.values_list("verb", flat=True)) == ["decided"] * decided + ["request withdrawn"]
    assert Mail.objects.filter(kind="request_withdrawn").count() == 1  # whoever has answered is told too


@pytest.mark.parametrize("attempt", range(3))
def test_taking_back_and_deciding_at_once_end_in_an_order_that_the_history_tells(project, round_, ciso, attempt):
    decide(round_, ciso)

    def back() -> Decision:
        return actions.take_back(request=fresh(round_), by=ciso, because="", authenticated_by="code")

    results = at_once(back, lambda: decide(round_, ciso))
    assert refused(results) in {0, 1}
    numbers = list(Decision.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert state(project) == (State.APPROVED if len(numbers) == 3 else State.WITHDRAWN)


@pytest.mark.parametrize("attempt", range(3))
def test_posting_twice_at_once_is_one_of_each(project, round_, ciso, lead, attempt):
    assert refused(at_once(lambda: decide(round_, ciso), lambda: decide(round_, ciso))) == 1
    assert Decision.objects.count() == 1
    back = lambda: actions.take_back(request=fresh(round_), by=ciso, because="", authenticated_by="code")  # noqa: E731
    assert refused(at_once(back, back)) == 1
    question = lambda: actions.ask_question(request=fresh(round_), text="Why?", by=ciso)  # noqa: E731
    first, second = at_once(question, question)
    assert first == second
    assert LedgerEntry.objects.of(project).filter(verb="question asked").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_deciding_and_editing_at_once_end_in_one_order(project, round_, ciso, lead, attempt):
    """Whichever comes first: what was decided on is what was read, and a signature never covers an edit after it."""
    was = fresh(round_).round.project.digests["licences"]

    def edit() -> None:
        values = {"product": "mde-server", "quantity": 10}
        add_row(
            project=Project.objects.get(pk=project.pk), table=TABLES["licences", "entitlements"], values=values, by=lead
        )

    decided, _edited = at_once(lambda: decide(round_, ciso), edit)
    now = Project.objects.get(pk=project.pk).digests["licences"]
    assert now != was
    verbs = ["decided", "added"]
    order = list(LedgerEntry.objects.of(project).filter(verb__in=verbs).order_by("seq").values_list("verb", flat=True))
    if isinstance(decided, actions.PlanMoved):
        assert order[-1] == "added"
        assert Decision.objects.count() == 0
        assert state(project) == State.PENDING
    else:
        assert order[-2:] == ["decided", "added"]
        assert Decision.objects.get().digests == {"licences": was}
        assert state(project) == State.OUT_OF_DATE
