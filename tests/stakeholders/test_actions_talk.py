"""What is said around an answer: threads, questions, another day, the wrong person, reported, taken back."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from projects.models import Project
from readiness.actions import present_verdict
from stakeholders import actions
from stakeholders.models import Decision, Question, Reply, Report, Request, Stakeholder
from stakeholders.plan import load
from stakeholders.rules.standing import State
from stakeholders.states import standings
from tenants import canonical, clock
from tenants.models import LedgerEntry, Mail
from tests.stakeholders.conftest import answer, ask, change, request_of

TODAY = clock.today("Europe/Dublin")


def subjects(email):
    return [
        mail.context["subject"] for mail in Mail.objects.filter(recipient=email, kind="told").order_by("created_at")
    ]


def states(project, section="environment"):
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    return {s.row.key: s.state for s in standings([project], load([project]))[project.pk].signatures[section]}


def findings(project):
    project = Project.objects.select_related("tenant", "lead").get(pk=project.pk)
    return {f["id"]: f for f in present_verdict(project).payload["findings"] if f["state"] == "fail"}


# Threads ---------------------------------------------------------------------------------------------------------
def test_an_answer_to_requested_changes_turns_the_blocker_into_ask_again(asked, project, editor, ciso):
    decision = answer(request_of(asked, ciso), ciso, "changes", comment="Count the tills.")
    before = findings(project)["environment_is_approved:changes-role-ciso"]
    assert "nobody answered" in before["title"] or "today" in before["title"]
    assert next(deed["label"] for deed in before["deeds"]) == "Answer"
    actions.reply(decision=decision, text="Done: 310 tills.", by=editor)
    after = findings(project)["environment_is_approved:changes-role-ciso"]
    assert after["title"] == "Dana Reyes was answered about Environment, and has not been asked again"
    assert next(deed["label"] for deed in after["deeds"]) == "Ask again"
    assert subjects(ciso.email) == ["Priya Nair answered what you said: Contoso Endpoint 2027"]
    assert states(project)["role-ciso"] == State.CHANGES


def test_the_blocker_of_requested_changes_names_whose_turn_it_is(asked, project, servers, editor, lead, ciso):
    """First theirs who write, then the lead's who asks again, then that of whoever asked for the changes."""
    answer(request_of(asked, ciso), ciso, "changes", comment="Count the tills.")
    change(project, servers, editor, count=310)
    changed = findings(project)["environment_is_approved:changes-role-ciso"]
    assert changed["title"] == (
        "Environment was changed since Dana Reyes asked for changes, and Dana Reyes has not been asked again"
    )
    assert [deed["label"] for deed in changed["deeds"]] == ["Ask again", "See the difference"]
    ask(project, lead, ("environment",))
    waits = findings(project)["environment_is_approved"]
    assert waits["title"] == "The approval of Environment waits for Dana Reyes and Marcus Webb"
    assert "environment_is_approved:changes-role-ciso" not in findings(project)


def test_the_same_reply_twice_is_one_and_one_mail(asked, editor, ciso):
    decision = answer(request_of(asked, ciso), ciso, "changes", comment="Count the tills.")
    for _ in range(2):
        actions.reply(decision=decision, text="Done.", by=editor, resolves=True)
    assert Reply.objects.count() == 1
    assert len(subjects(ciso.email)) == 1
    with pytest.raises(ValidationError):
        actions.reply(decision=decision, text="  ", by=editor)


def test_replies_are_read_with_the_signature(asked, project, editor, ciso):
    decision = answer(request_of(asked, ciso), ciso, "changes", comment="Count the tills.")
    actions.reply(decision=decision, text="Done.", by=editor, resolves=True)
    found = standings([project], load([project]))[project.pk]
    vote = found.votes[0]
    assert (vote.answered.text, vote.is_resolved) == ("Done.", True)


# Questions, another day, the wrong person ----------------------------------------------------------------------------
def test_a_question_pauses_reminders_until_it_is_answered(asked, lead, ciso):
    request = request_of(asked, ciso)
    question = actions.ask_question(request=request, text="Which tills?", by=ciso)
    assert actions.ask_question(request=request, text="Which tills?", by=ciso) == question
    assert subjects(lead.email) == ["A question from Dana Reyes before deciding: Contoso Endpoint 2027"]
    assert not actions.remind(request=request, by=lead)
    assert not Request.objects.to_remind(TODAY).filter(pk=request.pk).exists()
    actions.answer_question(question=question, text="Those in Cork.", by=lead)
    actions.answer_question(question=question, text="Another answer.", by=lead)
    assert Question.objects.get().answer == "Those in Cork."
    assert subjects(ciso.email) == ["Lena Fischer answered your question: Contoso Endpoint 2027"]
    assert actions.remind(request=request, by=lead)


