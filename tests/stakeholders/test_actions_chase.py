"""Reminders: on the days that the tenant chose, one mail a person, never at night, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail as sent_mail
from django.core.exceptions import ValidationError

from projects import access
from projects.models import Project
from stakeholders import actions
from stakeholders.models import Request, Stakeholder
from stakeholders.tasks import chase as chase_task
from tenants import emails, ledger, outbox
from tenants.actions import choose_mails
from tenants.models import LedgerEntry, Mail, RefusedAddress, User
from tenants.quiet import Quiet
from tests.conftest import make_person
from tests.remembered import remembered
from tests.stakeholders.conftest import DUE, answer, ask, change, request_of, signed_in
from tests.stakeholders.test_views_decide import text

pytestmark = pytest.mark.django_db
ASKED_AT = datetime(2027, 1, 4, 10, tzinfo=UTC)


@contextmanager
def at(days: int, hour: int = 10, *, is_sent: bool = True) -> Iterator[None]:
    """So many days after the day on which it is due; its mails have gone out when it is over."""
    with time_machine.travel(datetime.combine(DUE + timedelta(days=days), time(hour), UTC), tick=False):
        yield
        if is_sent:
            Mail.objects.waiting().update(sent_at=datetime.now(UTC))


@pytest.fixture
@remembered
def asked(project, lead, servers, ciso, head_of_cdoc, architect):
    with time_machine.travel(ASKED_AT, tick=False):
        return ask(project, lead)


def reminders(kind: str = "reminder") -> list[str]:
    return list(Mail.objects.filter(kind=kind).order_by("created_at", "recipient").values_list("recipient", flat=True))


EVERYBODY = ["dana@contoso.example", "marcus@contoso.example", "priya@contoso.example"]


def test_everybody_who_has_not_answered_is_reminded_once_for_a_slot(asked):
    with at(-4):
        assert actions.chase() == 0
    with at(-3):
        assert actions.chase() == 3
        assert actions.chase() == 0
    with at(-2):
        chase_task()
    assert reminders() == EVERYBODY


def test_while_a_reminder_cannot_be_sent_no_other_is_put_behind_it(asked):
    with at(-3, is_sent=False):
        assert actions.chase() == 3
    for days in (0, 2, 5):
        with at(days, is_sent=False):
            assert actions.chase() == 0
    with at(6):
        pass
    with at(8):
        assert actions.chase() == 3


def test_who_answered_is_left_alone(asked, ciso):
    answer(request_of(asked, ciso), ciso)
    with at(-3):
        actions.chase()
    assert "dana@contoso.example" not in reminders()


def test_who_is_informed_is_not_chased(project, lead, servers, ciso):
    actions.assign(project=project, key="role-security-analyst", email="ida@contoso.example", name="Ida", by=lead)
    with time_machine.travel(ASKED_AT, tick=False):
        ask(project, lead)
    with at(0):
        actions.chase()
    assert reminders() == ["dana@contoso.example"]


def test_a_reminder_by_hand_counts_for_its_day(asked, ciso, lead):
    with at(-3):
        assert actions.remind(request=request_of(asked, ciso), by=lead)
        actions.chase()
        assert not actions.remind(request=request_of(asked, ciso), by=lead)
    assert sorted(reminders()) == EVERYBODY


def test_and_after_one_by_itself_there_is_none_by_hand_on_that_day(asked, ciso, lead):
    with at(-3):
        actions.chase()
        assert not actions.remind(request=request_of(asked, ciso), by=lead)


def test_a_question_and_a_chosen_day_pause_it(asked, ciso, head_of_cdoc, lead):
    with at(-5):
        question = actions.ask_question(request=request_of(asked, ciso), text="Why 100?", by=ciso)
        actions.remind_me_on(request=request_of(asked, head_of_cdoc), day=DUE, by=head_of_cdoc)
    with at(-3):
        actions.chase()
    assert reminders() == ["priya@contoso.example"]
    with at(-2):
        actions.answer_question(question=question, text="Counted twice.", by=lead)
        actions.chase()
    assert reminders() == ["priya@contoso.example", "dana@contoso.example"]
    with at(0):
        actions.chase()
    assert sorted(reminders()[2:]) == EVERYBODY


def test_one_mail_tells_of_everything_that_waits_for_a_person(asked, project, lead, ciso):
    with time_machine.travel(ASKED_AT + timedelta(hours=1), tick=False):
        actions.open_round(project=project, sections=("access",), due_on=DUE + timedelta(days=20), briefing={}, by=lead)
    with at(-3):
        assert actions.chase() == 3
    mail = Mail.objects.get(kind="reminder", recipient=ciso.email)
    assert mail.context["sections"] == ["Environment", "Licences"]
    assert [each["sections"] for each in mail.context["also"]] == [["Access"]]
    assert "Also waiting for you:" in emails.render(mail).body


def test_a_reminder_names_only_what_is_not_answered_yet(asked, project, ciso):
    digests = {"environment": Project.objects.get(pk=project.pk).digests["environment"]}
    answer(request_of(asked, ciso), ciso, answers={"environment": "approve"}, read=digests)
    with at(-3):
        actions.chase()
    assert Mail.objects.get(kind="reminder", recipient=ciso.email).context["sections"] == ["Licences"]


def test_who_wrote_all_that_they_are_asked_about_is_not_reminded_until_somebody_else_changed_it(asked, project, ciso):
    Project.objects.filter(pk=project.pk).update(
        authors={name: {ciso.email: "Dana"} for name in ("environment", "licences")}
    )
    with at(-3):
        actions.chase()
    assert reminders() == ["marcus@contoso.example", "priya@contoso.example"]
    Project.objects.filter(pk=project.pk).update(authors={"environment": {ciso.email: "Dana"}})
    with at(-2):
        actions.chase()
    assert reminders()[-1] == ciso.email


def test_where_any_one_is_enough_nobody_is_chased_for_what_is_approved(asked, project, lead, ciso, head_of_cdoc):
    with time_machine.travel(ASKED_AT, tick=False):
        actions.set_quorum(project=project, quorum="any", by=lead, why="Quicker.")
        answer(request_of(asked, ciso), ciso, answers={"environment": "approve"})
    with at(-3):
        actions.chase()
    assert sorted(reminders()) == EVERYBODY  # the licences still wait for any one
    with at(-2):
        answer(request_of(asked, ciso), ciso, answers={"licences": "approve"})
    with at(0):
        actions.chase()
    assert sorted(reminders()) == [*EVERYBODY, "priya@contoso.example"]  # input is asked for all the same
    with at(30):
        actions.chase()
    assert not [mail for mail in Mail.objects.filter(kind="told") if head_of_cdoc.name in str(mail.context)]


def test_a_reminder_and_a_mail_to_a_substitute_leave_out_what_the_person_wrote(asked, project, ciso):
    Project.objects.filter(pk=project.pk).update(authors={"environment": {ciso.email: "Dana"}})
    with at(-3):
        actions.chase()
        assert Mail.objects.get(kind="reminder", recipient=ciso.email).context["sections"] == ["Licences"]
        _name_hana(project, ciso)
    told = Mail.objects.get(kind="told", recipient="hana@contoso.example", context__deed="Read and decide")
    assert told.context["lines"][0].startswith("You stand in for Dana Reyes, who was asked about Licences as ")


def test_a_substitute_is_not_told_of_what_the_person_wrote_alone(asked, project, ciso):
    both = {name: {ciso.email: "Dana"} for name in ("environment", "licences")}
    Project.objects.filter(pk=project.pk).update(authors=both)
    with at(-3):
        _name_hana(project, ciso)
    assert not Mail.objects.filter(recipient="hana@contoso.example", context__deed="Read and decide").exists()


def _name_hana(project: Project, ciso: User) -> None:
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    first, last = DUE - timedelta(days=3), DUE
    actions.name_substitute(row=row, name="Hana", email="hana@contoso.example", first=first, last=last, by=ciso)


def test_a_reminder_names_as_missing_those_who_may_sign_the_same(asked, project, ciso, head_of_cdoc):
    def missing() -> list[str]:
        return Mail.objects.filter(kind="reminder", recipient=ciso.email).latest("created_at").context["missing"]

    with at(-3):
        actions.chase()
    assert missing() == ["Marcus Webb"]
    both = {name: {head_of_cdoc.email: "Marcus"} for name in ("environment", "licences")}
    Project.objects.filter(pk=project.pk).update(authors=both)
    with at(0):
        actions.chase()
    assert missing() == []


def test_nobody_is_reminded_at_night_where_they_are(asked, ciso):
    User.objects.filter(pk=ciso.pk).update(time_zone="Asia/Tokyo")
    with at(-3, hour=10):  # 19:00 in Tokyo
        actions.chase()
    assert "dana@contoso.example" not in reminders()
    with at(-3, hour=23):  # 8:00 of the next day in Tokyo, night in Dublin
        actions.chase()
    assert reminders()[-1] == "dana@contoso.example"


def test_a_substitute_who_cannot_sign_it_is_no_reason_to_remind_nobody(asked, project, lead, ciso):
    """Lena sent it: she signs it for nobody, and Dana is reminded as ever."""
    with at(-5):
        row, today = Stakeholder.objects.get(project=project, email=ciso.email), DUE - timedelta(days=5)
        last = DUE + timedelta(days=60)
        actions.name_substitute(row=row, name="Lena", email=lead.email, first=today, last=last, by=ciso)
    for days in range(-4, 40):
        with at(days):
            actions.chase()
    assert reminders().count(ciso.email) == 6
    assert lead.email not in reminders()
    assert Mail.objects.filter(slot__startswith=f"escalated-{request_of(asked, ciso).pk}-").exists()


def test_who_sent_it_is_not_reminded_of_their_own_input(project, lead, servers, ciso, head_of_cdoc):
    actions.assign(project=project, key="role-security-architect", email=lead.email, name=lead.name, by=ciso)
    with time_machine.travel(ASKED_AT, tick=False):
        ask(project, lead)
    for days in range(-4, 40):
        with at(days):
            actions.chase()
    assert head_of_cdoc.email in reminders()
    assert lead.email not in reminders()


def test_the_contact_is_not_told_at_night_and_every_lead_in_their_own_hours(asked, project, lead, ciso, tenant):
    otto = make_person(tenant, "Otto Berg")
    access.grant(project=project, user=otto, role="lead", by=lead)
    choose_mails(by=otto, wants_digest=False, zone="", quiet=Quiet(time(8), time(22)))
    with at(14, hour=2):
        actions.chase()
        actions.chase()
    told = Mail.objects.filter(slot__startswith="escalated-")
    due = {mail.recipient: f"{mail.due_at:%H:%M}" for mail in told}
    assert due == {lead.email: "08:00", otto.email: "02:00"}
    assert told.count() == 2
    assert not Request.objects.filter(escalated_at=None).exists()


def test_a_contact_gets_one_mail_with_everything_that_nobody_answered(asked, lead):
    with at(14):
        assert actions.chase() == 1
    mail = Mail.objects.get(slot__startswith="escalated-")
    assert mail.recipient == lead.email
    assert mail.context["subject"] == "No answer from Dana Reyes, Marcus Webb and Priya Nair: Contoso Endpoint 2027"
    assert [line.partition(" was asked about ")[0] for line in mail.context["lines"]] == [
        "Dana Reyes", "Marcus Webb", "Priya Nair", "No more reminders go out.",
    ]  # fmt: skip


def test_whoever_is_reminded_by_hand_in_their_quiet_hours_gets_it_when_these_are_over(asked, project, ciso, lead):
    choose_mails(by=ciso, wants_digest=False, zone="Asia/Tokyo", quiet=Quiet(time(18), time(8, 30)))
    request = request_of(asked, ciso)
    where = f"/projects/{project.slug}/requests/{request.code}/remind/"
    with at(-3, hour=12, is_sent=False):  # 21:00 in Tokyo
        page = signed_in(lead).post(where, follow=True)
        assert "Dana Reyes gets a reminder by mail at 08:30, on their clock: until then they are left alone." in text(
            page
        )
        assert "reminder" not in {mail.kind for mail in outbox.claim_due(9)}
        assert not actions.remind(request=request, by=lead)
        Mail.objects.filter(kind="decision_request").update(sent_at=ASKED_AT, claimed_until=None)
        approvals = text(signed_in(lead).get(f"/projects/{project.slug}/approvals/"))
        assert "Mail sent Mon 4 Jan" in approvals
        assert "A reminder goes out Tue 12 Jan 23:30, when they may be reminded." in approvals
        overview = text(signed_in(lead).get(f"/projects/{project.slug}/"))
        assert "A reminder goes out Tue 12 Jan 23:30" in overview
    mail = Mail.objects.get(kind="reminder")
    assert mail.due_at == datetime.combine(DUE - timedelta(days=3), time(23, 30), UTC)


def test_the_contact_of_the_row_is_told_after_the_last_reminder_and_then_it_ends(asked, project, lead, ciso):
    actions.change_stakeholder(
        project=project, key="role-ciso", values={"escalation": "Ana Ruiz <ana@contoso.example>"}, by=lead
    )
    for days in range(-5, 40):
        with at(days):
            actions.chase()
    assert reminders().count("dana@contoso.example") == 6
    told = Mail.objects.filter(slot__startswith="escalated-")
    assert set(told.values_list("recipient", flat=True)) == {"ana@contoso.example", "lena@contoso.example"}
    assert told.filter(recipient="ana@contoso.example").count() == 1
    assert "No more reminders go out" in emails.render(told.get(recipient="ana@contoso.example")).body
    page = signed_in(lead).get(f"/projects/{project.slug}/approvals/").content.decode()
    assert "No answer after the last reminder: Ana Ruiz was told" in page


def test_a_contact_without_an_address_is_named_to_the_lead(asked, project, lead, ciso):
    actions.change_stakeholder(project=project, key="role-ciso", values={"escalation": "the CFO"}, by=lead)
    with at(14):
        actions.chase()
    mail = Mail.objects.get(slot__startswith="escalated-")
    assert mail.recipient == "lena@contoso.example"
    assert "The matrix names the CFO for such a case" in emails.render(mail).body


def test_a_substitute_who_counts_is_reminded_in_place_of_who_is_away(asked, project, ciso):
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    with at(-5):
        actions.name_substitute(
            row=row, name="Hana Sato", email="hana@contoso.example", first=DUE - timedelta(days=5),
            last=DUE - timedelta(days=1), by=ciso,
        )  # fmt: skip
    with at(-3):
        actions.chase()
    assert "hana@contoso.example" in reminders()
    assert "dana@contoso.example" not in reminders()
    with at(0):
        actions.chase()
    assert "dana@contoso.example" in reminders()


def test_a_substitute_is_not_reminded_on_the_day_on_which_they_are_told_what_waits(asked, project, ciso):
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    days = {"first": DUE - timedelta(days=3), "last": DUE + timedelta(days=3)}
    with at(-5):
        actions.name_substitute(row=row, name="Hana Sato", email="hana@contoso.example", by=ciso, **days)
    with at(-3):
        actions.tell_those_who_stand_in()
        actions.chase()
    assert "hana@contoso.example" not in reminders()
    with at(-2):
        actions.chase()
    assert reminders()[-1] == "hana@contoso.example"


def test_a_tenant_says_on_which_days_and_it_is_on_its_history(asked, tenant, admin):
    actions.set_approval_policy(tenant=tenant, values={"days_before": 5, "quiet_from": time(20)}, by=admin)
    actions.set_approval_policy(tenant=tenant, values={"days_before": 5}, by=admin)
    with at(-5):
        assert actions.chase() == 3
    assert LedgerEntry.objects.of(tenant).filter(verb="approval policy changed").count() == 1
    tenant.refresh_from_db()
    assert ledger.verify(tenant) == []


def test_a_tenant_may_leave_reminding_to_its_leads(asked, tenant, ciso, lead):
    actions.set_approval_policy(tenant=tenant, values={"reminds": False}, by=None)
    with at(-3):
        assert actions.chase() == 0
        assert actions.remind(request=request_of(asked, ciso), by=lead)


def tenant_form(client, address):
    """The form of a tenant in the administration as it stands, with that of each policy."""
    page = client.get(address)
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {f.html_name: f.value() if f.value() is not None else "" for form in forms for f in form}


def test_an_administrator_changes_it_in_the_administration(client, tenant, admin):
    client.force_login(admin)
    address = f"/admin/tenants/tenant/{tenant.pk}/change/"
    data = {**tenant_form(client, address), "approval_policy-0-every_days": 7}
    assert client.post(address, data).status_code == 302
    tenant.refresh_from_db()
    assert tenant.approval_policy.every_days == 7
    assert LedgerEntry.objects.of(tenant).filter(verb="approval policy changed", actor_id=admin.pk).count() == 1


def test_what_was_chosen_is_shown_in_the_administration_and_changed_again(client, tenant, admin):
    actions.set_approval_policy(tenant=tenant, values={"reminds": False, "every_days": 5}, by=None)
    client.force_login(admin)
    address = f"/admin/tenants/tenant/{tenant.pk}/change/"
    shown = tenant_form(client, address)
    assert (shown["approval_policy-0-reminds"], shown["approval_policy-0-every_days"]) == (False, 5)
    data = {
        **{name: value for name, value in shown.items() if value is not False},
        "approval_policy-0-step_up_minutes": 15,
    }
    assert client.post(address, data).status_code == 302
    tenant.refresh_from_db()
    policy = tenant.approval_policy
    assert (policy.reminds, policy.every_days, policy.step_up_minutes) == (False, 5, 15)


def test_a_refused_address_is_not_written_to(asked):
    RefusedAddress.objects.create(email="dana@contoso.example", why="550")
    with at(-3):
        actions.chase()
    assert "dana@contoso.example" not in reminders()


def test_nobody_is_reminded_by_hand_at_an_address_that_takes_no_mail_and_it_is_said(asked, project, ciso, lead):
    request = request_of(asked, ciso)
    RefusedAddress.objects.create(email=ciso.email, why="550")
    page = signed_in(lead).post(f"/projects/{project.slug}/requests/{request.code}/remind/", follow=True)
    assert "take no mail" in page.content.decode()
    request.refresh_from_db()
    assert request.reminded_at is None
    assert reminders() == []


def test_that_the_mail_was_refused_is_said_although_the_page_was_opened(asked, project, ciso, lead):
    actions.record_opened(request=request_of(asked, ciso))
    RefusedAddress.objects.create(email=ciso.email, why="550")
    assert "The mail was refused: check the address." in text(
        signed_in(lead).get(f"/projects/{project.slug}/approvals/")
    )


def test_an_archived_project_reminds_nobody(asked, project):
    project.archived_at = ASKED_AT
    project.save(update_fields=["archived_at"])
    with at(-3):
        assert actions.chase() == 0


# one mail a day


@pytest.fixture
def digested(asked, ciso) -> User:
    signed_in(ciso).post("/mails/", {"digest": "yes"})
    ciso.refresh_from_db()
    assert ciso.wants_digest
    return ciso


def test_the_quiet_hours_run_on_the_clock_that_the_person_chose(asked, ciso):
    browser = signed_in(ciso)
    assert browser.post("/mails/", {"digest": "no", "zone": "Pacific/Auckland"}).status_code == 302
    ciso.refresh_from_db()
    assert ciso.time_zone == "Pacific/Auckland"
    with at(-3):  # in the morning in Dublin, after 18:00 in Auckland
        actions.chase()
    assert ciso.email not in reminders()


def test_a_person_chooses_the_hours_in_which_nothing_comes(asked, ciso, head_of_cdoc):
    typed = {"digest": "no", "quiet_from": "09:30", "quiet_until": "22:00"}
    page = signed_in(ciso).post("/mails/", typed, follow=True)
    assert "You get reminders. None from 09:30 to 22:00." in text(page)
    with at(-3, hour=12):
        actions.chase()
    assert ciso.email not in reminders()
    assert head_of_cdoc.email in reminders()
    with at(-3, hour=22):  # quiet for the others, not for whoever chose
        actions.chase()
    assert ciso.email in reminders()


def test_hours_that_a_person_chose_run_on_the_clock_that_they_chose(asked, ciso):
    typed = {"digest": "yes", "zone": "Asia/Tokyo", "quiet_from": "18:00", "quiet_until": "20:00"}
    signed_in(ciso).post("/mails/", typed)
    with at(-3, hour=9):  # 18:00 in Tokyo
        actions.chase()
    assert reminders("digest") == []
    with at(-3, hour=11):
        actions.chase()
    assert reminders("digest") == [ciso.email]


def test_both_hours_empty_are_those_of_the_tenant_again(asked, ciso):
    browser = signed_in(ciso)
    never_quiet = {"digest": "no", "quiet_from": "00:00", "quiet_until": "00:00"}
    assert "They may come at any hour." in text(browser.post("/mails/", never_quiet, follow=True))
    ciso.refresh_from_db()
    assert ciso.quiet == Quiet(time(0), time(0))
    browser.post("/mails/", {"digest": "no", "quiet_from": "", "quiet_until": ""})
    ciso.refresh_from_db()
    assert ciso.quiet is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"zone": "Mars/Olympus"}, "No such time zone."),
        ({"zone": "Europe"}, "No such time zone."),
        ({"zone": "../Dublin"}, "No such time zone."),
        ({"quiet_from": "19:00"}, "Write both times, or neither."),
        ({"quiet_until": "07:00"}, "Write both times, or neither."),
        ({"quiet_from": "7 pm", "quiet_until": "07:00"}, "A time is written as hours and minutes"),
        ({"quiet_from": "09:00", "quiet_until": "08:00"}, "Leave two hours of the day"),
        ({"digest": "sometimes"}, "sometimes"),
        ({"digest": ""}, "Choose one of the two."),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_nothing_is_changed_or_lost(ciso, typed, words):
    refused = signed_in(ciso).post("/mails/", {"digest": "yes", "zone": "", **typed})
    assert refused.status_code == 422
    assert words in refused.content.decode()
    for value in (typed.get("quiet_from"), typed.get("quiet_until")):
        assert value is None or f'value="{value}"' in refused.content.decode()
    ciso.refresh_from_db()
    assert (ciso.time_zone, ciso.wants_digest, ciso.quiet) == ("", False, None)


@pytest.mark.parametrize(("zone", "quiet"), [("Europe", None), ("", Quiet(time(9), time(8)))])
def test_the_action_refuses_what_the_page_refuses(ciso, zone, quiet):
    with pytest.raises(ValidationError):
        choose_mails(by=ciso, wants_digest=True, zone=zone, quiet=quiet)
    ciso.refresh_from_db()
    assert (ciso.time_zone, ciso.wants_digest, ciso.quiet) == ("", False, None)


def test_a_tenant_leaves_hours_in_which_reminders_come(tenant, admin):
    with pytest.raises(ValidationError, match="Leave two hours"):
        actions.set_approval_policy(tenant=tenant, values={"quiet_from": time(9), "quiet_until": time(8)}, by=admin)


def test_a_digest_comes_every_day_in_place_of_reminders(digested):
    for days in (-6, -3, -3):
        with at(days):
            actions.chase()
    assert reminders("digest") == [digested.email] * 2
    assert digested.email not in reminders()


@pytest.mark.usefixtures("in_november")
def test_a_digest_tells_of_signatures_that_no_longer_cover_and_of_which_nobody_asked_anew(
    digested, asked, project, lead, editor, servers
):
    with at(-9):
        answer(request_of(asked, digested), digested, answers={"environment": "approve"})
        change(project, servers, editor, count=200)
    with at(-8):
        actions.chase()
    assert Mail.objects.get(kind="digest").context["ended"] == [
        {"project": project.name, "section": "Environment", "by": editor.name, "signed_on": "6 Jan"}
    ]
    with at(-7):
        ask(project, lead, sections=("environment",))
        actions.chase()
    assert Mail.objects.filter(kind="digest").latest("created_at").context["ended"] == []


@pytest.mark.usefixtures("in_november")
def test_a_signature_that_ended_is_told_once_in_a_digest_where_nothing_else_waits(
    digested, asked, project, editor, servers
):
    with at(-9):
        answer(request_of(asked, digested), digested)
        actions.chase()
    with at(-8):
        change(project, servers, editor, count=200)
        actions.chase()
        actions.chase()
    mail = Mail.objects.get(kind="digest")
    told = emails.render(mail)
    assert told.subject == "1 signature of yours is out of date: Contoso"
    assert f"{editor.name} changed Environment of" in told.body
    assert "This waits for you" not in told.body
    for days in (-7, -6):
        with at(days):
            actions.chase()
    assert reminders("digest") == [digested.email]


def test_only_a_digest_is_ended_with_one_press_and_opening_the_link_ends_nothing(digested, client):
    with at(-3):
        actions.chase()
    for mail in Mail.objects.all():
        emails.render(mail).send()
    headers = {m.to[0]: m.extra_headers for m in sent_mail.outbox if "List-Unsubscribe" in m.extra_headers}
    assert set(headers) == {digested.email}
    assert headers[digested.email]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers[digested.email]["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    assert client.get(link).status_code == 200
    digested.refresh_from_db()
    assert digested.wants_digest
    assert type(client)(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    digested.refresh_from_db()
    assert not digested.wants_digest


def test_a_link_that_was_made_up_ends_nothing(client, db):
    assert client.post("/mails/stop/dana:x:y/").status_code == 404


@pytest.mark.parametrize("projects", [1, 3])
def test_looking_whom_to_remind_costs_the_same_for_one_request_and_for_many(
    projects, asked, project, lead, ciso, django_assert_num_queries
):
    for n in range(projects - 1):
        with time_machine.travel(ASKED_AT + timedelta(hours=n + 1), tick=False):
            sections = (("access",), ("adoption",))[n]
            actions.open_round(project=project, sections=sections, due_on=DUE, briefing={}, by=lead)
    with at(-4), django_assert_num_queries(9):
        actions.chase()
