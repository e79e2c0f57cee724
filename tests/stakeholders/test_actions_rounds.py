"""Requests and decisions: who is asked, what is refused, what a signature covers and when it ends."""

from __future__ import annotations

import json
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction

from mdeprep.by_name import asked_by_name
from projects import access
from projects import actions as plan_actions
from projects.models import Project
from projects.tables import TABLES
from stakeholders import actions, emails
from stakeholders.models import Decision, Request, Round, Stakeholder
from stakeholders.models.look_for import look_for
from stakeholders.plan import load
from stakeholders.rules.eligibility import Bar
from stakeholders.rules.standing import State
from stakeholders.states import askers_of, asks_of, put_to, standings
from tenants import clock
from tenants.models import LedgerEntry, Mail, User
from tests.conftest import make_person
from tests.remembered import remembered

DEVICES = TABLES["environment", "devices"]
SERVERS = {"system": "windows-server-2019", "kind": "server", "count": 100}
DUE = date(2027, 1, 15)


def open_round(
    project: Project, by: User, sections: tuple[str, ...] = ("environment", "licences"), **more: object
) -> Round:
    return actions.open_round(
        project=project, sections=sections, due_on=DUE, briefing={"blockers": [], "warnings": []}, by=by, **more
    )


def request_of(round_: Round, person: User) -> Request:
    return Request.objects.select_related("round__project").get(round=round_, email=person.email)


def decide(request: Request, by: User, answer: str = "approve", **more: object) -> Decision:
    project = Project.objects.get(pk=request.round.project_id)
    values = {
        "answers": dict.fromkeys(request.sections, answer),
        "read": {name: project.digests[name] for name in request.sections},
        "authenticated_by": "code",
        **more,
    }
    return actions.decide(request=request, by=by, **values)


def states(project: Project, section: str) -> list[str]:
    project = Project.objects.select_related("tenant").get(pk=project.pk)
    documents = load([project])
    return [s.state for s in standings([project], documents)[project.pk].signatures[section]]


@pytest.fixture
@remembered
def server_row(project, lead):
    return plan_actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)


@pytest.fixture
@remembered
def round_(project, lead, server_row, ciso, head_of_cdoc, architect):
    return open_round(project, lead)


def test_each_person_gets_one_mail_with_a_reference_and_may_read_what_is_asked(round_, ciso, project):
    mails = Mail.objects.filter(kind="decision_request")
    assert sorted(mails.values_list("recipient", flat=True)) == [
        "dana@contoso.example", "marcus@contoso.example", "priya@contoso.example",
    ]  # fmt: skip
    mail = mails.get(recipient=ciso.email)
    assert mail.context["code"] == request_of(round_, ciso).code
    assert mail.reply_to == "lena@contoso.example"
    assert Project.objects.permitting(ciso, "view_revision").filter(pk=project.pk).exists()
    assert not Project.objects.permitting(ciso, "view_project").filter(pk=project.pk).exists()


def test_each_reads_who_else_is_asked_about_the_same_sections(project, lead, server_row, ciso, head_of_cdoc, architect):
    actions.change_stakeholder(project=project, key="role-head-of-cdoc", values={"scope": ["licences"]}, by=lead,
                               why="Licences alone.")  # fmt: skip
    open_round(project, lead, sections=("environment", "licences"))
    also = {mail.recipient: mail.context["also_asked"] for mail in Mail.objects.filter(kind="decision_request")}
    assert also == {ciso.email: ["Marcus Webb"], head_of_cdoc.email: ["Dana Reyes"],
                    architect.email: ["Dana Reyes"]}  # fmt: skip
    second = open_round(project, lead, sections=("licences", "access"), ask_again=("role-security-architect",))
    request = request_of(second, ciso)
    decide(request, ciso, answers={"licences": "approve"})
    actions.renew_link(request=request, by=lead)
    anew = Mail.objects.filter(kind="decision_request", recipient=ciso.email).latest("created_at")
    assert (anew.context["sections"], anew.context["also_asked"]) == (["Access"], [])


