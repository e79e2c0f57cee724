"""Authors cannot sign, on whatever path: one function decides, and every path asks it."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.core.management import get_commands
from django.urls import reverse

from projects import access
from projects.models import Project
from readiness.actions import present_verdict
from stakeholders import actions
from stakeholders.models import Decision, Request, Round, Stakeholder
from stakeholders.plan import load
from stakeholders.rules.eligibility import Bar
from stakeholders.states import standings
from tenants import clock
from tenants.actions import invite
from tenants.models import Mail, User
from tests.remembered import remembered
from tests.stakeholders.conftest import answer, ask, change, request_of, signed_in

HANA = "hana@contoso.example"


@pytest.fixture
@remembered
def round_(project, lead, ciso, servers):
    return ask(project, lead, sections=("environment",))


@pytest.fixture
@remembered
def author(project, tenant, ciso, lead, servers, round_):
    """Dana approves, was asked for Environment, and has written it since."""
    invite(tenant=tenant, email=ciso.email, by=None, is_mailed=False)
    access.grant(project=project, user=ciso, role="editor", by=lead)
    change(project, servers, ciso, count=120)
    return ciso


def is_signed(project):
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    return standings([project], load([project]))[project.pk].is_signed("environment")


def waited_for(project):
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    found = standings([project], load([project]))[project.pk].waits
    return [(row.name, sections) for row, _ask, sections in found]


def stand_in(project, person):
    """Dana names Hana for today."""
    row = Stakeholder.objects.get(project=project, key="role-ciso")
    today = clock.today("Europe/Dublin")
    actions.name_substitute(row=row, name="Hana", email=HANA, first=today, last=today, by=person)
    return User.objects.get(email=HANA)


def by_action(project, round_, author):
    with pytest.raises(actions.MayNotSign) as refused:
        answer(request_of(round_, author), author)
    assert refused.value.bars == {"environment": Bar.WROTE_IT}


def by_page(project, round_, author):
    request = request_of(round_, author)
    url = reverse("stakeholders:decide", args=[project.slug, round_.number])
    read = Project.objects.get(pk=project.pk).digests["environment"]
    data = {"code": request.code, "briefing": "x", "sign": "approve", "read_environment": read}
    assert signed_in(author).post(url, data).status_code == 403


def by_superuser(project, round_, author):
    author.is_superuser = author.is_staff = True
    author.save()
    by_action(project, round_, author)
    root = User.objects.create_superuser("root@example.org", name="Root")
    with pytest.raises(actions.MayNotSign) as refused:
        answer(request_of(round_, author), root)
    assert refused.value.bars == {"environment": Bar.NOT_ADDRESSED}


def by_substitute(project, round_, author):
    hana = stand_in(project, author)
    with pytest.raises(actions.MayNotSign) as refused:
        answer(request_of(round_, author), hana)
    assert refused.value.bars == {"environment": Bar.FOR_SOMEBODY_BARRED}


def by_hand_over(project, round_, author):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        actions.hand_over_request(request=request_of(round_, author), name="Hana", email=HANA, by=author)


def by_report(project, round_, author):
    report = actions.report_decision(
        request=request_of(round_, author),
        answer="approve",
        decided_on=clock.today("UTC"),
        place="Committee",
        by=project.lead,
    )
    with pytest.raises(actions.MayNotSign):
        actions.confirm_report(report=report, by=author, authenticated_by="code")
    report.refresh_from_db()
    assert report.confirmed_at is None


def by_confirming_on_the_page(project, round_, author):
    request = request_of(round_, author)
    actions.report_decision(
        request=request, answer="approve", decided_on=clock.today("UTC"), place="Committee", by=project.lead
    )
    url = reverse("stakeholders:reported", args=[project.slug, round_.number])
    signed_in(author).post(url, {"code": request.code, "deed": "confirm"})


PATHS = [by_action, by_page, by_superuser, by_substitute, by_hand_over, by_report, by_confirming_on_the_page]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_an_author_does_not_sign(project, round_, author, path):
    path(project, round_, author)
    assert not Decision.objects.exists()
    assert not is_signed(project)


def test_no_command_and_no_page_of_the_administration_writes_a_decision():
    ours = {name for name, app in get_commands().items() if app in {"stakeholders", "readiness", "projects", "tenants"}}
    assert not [name for name in ours if "decide" in name or "sign" in name or "approve" in name]
    site = admin.site
    assert not [model for model in site._registry if model._meta.app_label == "stakeholders"]


def test_the_row_is_not_lent_for_a_moment(project, round_, author, lead, head_of_cdoc):
    """Whoever puts themselves into a row does not sign it, and a request goes to the address it was put to."""
    with pytest.raises(actions.MayNotSign):
        answer(request_of(round_, author), head_of_cdoc)
    actions.assign(project=project, key="role-ciso", email=lead.email, name=lead.name, by=lead, why="I do it.")
    again = ask(project, head_of_cdoc, sections=("licences",))
    with pytest.raises(actions.MayNotSign) as refused:
        answer(Request.objects.select_related("round__project").get(round=again, email=lead.email), lead)
    assert set(refused.value.bars.values()) == {Bar.ADDED_OWN_ROW}


@pytest.fixture
def sole(project, lead):
    """Nobody but Dana approves."""
    actions.change_stakeholder(
        project=project, key="role-head-of-cdoc", values={"does_not_apply": "We have none."}, by=lead, why="None."
    )


def test_a_sole_approver_who_wrote_it_is_a_dead_end_that_says_its_remedy(project, sole, round_, author):
    project = Project.objects.select_related("tenant", "lead").get(pk=project.pk)
    found = {f["id"]: f for f in present_verdict(project).payload["findings"] if f["state"] == "fail"}
    dead_end = found["environment_is_approved:authors"]
    assert dead_end["severity"] == "blocker"
    assert author.name in dead_end["why"]
    assert dead_end["why"].endswith("nobody signs their own work. Name another approver.")
    assert dead_end["deeds"][0]["label"] == "Name another approver"


def test_a_sole_approver_asks_nobody_and_another_lead_asks_them(project, sole, lead, ciso, servers):
    with pytest.raises(actions.NobodyToAsk):
        ask(project, ciso, sections=("environment",))
    assert not Round.objects.exists()
    answer(request_of(ask(project, lead, sections=("environment",)), ciso), ciso)
    assert is_signed(project)


def test_what_only_its_sender_approves_is_put_to_nobody_and_they_may_still_sign_it(
    project, lead, ciso, head_of_cdoc, servers
):
    older = request_of(ask(project, lead, sections=("environment",)), ciso)
    narrow = {"scope": ["licences"]}
    actions.change_stakeholder(project=project, key="role-head-of-cdoc", values=narrow, by=lead, why="Licences alone.")
    ask(project, ciso, sections=("environment", "licences"))
    assert Project.objects.get(pk=project.pk).askers == {"environment": lead.email, "licences": ciso.email}
    assert not is_signed(project)
    answer(older, ciso)
    assert is_signed(project)


def test_sending_alone_approves_nothing(project, lead, ciso, head_of_cdoc, servers):
    """Marcus has signed Licences, Dana has not: that she sends it again does not take her out of the quorum."""
    first = ask(project, lead, sections=("licences",))
    answer(request_of(first, head_of_cdoc), head_of_cdoc)
    ask(project, ciso, sections=("licences", "access"))
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    assert project.askers == {"licences": lead.email, "access": ciso.email}
    assert not standings([project], load([project]))[project.pk].is_signed("licences")
    assert Request.objects.open().filter(round=first, email=ciso.email).exists()


def test_an_approver_who_asked_the_only_other_one_is_a_dead_end_that_says_its_remedy(
    project, lead, ciso, head_of_cdoc, servers
):
    ask(project, ciso, sections=("environment",))
    gone = {"does_not_apply": "We have none."}
    actions.change_stakeholder(project=project, key="role-head-of-cdoc", values=gone, by=lead, why="None.")
    project = Project.objects.select_related("tenant", "lead").get(pk=project.pk)
    found = {f["id"]: f for f in present_verdict(project).payload["findings"] if f["state"] == "fail"}
    assert found["environment_is_approved:authors"]["why"] == (
        "Dana Reyes asked for the approval, and nobody approves what they asked for. "
        "Name another approver, or let another lead send the request."
    )


def test_with_another_approver_the_quorum_runs_over_them(project, round_, author, lead, head_of_cdoc):
    again = ask(project, lead, sections=("environment",))
    answer(request_of(again, head_of_cdoc), head_of_cdoc)
    assert is_signed(project)
    with pytest.raises(actions.MayNotSign):  # the others have signed, and it is still the author's own work
        answer(request_of(round_, author), author)
    assert is_signed(project)


def test_an_author_is_not_asked_for_what_they_wrote(project, round_, author, lead, head_of_cdoc):
    stand_in(project, author)
    before = set(Mail.objects.values_list("pk", flat=True))
    again = ask(project, lead, sections=("environment", "licences"))
    assert {r.email: r.sections for r in again.requests.all()} == {
        author.email: ["licences"],
        head_of_cdoc.email: ["environment", "licences"],
    }
    third = ask(project, lead, sections=("environment",))
    assert [r.email for r in third.requests.all()] == [head_of_cdoc.email]
    mails = Mail.objects.exclude(pk__in=before)
    told = [mail for mail in mails if mail.recipient in {author.email, HANA}]
    assert not [mail for mail in told if "Environment" in str(mail.context)]


def test_a_new_link_names_only_what_its_person_may_answer(project, lead, ciso, servers):
    request = request_of(ask(project, lead, sections=("environment", "licences")), ciso)
    change(project, servers, ciso, count=120)
    actions.renew_link(request=request, by=lead)
    mail = Mail.objects.filter(kind="decision_request", recipient=ciso.email).latest("created_at")
    assert mail.context["sections"] == ["Licences"]


def test_if_whoever_is_left_wrote_it_there_is_nobody_to_ask(project, sole, round_, author, lead):
    with pytest.raises(actions.NobodyToAsk):
        ask(project, lead, sections=("environment",))
    assert Round.objects.count() == 1


def test_whoever_wrote_it_after_they_were_asked_is_not_waited_for(project, round_, author, lead, head_of_cdoc):
    ask(project, lead, sections=("environment",))
    assert waited_for(project) == [("Marcus Webb", ["environment"])]
    ask(project, lead, sections=("environment", "licences"))
    assert waited_for(project) == [("Dana Reyes", ["licences"]), ("Marcus Webb", ["environment", "licences"])]


def test_who_wrote_before_a_full_sign_off_may_sign_what_somebody_else_writes_after(
    project, round_, author, lead, head_of_cdoc, editor, servers
):
    answer(request_of(ask(project, lead, sections=("environment",)), head_of_cdoc), head_of_cdoc)
    change(project, servers, editor, count=200)
    assert list(Project.objects.get(pk=project.pk).authors["environment"]) == [editor.email]
    newest = ask(project, lead, sections=("environment",))
    answer(request_of(newest, author), author)
    assert not is_signed(project)
    answer(request_of(newest, head_of_cdoc), head_of_cdoc)
    assert is_signed(project)
