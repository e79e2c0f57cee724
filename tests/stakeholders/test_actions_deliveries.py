"""An address that takes no mail: marked once, told to the leads, written to no more, until somebody mends it."""

from __future__ import annotations

import json
import smtplib
from base64 import b64encode
from importlib import reload

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.urls import clear_url_caches, include, path

import mdeprep.urls
from projects.models import Project
from readiness import actions as readiness
from readiness.models import Verdict
from stakeholders import actions
from stakeholders.mails import deliveries
from stakeholders.shown import mail_words
from stakeholders.states import asks_of
from stakeholders.tasks import note_refused_addresses
from tenants import emails, ledger, outbox
from tenants.models import LedgerEntry, Mail, RefusedAddress
from tenants.rules import bounced_for_good, refuses_address
from tenants.tasks import deliver_due
from tests.stakeholders.conftest import request_of, signed_in

pytestmark = pytest.mark.django_db
SECRET = "postmark:a-long-secret-of-the-test"
urlpatterns = [*mdeprep.urls.urlpatterns, path("mail/", include("anymail.urls"))]


class Refusing(EmailBackend):
    """A server that says of Dana's address what `reply` holds."""

    reply = (550, b"5.1.1 No such user")

    def send_messages(self, messages):
        if any("dana@" in to for message in messages for to in message.to):
            raise smtplib.SMTPRecipientsRefused({"dana@contoso.example": self.reply})
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    return lambda *reply: monkeypatch.setattr(Refusing, "reply", reply)


@pytest.fixture
def refused(asked, refusing):
    deliver_due()
    note_refused_addresses()
    return asked


def finding(project: Project) -> dict:
    readiness.recompute(project.pk)
    found = Verdict.objects.get(project=project).payload["findings"]
    return next(f for f in found if f["id"].startswith("mails_arrive"))


def test_every_address_that_refuses_mail_is_named(asked, project, ciso, head_of_cdoc):
    for person in (ciso, head_of_cdoc):
        outbox.refuse(person.email, "550")
    readiness.recompute(project.pk)
    found = Verdict.objects.get(project=project).payload["findings"]
    told = [f["title"] for f in found if f["id"].startswith("mails_arrive")]
    assert told == [f"The mail to {person.email} was refused" for person in (ciso, head_of_cdoc)]


@pytest.mark.parametrize(
    ("code", "words", "is_of_address"),
    [
        (550, "No such user", True),
        (550, "5.1.1 No such user", True),
        (553, "5.1.3 Bad address", True),
        (550, "5.2.1 Disabled", True),
        (552, "5.2.2 Mailbox full", False),
        (550, "5.7.1 Relaying denied", False),
        (554, "5.7.1 Rejected by policy", False),
        (554, "No", False),
        (450, "4.2.1 Later", False),
        (452, "Full", False),
    ],
)
def test_which_refusals_are_of_the_address(code, words, is_of_address):
    assert refuses_address(code, words) is is_of_address


@pytest.mark.parametrize(
    ("event", "told", "is_for_good"),
    [
        ("bounced", "bounced 5.1.1 HardBounce", True),
        ("bounced", "invalid", True),
        ("bounced", "bounced SoftBounce", False),
        ("bounced", "other 450 Later", False),
        ("bounced", "bounced 5.7.1 policy", False),
        ("rejected", "spam", True),
        ("deferred", "", False),
        ("delivered", "", False),
        ("complained", "", False),
    ],
)
def test_which_reports_end_mail_to_an_address(event, told, is_for_good):
    assert bounced_for_good(event, told) is is_for_good


def test_a_refused_address_is_a_blocker_with_its_remedies_and_stands_in_the_history(refused, project):
    found = finding(project)
    assert (found["state"], found["severity"]) == ("fail", "blocker")
    assert "dana@contoso.example" in found["title"]
    assert [deed["label"] for deed in found["deeds"]] == ["Correct the address", "It works again: send the mail"]
    entry = LedgerEntry.objects.of(project).get(verb="address refused")
    assert not entry.is_material
    project.refresh_from_db()
    assert ledger.verify(project) == []


def test_it_is_noted_once_however_often_the_worker_runs(refused, project):
    note_refused_addresses()
    assert actions.note_refused_addresses() == 0
    assert LedgerEntry.objects.of(project).filter(verb="address refused").count() == 1


