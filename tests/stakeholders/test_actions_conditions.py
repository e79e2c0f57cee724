"""A condition is a thing of its own: evidence, acceptance, and the day on which an approval lapses with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from projects.models import Project
from stakeholders import actions
from stakeholders.models import Condition, Decision, Stakeholder
from stakeholders.plan import load
from stakeholders.rules.standing import State
from stakeholders.states import standings
from tenants import clock
from tenants.models import LedgerEntry, Mail, User
from tests.stakeholders.conftest import answer, ask, request_of, signed_in


def state_of(project, section="licences", row="role-ciso"):
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    found = standings([project], load([project]))[project.pk].signatures[section]
    return next(signature.state for signature in found if signature.row.key == row)


def told(email):
    return [
        mail.context["subject"] for mail in Mail.objects.filter(recipient=email, kind="told").order_by("created_at")
    ]


@pytest.fixture
def until():
    return clock.today("UTC") + timedelta(days=10)


@pytest.fixture
def condition(asked, ciso, until):
    terms = actions.OnCondition("Buy 101 server licences", "Lena Fischer", until)
    answer(request_of(asked, ciso), ciso, "conditions", condition=terms)
    return Condition.objects.get()


def test_a_condition_knows_its_owner_by_name_and_they_are_told(condition, lead):
    assert (condition.who_email, condition.sections) == (lead.email, ["environment", "licences"])
    assert told(lead.email) == [f"A condition to meet by {condition.due_on:%a} {condition.due_on.day} "
                                f"{condition.due_on:%b}: Contoso Endpoint 2027"]  # fmt: skip


def test_an_owner_who_was_named_by_their_address_is_called_by_their_name(asked, ciso, lead, until):
    answer(request_of(asked, ciso), ciso, "conditions", condition=actions.OnCondition("Count", lead.email, until))
    condition = Condition.objects.get()
    assert (condition.who, condition.who_email) == (lead.name, lead.email)


def test_a_condition_of_somebody_unknown_is_the_leads(asked, ciso, lead, until):
    answer(request_of(asked, ciso), ciso, "conditions", condition=actions.OnCondition("Count", "The reseller", until))
    assert Condition.objects.get().who_email == ""
    assert len(told(lead.email)) == 1


def test_a_condition_with_evidence_that_is_accepted_is_an_approval(condition, project, lead, ciso):
    assert state_of(project) == State.CONDITIONAL
    actions.record_evidence(condition=condition, evidence="Order 4711.", by=lead)
    assert told(ciso.email)[-1] == "Is your condition met? Contoso Endpoint 2027"
    assert state_of(project) == State.CONDITIONAL
    actions.accept_condition(condition=condition, by=ciso)
    assert state_of(project) == State.APPROVED


def test_only_whoever_set_it_accepts_it(condition, lead, head_of_cdoc):
    actions.record_evidence(condition=condition, evidence="Order 4711.", by=lead)
    for person in (lead, head_of_cdoc):
        with pytest.raises(actions.NotYourCondition):
            actions.accept_condition(condition=condition, by=person)
        with pytest.raises(actions.NotYourCondition):
            actions.return_condition(condition=condition, because="No.", by=person)
    condition.refresh_from_db()
    assert condition.accepted_at is None


def test_evidence_that_is_not_enough_goes_back_with_the_reason(condition, lead, ciso):
    actions.record_evidence(condition=condition, evidence="Soon.", by=lead)
    with pytest.raises(ValidationError):
        actions.return_condition(condition=condition, because=" ", by=ciso)
    actions.return_condition(condition=condition, because="I want the order number.", by=ciso)
    condition.refresh_from_db()
    assert condition.evidence_at is None
    assert told(lead.email)[-1] == "Not met yet: a condition of Contoso Endpoint 2027"
    actions.record_evidence(condition=condition, evidence="Order 4711.", by=lead)
    condition.refresh_from_db()
    assert (condition.returned_because, condition.evidence) == ("", "Order 4711.")


def test_the_approval_lapses_the_day_after_and_both_are_mailed_once(condition, project, lead, ciso, until):
    with time_machine.travel(f"{until} 12:00", tick=False):
        actions.tell_lapsed()
        assert state_of(project) == State.CONDITIONAL
        assert not [each for each in told(ciso.email) if "lapsed" in each]
    with time_machine.travel(f"{until + timedelta(days=1)} 12:00", tick=False):
        assert state_of(project) == State.LAPSED
        actions.tell_lapsed()
        actions.tell_lapsed()
    for person in (ciso, lead):
        assert told(person.email).count("An approval lapsed: Contoso Endpoint 2027") == 1
    entry = LedgerEntry.objects.of(project).get(verb="approval lapsed")
    assert '"asked_for":["environment","licences"]' in entry.body
    assert not entry.is_material


def test_after_its_day_nothing_revives_it(condition, project, lead, ciso, until):
    with time_machine.travel(f"{until + timedelta(days=1)} 12:00", tick=False):
        with pytest.raises(actions.ConditionIsOver):
            actions.record_evidence(condition=condition, evidence="Late.", by=lead)
        with pytest.raises(actions.ConditionIsOver):
            actions.accept_condition(condition=condition, by=ciso)
        assert state_of(project) == State.LAPSED


def test_a_condition_that_was_met_stays_met(condition, project, ciso, until):
    actions.accept_condition(condition=condition, by=ciso)
    with time_machine.travel(f"{until + timedelta(days=30)} 12:00", tick=False):
        actions.tell_lapsed()
        assert state_of(project) == State.APPROVED
    assert not [each for each in told(ciso.email) if "lapsed" in each]


def test_nobody_is_mailed_about_the_condition_of_an_answer_that_was_taken_back(condition, asked, ciso, until):
    actions.take_back(request=request_of(asked, ciso), by=ciso, because="", authenticated_by="code")
    with time_machine.travel(f"{until + timedelta(days=1)} 12:00", tick=False):
        actions.tell_lapsed()
    assert not [each for each in told(ciso.email) if "lapsed" in each]
    assert Decision.objects.count() == 2


def test_a_condition_of_an_answer_that_was_taken_back_is_no_longer_asked_for(condition, asked, ciso, lead):
    actions.take_back(request=request_of(asked, ciso), by=ciso, because="", authenticated_by="code")
    assert actions.replaced([condition]) == {condition.pk}
    with pytest.raises(actions.ConditionIsOver):
        actions.record_evidence(condition=condition, evidence="Order 4711.", by=lead)
    with pytest.raises(actions.ConditionIsOver):
        actions.accept_condition(condition=condition, by=ciso)


def test_a_condition_of_which_one_section_still_rests_on_it_is_asked_for(condition, project, asked, ciso, head_of_cdoc):
    answer(request_of(asked, head_of_cdoc), head_of_cdoc)
    assert actions.replaced([condition]) == set()


def test_a_condition_that_lapsed_stays_not_met_once_that_role_has_answered_anew(
    condition, project, ciso, lead, head_of_cdoc, until
):
    with time_machine.travel(f"{until + timedelta(days=1)} 12:00", tick=False):
        again = ask(project, lead, sections=("environment", "licences"))
        answer(request_of(again, ciso), ciso)
        assert actions.replaced([condition]) == set()
        page = signed_in(lead).get(f"/projects/{project.slug}/approvals/conditions/").content.decode()
        assert "Not met in time" in page
        assert "No longer asked for" not in page
        own = signed_in(lead).get(f"/projects/{project.slug}/conditions/{condition.pk}/").content.decode()
        assert "it was answered anew since" in own


# who is told


def test_its_owner_reads_that_it_was_accepted(condition, lead, ciso):
    actions.record_evidence(condition=condition, evidence="Order 4711.", by=lead)
    actions.accept_condition(condition=condition, by=ciso)
    assert told(lead.email)[-1] == "A condition is met: Contoso Endpoint 2027"


def test_its_owner_reads_that_the_answer_was_taken_back(condition, asked, lead, ciso):
    actions.take_back(request=request_of(asked, ciso), by=ciso, because="", authenticated_by="code")
    assert "A condition is not asked for any more: Contoso Endpoint 2027" in told(lead.email)


def test_when_it_lapses_the_leads_read_it_too(asked, project, ciso, editor, lead, until):
    answer(request_of(asked, ciso), ciso, "conditions", condition=actions.OnCondition("Count", editor.email, until))
    with time_machine.travel(clock.now() + timedelta(days=20)):
        actions.tell_lapsed()
        actions.tell_lapsed()
    lapsed = "An approval lapsed: Contoso Endpoint 2027"
    assert [told(person.email).count(lapsed) for person in (ciso, editor, lead)] == [1, 1, 1]


def test_a_condition_that_a_substitute_set_is_accepted_by_the_person_who_is_asked_too(
    asked, project, ciso, lead, until
):
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    today = clock.today("Europe/Dublin")
    actions.name_substitute(row=row, name="Hana", email="hana@contoso.example", first=today, last=until, by=ciso)
    hana = User.objects.get(email="hana@contoso.example")
    terms = actions.OnCondition("Buy 101 server licences", "Lena Fischer", until)
    answer(request_of(asked, ciso), hana, "conditions", condition=terms)
    actions.record_evidence(condition=Condition.objects.get(), evidence="Order 4711.", by=lead)
    wanted = "Is your condition met? Contoso Endpoint 2027"
    assert [told(person.email).count(wanted) for person in (ciso, hana)] == [1, 1]
    actions.accept_condition(condition=Condition.objects.get(), by=ciso)
    assert state_of(project) == State.APPROVED
