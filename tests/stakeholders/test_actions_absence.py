"""Absence: who stands in counts only by the right word, sees only what they should, and signs as "B for A"."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from projects import access
from projects.models import Grant, Project
from stakeholders import actions
from stakeholders.models import Decision, Request, Stakeholder, StandIn
from stakeholders.rules.absence import Absence, Refusal, refusal
from stakeholders.rules.eligibility import Bar
from tenants import clock, emails
from tenants.actions import choose_mails
from tenants.models import Mail, User
from tenants.quiet import Quiet
from tests.stakeholders.conftest import answer, ask, change, request_of

HANA = "hana@contoso.example"
FIRST, LAST, TODAY = date(2026, 11, 30), date(2026, 12, 11), date(2026, 11, 22)
DANA, MARCUS = "dana@contoso.example", "marcus@contoso.example"


@pytest.mark.parametrize(
    ("wanted", "others", "says"),
    [
        (Absence(DANA, HANA, FIRST, LAST), [], None),
        (Absence(DANA, "", FIRST, LAST), [], Refusal.NOBODY),
        (Absence("", HANA, FIRST, LAST), [], Refusal.NOBODY),
        (Absence(DANA, DANA, FIRST, LAST), [], Refusal.THEMSELVES),
        (Absence(DANA, HANA, None, LAST), [], Refusal.NO_DAYS),
        (Absence(DANA, HANA, FIRST, None), [], Refusal.NO_DAYS),
        (Absence(DANA, HANA, LAST, FIRST), [], Refusal.BACKWARDS),
        (Absence(DANA, HANA, date(2026, 1, 1), date(2026, 1, 2)), [], Refusal.OVER),
        (Absence(DANA, MARCUS, FIRST, LAST), [Absence(MARCUS, DANA, FIRST, LAST)], Refusal.CIRCLE),
        (Absence(DANA, MARCUS, FIRST, LAST), [Absence(MARCUS, DANA, LAST, date(2027, 1, 1))], Refusal.CIRCLE),
        (Absence(DANA, MARCUS, FIRST, LAST), [Absence(MARCUS, DANA, date(2027, 1, 1), date(2027, 1, 9))], None),
        (Absence(DANA, MARCUS, FIRST, LAST), [Absence(MARCUS, HANA, FIRST, LAST)], Refusal.CHAIN),
        (Absence(DANA, HANA, FIRST, LAST), [Absence(MARCUS, DANA, FIRST, LAST)], Refusal.CHAIN),
        (Absence(DANA, HANA, FIRST, LAST), [Absence(MARCUS, HANA, FIRST, LAST)], None),
        (Absence(DANA, HANA, FIRST, LAST), [Absence(DANA, MARCUS, FIRST, LAST)], None),
    ],
)
def test_who_may_stand_in(wanted, others, says):
    assert refusal(wanted, others, TODAY) is says


@pytest.fixture
def row(project, ciso):
    return Stakeholder.objects.get(project=project, key="role-ciso")


@pytest.fixture
def days():
    today = clock.today("Europe/Dublin")
    return {"first": today, "last": today + timedelta(days=10)}


@pytest.fixture
def hana(asked, row, ciso, days):
    actions.name_substitute(row=row, name="Hana Sato", email=HANA, by=ciso, **days)
    return User.objects.get(email=HANA)


def subjects(email):
    return [mail.context["subject"] for mail in Mail.objects.filter(recipient=email, kind="told")]


def test_a_substitute_whom_the_person_names_counts_at_once_and_all_approvers_are_told(hana, row, project, days):
    stand_in = StandIn.objects.counting().get()
    assert (stand_in.for_email, stand_in.email, stand_in.confirmed_by_email) == (DANA, HANA, DANA)
    grant = Grant.objects.get(user=hana)
    assert (grant.role, grant.reason, grant.starts_on, grant.ends_on) == (
        "stakeholder", "substitute", days["first"], days["last"],
    )  # fmt: skip
    assert access.permissions_of(project, hana) == {"view_revision"}
    assert subjects(MARCUS) == ["A substitute for Dana Reyes: Contoso Endpoint 2027"]
    assert [subject for subject in subjects(HANA) if subject.startswith("Decide for Dana Reyes")]


def test_naming_a_substitute_ends_no_signature(asked, row, ciso, days, project):
    answer(request_of(asked, ciso), ciso)
    before = Project.objects.get(pk=project.pk).digests
    actions.name_substitute(row=row, name="Hana Sato", email=HANA, by=ciso, **days)
    assert Project.objects.get(pk=project.pk).digests == before


def test_a_substitute_decides_as_b_for_a_and_the_person_is_told(hana, asked, ciso):
    decision = answer(request_of(asked, ciso), hana)
    assert (decision.name, decision.email) == ("Hana Sato", HANA)
    assert (decision.for_name, decision.for_email) == ("Dana Reyes", DANA)
    assert Request.objects.get(email=DANA).answered_at
    assert "Hana Sato decided for you: Contoso Endpoint 2027" in subjects(DANA)
    receipt = Mail.objects.get(kind="receipt")
    assert (receipt.recipient, receipt.context["on_behalf_of"]) == (HANA, "Dana Reyes")


def test_outside_the_days_nobody_stands_in(asked, row, ciso, project):
    today = clock.today("Europe/Dublin")
    first, last = today + timedelta(days=3), today + timedelta(days=5)
    actions.name_substitute(row=row, name="Hana Sato", email=HANA, by=ciso, first=first, last=last)
    hana = User.objects.get(email=HANA)
    for day, may in ((today, False), (first, True), (last, True), (last + timedelta(days=1), False)):
        with time_machine.travel(f"{day} 12:00", tick=False):
            access.refresh_dated_grants()
            request = request_of(asked, ciso)
            assert (actions.bars_of(request, hana) == {}) is may, day
            assert (access.permissions_of(project, hana) == {"view_revision"}) is may, day
            assert Request.objects.of_person(hana, day).exists() is may, day


def test_a_substitute_gets_what_waits_on_their_first_day_once(asked, row, ciso):
    first = clock.today("Europe/Dublin") + timedelta(days=3)
    actions.name_substitute(row=row, name="Hana", email=HANA, by=ciso, first=first, last=first + timedelta(days=3))
    actions.tell_those_who_stand_in()
    assert not [each for each in subjects(HANA) if each.startswith("Decide for")]
    with time_machine.travel(f"{first} 00:30", tick=False):  # not at night
        actions.tell_those_who_stand_in()
    assert not [each for each in subjects(HANA) if each.startswith("Decide for")]
    with time_machine.travel(f"{first} 12:00", tick=False):
        actions.tell_those_who_stand_in()
        actions.tell_those_who_stand_in()
    assert len([each for each in subjects(HANA) if each.startswith("Decide for")]) == 1


def test_a_substitute_is_not_told_in_the_hours_that_they_chose(asked, row, ciso):
    first = clock.today("Europe/Dublin") + timedelta(days=3)
    actions.name_substitute(row=row, name="Hana", email=HANA, by=ciso, first=first, last=first + timedelta(days=3))
    hana, _is_new = User.objects.get_or_create(email=HANA)
    choose_mails(by=hana, wants_digest=False, zone="", quiet=Quiet(time(11), time(15)))
    for hour, told in ((12, 0), (16, 1)):
        with time_machine.travel(f"{first} {hour}:00", tick=False):
            actions.tell_those_who_stand_in()
        assert len([each for each in subjects(HANA) if each.startswith("Decide for")]) == told


def test_one_whom_the_lead_names_counts_only_when_it_is_confirmed(asked, row, lead, ciso, head_of_cdoc, days, project):
    values = {"substitute": "Hana Sato", "substitute_email": HANA, "substitute_from": days["first"],
              "substitute_until": days["last"]}  # fmt: skip
    actions.change_stakeholder(project=project, key=row.key, values=values, by=lead)
    assert not StandIn.objects.exists()
    assert subjects(DANA) == subjects(MARCUS) == ["A substitute for Dana Reyes: Contoso Endpoint 2027"]
    hana = User.objects.create_user(HANA, name="Hana Sato")
    assert set(actions.bars_of(request_of(asked, ciso), hana).values()) == {Bar.NOT_ADDRESSED}
    row.refresh_from_db()
    for person in (lead, hana):
        with pytest.raises(actions.NotTheirs):
            actions.confirm_substitute(row=row, by=person)
    actions.confirm_substitute(row=row, by=head_of_cdoc)
    assert StandIn.objects.counting().get().confirmed_by_email == MARCUS
    assert actions.bars_of(request_of(asked, ciso), hana) == {}


def test_another_approver_who_would_stand_in_cannot_confirm_themselves(asked, row, lead, head_of_cdoc, days, project):
    values = {"substitute": "Marcus Webb", "substitute_email": MARCUS, "substitute_from": days["first"],
              "substitute_until": days["last"]}  # fmt: skip
    actions.change_stakeholder(project=project, key=row.key, values=values, by=lead)
    row.refresh_from_db()
    with pytest.raises(actions.NotTheirs):
        actions.confirm_substitute(row=row, by=head_of_cdoc)


def test_a_lead_cannot_name_for_another_as_if_they_were_them(row, lead, days):
    with pytest.raises(actions.NotTheirs):
        actions.name_substitute(row=row, name="Hana", email=HANA, by=lead, **days)


@pytest.mark.parametrize("values", [
    {"substitute_email": "other@contoso.example"},
    {"substitute_until": date(2030, 1, 1)},
    {"email": "new@contoso.example", "name": "New"},
    {"does_not_apply": "Nobody."},
])  # fmt: skip
def test_any_change_of_the_row_ends_what_was_confirmed(hana, row, lead, project, values):
    actions.change_stakeholder(project=project, key=row.key, values=values, by=lead, why="Changed.")
    assert not StandIn.objects.counting().exists()
    assert access.permissions_of(project, hana) == set()


def test_two_do_not_stand_in_for_each_other(asked, hana, project, head_of_cdoc, row, ciso, days):
    other = Stakeholder.objects.get(project=project, key="role-head-of-cdoc")
    actions.name_substitute(row=row, name="Marcus", email=MARCUS, by=ciso, **days)
    with pytest.raises(ValidationError):
        actions.name_substitute(row=other, name="Dana", email=DANA, by=head_of_cdoc, **days)
    with pytest.raises(ValidationError):
        actions.name_substitute(row=other, name="Hana", email=HANA, by=head_of_cdoc, **days)
    assert StandIn.objects.counting().count() == 1


def test_an_author_signs_for_nobody_and_nobody_for_an_author(hana, asked, project, servers, ciso, tenant):
    from tenants.actions import invite

    for person in (hana, ciso):
        invite(tenant=tenant, email=person.email, by=None, is_mailed=False)
        access.grant(project=project, user=person, role="editor", by=None)
    change(project, servers, hana, count=120)
    assert actions.bars_of(request_of(asked, ciso), hana) == {"environment": Bar.WROTE_IT}
    assert actions.bars_of(request_of(asked, ciso), ciso) == {}
    change(project, servers, ciso, count=130)
    Project.objects.filter(pk=project.pk).update(authors={"environment": {DANA: "Dana"}})
    assert actions.bars_of(request_of(asked, ciso), hana) == {"environment": Bar.FOR_SOMEBODY_BARRED}
    with pytest.raises(actions.MayNotSign):
        answer(request_of(asked, ciso), hana)


# One request -----------------------------------------------------------------------------------------------------
def test_one_request_is_handed_to_somebody_who_then_decides_it_alone(asked, ciso, project, lead):
    request = actions.hand_over_request(request=request_of(asked, ciso), name="Hana Sato", email=HANA, by=ciso)
    hana = User.objects.get(email=HANA)
    assert access.permissions_of(project, hana) == {"view_revision"}
    assert set(actions.bars_of(request_of(asked, ciso), ciso).values()) == {Bar.HANDED_ON}
    decision = answer(request_of(asked, ciso), hana)
    assert (decision.email, decision.for_email) == (HANA, DANA)
    second = ask(project, lead, sections=("access",))
    assert set(actions.bars_of(request_of(second, ciso), hana).values()) == {Bar.NOT_ADDRESSED}
    assert request.handed_to == HANA


def test_whoever_answers_for_somebody_can_type_the_reference_of_their_mail(asked, ciso):
    request = actions.hand_over_request(request=request_of(asked, ciso), name="Hana Sato", email=HANA, by=ciso)
    mail = Mail.objects.get(recipient=HANA, kind="told", context__subject__startswith="Decide for Dana Reyes")
    for end in ("txt", "html"):
        said = render_to_string(f"emails/told.{end}", {**mail.context, "public_host": "plan.example"})
        assert "type plan.example and enter" in said
        assert request.code in said.partition("type plan.example and enter")[2]


def test_a_request_is_handed_on_by_the_person_alone_and_once_deep(asked, ciso, lead, head_of_cdoc):
    for person in (lead, head_of_cdoc):
        with pytest.raises(actions.NotTheirs):
            actions.hand_over_request(request=request_of(asked, ciso), name="Hana", email=HANA, by=person)
    actions.hand_over_request(request=request_of(asked, ciso), name="Hana", email=HANA, by=ciso)
    with pytest.raises(actions.NotTheirs):
        actions.hand_over_request(
            request=request_of(asked, ciso), name="X", email="x@contoso.example", by=User.objects.get(email=HANA)
        )


def test_a_request_is_not_handed_to_whoever_asked_for_it(asked, ciso, lead):
    with pytest.raises(ValidationError):
        actions.hand_over_request(request=request_of(asked, ciso), name="Lena", email=lead.email, by=ciso)
    assert Request.objects.get(email=DANA).handed_to == ""


def test_a_request_that_was_handed_on_is_taken_back(asked, ciso, project):
    actions.hand_over_request(request=request_of(asked, ciso), name="Hana", email=HANA, by=ciso)
    actions.take_request_back(request=request_of(asked, ciso), by=ciso)
    hana = User.objects.get(email=HANA)
    assert actions.bars_of(request_of(asked, ciso), ciso) == {}
    assert set(actions.bars_of(request_of(asked, ciso), hana).values()) == {Bar.NOT_ADDRESSED}
    assert access.permissions_of(project, hana) == set()


def test_one_request_is_answered_before_the_days_of_its_substitute_and_the_days_stay(asked, row, ciso, project):
    first = clock.today("Europe/Dublin") + timedelta(days=90)
    actions.name_substitute(row=row, name="Hana", email=HANA, by=ciso, first=first, last=first + timedelta(days=3))
    hana = User.objects.get(email=HANA)
    assert access.permissions_of(project, hana) == set()
    actions.hand_over_request(request=request_of(asked, ciso), name="Hana", email=HANA, by=ciso)
    assert access.permissions_of(project, hana) == {"view_revision"}
    assert answer(request_of(asked, ciso), hana).for_email == DANA
    with time_machine.travel(f"{first} 12:00", tick=False):
        access.refresh_dated_grants()
        assert access.permissions_of(project, hana) == {"view_revision"}


def test_days_that_are_named_later_take_no_request_away_that_was_handed_over(asked, row, ciso, project):
    actions.hand_over_request(request=request_of(asked, ciso), name="Hana", email=HANA, by=ciso)
    first = clock.today("Europe/Dublin") + timedelta(days=3)
    actions.name_substitute(row=row, name="Hana", email=HANA, by=ciso, first=first, last=first + timedelta(days=3))
    assert access.permissions_of(project, User.objects.get(email=HANA)) == {"view_revision"}


def test_one_person_stands_in_for_two_on_the_days_of_each(asked, row, ciso, head_of_cdoc, project):
    today = clock.today("Europe/Dublin")
    other = Stakeholder.objects.get(project=project, email=MARCUS)
    actions.name_substitute(row=row, name="Hana", email=HANA, by=ciso, first=today, last=today + timedelta(days=2))
    late = today + timedelta(days=20)
    actions.name_substitute(row=other, name="Hana", email=HANA, by=head_of_cdoc, first=late, last=late)
    hana = User.objects.get(email=HANA)
    assert access.permissions_of(project, hana) == {"view_revision"}
    with time_machine.travel(f"{late} 12:00", tick=False):
        access.refresh_dated_grants()
        assert access.permissions_of(project, hana) == {"view_revision"}


# Somebody left ---------------------------------------------------------------------------------------------------
def test_one_successor_takes_every_row_and_what_waits_and_past_decisions_keep_their_name(
    asked, project, tenant, lead, admin, ciso, head_of_cdoc
):
    from stakeholders.actions import assign, start_project
    from tests.conftest import make_person

    other = start_project(tenant=tenant, lead=lead, by=lead, name="Contoso Retail", kind="migration")
    assign(project=other, key="role-ciso", email=DANA, name="Dana Reyes", by=lead)
    answer(request_of(asked, ciso), ciso)
    again = ask(project, lead, sections=("access",))
    hana = make_person(tenant, "Hana Sato")
    actions.succeed(person=ciso, successor=hana, tenant=tenant, by=admin, why="Dana Reyes left.")
    assert list(Stakeholder.objects.filter(key="role-ciso").values_list("email", flat=True)) == [hana.email] * 2
    assert Decision.objects.get().name == "Dana Reyes"
    request = Request.objects.get(round=again, stakeholder_key="role-ciso")
    assert (request.email, request.name, request.closed_at) == (hana.email, "Hana Sato", None)
    assert Mail.objects.filter(recipient=hana.email, kind="decision_request").count() == 1
    assert not Grant.objects.filter(user=ciso).exists()
    assert answer(Request.objects.select_related("round__project").get(pk=request.pk), hana).email == hana.email


def test_whoever_left_stands_in_for_nobody_any_more(hana, tenant, admin, lead, row):
    actions.succeed(person=hana, successor=lead, tenant=tenant, by=admin, why="Hana left.")
    row.refresh_from_db()
    assert (row.email, row.substitute_email) == (DANA, "")
    assert not StandIn.objects.counting().exists()


# who is told


def test_whoever_stands_in_later_or_where_nothing_waits_reads_from_when_to_when(row, ciso, days, head_of_cdoc):
    later = {"first": days["first"] + timedelta(days=5), "last": days["last"]}
    actions.name_substitute(row=row, name="Hana Sato", email=HANA, by=ciso, **later)
    actions.name_substitute(row=row, name="Hana Sato", email=HANA, by=ciso, **days)
    assert subjects(HANA) == ["You stand in for Dana Reyes: Contoso Endpoint 2027"] * 2


def test_the_person_reads_of_their_own_substitute_and_everybody_who_said_so(asked, row, lead, ciso, head_of_cdoc, days):
    values = {"substitute": "Hana Sato", "substitute_email": HANA, "substitute_from": days["first"],
              "substitute_until": days["last"]}  # fmt: skip
    actions.change_stakeholder(project=row.project, key=row.key, values=values, by=lead, why="On leave.")
    named = Mail.objects.get(recipient=DANA, context__subject__startswith="A substitute")
    assert named.context["lines"][0].startswith("Lena Fischer named Hana Sato as your substitute, from ")
    actions.confirm_substitute(row=row, by=head_of_cdoc)
    confirmed = Mail.objects.filter(recipient=DANA, context__subject__startswith="A substitute").latest("created_at")
    assert confirmed.context["lines"][0].startswith("Hana Sato stands in for you from ")
    assert confirmed.context["lines"][0].endswith("Confirmed by Marcus Webb.")


def test_the_person_ends_it_before_the_last_day_and_everybody_is_told(
    hana, asked, row, project, ciso, lead, head_of_cdoc
):
    with pytest.raises(actions.NotTheirs):
        actions.end_substitute(row=row, by=lead)
    actions.end_substitute(row=row, by=ciso)
    actions.end_substitute(row=row, by=ciso)
    assert access.permissions_of(project, hana) == set()
    over = "No substitute for Dana Reyes any more: Contoso Endpoint 2027"
    assert [subjects(email).count(over) for email in (HANA, MARCUS, DANA)] == [1, 1, 0]
    assert not Request.objects.of_person(hana).exists()


def test_a_reminder_by_hand_goes_to_whoever_stands_in_and_says_for_whom(hana, asked, ciso, lead):
    assert actions.remind(request=request_of(asked, ciso), by=lead).name == "Hana Sato"
    mail = Mail.objects.get(kind="reminder")
    assert (mail.recipient, mail.context["for_name"], mail.context["can_hand_over"]) == (HANA, "Dana Reyes", False)
    words = emails.render(mail).body
    assert "Lena Fischer asked Dana Reyes about Environment and Licences, and you answer for them." in words
    assert "you answer for Dana Reyes as Chief Information Security Officer (CISO)" in words


def test_whoever_stands_in_is_told_of_a_withdrawal_too(hana, asked, lead):
    actions.withdraw_round(round_=asked, because="Counts are wrong.", by=lead)
    told = Mail.objects.filter(kind="request_withdrawn").values_list("recipient", flat=True)
    assert sorted(told) == sorted([DANA, HANA, MARCUS, "priya@contoso.example"])


def test_the_person_reads_what_was_answered_for_them(hana, asked, ciso):
    answer(request_of(asked, ciso), hana, "changes", comment="Count again.")
    told = Mail.objects.get(recipient=DANA, context__subject__startswith="Hana Sato decided for you")
    assert told.context["lines"][0] == (
        "Hana Sato requested changes to Environment and Licences for you, as Chief Information Security Officer (CISO)."
    )


def test_a_successor_of_whom_nothing_is_asked_yet_is_told_of_their_place(tenant, project, ciso, admin, lead):
    actions.succeed(person=ciso, successor=lead, tenant=tenant, by=admin, why="Dana left.")
    assert subjects(lead.email) == ["You take the place of Dana Reyes: Contoso Endpoint 2027"]
