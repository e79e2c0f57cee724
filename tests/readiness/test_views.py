"""Overview, request for approval and gate: each once, refused, gone wrong, and both ways through the gate."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from projects import access
from projects import actions as plan_actions
from projects.models import Project
from projects.rules.roles import Role
from projects.tables import TABLES
from readiness import actions, judge
from readiness.actions import verdicts
from readiness.models import Verdict
from readiness.rules.verdict import State, state_of
from readiness.views import approval
from stakeholders.actions import OnCondition, assign, set_quorum
from stakeholders.models import Request, Round
from tenants import clock
from tenants.models import LedgerEntry, Mail
from tests.conftest import make_person
from tests.remembered import remembered
from tests.stakeholders.conftest import answer, ask, request_of, signed_in

DEVICES = TABLES["environment", "devices"]
VIEWS = ("", "ask/", "start/")


@pytest.fixture
@remembered
def servers(project, lead):
    values = {"system": "rhel-8", "kind": "server", "count": 12}
    return plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)


def due(project, days=7):
    return (clock.today(project.tenant.time_zone) + timedelta(days=days)).isoformat()


# who


@pytest.mark.parametrize("view", VIEWS)
def test_whoever_is_not_signed_in_is_asked_to(client, project, view):
    answer = client.get(f"/projects/{project.slug}/{view}")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("view", VIEWS)
def test_whoever_holds_nothing_finds_nothing(tenant, project, view):
    stranger = signed_in(make_person(tenant, "Nora Ek"))
    assert stranger.get(f"/projects/{project.slug}/{view}").status_code == 404
    assert stranger.post(f"/projects/{project.slug}/{view}").status_code == 404


@pytest.mark.parametrize(("view", "status"), [("", 200), ("ask/", 403), ("start/", 403)])
def test_a_viewer_reads_and_sends_nothing(project, viewer, view, status):
    assert signed_in(viewer).get(f"/projects/{project.slug}/{view}").status_code == status
    if view:
        assert signed_in(viewer).post(f"/projects/{project.slug}/{view}").status_code == 403
    assert not Round.objects.exists()


@pytest.mark.parametrize("view", VIEWS)
def test_whoever_only_signs_reads_no_overview(project, ciso, view):
    access.grant(project=project, user=ciso, role=Role.STAKEHOLDER, by=None, reason="matrix")
    assert signed_in(ciso).get(f"/projects/{project.slug}/{view}").status_code == 403


def test_an_archived_project_is_read_and_not_sent(project, lead):
    plan_actions.archive(project=project, by=lead)
    client = signed_in(lead)
    assert "This project is archived." in client.get(f"/projects/{project.slug}/").content.decode()
    assert client.get(f"/projects/{project.slug}/ask/").status_code == 403
    assert client.post(f"/projects/{project.slug}/start/").status_code == 403


# overview


def test_the_overview_says_what_stops_and_as_of_which_change(project, lead, servers):
    text = signed_in(lead).get(f"/projects/{project.slug}/").content.decode()
    seq = Project.objects.get(pk=project.pk).ledger_seq
    assert "You cannot start Setup yet" in text
    assert "12 servers have no licence" in text
    assert f"As of change {seq}," in text
    assert "changes since" not in text
    assert Verdict.objects.get(project=project).ledger_seq == seq


def test_the_overview_says_how_many_changes_there_were_while_it_was_judged(project, lead, servers, monkeypatch):
    """Edits come in at every try: it stores the older number, and says so."""
    right, edits = judge.judge, iter(range(13, 99))

    def slow(subject):
        found = right(subject)
        plan_actions.change_row(project=project, table=DEVICES, key=servers.key, values={"count": next(edits)}, by=lead)
        return found

    Verdict.objects.filter(project=project).delete()
    before = Project.objects.get(pk=project.pk).ledger_seq
    monkeypatch.setattr(judge, "judge", slow)
    text = signed_in(lead).get(f"/projects/{project.slug}/").content.decode()
    assert Project.objects.get(pk=project.pk).ledger_seq == before + verdicts.TRIES
    assert f"As of change {before + verdicts.TRIES - 1}," in text
    assert "1 change since" in text


def test_a_viewer_is_offered_no_deed_that_they_may_not_do(project, viewer, servers):
    text = signed_in(viewer).get(f"/projects/{project.slug}/").content.decode()
    assert "Ask for approval" not in text
    assert "Facts of the project" not in text
    assert "Add licences" not in text


def in_words(client, project) -> str:
    page = client.get(f"/projects/{project.slug}/").content.decode()
    return " ".join(strip_tags(page).split())


def test_once_any_one_has_approved_nobody_else_is_named_as_waited_for(project, lead, ciso, head_of_cdoc, servers):
    set_quorum(project=project, quorum="any", by=lead, why="Quicker.")
    round_ = ask(project, lead, sections=("environment",))
    client = signed_in(lead)
    assert "Approve Environment, due" in in_words(client, project)
    answer(request_of(round_, ciso), ciso)
    told = in_words(client, project)
    assert "Approved by 1 (any one is enough)" in told
    assert "Waits for Marcus" not in told
    assert "No approval is waited for." in told
    approvals = client.get(f"/projects/{project.slug}/approvals/").content.decode()
    assert "Not needed any more</span> Environment. The section is approved: any one is enough." in approvals
    assert ">Remind<" not in approvals
    section = client.get(f"/projects/{project.slug}/plan/environment/").content.decode()
    assert "The section is approved: any one is enough." in section
    assert ">Remind<" not in section
    plan_actions.change_row(project=project, table=DEVICES, key=servers.key, values={"count": 99}, by=lead)
    actions.recompute(project.pk)
    told = in_words(client, project)
    assert "Out of dateone of 2 is enough" in told  # in two lines
    assert "must look again" not in told


def test_whoever_wrote_a_section_is_not_named_as_waited_for(project, lead, ciso, head_of_cdoc, servers):
    round_ = ask(project, lead, sections=("environment",))
    plan_actions.change_row(project=project, table=DEVICES, key=servers.key, values={"count": 13}, by=ciso)
    client = signed_in(lead)
    told = in_words(client, project)
    assert "Waits for Marcus" in told
    assert "without Dana: nobody signs their own work" in told
    assert told.count("Approve Environment, due") == 1
    answer(request_of(round_, head_of_cdoc), head_of_cdoc)
    told = in_words(client, project)
    assert "Approved by 1 of 1" in told
    assert "without Dana: nobody signs their own work" in told
    assert "No approval is waited for." in told
    approvals = client.get(f"/projects/{project.slug}/approvals/").content.decode()
    assert "Edited it" in approvals
    assert "Waiting since" not in approvals


def test_a_lapsed_approval_that_was_asked_for_again_waits_for_the_person(project, lead, ciso, head_of_cdoc, servers):
    request = request_of(ask(project, lead, sections=("licences",)), ciso)
    terms = OnCondition("Buy 101 licences", "Lena Fischer", date.fromisoformat(due(project)))
    answer(request, ciso, "conditions", condition=terms)
    with clock.set_to(clock.now() + timedelta(days=30)):
        (lapsed,) = lapsed_in(project)
        assert [deed["label"] for deed in lapsed["deeds"]] == ["Ask again", "Open the condition"]
        ask(project, lead, sections=("licences",))
        (lapsed,) = lapsed_in(project)
        assert [deed["label"] for deed in lapsed["deeds"]] == ["Remind Dana Reyes", "Open the condition"]
        today = clock.today(project.tenant.time_zone)
        assert f"Dana Reyes was asked again on {today:%a} {today.day} {today:%b}, due " in lapsed["why"]
        assert (lapsed["is_waiting"], lapsed["owner"]) == (True, "Dana Reyes")


def lapsed_in(project) -> list[dict]:
    found = actions.recompute(project.pk).payload["findings"]
    return [each for each in found if each["id"].startswith("licences_is_approved:lapsed")]


# ask


def test_the_request_shows_who_is_asked_and_is_sent(project, lead, ciso, servers):
    client = signed_in(lead)
    page = client.get(f"/projects/{project.slug}/ask/").content.decode()
    assert "<b>Dana Reyes</b>" in page
    assert "Send to 1 person<" in page
    sent = {"sections": ["environment", "licences"], "due_on": due(project), "note": "Please read."}
    answer = client.post(f"/projects/{project.slug}/ask/", sent, follow=True)
    assert answer.redirect_chain == [(f"/projects/{project.slug}/approvals/", 302)]
    assert "Sent to 1 person." in answer.content.decode()
    assert [r.email for r in Request.objects.all()] == [ciso.email]
    assert "12 servers have no licence" in Round.objects.get().briefing


def test_what_was_sent_while_the_page_was_open_is_not_sent_again_by_a_second_click(project, lead, ciso, servers):
    client, address = signed_in(lead), f"/projects/{project.slug}/ask/"
    seen = client.get(address).context["form"].initial["seen"]
    sent = {"sections": ["environment"], "due_on": due(project), "note": "Please read.", "seen": seen}
    assert client.post(address, sent).status_code == 302
    again = client.post(address, sent)
    assert (again.status_code, Round.objects.count(), Request.objects.count()) == (409, 1, 1)
    page = again.content.decode()
    assert "Lena Fischer sent request 1 already, on " in page
    assert "Please read." in page
    assert "<b>Dana Reyes</b>" in page
    assert "and has not answered: this is another mail." in page
    meant = client.post(address, {**sent, "seen": again.context["form"]["seen"].value()})
    assert (meant.status_code, Round.objects.count()) == (302, 2)


def test_the_button_says_how_many_get_what_is_ticked_and_why_others_do_not(project, lead, ciso, servers):
    client, address = signed_in(lead), f"/projects/{project.slug}/ask/"
    ticked = client.get(address, {"sections": ["environment"]}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in ticked
    assert "Approves (SO): Environment<" in ticked
    assert "Send to 1 person<" in ticked
    assert "not asked, no address yet" in ticked
    assert "Security Architect, Security Architect" not in ticked
    client.post(address, {"sections": ["environment"], "due_on": due(project), "note": ""})
    answer(request_of(Round.objects.get(), ciso), ciso)
    nothing = client.get(address, {"sections": ["environment"]}, headers={"HX-Request": "true"}).content.decode()
    assert "there is nothing to send" in nothing
    assert "Send to" not in nothing


def test_whoever_sends_it_is_not_asked_to_approve_it_and_it_is_said_beforehand(project, lead, ciso, servers):
    assign(project=project, key="role-head-of-cdoc", email=lead.email, name=lead.name, by=ciso)
    client, address = signed_in(lead), f"/projects/{project.slug}/ask/"
    page = client.get(address, {"sections": ["licences"]}).content.decode()
    assert "not asked, you send it, and nobody approves what they asked for" in page
    assert "Send to 1 person<" in page
    sent = client.post(address, {"sections": ["licences"], "due_on": due(project), "note": ""}, follow=True)
    assert "Sent to 1 person." in sent.content.decode()
    assert "Asked for it" in sent.content.decode()
    assert "asked by Lena Fischer" not in client.get("/").content.decode()


def test_whoever_edited_what_is_ticked_is_not_asked_about_it_and_it_is_said_beforehand(project, lead, ciso, servers):
    plan_actions.change_row(project=project, table=DEVICES, key=servers.key, values={"count": 13}, by=ciso)
    client, address = signed_in(lead), f"/projects/{project.slug}/ask/"
    both = client.get(address, {"sections": ["environment", "licences"]}).content.decode()
    assert "Approves (SO): Licences<" in both
    assert "not asked about Environment: they edited it, and nobody signs their own work" in both
    alone = client.get(address, {"sections": ["environment"]}).content.decode()
    assert "not asked, they edited Environment, and nobody signs their own work" in alone
    assert "there is nothing to send" in alone
    sent = client.post(address, {"sections": ["environment"], "due_on": due(project), "note": ""})
    assert sent.status_code == 422
    assert "whoever is left edited it" in sent.content.decode()
    assert not Round.objects.exists()


def test_who_decides_is_told_what_came_up_since_approval_was_asked(project, lead, ciso, servers):
    sent = {"sections": ["environment", "licences"], "due_on": due(project), "note": ""}
    signed_in(lead).post(f"/projects/{project.slug}/ask/", sent)
    address = reverse("stakeholders:decide", args=[project.slug, Round.objects.get().number])
    assert "Since then:" not in signed_in(ciso).get(address).content.decode()
    row = {"system": "centos-6", "kind": "server", "count": 3, "source": "by hand"}
    plan_actions.add_row(project=project, table=DEVICES, values=row, by=lead)
    actions.recompute(project.pk)
    page = " ".join(signed_in(ciso).get(address).content.decode().split())
    assert "Since then: <b>1 warning more</b>." in page
    assert "<li>3 devices cannot be onboarded</li>" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sections": []}, "Choose at least one section."),
        ({"due_on": "2020-01-01"}, "This day is over."),
        ({"due_on": "soon"}, "Enter a valid date."),
        ({"sections": ["nonsense"]}, "is not one of the available choices"),
    ],
)
def test_a_request_that_is_wrong_is_refused_and_keeps_what_was_typed(project, lead, ciso, servers, values, words):
    typed = {"sections": ["environment"], "due_on": due(project), "note": "Please read.", **values}
    answer = signed_in(lead).post(f"/projects/{project.slug}/ask/", typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Please read." in answer.content.decode()
    assert not Round.objects.exists()


def test_a_request_to_nobody_is_refused(project, lead, servers):
    typed = {"sections": ["environment"], "due_on": due(project), "note": ""}
    answer = signed_in(lead).post(f"/projects/{project.slug}/ask/", typed)
    assert answer.status_code == 422
    assert "There is nobody to ask" in answer.content.decode()


# gate


def test_the_gate_names_the_blockers_before_anybody_tries(project, lead, servers):
    text = signed_in(lead).get(f"/projects/{project.slug}/start/").content.decode()
    assert "blockers stand" in text
    assert "12 servers have no licence" in text
    assert "Add licences</a>" in text
    assert '<button class="btn btn-primary" type="submit">Start Setup' not in text


def test_the_gate_is_refused_with_the_list_and_that_is_on_the_history(project, lead, servers):
    answer = signed_in(lead).post(f"/projects/{project.slug}/start/")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Setup did not start." in text
    assert "12 servers have no licence" in text
    assert "This attempt is on the history." in text
    assert "Add licences</a>" in text
    assert LedgerEntry.objects.of(project).latest("seq").verb == "phase refused"
    assert Project.objects.get(pk=project.pk).phase == "prepare"


def test_the_gate_opens_when_nothing_stops(project, lead, servers, nothing_stops):
    client = signed_in(lead)
    assert "Start Setup</button>" in client.get(f"/projects/{project.slug}/start/").content.decode()
    answer = client.post(f"/projects/{project.slug}/start/", follow=True)
    assert answer.redirect_chain == [(f"/projects/{project.slug}/", 302)]
    assert "Setup has started. It is recorded with your name." in answer.content.decode()
    entry = LedgerEntry.objects.of(project).latest("seq")
    assert entry.actor_id == lead.pk
    assert Project.objects.get(pk=project.pk).phase == "setup"


def test_everybody_in_the_matrix_and_the_other_leads_are_told_once_that_it_started(
    tenant, project, lead, ciso, architect, servers, nothing_stops
):
    other = make_person(tenant, "Noah Berg")
    access.grant(project=project, user=other, role=Role.LEAD, by=lead)
    signed_in(lead).post(f"/projects/{project.slug}/start/")
    signed_in(lead).post(f"/projects/{project.slug}/start/")
    told = Mail.objects.filter(kind="told", context__subject=f"Setup has started: {project.name}")
    assert sorted(told.values_list("recipient", flat=True)) == sorted([ciso.email, architect.email, other.email])


@pytest.mark.parametrize(
    ("blockers", "untouched", "phase", "state"),
    [
        ([], True, "prepare", State.NOT_STARTED),
        ([], False, "prepare", State.CAN_START),
        ([], False, "setup", State.UNDER_WAY),
        ([], False, "onboard", State.UNDER_WAY),
    ],
)
def test_what_nothing_stops_can_start_once_and_then_is_under_way(blockers, untouched, phase, state):
    assert state_of(blockers, untouched=untouched, phase=phase) == state


def test_where_only_the_timeline_is_not_signed_it_is_ticked(project, lead, ciso, servers, monkeypatch):
    right = approval.present_verdict

    def signed_but_for_the_timeline(project):
        verdict = right(project)
        for section in verdict.payload["sections"]:
            section["is_signed"] = section["name"] != "timeline"
        return verdict

    monkeypatch.setattr(approval, "present_verdict", signed_but_for_the_timeline)
    page = signed_in(lead).get(f"/projects/{project.slug}/ask/")
    assert page.context["form"].initial["sections"] == ["timeline"]


def test_only_whoever_was_asked_before_can_be_asked_again(project, lead, ciso, architect, servers):
    client = signed_in(lead)
    assert "ask_again" not in client.get(f"/projects/{project.slug}/ask/").context["form"].fields
    actions.ask_for_approval(project=project, sections=("environment",), due_on=date(2099, 1, 1), by=lead)
    again = client.get(f"/projects/{project.slug}/ask/").context["form"].fields["ask_again"]
    assert [key for key, _words in again.choices] == ["role-security-architect"]


def test_there_is_no_gate_behind_the_last_phase_that_is_kept(project, lead, servers, nothing_stops):
    client = signed_in(lead)
    client.post(f"/projects/{project.slug}/start/")
    text = client.get(f"/projects/{project.slug}/start/").content.decode()
    assert "This project is in the last phase that is kept here." in text
    answer = client.post(f"/projects/{project.slug}/start/", follow=True)
    assert "This project is in the last phase that is kept here." in answer.content.decode()
    assert Project.objects.get(pk=project.pk).phase == "setup"


# queries


@pytest.mark.parametrize(("view", "queries"), [("", 6), ("ask/", 15), ("start/", 6)])
def test_a_page_asks_the_same_number_of_questions_however_much_is_planned(
    project, lead, ciso, servers, view, queries, django_assert_num_queries
):
    client = signed_in(lead)
    client.get(f"/projects/{project.slug}/{view}")
    with django_assert_num_queries(queries):
        client.get(f"/projects/{project.slug}/{view}")
    for number, system in enumerate(("rhel-9", "debian-12", "sles-15"), start=1):
        values = {"system": system, "kind": "server", "count": number}
        plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)
    client.get(f"/projects/{project.slug}/{view}")
    with django_assert_num_queries(queries):
        client.get(f"/projects/{project.slug}/{view}")


def test_what_is_due_of_whom_is_told_by_their_part(project, lead, servers, ciso, head_of_cdoc, architect):
    client = signed_in(lead)
    actions.ask_for_approval(
        project=project,
        sections=["environment"],
        due_on=clock.today(project.tenant.time_zone) + timedelta(days=3),
        by=lead,
    )
    found = {(each["kind"], each["what"]) for each in actions.recompute(project.pk).payload["dates"]}
    assert {("approval", "Environment"), ("input", "Environment")} <= found
    page = " ".join(client.get(f"/projects/{project.slug}/").content.decode().split())
    assert "Environment: approval due" in page
    assert "Environment: input due" in page
