"""An upload link: asked for, mailed, used by one person, replaced, revoked; the lead reads counts and no name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from projects import access, actions
from projects.actions import uploads
from projects.models import DeviceImport, Grant, Question, UploadRequest, owed
from tenants import clock
from tenants.models import LedgerEntry, Mail, User
from tests.projects.test_actions_questions import ask

CSV = "Name,Operating system\nCANARY-PC-01,Windows 11\nCANARY-PC-02,Windows 10\n"


def today(project):
    return clock.today(project.tenant.time_zone)


def ask_for(project, lead, *, days=7, **more):
    return actions.ask_for_upload(
        project=project, email="Tomas@Contoso.example", name="Tomás Silva", until=today(project) + timedelta(days=days),
        by=lead, **more,
    )  # fmt: skip


@pytest.fixture
def asked(project, lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return ask_for(project, lead, wanted_format="intune_all_devices", note="Only Dublin.")


def tomas():
    return User.objects.get(email="tomas@contoso.example")


def upload(request, text=CSV):
    return actions.upload(request=now(request), file=ContentFile(text.encode(), name="CANARY.csv"), by=tomas())


def now(request):
    return UploadRequest.objects.select_related("project__tenant", "device_import").get(pk=request.pk)


def test_the_person_gets_one_mail_and_the_right_to_upload_until_the_last_day(project, lead, asked):
    assert access.permissions_of(project, tomas()) == {"answer_project"}
    assert Grant.objects.get(user=tomas()).ends_on == asked.due_on
    mail = Mail.objects.get(kind="upload_asked")
    assert (mail.recipient, mail.reply_to, mail.context["export"]) == (
        "tomas@contoso.example", lead.email, "Intune: All devices"
    )  # fmt: skip
    assert now(asked).mail == mail
    assert len(asked.code.split("-")[1]) == 5


def test_the_right_lasts_as_long_as_the_longest_link(project, lead, asked):
    longer = ask_for(project, lead, days=20)
    assert Grant.objects.get(user=tomas()).ends_on == longer.due_on
    actions.revoke_upload(request=longer, by=lead)
    assert Grant.objects.get(user=tomas()).ends_on == asked.due_on
    actions.revoke_upload(request=asked, by=lead)
    assert not Grant.objects.filter(user=tomas()).exists()
    assert access.permissions_of(project, tomas()) == set()


def test_what_is_uploaded_waits_for_the_lead_who_is_told_without_a_name(project, lead, asked):
    row = upload(asked)
    assert (row.state, row.uploaded_by) == (DeviceImport.State.WAITING, tomas())
    assert now(asked).device_import == row
    assert not Mail.objects.filter(kind="upload_arrived").exists()  # nobody knows yet whether it can be read
    actions.read_import(row.pk)
    mail = Mail.objects.get(kind="upload_arrived")
    assert mail.recipient == lead.email
    assert mail.context["url"].endswith(f"/plan/environment/import/{row.pk}/")
    told = [entry.body for entry in LedgerEntry.objects.of(project)] + [str(mail.context)]
    assert not any("CANARY" in text for text in told)


def test_of_a_file_that_cannot_be_read_the_lead_is_told_that_and_no_more(project, lead, asked):
    row = upload(asked, "CANARY-PC-01\x00\x01\x02" * 50)
    actions.read_import(row.pk)
    mail = Mail.objects.get(recipient=lead.email)
    assert mail.kind == "upload_unreadable"
    assert "CANARY" not in str(mail.context)
    assert [each.is_answered for each in owed([project.pk])] == [False]  # it is wanted again


def test_a_worker_that_reads_before_the_link_knows_its_file_leaves_the_mail_to_whoever_uploads(asked, monkeypatch):
    start = uploads.start_import

    def and_read(**options):
        row = start(**options)
        actions.read_import(row.pk)
        return row

    monkeypatch.setattr(uploads, "start_import", and_read)
    upload(asked)
    assert Mail.objects.filter(kind="upload_arrived").count() == 1


def test_an_export_that_was_read_waits_for_the_lead_until_it_is_applied(project, lead, asked):
    assert [each.is_answered for each in owed([project.pk])] == [False]
    row = upload(asked)
    assert owed([project.pk]) == []  # it is being read
    actions.read_import(row.pk)
    assert [(each.kind, each.is_answered) for each in owed([project.pk])] == [("upload", True)]
    row.refresh_from_db()
    actions.apply_import(device_import=row, by=lead)
    assert owed([project.pk]) == []


def test_a_second_file_takes_the_place_of_the_first_until_one_is_applied(project, lead, asked):
    first = upload(asked)
    second = upload(asked, CSV + "CANARY-PC-03,Windows 11\n")
    first.refresh_from_db()
    assert (first.state, bool(first.file)) == (DeviceImport.State.CANCELLED, False)
    actions.read_import(second.pk)
    second.refresh_from_db()
    actions.apply_import(device_import=second, by=lead)
    with pytest.raises(actions.AlreadyTaken):
        upload(asked, CSV)
    assert DeviceImport.objects.count() == 2


def test_a_revoked_link_takes_nothing_and_throws_away_what_came(project, lead, asked):
    row = upload(asked)
    actions.revoke_upload(request=asked, by=lead)
    row.refresh_from_db()
    assert row.state == DeviceImport.State.CANCELLED
    with pytest.raises(actions.LinkOver):
        upload(asked)
    with pytest.raises(actions.AlreadySettled):
        actions.revoke_upload(request=asked, by=lead)
    assert not Mail.objects.filter(kind="upload_revoked").exists()  # they have done what was asked


def test_whoever_has_not_uploaded_is_told_that_it_is_not_needed(lead, asked):
    actions.revoke_upload(request=asked, by=lead)
    assert Mail.objects.get(kind="upload_revoked").recipient == "tomas@contoso.example"


def test_after_its_last_day_a_link_takes_nothing(project, lead, asked):
    UploadRequest.objects.update(due_on=today(project) - timedelta(days=1))
    with pytest.raises(actions.LinkOver):
        upload(asked)
    assert not DeviceImport.objects.exists()
    assert not actions.remind_of_upload(request=asked, by=lead)


def test_a_person_is_reminded_at_most_once_a_day_and_not_after_uploading(project, lead, asked):
    assert not actions.remind_of_upload(request=asked, by=lead)  # asked today
    UploadRequest.objects.update(asked_at=clock.now() - timedelta(days=1))
    assert actions.remind_of_upload(request=asked, by=lead)
    assert not actions.remind_of_upload(request=asked, by=lead)
    assert Mail.objects.filter(kind="upload_asked").count() == 2
    UploadRequest.objects.update(reminded_at=None)
    upload(asked)
    assert not actions.remind_of_upload(request=asked, by=lead)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_file_that_cannot_be_used_is_owed_again(project, lead, asked, state):
    upload(asked)
    assert owed([project.pk]) == []
    DeviceImport.objects.update(state=state, file="")
    UploadRequest.objects.update(asked_at=clock.now() - timedelta(days=1))
    assert [one.kind for one in owed([project.pk])] == ["upload"]
    assert actions.remind_of_upload(request=asked, by=lead)


def test_that_nothing_is_owed_is_found_in_one_query(project, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert owed([project.pk], email="tomas@contoso.example") == []


def test_what_is_owed_is_found_in_a_query_more_the_earliest_due_first(project, lead, asked, django_assert_num_queries):
    question = ask(project, lead)
    actions.send_questions(project=project, by=lead)
    draft = ask(project, lead)
    with django_assert_num_queries(2):
        found = owed([project.pk])
    assert [(one.kind, one.pk, one.name, one.state) for one in found] == [
        ("upload", asked.pk, "Tomás Silva", "open"), ("question", question.pk, "Tomás Silva", "open")
    ]  # fmt: skip
    assert draft.state == Question.State.DRAFT
    upload(asked)
    actions.answer_question(question=question, by=tomas(), values={}, answer="Splunk.")
    assert [(one.kind, one.is_answered) for one in owed([project.pk])] == [("question", True)]