def test_without_an_approver_there_is_nobody_to_ask(project, lead, server_row, architect):
    with pytest.raises(actions.NobodyToAsk):
        open_round(project, lead)
    assert not Round.objects.exists()


def test_approving_covers_the_section_as_it_is_and_sends_a_receipt(round_, project, ciso):
    decision = decide(request_of(round_, ciso), ciso)
    assert states(project, "environment") == [State.APPROVED, State.PENDING]
    receipt = Mail.objects.get(kind="receipt")
    entry = LedgerEntry.objects.of(project).latest("seq")
    assert (receipt.recipient, receipt.context["entry_digest"]) == (ciso.email, entry.hash)
    assert receipt.context["fingerprints"][0]["digest"] == decision.digests["environment"]


@pytest.mark.parametrize(
    ("blockers", "warnings", "told"),
    [(1, 5, "1 blocker and 5 warnings"), (2, 0, "2 blockers"), (0, 1, "1 warning"), (0, 0, "nothing")],
)
def test_a_receipt_counts_what_stood_open_as_one_says_it(project, lead, ciso, blockers, warnings, told):
    briefing = {"blockers": ["A blocker"] * blockers, "warnings": ["A warning"] * warnings}
    round_ = actions.open_round(project=project, sections=["licences"], due_on=DUE, briefing=briefing, by=lead)
    decide(request_of(round_, ciso), ciso)
    assert Mail.objects.get(kind="receipt").context["shown"] == [f"{told} open when you were asked"]


def test_a_receipt_says_what_was_shown_and_on_which_condition(round_, project, lead, ciso, editor, server_row):
    first = decide(request_of(round_, ciso), ciso)
    told = "nothing open when you were asked"
    assert Mail.objects.get(kind="receipt").context["shown"] == [told]
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 200}, by=editor)
    until = date(2027, 2, 1)
    condition = actions.OnCondition("Count again", "Lena Fischer", until)
    again = open_round(project, lead)
    decide(request_of(again, ciso), ciso, "conditions", condition=condition)
    context = Mail.objects.filter(kind="receipt").latest("created_at").context
    assert context["shown"] == [f"the difference since {first.decided_at.day} {first.decided_at:%b}", told]
    assert context["conditions"] == [
        "On condition that Lena Fischer does this until Mon 1 Feb: Count again. "
        "If it is not done by then, your approval ends."
    ]


def test_deciding_twice_makes_one_row(round_, ciso):
    request = request_of(round_, ciso)
    decide(request, ciso)
    with pytest.raises(actions.AlreadyDecided):
        decide(request, ciso)
    assert Decision.objects.count() == 1


def test_a_section_that_moved_while_reading_is_refused_with_the_difference(round_, project, ciso, editor, server_row):
    request = request_of(round_, ciso)
    read = {name: Project.objects.get(pk=project.pk).digests[name] for name in request.sections}
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 200}, by=editor)
    with pytest.raises(actions.PlanMoved) as caught:
        decide(request, ciso, read=read)
    (change,) = caught.value.moved["environment"].ends
    assert (change.title, change.fields[0].before, change.fields[0].after) == ("Windows Server 2019", 100, 200)
    assert not Decision.objects.exists()


def test_a_count_within_the_tolerance_neither_refuses_nor_ends_a_signature(round_, project, ciso, editor, server_row):
    request = request_of(round_, ciso)
    read = {name: Project.objects.get(pk=project.pk).digests[name] for name in request.sections}
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 104}, by=editor)
    decide(request, ciso, read=read)
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 106}, by=editor)
    assert states(project, "environment")[0] == State.APPROVED


def test_drift_is_measured_from_what_was_signed_not_from_the_last_value(round_, project, ciso, editor, server_row):
    decide(request_of(round_, ciso), ciso)
    for count in (103, 106):
        plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": count}, by=editor)
    assert states(project, "environment")[0] == State.OUT_OF_DATE


