"""The lead's side: asking from a row or a table, seeing who owes what, taking answers over, and asking for an export."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from projects import actions
from projects.models import DeviceImport, Question, Siem, UploadRequest
from projects.tables import TABLES
from tenants import clock
from tenants.models import Mail, User
from tests.projects.test_actions_questions import DUE, SIEM, ask, now, tomas
from tests.projects.test_actions_uploads import CSV, ask_for, upload
from tests.stakeholders.conftest import signed_in

TOMAS = {"name": "Tomás Silva", "email": "tomas@contoso.example", "due_on": DUE.isoformat(), "text": "Which SIEM?"}


def words(response) -> str:
    page = response.content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def url(name, project, *args):
    return reverse(f"projects:{name}", args=[project.slug, *args])


def test_a_row_is_asked_about_with_a_sensible_question(project, lead, splunk):
    client = signed_in(lead)
    place = url("ask_about_row", project, "environment", "siem", splunk.key)
    edit = client.get(url("row_edit", project, "environment", "siem", splunk.key)).content.decode()
    assert place in edit
    form = client.get(place)
    assert "Splunk 9.3: Which SIEM is in use, in which version?" in words(form)
    answer = client.post(place, TOMAS, follow=True)
    assert answer.redirect_chain[0][0].endswith(f"#row-{splunk.key}")
    assert "Tomás Silva is asked, in one mail." in words(answer)
    assert Mail.objects.get(kind="questions").recipient == "tomas@contoso.example"


def test_a_table_without_rows_is_asked_about_and_several_questions_go_in_one_mail(project, lead):
    client = signed_in(lead)
    section = client.get(url("section", project, "environment")).content.decode()
    for table in ("siem", "engines"):
        place = url("ask_about_table", project, "environment", table)
        assert place in section
        client.post(place, {**TOMAS, "later": "1"})
    assert not Mail.objects.filter(kind="questions").exists()
    page = words(client.get(url("asked", project)))
    assert "2 questions are not sent yet" in page
    assert "Send 2 questions to 1 person" in page
    assert "2 questions were sent to Tomás Silva." in words(client.post(url("send_questions", project), follow=True))
    assert Mail.objects.filter(kind="questions").count() == 1


@pytest.mark.parametrize("place", sorted(TABLES))
def test_every_table_to_which_rows_can_be_added_may_be_asked_about(project, lead, place):
    answer = signed_in(lead).get(url("ask_about_table", project, *place))
    if place == ("migration", "items"):
        assert answer.status_code == 404
    else:
        assert answer.status_code == (404 if TABLES[place].is_fixed else 200)


def test_what_is_wrong_with_a_question_is_said_and_what_was_typed_stays(project, lead):
    wrong = {**TOMAS, "email": "tomas", "due_on": "2020-01-01"}
    answer = signed_in(lead).post(url("ask_about_table", project, "environment", "siem"), wrong)
    assert answer.status_code == 422
    assert "This day is over." in words(answer)
    assert "Enter a valid email address." in words(answer)
    assert "Tomás Silva" in answer.content.decode()
    assert not Question.objects.exists()


def test_who_owes_what_since_when_is_on_the_page_with_its_mail(project, lead, asked):
    page = words(signed_in(lead).get(url("asked", project)))
    assert "1 question is open" in page
    assert "Tomás Silva : Splunk 9.3, due Fri 15 Jan" in page
    assert "mail is waiting to be sent" in page
    Mail.objects.filter(kind="questions").update(sent_at=clock.now())
    assert "mail sent" in words(signed_in(lead).get(url("asked", project)))
    Mail.objects.filter(kind="questions").update(sent_at=None, given_up_at=clock.now())
    assert "the mail was refused: check the address" in words(signed_in(lead).get(url("asked", project)))


def test_an_answer_is_shown_before_and_after_and_taken_over_in_one_click(project, lead, splunk, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"}, answer="Since May.")
    client = signed_in(lead)
    page = client.get(url("asked", project))
    assert "Version 9.3 9.4" in words(page)
    assert "Take over 1 value" in words(page)
    seen = re.search(r'name="seen" value="(\d+)"', page.content.decode())[1]
    answer = client.post(url("accept_answer", project, asked.pk), {"seen": seen}, follow=True)
    assert answer.redirect_chain[0][0].endswith(f"plan/environment/#row-{splunk.key}")
    assert "The history names Tomás Silva as the source." in words(answer)
    assert "answered by Tomás Silva" in words(client.get(url("history", project)))
    assert "Settled" in words(client.get(url("asked", project)))


def test_a_row_that_moved_meanwhile_is_shown_again(project, lead, splunk, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    actions.change_row(project=project, table=SIEM, key=splunk.key, values={"version": "10"}, by=lead)
    answer = signed_in(lead).post(
        url("accept_answer", project, asked.pk), {"seen": str(splunk.changed_seq)}, follow=True
    )
    assert "The row was changed while you were reading." in words(answer)
    assert "Version 10 9.4" in words(answer)
    assert Siem.objects.get().version == "10"


def test_a_value_that_the_row_refuses_is_said(project, lead):
    question = ask(project, lead)
    actions.send_questions(project=project, by=lead)
    actions.answer_question(question=question, by=tomas(), values={"version": "9.4"})  # and no product
    answer = signed_in(lead).post(url("accept_answer", project, question.pk), {"seen": ""}, follow=True)
    assert "This field cannot be blank." in words(answer)
    assert now(question).state == "answered"


def test_a_decline_needs_a_word(project, lead, asked):
    actions.answer_question(question=asked, by=tomas(), values={"version": "9.4"})
    client, place = signed_in(lead), url("decline_answer", project, asked.pk)
    assert "Say why: the person who answered reads it." in words(client.post(place, {"word": ""}, follow=True))
    assert "Tomás Silva is told why." in words(client.post(place, {"word": "It is 9.3."}, follow=True))
    assert now(asked).state == "declined"


def test_whoever_does_not_know_names_the_next_one_to_ask(project, lead, splunk, asked):
    actions.say_unknown(question=asked, by=tomas(), name="Mia Holm", email="mia@contoso.example")
    client = signed_in(lead)
    page = client.get(url("asked", project)).content.decode()
    link = html.unescape(re.search(r'href="([^"]+ask/\?email=[^"]+)"', page)[1])
    form = client.get(link).content.decode()
    assert 'value="mia@contoso.example"' in form
    assert 'value="Mia Holm"' in form
    assert "Which SIEM?" in form


def test_reminding_and_withdrawing(project, lead, asked):
    client = signed_in(lead)
    remind = url("remind_of_question", project, asked.pk)
    assert "Tomás Silva had a mail today." in words(client.post(remind, follow=True))
    Question.objects.update(asked_at=clock.now() - timedelta(days=2))
    assert "Tomás Silva is reminded." in words(client.post(remind, follow=True))
    withdraw = url("withdraw_question", project, asked.pk)
    assert "Tomás Silva is not asked this any more." in words(client.post(withdraw, follow=True))
    assert "This was settled meanwhile." in words(client.post(withdraw, follow=True))


def test_a_viewer_sees_who_owes_what_and_is_offered_no_deed(project, viewer, asked):
    page = signed_in(viewer).get(url("asked", project)).content.decode()
    main = page[page.index("<main") : page.index("</main")]
    assert "Splunk 9.3" in main
    assert "<form" not in main


def test_nobody_asked_yet_says_what_to_do(project, lead):
    assert "Nobody was asked yet." in words(signed_in(lead).get(url("asked", project)))


def test_the_page_asks_the_same_number_of_questions_at_one_and_at_three(project, lead, django_assert_num_queries):
    client = signed_in(lead)
    for more in (1, 2):
        for _n in range(more):
            row = actions.add_row(project=project, table=SIEM, values={"product": "Splunk"}, by=lead)
            ask(project, lead)
            question = ask(project, lead, key=row.key)
            actions.send_questions(project=project, by=lead)
            actions.answer_question(question=question, by=tomas(), values={"version": "9.4"})
        client.get(url("asked", project))
        with django_assert_num_queries(7):
            client.get(url("asked", project))


# An export
@pytest.fixture
def upload_asked(project, lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    values = {**TOMAS, "wanted_format": "ad_get_adcomputer", "note": "Only Dublin."}
    answer = signed_in(lead).post(url("ask_for_upload", project), values, follow=True)
    assert "You get a mail when it is there." in words(answer)
    return UploadRequest.objects.get()


def test_an_export_is_asked_for_and_its_way_is_seen(project, lead, upload_asked):
    client = signed_in(lead)
    assert "Tomás Silva : asked Active Directory: Get-ADComputer · asked by Lena Fischer" in words(
        client.get(url("asked", project))
    )
    row = actions.upload(
        request=upload_asked, file=ContentFile(CSV.encode(), "CANARY.csv"), by=User.objects.get(email=TOMAS["email"])
    )
    page = client.get(url("asked", project))
    assert "Tomás Silva : uploaded" in words(page)
    assert url("import", project, row.pk) in page.content.decode()
    assert "CANARY" not in page.content.decode()
    actions.read_import(row.pk)
    assert "CANARY" not in client.get(url("import", project, row.pk)).content.decode()
    client.post(url("import_apply", project, row.pk))
    assert DeviceImport.objects.get().state == "applied"
    assert "Tomás Silva : applied" in words(client.get(url("asked", project)))


def test_a_link_is_revoked_and_runs_out(project, lead, upload_asked):
    client = signed_in(lead)
    UploadRequest.objects.update(due_on=clock.today("Europe/Dublin") - timedelta(days=1))
    assert "Tomás Silva : expired" in words(client.get(url("asked", project)))
    answer = client.post(url("revoke_upload", project, upload_asked.pk), follow=True)
    assert "The link of Tomás Silva opens nothing any more." in words(answer)
    assert "Tomás Silva : revoked" in words(answer)


def test_the_pages_of_devices_offer_to_ask_for_the_export(project, lead):
    client, place = signed_in(lead), url("ask_for_upload", project)
    assert place in client.get(url("section", project, "environment")).content.decode()
    assert place in client.get(url("import_new", project)).content.decode()


def test_a_wrong_request_for_an_export_keeps_what_was_typed(project, lead):
    answer = signed_in(lead).post(url("ask_for_upload", project), {**TOMAS, "email": "", "note": "Only Dublin."})
    assert answer.status_code == 422
    assert "Only Dublin." in answer.content.decode()


def test_an_export_that_came_is_on_home_and_overview_of_whoever_leads(client, project, lead):
    asked = ask_for(project, lead)
    actions.read_import(upload(asked).pk)
    client.force_login(lead)
    overview = words(client.get(reverse("readiness:overview", args=[project.slug])))
    assert "Tomás Silva uploaded an export: look at the counts" in overview
    home = words(client.get("/"))
    assert "Tomás Silva uploaded the export that you asked for" in home