def test_reminders_wait_for_the_day_that_was_chosen(asked, ciso):
    request = request_of(asked, ciso)
    with pytest.raises(ValidationError):
        actions.remind_me_on(request=request, day=TODAY, by=ciso)
    actions.remind_me_on(request=request, day=TODAY + timedelta(days=3), by=ciso)
    rows = Request.objects.filter(pk=request.pk)
    assert not rows.to_remind(TODAY + timedelta(days=2)).exists()
    assert rows.to_remind(TODAY + timedelta(days=3)).exists()


def test_the_wrong_person_says_so_once_and_the_lead_sees_it(asked, project, lead, ciso, head_of_cdoc):
    request = request_of(asked, ciso)
    with pytest.raises(actions.NotTheirs):
        actions.say_wrong_person(request=request, says="", by=head_of_cdoc)
    for _ in range(2):
        actions.say_wrong_person(request=request, says="Ask Hana Sato.", by=ciso)
    assert subjects(lead.email) == ["Dana Reyes is not the right person to ask: Contoso Endpoint 2027"]
    found = findings(project)["asked_people_are_right:role-ciso"]
    assert (found["severity"], found["quote"]) == ("blocker", "Ask Hana Sato.")
    assert not actions.remind(request=request, by=lead)


def test_nothing_of_this_is_for_others_nor_for_a_request_that_is_answered(asked, ciso, lead, head_of_cdoc):
    request = request_of(asked, ciso)
    with pytest.raises(actions.NotTheirs):
        actions.ask_question(request=request, text="?", by=head_of_cdoc)
    with pytest.raises(actions.NotTheirs):
        actions.remind_me_on(request=request, day=TODAY + timedelta(days=3), by=lead)
    answer(request, ciso)
    for deed in (
        lambda: actions.ask_question(request=request, text="?", by=ciso),
        lambda: actions.remind_me_on(request=request, day=TODAY + timedelta(days=3), by=ciso),
        lambda: actions.say_wrong_person(request=request, says="", by=ciso),
        lambda: actions.hand_over_request(request=request, name="H", email="h@contoso.example", by=ciso),
    ):
        with pytest.raises(actions.NotOpen):
            deed()


# Reported from elsewhere -------------------------------------------------------------------------------------------
def report(asked, ciso, lead, **more):
    values = {"answer": "approve", "decided_on": TODAY, "place": "Steering committee", **more}
    return actions.report_decision(request=request_of(asked, ciso), by=lead, **values)


def test_a_reported_decision_counts_for_nothing_until_it_is_confirmed(asked, project, lead, ciso):
    row = report(asked, ciso, lead)
    assert states(project)["role-ciso"] == State.PENDING
    assert not Decision.objects.exists()
    assert subjects(ciso.email) == ["Did you decide this? Contoso Endpoint 2027"]
    decision = actions.confirm_report(report=row, by=ciso, authenticated_by="code")
    assert states(project)["role-ciso"] == State.APPROVED
    assert (decision.reported["place"], decision.reported["by"]) == ("Steering committee", "Lena Fischer")
    assert (decision.email, decision.authenticated_by) == (ciso.email, "code")


def test_nobody_else_confirms_it(asked, lead, ciso, head_of_cdoc, superuser):
    row = report(asked, ciso, lead)
    for person in (lead, head_of_cdoc, superuser):
        with pytest.raises(actions.NotTheirs):
            actions.confirm_report(report=row, by=person, authenticated_by="code")
    assert not Decision.objects.exists()


def test_who_did_not_decide_it_says_so_and_the_request_is_open(asked, project, lead, ciso):
    row = report(asked, ciso, lead)
    actions.deny_report(report=row, by=ciso)
    assert subjects(lead.email)[-1] == "Dana Reyes did not decide that: Contoso Endpoint 2027"
    assert states(project)["role-ciso"] == State.PENDING
    with pytest.raises(actions.NotOpen):
        actions.confirm_report(report=row, by=ciso, authenticated_by="code")


def test_what_moved_since_cannot_be_confirmed(asked, project, lead, ciso, editor, servers):
    row = report(asked, ciso, lead)
    change(project, servers, editor, count=200)
    with pytest.raises(actions.PlanMoved):
        actions.confirm_report(report=row, by=ciso, authenticated_by="code")
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_of_the_file_only_the_fingerprint_is_kept(asked, lead, ciso):
    digest = canonical.fingerprint_of_file(io.BytesIO(b"Minutes: approved."))
    row = report(asked, ciso, lead, file_name="minutes.pdf", file_digest=digest)
    assert len(row.file_digest) == 64
    assert b"Minutes" not in b"".join(str(field).encode() for field in Report.objects.values_list()[0])


