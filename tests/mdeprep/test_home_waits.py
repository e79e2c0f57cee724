"""What waits for a person on home by name: conditions to accept or to meet, questions, suggested values."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from mdeprep import home
from projects import actions as plan_actions
from readiness import actions as readiness
from stakeholders import actions as stakeholder_actions
from stakeholders.models import Condition, Request, Stakeholder
from tenants import clock
from tenants.models import Mail, User
from tenants.templatetags.look import day
from tests.mdeprep.looking import DEVICES, HOME, another, text_of
from tests.stakeholders.conftest import answer, ask, request_of, signed_in

# conditions that wait for the acceptance of whoever set them


def on_condition(project, lead, ciso, due_in=10, who="Lena Fischer"):
    """Dana approves the licences on a condition that Lena is to meet."""
    stakeholder_actions.assign(project=project, key="role-ciso", email=ciso.email, name=ciso.name, by=lead)
    request = request_of(ask(project, lead, sections=("licences",)), ciso)
    until = clock.today("UTC") + timedelta(days=due_in)
    terms = stakeholder_actions.OnCondition("Buy 101 server licences", who, until)
    answer(request, ciso, "conditions", condition=terms)
    return Condition.objects.get(project=project)


def met(condition, lead):
    return stakeholder_actions.record_evidence(condition=condition, evidence="Order 4711.", by=lead)


def waits(person, condition):
    """Whether home says that the condition waits for a person, with a link to it."""
    text = text_of(person)
    is_linked = f'href="/projects/{condition.project.slug}/conditions/{condition.pk}/">Look and accept</a>' in text
    assert ("waits for your acceptance" in text) == is_linked
    return is_linked


def test_a_condition_that_was_reported_as_met_waits_for_whoever_set_it(project, lead, ciso, head_of_cdoc):
    condition = on_condition(project, lead, ciso)
    assert not waits(ciso, condition)
    met(condition, lead)
    assert [waits(person, condition) for person in (ciso, head_of_cdoc, lead)] == [True, False, False]
    text = text_of(ciso)
    assert "1 condition waits for your acceptance" in text
    assert f"says how it was done; accept it by {day(condition.due_on)}, or the approval lapses" in text
    assert "Accept: the condition is met" in text_of(ciso, f"/projects/{project.slug}/conditions/{condition.pk}/")


def test_a_condition_that_somebody_set_for_another_waits_for_both(project, lead, ciso):
    request = request_of(ask(project, lead, sections=("licences",)), ciso)
    stakeholder_actions.hand_over_request(request=request, name="Hana Sato", email="hana@contoso.example", by=ciso)
    hana = User.objects.get(email="hana@contoso.example")
    until = clock.today("UTC") + timedelta(days=10)
    terms = stakeholder_actions.OnCondition("Buy 101 server licences", "Lena Fischer", until)
    answer(request, hana, "conditions", condition=terms)
    condition = met(Condition.objects.get(), lead)
    assert [waits(person, condition) for person in (ciso, hana, lead)] == [True, True, False]
    assert ["set by Hana Sato" in text_of(person) for person in (ciso, hana)] == [True, False]


def test_a_condition_waits_no_more_once_it_is_accepted_or_sent_back(project, lead, ciso):
    condition = met(on_condition(project, lead, ciso), lead)
    stakeholder_actions.return_condition(condition=condition, because="Which order?", by=ciso)
    assert not waits(ciso, condition)
    met(condition, lead)
    assert waits(ciso, condition)
    stakeholder_actions.accept_condition(condition=condition, by=ciso)
    assert not waits(ciso, condition)


def test_a_condition_whose_day_is_over_or_whose_answer_was_taken_back_waits_for_nobody(project, lead, ciso):
    condition = met(on_condition(project, lead, ciso), lead)
    with clock.set_to(clock.now() + timedelta(days=12)):
        assert not waits(ciso, condition)
    assert waits(ciso, condition)
    request = Request.objects.get(email=ciso.email)
    stakeholder_actions.take_back(request=request, by=ciso, because="", authenticated_by="code")
    assert not waits(ciso, condition)


def test_a_condition_of_a_project_that_is_archived_or_not_theirs_any_more_waits_for_nobody(project, lead, ciso):
    condition = met(on_condition(project, lead, ciso), lead)
    plan_actions.archive(project=project, by=lead)
    assert not waits(ciso, condition)
    plan_actions.restore(project=project, by=lead)
    assert waits(ciso, condition)
    stakeholder_actions.assign(project=project, key="role-ciso", email="new@contoso.example", name="New", by=lead,
                               why="Dana left.")  # fmt: skip
    assert not waits(ciso, condition)


@pytest.mark.parametrize("projects", [1, 3])
def test_home_asks_twice_more_of_whoever_is_to_accept_conditions_however_many_they_are(
    tenant, lead, ciso, projects, django_assert_num_queries
):
    for n in range(projects):
        met(on_condition(another(tenant, lead, f"Shops {n}"), lead, ciso), lead)
    client = signed_in(ciso)
    client.get("/")
    with django_assert_num_queries(HOME + 3):  # what they have answered; which conditions, and which count
        assert f"{projects} condition" in client.get("/").content.decode()


# conditions that wait for their owner


def is_to_meet(person, condition):
    """Whether home asks a person to say how the condition was met."""
    text = text_of(person)
    is_linked = f'href="/projects/{condition.project.slug}/conditions/{condition.pk}/">Say how it was done</a>' in text
    assert ("for you to meet" in text) == is_linked
    return is_linked


def test_a_condition_waits_for_its_owner_until_they_say_how_it_was_met(project, lead, ciso, head_of_cdoc):
    condition = on_condition(project, lead, ciso)
    assert [is_to_meet(person, condition) for person in (lead, ciso, head_of_cdoc)] == [True, False, False]
    text = text_of(lead)
    assert "1 condition for you to meet" in text
    assert f"Dana Reyes approved on this condition; say how it was done by {day(condition.due_on)}" in text
    met(condition, lead)
    assert not is_to_meet(lead, condition)
    stakeholder_actions.return_condition(condition=condition, because="Which order?", by=ciso)
    assert is_to_meet(lead, condition)
    assert "Dana Reyes does not accept it yet: “Which order?”" in text_of(lead)


def test_a_condition_for_nobody_with_an_address_here_waits_for_the_lead(project, lead, ciso, editor):
    condition = on_condition(project, lead, ciso, who="The buying department")
    assert [is_to_meet(person, condition) for person in (lead, editor)] == [True, False]
    assert "to be done by The buying department" in text_of(lead)


def test_a_condition_waits_no_more_for_its_owner_once_its_day_is_over_or_its_project_archived(project, lead, ciso):
    condition = on_condition(project, lead, ciso)
    with clock.set_to(clock.now() + timedelta(days=12)):
        assert not is_to_meet(lead, condition)
    plan_actions.archive(project=project, by=lead)
    assert not is_to_meet(lead, condition)


@pytest.mark.parametrize("projects", [1, 3])
def test_home_asks_twice_more_of_whoever_is_to_meet_conditions_however_many_they_are(
    tenant, lead, ciso, projects, django_assert_num_queries
):
    for n in range(projects):
        on_condition(another(tenant, lead, f"Shops {n}"), lead, ciso)
    client = signed_in(lead)
    client.get("/")
    with django_assert_num_queries(HOME + 2):  # which they are, and which count
        assert f"{projects} condition" in client.get("/").content.decode()


# what waits for those who are asked


def test_a_request_of_which_one_wrote_everything_does_not_wait_for_one(project, lead, ciso, head_of_cdoc):
    row = {"system": "windows-server-2019", "kind": "server", "count": 100}
    ask(project, lead, sections=("environment",))
    waits = "1 request waits for you"
    assert waits in text_of(ciso)
    plan_actions.add_row(project=project, table=DEVICES, values=row, by=ciso)
    assert [waits in text_of(person) for person in (ciso, head_of_cdoc)] == [False, True]
    ask(project, lead, sections=("environment", "licences"))
    assert waits in text_of(ciso)


# substitutes whom somebody else named


def test_a_substitute_whom_the_lead_named_waits_for_the_person_until_they_say_so(project, lead, ciso, head_of_cdoc):
    today = clock.today("UTC")
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    values = {"substitute": "Hana Sato", "substitute_email": "hana@contoso.example",
              "substitute_from": today + timedelta(days=2), "substitute_until": today + timedelta(days=9)}  # fmt: skip
    stakeholder_actions.change_stakeholder(project=project, key=row.key, values=values, by=lead)
    assert not Mail.objects.filter(recipient=ciso.email).exists()  # nobody gets a mail before they are asked
    ask(project, lead, sections=("licences",))
    waits = "1 substitute waits for your word"
    assert [waits in text_of(person) for person in (ciso, head_of_cdoc, lead)] == [True, False, False]
    assert f'href="/projects/{project.slug}/substitutes/{row.key}/">Look at it</a>' in text_of(ciso)
    with clock.set_to(clock.now() + timedelta(days=12)):
        assert waits not in text_of(ciso)
    stakeholder_actions.confirm_substitute(row=Stakeholder.objects.get(pk=row.pk), by=ciso)
    assert waits not in text_of(ciso)


def test_of_an_answered_request_home_counts_what_was_answered_in_it(project, lead, ciso):
    first = Request.objects.get(round=ask(project, lead, sections=("access", "licences")), email=ciso.email)
    second = Request.objects.get(round=ask(project, lead, sections=("licences", "adoption")), email=ciso.email)
    answer(first, ciso, answers={"access": "approve"})
    answer(second, ciso)
    page = " ".join(text_of(ciso).split("What you have answered")[1].split())
    for request, said in ((first, "1 section"), (second, "2 sections")):
        before = page[: page.index(request.code)]
        assert before.rpartition("</b>: ")[2].startswith(said)


# what those who are asked say to the lead


@pytest.mark.parametrize(("section", "word", "who", "told"), [
    ("timeline", "changes", "role-ciso", "Dana Reyes asked for changes to Timeline today"),
    ("timeline", "object", "role-security-architect", "Priya Nair objects to Timeline, and nobody answered"),
    ("licences", "object", "role-security-architect", "Priya Nair objects to Licences, and nobody answered"),
])  # fmt: skip
def test_what_is_said_against_a_section_that_stops_nothing_waits_for_the_lead(
    project, lead, ciso, architect, section, word, who, told, monkeypatch
):
    monkeypatch.setattr(home, "MOST_LINES", 99)
    values = {"scope": [section]}
    stakeholder_actions.change_stakeholder(project=project, key="role-security-architect", values=values, by=lead)
    request = Request.objects.get(round=ask(project, lead, sections=(section,)), stakeholder_key=who)
    plan_actions.add_row(project=project, table=DEVICES, by=lead,
                         values={"system": "windows-server-2019", "kind": "server", "count": 100})  # fmt: skip
    by = {"role-ciso": ciso}.get(who, architect)
    said = answer(request, by, word, comment="Setup ends before Prepare does.")
    readiness.recompute(project.pk)
    assert text_of(lead).count(told) == 1
    finding = next(f for f in readiness.recompute(project.pk).payload["findings"] if f["title"] == told)
    assert (finding["severity"], finding["owner"], finding["section"]) == ("warning", lead.name, section)
    stakeholder_actions.reply(decision=said, text="Moved.", by=lead, resolves=True)
    readiness.recompute(project.pk)
    assert told not in text_of(lead)


def test_an_objection_of_whoever_looks_after_the_section_waits_for_the_lead(project, lead, ciso, architect):
    plan_actions.set_owner(project=project, section="licences", person=architect, by=lead)
    values = {"scope": ["licences"]}
    stakeholder_actions.change_stakeholder(project=project, key="role-security-architect", values=values, by=lead)
    request = Request.objects.get(
        round=ask(project, lead, sections=("licences",)), stakeholder_key="role-security-architect"
    )
    answer(request, architect, "object", comment="They end in May.")
    found = readiness.recompute(project.pk).payload["findings"]
    told = next(f for f in found if f["title"] == "Priya Nair objects to Licences, and nobody answered")
    assert told["owner"] == lead.name


def test_a_question_before_a_decision_waits_for_the_lead_and_nobody_is_offered_to_be_reminded(
    tenant, lead, project, ciso, viewer
):
    ask(project, lead, sections=("licences",))
    readiness.recompute(project.pk)
    request = Request.objects.get(email=ciso.email)
    question = stakeholder_actions.ask_question(request=request, text="Who runs them?", by=ciso)
    remind = reverse("stakeholders:remind", args=[project.slug, request.code])
    waits = "Dana Reyes has a question before answering about Licences"
    assert remind not in text_of(lead)
    overview = f"/projects/{project.slug}/"
    for path in ("/", overview):
        assert "Asked before deciding" in text_of(lead, path)
        assert remind not in text_of(lead, path)
    assert waits in text_of(lead)
    assert waits not in text_of(viewer)
    stakeholder_actions.answer_question(question=question, text="The Linux team.", by=lead)
    assert all(remind in text_of(lead, path) for path in ("/", overview))
    assert waits not in text_of(lead)


def test_a_question_of_whoever_gives_input_waits_for_the_lead_too(project, lead, ciso, architect, editor):
    asked = request_of(ask(project, lead, sections=("environment",)), architect)
    question = stakeholder_actions.ask_question(request=asked, text="Where are the Macs?", by=architect)
    waits = "Priya Nair has a question before answering about Environment"
    assert [waits in text_of(person) for person in (lead, editor)] == [True, False]
    stakeholder_actions.answer_question(question=question, text="Not counted yet.", by=lead)
    assert waits not in text_of(lead)


def test_a_question_still_waits_where_its_person_was_asked_again_before_it_was_answered(project, lead, ciso):
    first = request_of(ask(project, lead, sections=("licences",)), ciso)
    question = stakeholder_actions.ask_question(request=first, text="Who runs them?", by=ciso)
    ask(project, lead, sections=("licences",))
    first.refresh_from_db()
    assert first.closed_at
    assert "Dana Reyes has a question before answering about Licences" in text_of(lead)
    stakeholder_actions.answer_question(question=question, text="The Linux team.", by=lead)
    assert "has a question" not in text_of(lead)


def test_a_question_of_a_request_that_was_withdrawn_waits_no_more(project, lead, ciso):
    round_ = ask(project, lead, sections=("licences",))
    stakeholder_actions.ask_question(request=request_of(round_, ciso), text="Who runs them?", by=ciso)
    stakeholder_actions.withdraw_round(round_=round_, because="Too early.", by=lead)
    assert "has a question" not in text_of(lead)


def suggested(project, lead, architect, count=120):
    values = {"system": "windows-server-2019", "kind": "server", "count": 100}
    servers = plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)
    asked = request_of(ask(project, lead, sections=("environment",)), architect)
    return stakeholder_actions.suggest(
        request=asked, table=DEVICES, key=servers.key, values={"count": count}, why="My own list.", by=architect
    )


def test_a_suggested_value_waits_for_the_lead_until_it_is_settled(project, lead, ciso, architect, editor):
    proposal = suggested(project, lead, architect)
    waits = "Priya Nair suggests another value in Environment"
    assert [waits in text_of(person) for person in (lead, editor, architect)] == [True, False, False]
    stakeholder_actions.decline_suggestion(proposal=proposal, by=lead)
    assert waits not in text_of(lead)


def test_home_asks_once_more_of_a_lead_to_whom_values_are_suggested(
    project, lead, ciso, architect, django_assert_num_queries
):
    suggested(project, lead, architect)
    readiness.recompute(project.pk)
    client = signed_in(lead)
    client.get("/")
    with django_assert_num_queries(HOME + 3):  # which they are; and of the request to Dana, what became of its mail
        assert "suggests another value" in client.get("/").content.decode()


def test_whoever_waits_for_many_reads_how_many_are_not_shown(tenant, lead, ciso, head_of_cdoc):
    for n in range(5):
        project = another(tenant, lead, f"Shops {n}", servers=3)
        for key, person in (("role-ciso", ciso), ("role-head-of-cdoc", head_of_cdoc)):
            stakeholder_actions.assign(project=project, key=key, email=person.email, name=person.name, by=lead)
        ask(project, lead, sections=("licences",))
        readiness.recompute(project.pk)
    others = text_of(lead).partition("Waiting for others")[2]
    assert others.startswith(" (10)")
    assert "and 2 more, on the pages of the projects" in others