def test_a_new_system_ends_the_signature_of_its_section_alone(round_, project, ciso, editor):
    decide(request_of(round_, ciso), ciso)
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 1}, by=editor
    )
    assert states(project, "environment")[0] == State.OUT_OF_DATE
    assert states(project, "licences")[0] == State.APPROVED


def test_an_edit_that_is_taken_back_lets_the_signature_stand_again(round_, project, ciso, editor, server_row):
    decide(request_of(round_, ciso), ciso)
    for count in (200, 100):
        plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": count}, by=editor)
    assert states(project, "environment")[0] == State.APPROVED


def test_a_new_round_asks_only_for_what_changed(round_, project, lead, ciso, head_of_cdoc, editor, server_row):
    for person in (ciso, head_of_cdoc):
        decide(request_of(round_, person), person)
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 200}, by=editor)
    second = open_round(project, lead)
    assert {r.email: r.sections for r in second.requests.all()} == {
        ciso.email: ["environment"],
        head_of_cdoc.email: ["environment"],
    }
    context = Mail.objects.get(subject_of=f"request-{request_of(second, ciso).pk}").context
    assert context["again"]
    assert {"what": "Windows servers", "was": "100", "now": "200", "note": ""} in context["changes"]


def test_who_is_not_addressed_cannot_decide(round_, ciso, editor):
    with pytest.raises(actions.MayNotSign) as caught:
        decide(request_of(round_, ciso), editor)
    assert set(caught.value.bars.values()) == {Bar.NOT_ADDRESSED}


def test_an_author_cannot_sign_that_section_but_the_others(project, lead, ciso, server_row):
    from projects import access
    from tenants.actions import invite

    invite(tenant=project.tenant, email=ciso.email, by=None, is_mailed=False)
    access.grant(project=project, user=ciso, role="editor", by=lead)
    request = request_of(open_round(project, lead), ciso)
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 120}, by=ciso)
    with pytest.raises(actions.MayNotSign) as caught:
        decide(request, ciso)
    assert caught.value.bars == {"environment": Bar.WROTE_IT}
    decide(request, ciso, answers={"licences": "approve"})
    assert Decision.objects.get().answers == {"licences": "approve"}


@pytest.fixture
@remembered
def approving_lead(project, lead, ciso, server_row):
    """Lena leads the project, and approves in the place of the Head of CDOC."""
    actions.assign(project=project, key="role-head-of-cdoc", email=lead.email, name=lead.name, by=ciso)
    return lead


@pytest.fixture
@remembered
def second_lead(project, lead, tenant):
    otto = make_person(tenant, "Otto Berg")
    access.grant(project=project, user=otto, role="lead", by=lead)
    return otto


def test_who_sends_the_request_is_not_asked_or_mailed_and_the_others_decide(project, approving_lead, ciso):
    round_ = open_round(project, approving_lead, sections=("licences",))
    assert [request.email for request in round_.requests.all()] == [ciso.email]
    assert list(Mail.objects.filter(kind="decision_request").values_list("recipient", flat=True)) == [ciso.email]
    assert states(project, "licences") == [State.PENDING, State.NOT_ASKED]
    decide(request_of(round_, ciso), ciso)
    project.refresh_from_db()
    assert standings([project], load([project]))[project.pk].is_signed("licences")


def test_who_sends_the_request_cannot_sign_it_for_somebody_either(project, approving_lead, ciso):
    request = request_of(open_round(project, approving_lead, sections=("licences",)), ciso)
    with pytest.raises(ValidationError):
        actions.hand_over_request(request=request, name="Lena", email=approving_lead.email, by=ciso)
    Request.objects.filter(pk=request.pk).update(handed_to=approving_lead.email)
    request.refresh_from_db()
    with pytest.raises(actions.MayNotSign) as caught:
        decide(request, approving_lead)
    assert caught.value.bars == {"licences": Bar.ASKED_FOR_IT}


