"""Reminders of roles that must be removed: before the end, on the day, every week; one mail a person, never at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from projects import access
from projects import actions as plan_actions
from projects.models import Project
from projects.rules.roles import Role
from projects.tables import TABLES
from stakeholders import actions
from stakeholders.tasks import remind_of_removals as removals_task
from tenants import emails
from tenants.actions import choose_mails
from tenants.models import Mail, RefusedAddress
from tenants.quiet import Quiet
from tests.conftest import make_person
from tests.remembered import remembered

pytestmark = pytest.mark.django_db
END = date(2027, 1, 15)  # a Friday
ASSIGNMENTS = TABLES["access", "assignments"]


def at(days: int, hour: int = 10) -> time_machine.travel:
    """So many days after the end."""
    return time_machine.travel(datetime.combine(END + timedelta(days=days), time(hour), UTC), tick=False)


def add(project, by, **more):
    values = {"persona": "Security Administrator", "entra_role": "security-administrator", "assignee": "Ravi Menon",
              "assignee_kind": "person", "duration": "temporary", "ends_on": END, "remover": "Cleo Mann"}  # fmt: skip
    with at(-30):
        return plan_actions.add_row(project=project, table=ASSIGNMENTS, values={**values, **more}, by=by)


@pytest.fixture
@remembered
def cleo(tenant):
    return make_person(tenant, "Cleo Mann")


@pytest.fixture
@remembered
def role(project, lead, cleo):
    return add(project, lead)


def mails() -> list[Mail]:
    return list(Mail.objects.filter(kind="removal_due").order_by("created_at", "recipient"))


def readers() -> list[str]:
    return [mail.recipient.partition("@")[0] for mail in mails()]


def told(mail: Mail) -> list[tuple[str, str]]:
    return [(each["who"], each["state"]) for each in mail.context["roles"]]


def test_the_remover_is_reminded_seven_days_before_on_the_day_and_every_week_after(role):
    for days in range(-20, 20):
        with at(days):
            actions.remind_of_removals()
            actions.remind_of_removals()
    assert [(mail.created_at.date() - END).days for mail in mails()] == [-7, 0, 1, 8, 15]
    assert [told(mail)[0][1] for mail in mails()] == [
        "ends in 7 days", "due for removal today", "overdue 1 day", "overdue 8 days", "overdue 15 days",
    ]  # fmt: skip
    assert set(readers()) == {"cleo"}


def test_days_on_which_nothing_ran_are_caught_up_with_one_mail(role):
    with at(5):
        removals_task()
    assert [told(mail) for mail in mails()] == [[("Ravi Menon", "overdue 5 days")]]


def test_the_tenant_says_how_many_days_before(role, tenant):
    plan_actions.set_access_policy(tenant=tenant, values={"remind_days": 21}, by=None)
    with at(-21):
        assert actions.remind_of_removals() == 1
    plan_actions.set_access_policy(tenant=tenant, values={"remind_days": 0}, by=None)
    with at(-1):
        assert actions.remind_of_removals() == 0


def test_one_mail_has_all_that_is_due_the_most_overdue_first(project, lead, role):
    add(project, lead, assignee="Ana Ruiz", ends_on=END - timedelta(days=2))
    with at(0):
        assert actions.remind_of_removals() == 1
        assert actions.remind_of_removals() == 0
    (mail,) = mails()
    assert told(mail) == [("Ana Ruiz", "overdue 2 days"), ("Ravi Menon", "due for removal today")]
    assert emails.render(mail).subject == "Remove 2 temporary roles, the first overdue 2 days: Contoso"


def test_what_becomes_due_later_on_the_same_day_is_told_too(project, lead, role):
    with at(0, 9):
        actions.remind_of_removals()
    add(project, lead, assignee="Ana Ruiz")
    with at(0, 11):
        assert actions.remind_of_removals() == 1
    assert [told(mail)[0][0] for mail in mails()] == ["Ravi Menon", "Ana Ruiz"]


@pytest.mark.parametrize(
    "remover", ["", "Nobody Known", "Cleo", "outsider@elsewhere.example", "cleo@contoso.example.evil.example"]
)
def test_where_no_person_of_the_tenant_is_named_the_lead_is_reminded(project, lead, cleo, remover):
    add(project, lead, remover=remover)
    with at(0):
        actions.remind_of_removals()
    assert readers() == ["lena"]


@pytest.mark.parametrize(
    "remover", ["Cleo Mann", "cleo mann (IT)", "CLEO@contoso.example", "Cleo <cleo@contoso.example>"]
)
def test_a_person_of_the_tenant_is_found_by_name_or_address(project, lead, cleo, remover):
    add(project, lead, remover=remover)
    with at(0):
        actions.remind_of_removals()
    assert readers() == ["cleo"]


def test_of_two_people_of_one_name_neither_is_guessed(project, lead, cleo, tenant, role):
    other = make_person(tenant, "Other Person")
    other.name = "Cleo Mann"
    other.save()
    with at(0):
        actions.remind_of_removals()
    assert readers() == ["lena"]


def test_an_address_that_takes_no_mail_leaves_it_to_the_lead(role):
    RefusedAddress.objects.create(email="cleo@contoso.example", why="550")
    with at(0):
        actions.remind_of_removals()
    assert readers() == ["lena"]


def test_people_of_another_tenant_are_nobody_s_removers(project, lead, other_tenant):
    make_person(other_tenant, "Cleo Mann")
    add(project, lead)
    with at(0):
        actions.remind_of_removals()
    assert readers() == ["lena"]


def test_nobody_is_reminded_at_night_but_in_the_morning(role, cleo):
    for hour, sent in ((3, 0), (20, 0), (10, 1)):
        with at(0, hour):
            assert actions.remind_of_removals() == sent
    cleo.time_zone = "Asia/Singapore"
    cleo.save()
    with at(1, 12):  # eight in the evening there
        assert actions.remind_of_removals() == 0


def test_nobody_is_reminded_of_a_role_in_the_hours_that_they_chose(role, cleo):
    choose_mails(by=cleo, wants_digest=False, zone="", quiet=Quiet(time(9), time(11)))
    for hour, sent in ((10, 0), (20, 1)):
        with at(0, hour):
            assert actions.remind_of_removals() == sent


def test_what_is_removed_set_aside_archived_or_hidden_reminds_nobody(role, project, lead):
    with at(-1):
        plan_actions.set_aside(project=project, table=ASSIGNMENTS, key=role.key, because="No.", by=lead)
    with at(0):
        assert actions.remind_of_removals() == 0
        plan_actions.set_aside(project=project, table=ASSIGNMENTS, key=role.key, because="", by=lead)
        for change in ({"archived_at": datetime.now(UTC)}, {"is_hidden": True}):
            Project.objects.filter(pk=project.pk).update(**change)
            assert actions.remind_of_removals() == 0
            Project.objects.filter(pk=project.pk).update(archived_at=None, is_hidden=False)
        plan_actions.record_removal(
            project=project, key=role.key, on=END, removed_by="Cleo Mann", evidence="CHG-1", by=lead
        )
        assert actions.remind_of_removals() == 0


def test_a_record_that_was_taken_back_is_reminded_of_again_in_its_rhythm(role, project, lead):
    with at(0):
        plan_actions.record_removal(project=project, key=role.key, on=END, removed_by="Cleo", evidence="C-1", by=lead)
        plan_actions.take_back_removal(project=project, key=role.key, by=lead, why="Wrong.")
        assert actions.remind_of_removals() == 1


def test_whoever_may_record_it_gets_the_link_whoever_may_not_replies_to_the_lead(role, project, cleo, lead):
    with at(0):
        actions.remind_of_removals()
    (mail,) = mails()
    message = emails.render(mail)
    assert message.reply_to == [lead.email]
    assert "/plan/access/temporary/" not in message.body
    assert "then tell Lena Fischer" in message.body
    access.grant(project=project, user=cleo, role=Role.EDITOR, by=lead)
    with at(1):
        actions.remind_of_removals()
    assert f"/projects/{project.slug}/plan/access/temporary/" in emails.render(mails()[-1]).body


def test_the_lead_s_own_reminder_replies_to_nobody(project, lead):
    add(project, lead, remover="")
    with at(0):
        actions.remind_of_removals()
    message = emails.render(mails()[0])
    assert not message.reply_to
    assert "/plan/access/temporary/" in message.body


def test_a_hostile_name_ends_no_header(project, lead, cleo):
    add(project, lead, assignee="Ana\r\nBcc: all@contoso.example <blink>")
    with at(0):
        actions.remind_of_removals()
    message = emails.render(mails()[0])
    assert "\n" not in message.subject
    html = message.alternatives[0][0]
    assert "<blink>" not in html


@pytest.mark.parametrize("count", [1, 3])
def test_looking_whom_to_remind_costs_the_same_for_one_role_and_for_many(
    count, project, lead, cleo, django_assert_num_queries
):
    for number in range(count):
        add(project, lead, assignee=f"Person {number}")
    with at(-20), django_assert_num_queries(QUIET):
        assert actions.remind_of_removals() == 0
    with at(0), django_assert_num_queries(DUE):
        assert actions.remind_of_removals() == 1


# tenants; transaction, lock, projects, policy, rows, people, sent, quiet hours, refused addresses, end
QUIET = 11
# and for a person: what they may do (2), the mail with its savepoint (4)
DUE = 15