@pytest.mark.parametrize("wrong", [
    {"place": " "}, {"answer": "conditions"}, {"answer": "noted"}, {"answer": "changes"},
    {"decided_on": TODAY + timedelta(days=2)},
])  # fmt: skip
def test_a_report_that_lacks_something_is_refused(asked, ciso, lead, wrong):
    with pytest.raises(ValidationError):
        report(asked, ciso, lead, **wrong)


def test_a_new_report_replaces_the_one_that_waits(asked, ciso, lead):
    report(asked, ciso, lead)
    report(asked, ciso, lead, answer="changes", comment="Count again.")
    assert Report.objects.filter(confirmed_at=None, denied_at=None).count() == 1


# Taken back --------------------------------------------------------------------------------------------------------
def back(asked, person, by=None):
    return actions.take_back(
        request=request_of(asked, person), by=by or person, because="I misread it.", authenticated_by="code"
    )


def test_an_answer_is_taken_back_by_a_new_row_and_the_request_is_open_again(asked, project, lead, ciso):
    first = answer(request_of(asked, ciso), ciso)
    row = back(asked, ciso)
    assert Decision.objects.get(pk=first.pk).answers == first.answers
    assert (row.number, set(row.answers.values())) == (2, {"withdrawn"})
    assert states(project)["role-ciso"] == State.WITHDRAWN
    assert request_of(asked, ciso).open_sections() == ["environment", "licences"]
    assert "Dana Reyes took an answer back: Contoso Endpoint 2027" in subjects(lead.email)
    assert findings(project)["environment_is_approved:taken-back-role-ciso"]["quote"] == "I misread it."
    answer(request_of(asked, ciso), ciso)
    assert states(project)["role-ciso"] == State.APPROVED


def test_only_ones_own_answer_is_taken_back(asked, ciso, lead, head_of_cdoc, superuser):
    answer(request_of(asked, ciso), ciso)
    for person in (lead, head_of_cdoc, superuser):
        with pytest.raises(actions.NotTheirs):
            back(asked, ciso, by=person)
    with pytest.raises(actions.NotTheirs):
        back(asked, head_of_cdoc)


def test_a_person_takes_back_what_was_decided_for_them(asked, project, ciso):
    actions.hand_over_request(request=request_of(asked, ciso), name="Hana", email="hana@contoso.example", by=ciso)
    from tenants.models import User

    answer(request_of(asked, ciso), User.objects.get(email="hana@contoso.example"))
    back(asked, ciso)
    assert states(project)["role-ciso"] == State.WITHDRAWN


def test_once_the_request_is_over_what_was_answered_stands(asked, project, lead, ciso, head_of_cdoc):
    answer(request_of(asked, ciso), ciso)
    back(asked, ciso)
    with pytest.raises(actions.RoundIsOver):
        back(asked, ciso)
    answer(request_of(asked, ciso), ciso)
    actions.withdraw_round(round_=asked, because="Not yet.", by=lead)
    with pytest.raises(actions.RoundIsOver):
        back(asked, ciso)


def test_a_newer_request_for_a_section_closes_the_older_for_that_section(asked, project, lead, ciso, editor, servers):
    answer(request_of(asked, ciso), ciso)
    change(project, servers, editor, count=200)
    ask(project, lead, sections=("environment",))
    request = Request.objects.select_related("round").get(round=asked, email=ciso.email)
    assert actions.to_take_back(request, project) == ["licences"]


def test_after_the_phase_was_left_nothing_is_taken_back(asked, project, lead, ciso):
    from projects.actions import move_phase
    from projects.document.choices import Phase

    answer(request_of(asked, ciso), ciso)
    move_phase(project=project, to=Phase.SETUP, by=lead)
    with pytest.raises(actions.RoundIsOver):
        back(asked, ciso)


def test_an_answer_given_after_the_phase_was_left_can_be_taken_back(asked, project, lead, ciso):
    from projects.actions import move_phase
    from projects.document.choices import Phase

    move_phase(project=project, to=Phase.SETUP, by=lead)
    answer(request_of(asked, ciso), ciso)
    assert back(asked, ciso).answers == {"environment": "withdrawn", "licences": "withdrawn"}


@pytest.mark.parametrize(("who", "word"), [("ciso", "changes"), ("architect", "object")])
def test_a_no_is_mailed_to_the_leads_and_a_yes_is_not(asked, lead, ciso, head_of_cdoc, architect, who, word):
    person = {"ciso": ciso, "architect": architect}[who]
    answer(request_of(asked, head_of_cdoc), head_of_cdoc)
    decision = answer(request_of(asked, person), person, word, comment="Count again.")
    told = Mail.objects.get(recipient=lead.email, kind="told")
    assert told.context["subject"].startswith(f"{person.name} does not agree with ")
    assert told.context["quote"] == "Count again."
    assert told.context["url"].endswith(f"/approvals/said/#row-said-{decision.pk}")