def test_who_sends_the_request_is_waited_for_once_another_lead_sends_it(project, approving_lead, second_lead, ciso):
    first = open_round(project, approving_lead, sections=("licences",))
    second = open_round(project, second_lead, sections=("licences",))
    decide(request_of(second, ciso), ciso)
    project.refresh_from_db()
    assert project.askers == {"licences": second_lead.email}
    assert not standings([project], load([project]))[project.pk].is_signed("licences")
    actions.withdraw_round(round_=second, because="Sent by mistake.", by=second_lead)
    project.refresh_from_db()
    assert project.askers == {"licences": approving_lead.email}
    assert standings([project], load([project]))[project.pk].is_signed("licences")
    actions.withdraw_round(round_=first, because="Sent by mistake.", by=second_lead)
    project.refresh_from_db()
    assert project.askers == {}
    assert not standings([project], load([project]))[project.pk].is_signed("licences")


def test_who_sent_the_request_is_not_waited_for_after_their_account_is_gone_either(
    project, approving_lead, second_lead, ciso
):
    round_ = open_round(project, approving_lead, sections=("licences",))
    decide(request_of(round_, ciso), ciso)
    address = approving_lead.email
    approving_lead.delete()
    open_round(project, second_lead, sections=("environment",))
    project = Project.objects.select_related("tenant", "lead").get(pk=project.pk)
    assert project.askers == {"licences": address, "environment": second_lead.email}
    assert standings([project], load([project]))[project.pk].is_signed("licences")
    assert askers_of(project, clock.now())["licences"] == address


def test_what_was_asked_of_whoever_sends_it_now_waits_no_longer(project, approving_lead, second_lead):
    older = request_of(open_round(project, second_lead, sections=("licences",)), approving_lead)
    open_round(project, approving_lead, sections=("licences",))
    older.refresh_from_db()
    assert older.closed_at
    with pytest.raises(actions.RequestClosed):
        decide(older, approving_lead)


def test_who_sends_a_request_signs_it_by_no_older_one(project, approving_lead, second_lead, ciso):
    """An older request asks them about more, and stays open for the rest."""
    older = request_of(open_round(project, second_lead, sections=("licences", "access")), approving_lead)
    newer = open_round(project, approving_lead, sections=("licences",))
    with pytest.raises(actions.MayNotSign) as caught:
        decide(older, approving_lead, answers={"licences": "approve"})
    assert caught.value.bars == {"licences": Bar.ASKED_FOR_IT}
    actions.remind(request=older, by=second_lead)
    assert Mail.objects.get(kind="reminder").context["sections"] == ["Access"]
    actions.withdraw_round(round_=newer, because="Sent by mistake.", by=approving_lead)
    decide(older, approving_lead, answers={"licences": "approve"})


def test_what_is_left_of_a_request_is_asked_anew_and_waits_once(project, lead, ciso, server_row):
    older = request_of(open_round(project, lead, sections=("licences", "access")), ciso)
    decide(older, ciso, answers={"licences": "approve"})
    newer = open_round(project, lead, sections=("access",))
    assert list(Request.objects.open().filter(email=ciso.email)) == [request_of(newer, ciso)]
    decide(request_of(newer, ciso), ciso)
    assert not Request.objects.open().filter(email=ciso.email).exists()


def test_who_sends_the_request_is_not_mailed_as_a_substitute(project, approving_lead, ciso):
    row, today = Stakeholder.objects.get(project=project, email=ciso.email), clock.today("Europe/Dublin")
    actions.name_substitute(row=row, name="Lena", email=approving_lead.email, first=today, last=today, by=ciso)
    before = set(Mail.objects.values_list("pk", flat=True))
    round_ = open_round(project, approving_lead, sections=("licences",))
    actions.tell_those_who_stand_in()
    assert actions.remind(request=request_of(round_, ciso), by=approving_lead).name == ciso.name
    actions.withdraw_round(round_=round_, because="Sent by mistake.", by=approving_lead)
    mails = Mail.objects.exclude(pk__in=before)
    assert not mails.filter(recipient=approving_lead.email).exists()
    assert {mail.kind for mail in mails.filter(recipient=ciso.email)} == {
        "decision_request", "reminder", "request_withdrawn",
    }  # fmt: skip


