"""The other side: one page with all questions, answered after a code by mail; the upload page; nothing of the plan."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects import actions, importers
from projects.models import DeviceImport, Proposal, Question, UploadRequest
from projects.tables import TABLES
from stakeholders.actions import start_project
from tenants.models import Mail, User
from tests.conftest import make_person
from tests.projects.test_actions_questions import ENGINES, SIEM, ask, now, tomas
from tests.projects.test_actions_uploads import CSV, ask_for
from tests.projects.test_views_asked import url, words
from tests.stakeholders.conftest import signed_in

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)", re.IGNORECASE)


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def export(project, lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return ask_for(project, lead, wanted_format="ad_get_adcomputer", note="Only Dublin.")


def page(user=None):
    return signed_in(user or tomas()).get(reverse("answers"))


def test_all_questions_of_all_projects_are_on_one_page(project, lead, asked, other_tenant):
    jon = make_person(other_tenant, "Jon Park")
    other = start_project(tenant=other_tenant, lead=jon, by=jon, name="Elsewhere", kind="deployment")
    ask(other, jon, ENGINES, text="Which engine?")
    ask(other, jon, ENGINES, text="Not sent yet")
    actions.send_questions(project=other, by=jon)
    Question.objects.filter(text="Not sent yet").update(state="draft")
    text = words(page())
    assert "2 questions for you" in text
    assert "asked by Lena Fischer for Contoso Endpoint 2027 (Contoso)" in text
    assert "asked by Jon Park for Elsewhere (Fabrikam)" in text
    assert "Not sent yet" not in text


def test_the_fields_are_those_of_the_row_and_nothing_else_of_the_plan_is_shown(project, lead, asked):
    actions.add_row(project=project, table=SIEM, values={"product": "QRadar"}, by=lead)
    text = page().content.decode()
    assert 'value="Splunk"' in text
    assert "QRadar" not in text
    assert reverse("projects:section", args=[project.slug, "environment"]) not in text


def test_an_answer_is_proposed_and_may_be_changed_until_it_is_looked_at(project, asked):
    client, place = signed_in(tomas()), url("answer", project, asked.code)
    typed = {f"q{asked.pk}-product": "Splunk", f"q{asked.pk}-version": "9.4", f"q{asked.pk}-answer": "Since May."}
    answer = client.post(place, typed, follow=True)
    assert answer.redirect_chain == [(f"/answers/#question-{asked.code}", 302)]
    assert "Lena Fischer looks at your answer before it is used" in words(answer)
    assert Proposal.objects.get().values == {"version": "9.4"}
    assert "No question waits for you" in words(answer)
    assert 'value="9.4"' in answer.content.decode()  # what they said stands in the form
    client.post(place, {**typed, f"q{asked.pk}-version": "9.5"})
    assert Proposal.objects.get().values == {"version": "9.5"}


def test_words_are_enough_and_nothing_is_not(project, asked):
    client, place = signed_in(tomas()), url("answer", project, asked.code)
    same = {f"q{asked.pk}-product": "Splunk", f"q{asked.pk}-version": "9.3"}
    refused = client.post(place, same)
    assert refused.status_code == 422
    assert "Fill in a field or write a few words." in words(refused)
    client.post(place, {**same, f"q{asked.pk}-answer": "It is right."})
    assert (now(asked).state, now(asked).answer) == ("answered", "It is right.")
    assert not Proposal.objects.exists()


def test_a_new_row_needs_what_the_plan_needs(project, lead):
    question = ask(project, lead)
    actions.send_questions(project=project, by=lead)
    client, place = signed_in(tomas()), url("answer", project, question.code)
    refused = client.post(place, {f"q{question.pk}-version": "9.4"})
    assert refused.status_code == 422
    assert "“Product” is missing." in words(refused)
    client.post(place, {f"q{question.pk}-version": "9.4", f"q{question.pk}-product": "Splunk"})
    assert Proposal.objects.get().values == {"product": "Splunk", "version": "9.4"}


@pytest.mark.parametrize("place", sorted(place for place, table in TABLES.items() if not table.is_fixed))
def test_every_table_has_a_form_that_somebody_outside_can_open(project, lead, place):
    ask(project, lead, TABLES[place])
    actions.send_questions(project=project, by=lead)
    assert page().status_code == 200


def test_a_count_is_answered_without_asking_the_plan_what_it_would_do(project, lead):
    row = actions.add_row(
        project=project, table=TABLES["environment", "devices"],
        values={"system": "rhel-9", "kind": "server", "count": 5}, by=lead,
    )  # fmt: skip
    question = ask(project, lead, TABLES["environment", "devices"], key=row.key)
    actions.send_questions(project=project, by=lead)
    assert "hx-get" not in page().content.decode().split("<main")[1]
    signed_in(tomas()).post(url("answer", project, question.code), {f"q{question.pk}-count": "1,200"})
    assert Proposal.objects.get().values == {"count": 1200}


def test_the_causes_of_an_impact_do_not_tell_the_plan(project, lead, splunk):
    ask(project, lead, TABLES["environment", "impacts"])
    actions.send_questions(project=project, by=lead)
    assert "Splunk" not in page().content.decode()


def test_with_script_one_question_comes_back_alone(project, lead, asked):
    ask(project, lead, ENGINES, text="Which engine?")
    actions.send_questions(project=project, by=lead)
    client = signed_in(tomas())
    for name, typed, status in (
        ("answer", {}, 422),
        ("answer", {f"q{asked.pk}-version": "9.4", f"q{asked.pk}-product": "Splunk"}, 200),
        ("say_unknown", {f"u{asked.pk}-email": "nonsense"}, 422),
        ("say_unknown", {}, 200),
    ):
        answer = client.post(url(name, project, asked.code), typed, headers={"hx-request": "true"})
        assert answer.status_code == status
        assert f'id="question-{asked.code}"' in answer.content.decode()
        assert "Which engine?" not in answer.content.decode()


def test_i_do_not_know_names_who_does(project, asked):
    typed = {f"u{asked.pk}-name": "Mia Holm", f"u{asked.pk}-email": "mia@contoso.example"}
    answer = signed_in(tomas()).post(url("say_unknown", project, asked.code), typed, follow=True)
    assert "Lena Fischer sees whom to ask." in words(answer)
    assert "You named Mia Holm mia@contoso.example." in words(answer)


def test_a_declined_answer_shows_the_word(project, lead, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.decline_answer(question=asked, by=lead, word="The console says 9.3.")
    assert "“The console says 9.3.”" in words(page())


def test_what_was_settled_meanwhile_is_said(project, lead, asked):
    client = signed_in(tomas())
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.accept_answer(question=asked, by=lead)
    answer = client.post(url("answer", project, asked.code), {f"q{asked.pk}-answer": "Late."}, follow=True)
    assert "This question was settled meanwhile." in words(answer)


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_asks_the_database_as_often_for_three_projects_as_for_one(
    project, lead, other_tenant, asked, export, more, django_assert_num_queries
):
    jon = make_person(other_tenant, "Jon Park")
    for n in range(more):
        other = start_project(tenant=other_tenant, lead=jon, by=jon, name=f"Other {n}", kind="deployment")
        row = actions.add_row(project=other, table=SIEM, values={"product": "Splunk"}, by=jon)
        ask(other, jon, key=row.key)
        ask(other, jon, ENGINES)
        actions.send_questions(project=other, by=jon)
        ask_for(other, jon)
    client = signed_in(tomas())
    client.get(reverse("answers"))
    with django_assert_num_queries(6):
        client.get(reverse("answers"))


def test_somebody_else_finds_neither_the_question_nor_the_upload(project, lead, asked, export):
    ask(project, lead, email="mia@contoso.example", name="Mia Holm")
    actions.send_questions(project=project, by=lead)
    mia = signed_in(User.objects.get(email="mia@contoso.example"))
    for name, code in (("answer", asked.code), ("say_unknown", asked.code), ("upload", export.code)):
        assert mia.get(url(name, project, code)).status_code == 404
        assert mia.post(url(name, project, code), {}).status_code == 404
    assert signed_in(lead).get(url("upload", project, export.code)).status_code == 403


# The way in ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", ["question", "export"])
def test_the_link_of_the_mail_leads_there_after_a_code(client, project, asked, export, what):
    row = asked if what == "question" else export
    there = f"/answers/#question-{row.code}" if what == "question" else url("upload", project, row.code)
    landing = client.get(f"/d/{row.code}")
    assert "t•••@contoso.example" in landing.content.decode()
    assert project.name not in landing.content.decode()
    sent = client.post(f"/d/{row.code}/code/")
    code = Mail.objects.get(kind="login_code").context["code"]
    assert client.post(sent.url, {"code": code}).url == there
    assert client.get(f"/d/{row.code}").url == there


@pytest.mark.parametrize("what", ["question", "export"])
def test_a_forwarded_link_opens_nothing_for_others(project, lead, asked, export, what):
    row = asked if what == "question" else export
    answer = signed_in(lead).get(f"/d/{row.code}")
    assert answer.status_code == 403
    assert "t•••@contoso.example" in words(answer)
    assert "Tomás" not in words(answer)
    assert "You cannot answer with somebody else’s link." in words(answer)
    assert "stakeholder matrix" not in words(answer)


def test_whoever_is_not_asked_any_more_is_told(project, lead, asked, export):
    client = signed_in(tomas())
    actions.revoke_upload(request=export, by=lead)
    assert "Nothing is asked of you any more" in words(client.get(f"/d/{export.code}"))
    assert client.get(f"/d/{asked.code}").status_code == 302


def test_a_question_that_was_not_sent_has_no_link(client, project, lead):
    question = ask(project, lead)
    assert client.get(f"/d/{question.code}").status_code == 404


@pytest.mark.parametrize("who", ["nobody", "somebody else", "the person"])
def test_a_scanner_that_opens_every_link_writes_nothing(client, project, lead, asked, export, who):
    reader = {"nobody": client, "somebody else": signed_in(lead), "the person": signed_in(tomas())}[who]
    links = [f"/d/{asked.code}", f"/d/{export.code}", reverse("answers"), url("answer", project, asked.code)]
    links += [url("say_unknown", project, asked.code), url("upload", project, export.code)]
    for link in links:
        reader.get(link)
    with CaptureQueriesContext(connection) as queries:
        for link in links:
            reader.get(link, follow=True)
    assert [q["sql"] for q in queries if WRITES.match(q["sql"])] == []


# The upload ------------------------------------------------------------------------------------------------------------
def send(client, project, export, text=CSV):
    file = SimpleUploadedFile("CANARY.csv", text.encode())
    return client.post(url("upload", project, export.code), {"file": file}, follow=True)


def test_the_page_says_what_is_asked_how_it_is_made_and_then_what_was_read(project, lead, export):
    client = signed_in(tomas())
    text = words(client.get(url("upload", project, export.code)))
    assert "Lena Fischer needs this export: Active Directory: Get-ADComputer ." in text
    assert "“Only Dublin.”" in text
    assert "Get-ADComputer -Filter *" in text
    page = client.get(url("upload", project, export.code)).content.decode()
    assert f'data-most="{importers.MOST_BYTES}" data-too-large="The file is larger than' in page
    assert "Your file is being read" in words(send(client, project, export))
    row = DeviceImport.objects.get()
    actions.read_import(row.pk)
    answer = client.get(url("upload", project, export.code))
    assert "Your file was read. Thank you." in words(answer)
    assert "2 counted + 0 duplicates + 0 left out + 0 not placed + 0 not readable = 2 rows read" in words(answer)
    assert "Windows" not in words(answer).split("How to make it")[0]
    assert "CANARY" not in answer.content.decode()
    part = client.get(url("upload", project, export.code), headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")


def test_any_export_shows_the_steps_of_every_tool(project, lead, export):
    UploadRequest.objects.update(wanted_format="")
    text = words(signed_in(tomas()).get(url("upload", project, export.code)))
    for tool in ("Intune", "Defender portal", "Configuration Manager", "Active Directory", "RVTools"):
        assert tool in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("one,two\nthree,four\n", "Lena Fischer says which of its columns is what."),
        ("Name,Operating system\n", "Your file cannot be read"),
    ],
)
def test_a_file_that_is_none_says_so(project, export, text, said):
    client = signed_in(tomas())
    answer = send(client, project, export, text)
    for row in DeviceImport.objects.all():
        actions.read_import(row.pk)
        answer = client.get(url("upload", project, export.code))
    assert said in words(answer)


def test_after_the_last_day_nothing_is_taken(project, export):
    client = signed_in(tomas())
    UploadRequest.objects.update(due_on=date.today() - timedelta(days=2))
    assert "This link is over." in words(client.get(url("upload", project, export.code)))
    assert "This link is over. Nothing was kept of your file." in words(send(client, project, export))
    assert not DeviceImport.objects.exists()


def test_once_it_is_used_the_person_is_thanked_and_uploads_no_more(project, lead, export):
    client = signed_in(tomas())
    send(client, project, export)
    row = DeviceImport.objects.get()
    actions.read_import(row.pk)
    row.refresh_from_db()
    actions.apply_import(device_import=row, by=lead)
    answer = client.get(url("upload", project, export.code))
    assert "Your file was used. Thank you." in words(answer)
    assert "Upload this file instead" not in words(answer)
    assert "Your file was used meanwhile" in words(send(client, project, export, CSV + "x,Windows 11\n"))