# Not me --------------------------------------------------------------------------------------------------------------
def disowned(asked, person, by=None, says=""):
    return actions.disown(request=request_of(asked, person), by=by or person, says=says, authenticated_by="code")


def test_an_answer_that_was_not_mine_is_set_aside_and_leads_and_administrators_are_told(
    asked, project, lead, admin, ciso
):
    answer(request_of(asked, ciso), ciso)
    receipt = Mail.objects.get(kind="receipt", recipient=ciso.email)
    assert receipt.context["not_me_url"].endswith(f"/d/{request_of(asked, ciso).code}")
    row = disowned(asked, ciso, says="I was on a plane.")
    assert row.comment == "This answer was not mine. I was on a plane."
    assert states(project)["role-ciso"] == State.WITHDRAWN
    told = "Dana Reyes did not give an answer that stands in their name: Contoso Endpoint 2027"
    for person in (lead, admin):
        assert told in subjects(person.email)
    assert told not in subjects(ciso.email)
    words = Mail.objects.filter(recipient=admin.email, kind="told").latest("created_at").context["lines"]
    assert "It was given by Dana Reyes, signed in with a code sent to dana@contoso.example." in words
    entry = LedgerEntry.objects.of(project).latest("seq")
    assert '"is_disowned":true' in entry.body
    assert request_of(asked, ciso).open_sections() == ["environment", "licences"]


def test_it_is_set_aside_after_the_request_is_over_too_but_not_after_a_fortnight(asked, project, lead, ciso):
    given = answer(request_of(asked, ciso), ciso)
    actions.withdraw_round(round_=asked, because="Not yet.", by=lead)
    day = timedelta(days=1)
    with clock.set_to(given.decided_at + 14 * day + timedelta(minutes=1)), pytest.raises(actions.RoundIsOver):
        disowned(asked, ciso)
    with clock.set_to(given.decided_at + 13 * day):
        disowned(asked, ciso)
    assert states(project)["role-ciso"] == State.WITHDRAWN


def test_what_was_answered_anew_since_is_not_set_aside(asked, project, lead, editor, ciso, servers):
    answer(request_of(asked, ciso), ciso)
    change(project, servers, editor, count=200)
    answer(request_of(ask(project, lead, sections=("environment",)), ciso), ciso)
    old = Request.objects.select_related("round__project").get(round=asked, email=ciso.email)
    row = actions.disown(request=old, by=ciso, says="", authenticated_by="code")
    assert set(row.answers) == {"licences"}
    assert states(project)["role-ciso"] == State.APPROVED


def test_nobody_sets_aside_the_answer_of_another(asked, lead, admin, ciso, head_of_cdoc, superuser):
    answer(request_of(asked, ciso), ciso)
    for person in (lead, admin, head_of_cdoc, superuser):
        with pytest.raises(actions.NotTheirs):
            disowned(asked, ciso, by=person)


def test_a_person_sets_aside_what_a_substitute_answered_and_the_substitute_is_told(asked, project, ciso):
    actions.hand_over_request(request=request_of(asked, ciso), name="Hana", email="hana@contoso.example", by=ciso)
    from tenants.models import User

    answer(request_of(asked, ciso), User.objects.get(email="hana@contoso.example"))
    disowned(asked, ciso)
    assert states(project)["role-ciso"] == State.WITHDRAWN
    assert any("did not give an answer" in each for each in subjects("hana@contoso.example"))


def test_a_receipt_names_every_answer(asked, ciso):
    request = request_of(asked, ciso)
    answer(request, ciso, answers={"environment": "approve", "licences": "changes"}, comment="Count again.")
    context = Mail.objects.get(kind="receipt").context
    told = {context["answer"]: context["sections"]} | {each["answer"]: each["sections"] for each in context["others"]}
    assert told == {"approved": ["Environment"], "changes": ["Licences"]}


def test_a_removed_row_and_a_deleted_person_leave_every_decision_readable(asked, project, lead, ciso, head_of_cdoc):
    answer(request_of(asked, ciso), ciso, comment="Fine.")
    back(asked, ciso)
    actions.remove_stakeholder(project=project, key="role-ciso", by=lead, why="Reorganised.")
    ciso.delete()
    rows = list(Decision.objects.order_by("number"))
    assert [(row.name, row.email, row.role) for row in rows] == [
        ("Dana Reyes", "dana@contoso.example", "Chief Information Security Officer (CISO)")
    ] * 2
    assert not Stakeholder.objects.filter(project=project, key="role-ciso").exists()
    assert LedgerEntry.objects.of(project).filter(verb="decided").count() == 2