def test_a_successor_who_sent_the_request_is_not_asked_in_it(project, approving_lead, ciso, tenant, admin):
    round_ = open_round(project, approving_lead, sections=("licences",))
    before = set(Mail.objects.values_list("pk", flat=True))
    actions.succeed(person=ciso, successor=approving_lead, tenant=tenant, by=admin, why="Left.")
    assert not Request.objects.open().exists()
    assert [request.email for request in round_.requests.all()] == [ciso.email]
    told = Mail.objects.exclude(pk__in=before).filter(recipient=approving_lead.email)
    assert set(told.values_list("kind", flat=True)) == {"told", "sponsor_matrix_changed"}


def test_what_a_newer_request_asks_too_is_asked_once(project, lead, ciso, head_of_cdoc, server_row):
    first = request_of(open_round(project, lead, sections=("environment", "licences")), ciso)
    second = request_of(open_round(project, lead, sections=("licences", "access")), ciso)
    first.refresh_from_db()
    assert (first.sections, first.open_sections()) == (["environment", "licences"], ["environment"])
    asks = asks_of([project])[project.pk]
    assert {ask.request_id: ask.sections for ask in asks if ask.email == ciso.email} == {
        first.pk: ("environment",),
        second.pk: ("licences", "access"),
    }
    assert {r.pk: r.sections for r in asked_by_name(ciso, look_for(ciso)).requests} == {
        first.pk: ["environment"],
        second.pk: ["licences", "access"],
    }
    assert put_to(first)[2] == ["environment"]
    decide(first, ciso, answers={"environment": "approve"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.answered_at
    assert second.answered_at is None
    third = request_of(open_round(project, lead, sections=("licences", "access")), ciso)
    second.refresh_from_db()
    assert second.closed_at
    assert third.open_sections() == ["licences", "access"]


def test_who_gives_input_and_sends_the_request_has_it_on_home_and_gets_no_mail(project, lead, ciso, server_row):
    actions.assign(project=project, key="role-security-architect", email=lead.email, name=lead.name, by=ciso)
    round_ = open_round(project, lead, sections=("environment",))
    assert {request.email for request in round_.requests.all()} == {ciso.email, lead.email}
    assert list(Mail.objects.filter(kind="decision_request").values_list("recipient", flat=True)) == [ciso.email]
    decide(request_of(round_, lead), lead, answer="no_objection")


def test_requests_to_oneself_of_older_days_are_closed_and_who_asked_is_kept(project, approving_lead, ciso):
    """What migration 0011 does."""
    round_ = open_round(project, approving_lead, sections=("licences",))
    request_of(round_, ciso)
    own = Request.objects.create(
        round=round_, code="CON-AAAA", stakeholder_key="role-head-of-cdoc", role="Head of CDOC", part="SO",
        name="Lena", email=approving_lead.email, sections=["licences"],
    )  # fmt: skip
    Project.objects.filter(pk=project.pk).update(askers={})
    import_module("stakeholders.migrations.0011_nobody_asks_themselves").keep_askers(apps, None)
    project.refresh_from_db()
    own.refresh_from_db()
    assert project.askers == {"licences": approving_lead.email}
    assert own.closed_at > round_.opened_at
    assert list(Request.objects.open()) == [request_of(round_, ciso)]


def test_who_added_a_row_cannot_be_that_row(project, lead, editor, ciso):
    actions.assign(project=project, key="role-head-of-cdoc", email=editor.email, name="Priya", by=editor)
    request = request_of(open_round(project, lead, sections=("licences",)), editor)
    with pytest.raises(actions.MayNotSign) as caught:
        decide(request, editor)
    assert caught.value.bars == {"licences": Bar.ADDED_OWN_ROW}


def test_requesting_changes_needs_words(round_, ciso):
    with pytest.raises(ValidationError):
        decide(request_of(round_, ciso), ciso, answer="changes")
    decide(request_of(round_, ciso), ciso, answer="changes", comment="Tier 1 cannot work like that.")


def test_weakening_an_approver_needs_a_reason_and_tells_every_approver(round_, project, lead, ciso):
    with pytest.raises(ValidationError):
        actions.change_stakeholder(project=project, key="role-ciso", values={"part": "R"}, by=lead)
    actions.change_stakeholder(
        project=project, key="role-ciso", values={"part": "R"}, by=lead, why="Dana asked for it."
    )
    told = Mail.objects.filter(kind="sponsor_matrix_changed")
    assert set(told.values_list("recipient", flat=True)) == {"dana@contoso.example", "marcus@contoso.example"}


def test_a_replaced_approver_loses_access_and_their_signature_does_not_count(round_, project, lead, ciso):
    decide(request_of(round_, ciso), ciso)
    actions.assign(project=project, key="role-ciso", email="new@contoso.example", name="New", by=lead, why="Dana left.")
    assert states(project, "environment")[0] == State.NOT_ASKED
    assert not Project.objects.permitting(ciso, "view_revision").filter(pk=project.pk).exists()


def test_a_withdrawn_request_cannot_be_answered_and_everybody_is_told_once(round_, lead, ciso):
    actions.withdraw_round(round_=round_, because="Counts are wrong.", by=lead)
    actions.withdraw_round(round_=round_, because="Counts are wrong.", by=lead)
    assert Mail.objects.filter(kind="request_withdrawn").count() == 3
    with pytest.raises(actions.RequestClosed):
        decide(request_of(round_, ciso), ciso)


def test_who_has_answered_is_told_of_the_withdrawal_that_the_answer_stands(round_, lead, ciso):
    decide(request_of(round_, ciso), ciso)
    actions.withdraw_round(round_=round_, because="Counts are wrong.", by=lead)
    told = {mail.recipient: mail.context["has_answered"] for mail in Mail.objects.filter(kind="request_withdrawn")}
    assert told == {request.email: request.email == ciso.email for request in Request.objects.filter(round=round_)}
    assert len(told) == 3


def test_whoever_is_only_informed_is_not_told_of_a_withdrawal(project, lead, ciso):
    actions.assign(project=project, key="role-security-analyst", email="sofia@x.example", name="Sofia", by=lead)
    actions.withdraw_round(round_=open_round(project, lead, sections=("access",)), because="Counts are wrong.", by=lead)
    assert Request.objects.filter(email="sofia@x.example", part="I").exists()
    assert not Mail.objects.filter(kind="request_withdrawn", recipient="sofia@x.example").exists()


def test_that_somebody_asked_for_changes_is_said_to_those_alone_who_signed_that_section(
    project, lead, ciso, head_of_cdoc, architect
):
    first = open_round(project, lead)
    decide(request_of(first, ciso), ciso)
    decide(request_of(first, head_of_cdoc), head_of_cdoc, "changes", comment="Too few rights.")
    second = open_round(project, lead, sections=("access",), ask_again=("role-security-architect",))
    about = [f"request-{request.pk}" for request in second.requests.all()]
    mails = {mail.recipient: mail.context["open_changes"] for mail in Mail.objects.filter(subject_of__in=about)}
    sections = {change["section"] for change in mails[ciso.email]}
    assert sections == {"Environment", "Licences"}
    assert mails[architect.email] == []


def test_an_account_without_a_name_gets_that_of_the_matrix_when_it_is_asked_and_keeps_its_own(project, lead, ciso):
    actions.assign(project=project, key="role-security-architect", email="pia@x.example", name="", by=lead)
    open_round(project, lead)
    assert User.objects.get(email="pia@x.example").name == ""
    for name in ("Pia Berg", "P. Berg"):
        values = {"name": name}
        actions.change_stakeholder(project=project, key="role-security-architect", values=values, by=lead, why="Named.")
        open_round(project, lead, ask_again=("role-security-architect",))
    assert User.objects.get(email="pia@x.example").name == "Pia Berg"


def test_who_was_handed_a_request_is_told_of_its_withdrawal_too(round_, lead, ciso):
    actions.hand_over_request(request=request_of(round_, ciso), name="Hana Sato", email="hana@x.example", by=ciso)
    actions.withdraw_round(round_=round_, because="Counts are wrong.", by=lead)
    told = Mail.objects.filter(kind="request_withdrawn")
    assert told.get(recipient="hana@x.example").context["name"] == "Hana"
    assert told.get(recipient=ciso.email).context["name"] == "Dana"


def test_reminding_is_possible_once_a_day(round_, lead, ciso):
    request = request_of(round_, ciso)
    assert actions.remind(request=request, by=lead)
    assert not actions.remind(request=request, by=lead)
    assert Mail.objects.filter(kind="reminder").count() == 1


def test_every_decision_is_on_the_history_with_what_it_signed_fully(round_, project, ciso, head_of_cdoc):
    decide(request_of(round_, ciso), ciso)
    decide(request_of(round_, head_of_cdoc), head_of_cdoc)
    entries = LedgerEntry.objects.of(project).filter(verb="decided").order_by("seq")
    assert [json.loads(e.body)["what"]["fully_signed"] for e in entries] == [[], ["environment", "licences"]]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_round_mails_nobody(project, lead, server_row, ciso):
    def sent_and_then_broken() -> None:
        with transaction.atomic():
            open_round(project, lead)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        sent_and_then_broken()
    assert not Mail.objects.filter(kind="decision_request").exists()


def test_sections_that_are_left_out_stay_open_and_are_answered_later(round_, project, ciso):
    request = request_of(round_, ciso)
    decide(request, ciso, answers={"environment": "approve"})
    assert states(project, "environment")[0] == State.APPROVED
    assert states(project, "licences")[0] == State.PENDING
    decide(request, ciso, answers={"licences": "changes"}, comment="Buy more.")
    assert states(project, "licences")[0] == State.CHANGES
    assert Decision.objects.filter(request_id=request.pk).count() == 2
    assert Request.objects.get(pk=request.pk).answered_at is not None


def test_a_section_is_answered_once_in_a_request(round_, ciso):
    request = request_of(round_, ciso)
    decide(request, ciso, answers={"environment": "approve"})
    with pytest.raises(actions.AlreadyDecided):
        decide(request, ciso, answers={"environment": "changes", "licences": "approve"}, comment="On second thoughts.")
    assert Decision.objects.count() == 1


def test_a_count_that_drifts_while_reading_a_plan_that_moved_before_does_not_refuse(
    round_, project, ciso, editor, server_row
):
    request = request_of(round_, ciso)
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 200}, by=editor)
    read = {name: Project.objects.get(pk=project.pk).digests[name] for name in request.sections}
    actions.record_opened(request=request)
    plan_actions.change_row(project=project, table=DEVICES, key=server_row.key, values={"count": 204}, by=editor)
    decide(request, ciso, read=read)
    assert states(project, "environment")[0] == State.APPROVED


@pytest.mark.parametrize(
    ("sections", "is_again", "minutes"), [(1, False, 2), (4, False, 2), (5, False, 3), (9, False, 5), (9, True, 2)]
)
def test_how_long_an_answer_takes_is_said_honestly(sections, is_again, minutes):
    assert emails.minutes_for(sections, is_again=is_again) == minutes
