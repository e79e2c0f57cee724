"""A question about the plan: one mail per person, an answer that is proposed, and a lead who takes it over or does not."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from projects import access, actions
from projects.models import Grant, Project, Proposal, Question, Siem
from projects.tables import TABLES
from tenants import clock, ledger
from tenants.models import LedgerEntry, Mail, User

SIEM, ENGINES, DEVICES = (TABLES["environment", name] for name in ("siem", "engines", "devices"))
State = Question.State
DUE = date(2100, 1, 15)


def ask(project, lead, table=SIEM, *, key="", email="tomas@contoso.example", name="Tomás Silva", text="Which SIEM?"):
    return actions.ask_question(
        project=project, table=table, key=key, email=email, name=name, text=text, due_on=DUE, by=lead
    )


def now(question):
    return Question.objects.select_related("project__tenant").get(pk=question.pk)


def tomas():
    return User.objects.get(email="tomas@contoso.example")


def last_entry(project):
    entry = LedgerEntry.objects.of(project).latest("seq")
    return entry.verb, json.loads(entry.body)["what"]


def test_a_question_that_is_written_down_mails_nobody_and_lets_nobody_in(project, lead):
    before = Project.objects.get(pk=project.pk).ledger_seq
    question = ask(project, lead)
    assert question.state == State.DRAFT
    assert not Mail.objects.filter(kind="questions").exists()
    assert not User.objects.filter(email="tomas@contoso.example").exists()
    assert Project.objects.get(pk=project.pk).ledger_seq == before


def test_a_person_gets_one_mail_with_all_their_questions_and_each_person_their_own(project, lead, splunk):
    ask(project, lead, key=splunk.key)
    ask(project, lead, ENGINES, text="Which engine?")
    ask(project, lead, ENGINES, email="mia@contoso.example", name="Mia Holm", text="Which engine at yours?")
    assert actions.send_questions(project=project, by=lead) == {"Tomás Silva": 2, "Mia Holm": 1}
    mails = {mail.recipient: mail.context["questions"] for mail in Mail.objects.filter(kind="questions")}
    assert [each["text"] for each in mails["tomas@contoso.example"]] == ["Which SIEM?", "Which engine?"]
    assert [each["text"] for each in mails["mia@contoso.example"]] == ["Which engine at yours?"]
    assert actions.send_questions(project=project, by=lead) == {}
    assert Mail.objects.filter(kind="questions").count() == 2


def test_a_later_mail_has_what_is_still_open_too(project, lead, asked):
    ask(project, lead, ENGINES, text="Which engine?")
    actions.send_questions(project=project, by=lead, email="tomas@contoso.example")
    newest = Mail.objects.filter(kind="questions").latest("created_at")
    assert [each["text"] for each in newest.context["questions"]] == ["Which SIEM?", "Which engine?"]
    assert now(asked).mail == newest


def test_only_the_address_that_is_sent_to_is_mailed(project, lead):
    ask(project, lead)
    mia = ask(project, lead, email="mia@contoso.example", name="Mia Holm")
    actions.send_questions(project=project, by=lead, email="tomas@contoso.example")
    assert now(mia).state == State.DRAFT
    assert [mail.recipient for mail in Mail.objects.filter(kind="questions")] == ["tomas@contoso.example"]


def test_whoever_is_asked_may_answer_and_nothing_else(project, asked):
    assert access.permissions_of(project, tomas()) == {"answer_project"}
    assert not tomas().has_usable_password()
    assert asked.title == "Splunk 9.3"
    verb, what = last_entry(project)
    assert (verb, what["person"]["name"], what["questions"][0]["title"]) == (
        "questions asked",
        "Tomás Silva",
        "Splunk 9.3",
    )


def test_an_answer_changes_nothing_until_it_is_taken_over_with_its_source(project, lead, splunk, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"}, answer="We updated in May.")
    assert Siem.objects.get(key=splunk.key).version == "9.3"
    assert now(asked).state == State.ANSWERED
    row = actions.accept_answer(question=asked, by=lead, seen=splunk.changed_seq)
    assert row is not None
    assert Siem.objects.get(key=splunk.key).version == "9.4"
    what = json.loads(LedgerEntry.objects.of(project).filter(verb="changed").latest("seq").body)["what"]
    assert (what["before"], what["after"]) == ({"version": "9.3"}, {"version": "9.4"})
    assert what["why"].startswith("answered by Tomás Silva (tomas@contoso.example) on ")
    assert what["why"].endswith(f"{asked.code}: We updated in May.")
    assert (now(asked).state, now(asked).settled_by_name) == (State.ACCEPTED, "Lena Fischer")
    project = Project.objects.get(pk=project.pk)
    assert list(project.authors["environment"]) == [lead.email]  # who accepts is the author, not who answers
    assert ledger.verify(project) == []


def test_an_answer_about_a_table_without_rows_is_added_as_one(project, lead):
    question = ask(project, lead, ENGINES)
    actions.send_questions(project=project, by=lead)
    actions.answer_question(question=question, by=tomas(), values={"engine": "jamf", "devices": 12})
    row = actions.accept_answer(question=question, by=lead)
    assert row is not None
    assert (row.engine, row.devices) == ("jamf", 12)


def test_days_and_lists_survive_being_proposed(project, lead):
    values = {"name": "Servers", "rank": 1, "granted_to": ["SOC", "SRV"]}
    groups, items = TABLES["access", "device_groups"], TABLES["timeline", "items"]
    first, second = ask(project, lead, groups), ask(project, lead, items)
    actions.send_questions(project=project, by=lead)
    actions.answer_question(question=first, by=tomas(), values=values)
    actions.answer_question(question=second, by=tomas(), values={"title": "Pilot", "due_on": date(2027, 1, 15)})
    group = actions.accept_answer(question=first, by=lead)
    item = actions.accept_answer(question=second, by=lead)
    assert (group.granted_to, item.due_on) == (["SOC", "SRV"], date(2027, 1, 15))


def test_a_row_that_moved_after_it_was_looked_at_is_not_overwritten(project, lead, splunk, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.change_row(project=project, table=SIEM, key=splunk.key, values={"version": "10.0"}, by=lead)
    with pytest.raises(actions.RowMoved):
        actions.accept_answer(question=asked, by=lead, seen=splunk.changed_seq)
    assert Siem.objects.get(key=splunk.key).version == "10.0"
    assert now(asked).state == State.ANSWERED
    assert Proposal.objects.get().state == Proposal.State.OPEN


def test_a_row_that_is_gone_is_not_made_again(project, lead, splunk, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.remove_row(project=project, table=SIEM, key=splunk.key, by=lead)
    with pytest.raises(actions.RowGone):
        actions.accept_answer(question=asked, by=lead)
    assert now(asked).state == State.ANSWERED


def test_an_answer_in_words_alone_is_settled(project, lead, asked):
    actions.answer_question(question=asked, by=tomas(), values={}, answer="It is bought by our mother company.")
    assert actions.accept_answer(question=asked, by=lead) is None
    assert now(asked).state == State.ACCEPTED
    assert LedgerEntry.objects.of(project).filter(verb="answer settled").count() == 1


def test_until_it_is_looked_at_an_answer_may_be_given_again(asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.5"}, answer="Sorry.")
    assert Proposal.objects.get().values == {"version": "9.5"}


def test_whoever_does_not_know_says_who_does_and_that_person_is_not_mailed(lead, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.say_unknown(question=asked, by=tomas(), name="Mia Holm", email="Mia@Contoso.example")
    row = now(asked)
    assert (row.state, row.ask_name, row.ask_email) == (State.UNKNOWN, "Mia Holm", "mia@contoso.example")
    assert not Proposal.objects.exists()
    assert not Mail.objects.filter(recipient="mia@contoso.example").exists()


def test_a_declined_answer_leaves_the_plan_and_the_person_reads_why(project, lead, splunk, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"}, answer="I think.")
    actions.decline_answer(question=asked, by=lead, word="The console says 9.3.")
    assert Siem.objects.get(key=splunk.key).version == "9.3"
    assert (now(asked).state, now(asked).word) == (State.DECLINED, "The console says 9.3.")
    assert Proposal.objects.get().state == Proposal.State.DECLINED
    mail = Mail.objects.get(kind="answer_declined")
    assert (mail.recipient, mail.context["word"]) == ("tomas@contoso.example", "The console says 9.3.")


@pytest.mark.parametrize("end", ["accepted", "declined", "withdrawn"])
def test_what_is_settled_stays_settled(lead, asked, end):
    if end == "withdrawn":
        actions.withdraw_question(question=asked, by=lead)
    else:
        actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    if end == "accepted":
        actions.accept_answer(question=asked, by=lead)
    if end == "declined":
        actions.decline_answer(question=asked, by=lead, word="No.")
    for deed in (
        lambda: actions.answer_question(question=asked, by=tomas(), values={"version": "9.9"}),
        lambda: actions.say_unknown(question=asked, by=tomas()),
        lambda: actions.accept_answer(question=asked, by=lead),
        lambda: actions.decline_answer(question=asked, by=lead, word="No."),
        lambda: actions.withdraw_question(question=asked, by=lead),
        lambda: actions.remind_of_questions(question=asked, by=lead),
    ):
        with pytest.raises(actions.AlreadySettled):
            deed()
    assert now(asked).state == end


def test_a_question_that_was_never_sent_is_deleted(project, lead):
    question = ask(project, lead)
    actions.withdraw_question(question=question, by=lead)
    assert not Question.objects.exists()


def test_whoever_is_asked_nothing_more_may_look_for_a_month(project, lead, asked):
    second = ask(project, lead, ENGINES)
    actions.send_questions(project=project, by=lead)
    actions.withdraw_question(question=asked, by=lead)
    grant = Grant.objects.get(user=tomas(), reason="question")
    assert grant.ends_on is None
    actions.withdraw_question(question=second, by=lead)
    grant.refresh_from_db()
    assert grant.ends_on == clock.today(project.tenant.time_zone) + timedelta(days=30)
    ask(project, lead, ENGINES)
    actions.send_questions(project=project, by=lead)
    grant.refresh_from_db()
    assert grant.ends_on is None


def test_a_person_is_reminded_at_most_once_a_day_of_all_that_is_open(project, lead, asked):
    assert not actions.remind_of_questions(question=asked, by=lead)  # asked today
    yesterday = timezone.now() - timedelta(days=1)
    Question.objects.update(asked_at=yesterday)
    Mail.objects.filter(kind="questions").update(created_at=yesterday)
    assert actions.remind_of_questions(question=asked, by=lead)
    assert not actions.remind_of_questions(question=asked, by=lead)
    newest = Mail.objects.filter(kind="questions").latest("created_at")
    assert newest.context["is_reminder"]
    assert now(asked).mail == newest


def test_whoever_asked_is_told_of_answers_once_a_day_and_person(project, lead, splunk, asked):
    second = ask(project, lead, ENGINES)
    actions.send_questions(project=project, by=lead)
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.answer_question(question=second, by=tomas(), values={}, answer="Intune.")
    mail = Mail.objects.get(kind="questions_answered")
    assert (mail.recipient, mail.context["left"]) == (lead.email, 1)


def test_in_an_archived_project_nothing_is_asked_or_answered(project, lead, asked):
    actions.archive(project=project, by=lead)
    with pytest.raises(actions.Archived):
        ask(project, lead)
    with pytest.raises(actions.Archived):
        actions.answer_question(question=asked, by=tomas(), values={}, answer="Late.")


def test_a_question_about_a_row_that_is_not_there_is_not_asked(project, lead):
    with pytest.raises(actions.RowGone):
        ask(project, lead, key="siem-none")