def test_nothing_more_is_sent_there_but_codes_that_the_person_asks_for(refused, ciso, lead, refusing, mailoutbox):
    refusing(250, b"")
    mail = emails.queue(recipient=ciso.email, kind="told", about="x", slot="1", context={"subject": "x"})
    assert not emails.send(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "given up"
    assert mail.attempts == 1


def test_a_policy_refusal_marks_no_address(asked, refusing, project):
    refusing(554, b"5.7.1 Relaying denied")
    deliver_due()
    assert not RefusedAddress.objects.exists()


def test_a_soft_failure_marks_nothing_and_is_tried_again(asked, refusing):
    refusing(450, b"4.2.1 Later")
    deliver_due()
    assert not RefusedAddress.objects.exists()
    assert Mail.objects.get(recipient="dana@contoso.example", kind="decision_request").state == "waiting"


def test_the_lead_says_that_it_works_again_and_the_request_goes_out_once_more(
    refused, project, lead, ciso, settings, mailoutbox
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    request = request_of(refused, ciso)
    page = signed_in(lead).get(f"/projects/{project.slug}/approvals/").content.decode()
    assert "It works again: send the mail" in page
    assert deliveries([request.code])[request.code][0] == "refused"
    address = f"/projects/{project.slug}/requests/{request.code}/works-again/"
    assert signed_in(lead).post(address).status_code == 302
    assert signed_in(lead).post(address).status_code == 302
    deliver_due()
    assert [m.to for m in mailoutbox].count(["dana@contoso.example"]) == 1
    assert finding(project)["state"] == "pass"
    assert LedgerEntry.objects.of(project).filter(verb="address works").count() == 1


def test_another_address_in_the_matrix_mends_it_too(refused, project, lead):
    actions.assign(
        project=project, key="role-ciso", email="d.reyes@contoso.example", name="Dana Reyes", by=lead, why="Wrong."
    )
    assert finding(project)["state"] == "pass"


# what a mail service reports


@pytest.fixture
def report(settings, client):
    settings.ROOT_URLCONF = __name__
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    clear_url_caches()

    def post(secret: str = SECRET, **event: object) -> int:
        headers = {"authorization": f"Basic {b64encode(secret.encode()).decode()}"}
        return client.post(
            "/mail/postmark/tracking/", json.dumps(event), content_type="application/json", headers=headers
        ).status_code

    yield post
    clear_url_caches()


BOUNCE = {"RecordType": "Bounce", "Type": "HardBounce", "Email": "dana@contoso.example", "Description": "Unknown"}


def test_a_bounce_that_comes_later_marks_the_address(asked, report, project):
    deliver_due()
    assert report(**BOUNCE) == 200
    assert report(**BOUNCE) == 200
    assert RefusedAddress.objects.get().email == "dana@contoso.example"
    assert LedgerEntry.objects.of(project).filter(verb="address refused").count() == 1


@pytest.mark.parametrize(
    "changes",
    [{"Type": "SoftBounce"}, {"Email": "somebody@else.example"}, {"RecordType": "SpamComplaint", "Type": ""}],
)
def test_what_is_no_lasting_refusal_of_ours_marks_nothing(asked, report, changes):
    deliver_due()
    assert report(**{**BOUNCE, **changes}) == 200
    assert not RefusedAddress.objects.exists()


def test_without_the_secret_nothing_is_believed(asked, report):
    assert report(secret="postmark:guessed-and-long-enough", **BOUNCE) == 400
    assert not RefusedAddress.objects.exists()


def told_of(asked, name):
    """What the lead reads about the mail to one person."""
    [asks] = asks_of([asked.project]).values()
    return next(mail_words(ask) for ask in asks if ask.email == f"{name.split()[0].lower()}@contoso.example")


def test_delivered_is_said_of_the_one_mail_that_was(asked):
    deliver_due()
    mail = Mail.objects.get(recipient="dana@contoso.example", kind="decision_request")
    message = f"<{mail.pk}@testserver>"
    actions.record_delivery(recipient="marcus@contoso.example", event="delivered", message_id=message, told="")
    actions.record_delivery(recipient="dana@contoso.example", event="delivered", message_id="abc", told="")
    mail.refresh_from_db()
    assert mail.state == "sent"
    assert told_of(asked, "Dana Reyes").startswith("Mail sent ")
    actions.record_delivery(recipient="Dana@contoso.example", event="delivered", message_id=message, told="")
    mail.refresh_from_db()
    assert mail.state == "delivered"
    assert told_of(asked, "Dana Reyes").startswith("Mail delivered ")
    assert told_of(asked, "Marcus Webb").startswith("Mail sent ")
    actions.record_delivery(recipient="dana@contoso.example", event="bounced", message_id=message, told="5.1.1")
    mail.refresh_from_db()
    assert mail.state == "came back"


def test_the_address_of_the_reports_exists_only_with_a_secret(settings):
    def prefixes() -> list[str]:
        return [str(each.pattern) for each in reload(mdeprep.urls).urlpatterns]

    assert "mail/" not in prefixes()
    settings.MAIL_WEBHOOK_SECRET = SECRET
    assert "mail/" in prefixes()
    settings.MAIL_WEBHOOK_SECRET = ""
    prefixes()
