"""Home and the list of projects: what each person sees, and that it costs the same however many projects there are."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from mdeprep.home import ProjectLine, most_common_blocker
from mdeprep.templatetags.project_table import Rows
from projects import access
from projects import actions as plan_actions
from projects.models import Project
from projects.rules.roles import Role
from projects.tables import TABLES
from readiness import actions as readiness
from readiness.models import Verdict
from readiness.rules.verdict import State
from stakeholders import actions as stakeholder_actions
from stakeholders.models import Request
from tenants import clock
from tenants.actions import choose_mails, name_provider
from tenants.models import Membership, RefusedAddress, User
from tenants.quiet import Quiet
from tenants.templatetags.look import day
from tests.conftest import make_person
from tests.mdeprep.looking import DEVICES, HOME, another, text_of
from tests.stakeholders.conftest import answer, ask, request_of, signed_in

# session, person, which projects and how many in all, their lines, may administer
LIST = 5
# session, person, project, permissions and tenants that the person administers, verdict, what others were asked for
OVERVIEW = 6


# queries


@pytest.mark.parametrize(("path", "queries"), [("/", HOME), ("/projects/", LIST), ("overview", OVERVIEW)])
@pytest.mark.parametrize("others", [0, 2])
def test_a_page_asks_the_same_number_of_questions_with_one_project_and_with_three(
    tenant, lead, project, path, queries, others, django_assert_num_queries
):
    readiness.recompute(project.pk)
    for n in range(others):
        another(tenant, lead, f"Another {n}", servers=5)
    client = signed_in(lead)
    where = f"/projects/{project.slug}/" if path == "overview" else path
    client.get(where)
    with django_assert_num_queries(queries):
        answer = client.get(where)
    assert answer.status_code == 200
    assert project.name in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "more"),
    [
        ("lead", 0),
        ("ciso", 0),
        ("editor", 1),
        ("viewer", 1),
    ],  # whether they may audit
)
def test_home_asks_a_little_more_of_whoever_leads_no_project(
    request, tenant, lead, project, who, more, django_assert_num_queries
):
    user = request.getfixturevalue(who)
    readiness.recompute(project.pk)
    client = signed_in(user)
    client.get("/")
    with django_assert_num_queries(HOME + more):
        assert client.get("/").status_code == 200


def test_the_overview_judges_anew_once_after_an_edit(tenant, lead, project, django_assert_max_num_queries):
    readiness.recompute(project.pk)
    client = signed_in(lead)
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 3}, by=lead
    )
    with django_assert_max_num_queries(60):
        client.get(f"/projects/{project.slug}/")
    with django_assert_max_num_queries(OVERVIEW):
        client.get(f"/projects/{project.slug}/")


# what they show


def test_the_lead_reads_what_stops_the_project_and_what_waits_for_them(tenant, lead, project):
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 12}, by=lead
    )
    verdict = readiness.recompute(project.pk)
    text = text_of(lead)
    assert "1 project is stopped. Do this first:" in text
    assert f"{verdict.blockers} blockers</a>" in text
    assert "12 servers have no licence" in text
    assert '<td data-label="Status"><span><span class="status status-stop">' in text


def test_a_verdict_that_is_behind_is_marked_and_not_judged_in_a_list(tenant, lead, project):
    readiness.recompute(project.pk)
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 12}, by=lead
    )
    seq = Verdict.objects.get(project=project).ledger_seq
    for path in ("/", "/projects/"):
        assert "being judged again" in text_of(lead, path)
    assert Verdict.objects.get(project=project).ledger_seq == seq


def test_a_project_without_a_verdict_is_said_to_be_not_judged_yet(lead, project):
    Verdict.objects.filter(project=project).delete()
    assert "not judged yet" in text_of(lead, "/projects/")


def test_names_are_escaped(tenant, lead):
    another(tenant, lead, "<b>Bold & Co</b>", servers=1)
    text = text_of(lead, "/projects/")
    assert "&lt;b&gt;Bold &amp; Co&lt;/b&gt;" in text
    assert "<b>Bold" not in text


def test_the_approver_reads_what_they_are_asked(tenant, lead, project, ciso):
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 12}, by=lead
    )
    ask(project, lead)
    text = text_of(ciso)
    assert "1 request waits for you" in text
    assert "Read and decide" in text
    assert "asked by Lena Fischer" in text
    assert "12 servers have no licence" not in text


def test_the_lead_reads_for_whom_they_wait(tenant, lead, project, ciso):
    plan_actions.add_row(
        project=project, table=DEVICES, values={"system": "rhel-8", "kind": "server", "count": 12}, by=lead
    )
    ask(project, lead)
    readiness.recompute(project.pk)
    assert "<b>Dana Reyes</b>: approve Environment, Licences" in text_of(lead)


def test_a_lead_reminds_from_home_and_is_back_there(tenant, lead, project, ciso, viewer):
    ask(project, lead)
    readiness.recompute(project.pk)
    url = reverse("stakeholders:remind", args=[project.slug, Request.objects.get(part="SO").code])
    assert f'action="{url}"' in text_of(lead)
    assert f'action="{url}"' not in text_of(viewer)
    client = signed_in(lead)
    assert client.post(url, {"next": "/"}).url == "/"
    approvals = reverse("stakeholders:approvals", args=[project.slug])
    assert client.post(url, {"next": "https://elsewhere.example/"}).url == approvals
    assert "gets no reminder now" in client.get("/").content.decode()


def test_whoever_was_reminded_today_is_not_offered_to_be_reminded_again(tenant, lead, project, ciso):
    ask(project, lead, sections=("licences",))
    readiness.recompute(project.pk)
    code = Request.objects.get(email=ciso.email).code
    choose_mails(by=ciso, wants_digest=False, zone="", quiet=Quiet(time(0), time(0)))  # at whatever hour this runs
    signed_in(lead).post(reverse("stakeholders:remind", args=[project.slug, code]))
    for path in ("/", f"/projects/{project.slug}/"):
        words = text_of(lead, path)
        assert ("Reminded today" in words, ">Remind<" in words) == (True, False)


def test_nobody_is_offered_to_be_reminded_where_the_mail_was_refused(tenant, lead, project, ciso):
    ask(project, lead, sections=("licences",))
    readiness.recompute(project.pk)
    assert 'type="submit">Remind<' in text_of(lead)
    RefusedAddress.objects.create(email=ciso.email, why="550")
    readiness.recompute(project.pk)
    assert [">Remind<" in text_of(lead, path) for path in ("/", f"/projects/{project.slug}/")] == [False, False]


@pytest.mark.parametrize(("role", "is_shown"), [(Role.AUDITOR, True), (Role.VIEWER, False), (Role.LEAD, True)])
def test_the_register_is_one_link_away_for_whoever_may_audit(tenant, lead, project, role, is_shown):
    ines = make_person(tenant, "Ines Costa")
    access.grant(project=project, user=ines, role=role, by=lead)
    readiness.recompute(project.pk)
    assert ('href="/register/"' in text_of(ines)) is is_shown


def test_the_partner_reads_until_when_a_customer_may_be_worked_for(tenant, other_tenant, lead, project):
    theirs = another(other_tenant, make_person(other_tenant, "Jon Park"), "Fabrikam Rollout", servers=4)
    name_provider(tenant=other_tenant, provider=tenant, until=None, by=None)
    access.grant(project=theirs, user=lead, role=Role.LEAD, by=None)
    readiness.recompute(project.pk)
    assert "Your access to customers ends" not in text_of(lead)
    until = clock.today("UTC") + timedelta(days=20)
    name_provider(tenant=other_tenant, provider=tenant, until=until, by=None)
    told = f"Your access to customers ends: Fabrikam {day(until)}"
    assert " ".join(told.split()) in " ".join(text_of(lead).split())


def test_people_who_are_waited_for_since_one_day_stand_together():
    line = ProjectLine(
        1, "a", "A", 1, "Contoso", 1, "Lena Fischer", False, state="stopped", blockers=2,
        waits_for=(("Priya Nair", 13), ("Dana Reyes", 2), ("Marcus <Webb>", 2), ("Tomás Silva", 0)),
    )  # fmt: skip
    told = Rows(User(name="Tomás Silva"), shows_customer=False, is_portfolio=False).waits_for(line)
    assert told == "<span>Priya Nair 13 days,<br>Dana Reyes and Marcus &lt;Webb&gt; 2 days,<br>you</span>"


def test_an_archived_project_is_found_where_archived_ones_are_listed_and_nowhere_else(tenant, lead, project, viewer):
    another(tenant, lead, "Retail shops", servers=3)
    plan_actions.archive(project=project, by=lead)
    for path in ("/", "/projects/", "/projects/?state=stopped"):
        assert project.name not in text_of(lead, path)
    for user in (lead, viewer):
        found = text_of(user, "/projects/?state=archived")
        assert project.name in found
        assert "Retail shops" not in found
    assert project.name not in text_of(make_person(tenant, "Nora Ek"), "/projects/?state=archived")


def test_the_administrator_reads_which_people_they_look_after_and_no_plan(tenant, admin, project):
    User.objects.filter(pk=project.lead_id).update(last_login=clock.now() - timedelta(days=20))
    text = text_of(admin)
    assert "Contoso: people and teams" in text
    assert re.search(r">2 people</a>.*>0 teams</a>.*>1 project</a>", text, re.DOTALL)
    assert "Lena Fischer has not signed in since" in text
    assert f'<option value="{project.lead_id}">Lena Fischer</option>' in text
    assert project.name not in text
    assert project.name not in text_of(admin, "/projects/")


@pytest.mark.parametrize("projects", [1, 3])
def test_the_first_page_of_an_administrator_asks_as_often_for_one_project_as_for_three(
    tenant, admin, lead, projects, django_assert_num_queries
):
    for n in range(projects):
        another(tenant, lead, f"Shops {n}")
    client = signed_in(admin)
    client.get("/")
    with django_assert_num_queries(HOME + 10):  # what the administration tells of people, teams and projects
        client.get("/")


def test_an_administrator_who_also_leads_a_project_reads_of_the_project_first(tenant, admin):
    another(tenant, admin, "Shops")
    text = text_of(admin)
    assert "Your projects (1)" in text
    assert "People and teams you look after" in text


def test_whoever_has_answered_comes_back_to_what_they_said(project, lead, ciso):
    round_ = ask(project, lead, sections=("licences",))
    assert "waits for you" in text_of(ciso)
    request = request_of(round_, ciso)
    answer(request, ciso)
    text = text_of(ciso)
    assert "What you have answered" in text
    assert "No project yet" not in text
    [where] = re.findall(r'href="([^"]*decided/[^"]*)"', text)
    assert "Your answer is recorded" in text_of(ciso, where.replace("&amp;", "&"))


def test_whoever_answers_for_somebody_reads_for_whom_and_comes_back_to_it_too(project, lead, ciso):
    request = request_of(ask(project, lead, sections=("licences",)), ciso)
    stakeholder_actions.hand_over_request(request=request, name="Hana Sato", email="hana@contoso.example", by=ciso)
    hana = User.objects.get(email="hana@contoso.example")
    assert "handed to Hana Sato" in text_of(ciso)
    assert "Look at it</a>" in text_of(ciso)
    assert f"decide/?code={request.code}" in text_of(hana)
    assert "for Dana Reyes" in text_of(hana)
    answer(request, hana)
    assert [f"decided/?code={request.code}" in text_of(person) for person in (hana, ciso)] == [True, True]


def test_who_reads_a_project_as_well_still_comes_back_to_what_they_answered(
    project, lead, ciso, django_assert_num_queries
):
    request = request_of(ask(project, lead, sections=("licences",)), ciso)
    answer(request, ciso)
    Membership.objects.create(tenant=project.tenant, user=ciso)
    access.grant(project=project, user=ciso, role=Role.VIEWER, by=lead)
    readiness.recompute(project.pk)
    client = signed_in(ciso)
    client.get("/")
    with django_assert_num_queries(HOME + 2):  # what they have answered; whether they may audit
        text = client.get("/").content.decode()
    assert "Your projects (1)" in text
    assert f"decided/?code={request.code}" in text


def test_whoever_was_put_out_of_the_matrix_is_led_to_nothing_that_they_may_not_read(project, lead, ciso):
    answer(request_of(ask(project, lead, sections=("licences",)), ciso), ciso)
    stakeholder_actions.assign(project=project, key="role-ciso", email="new@contoso.example", name="New", by=lead,
                               why="Dana left.")  # fmt: skip
    assert "decided/" not in text_of(ciso)


def test_a_viewer_reads_the_line_and_a_stranger_nothing(tenant, other_tenant, project, viewer):
    readiness.recompute(project.pk)
    assert project.name in text_of(viewer)
    assert project.name not in text_of(make_person(other_tenant, "Jon Park"))


def test_whoever_works_for_several_customers_reads_the_customers(tenant, other_tenant, lead, project):
    abroad = make_person(other_tenant, "Jon Park")
    theirs = another(other_tenant, abroad, "Fabrikam Rollout", servers=4)
    name_provider(tenant=other_tenant, provider=tenant, until=None, by=None)
    access.grant(project=theirs, user=lead, role=Role.VIEWER, by=abroad)
    for each in (project, theirs, another(tenant, lead, "Contoso Rollout", servers=4)):
        readiness.recompute(each.pk)
    text = text_of(lead)
    assert "2 customers, 3 projects" in text
    assert '<td data-label="Customer">Fabrikam</td>' in text
    assert "The blocker that stops most customers" in text
    assert "Ball is with" in text
    listed = signed_in(lead).get("/projects/").content.decode()
    assert '<td data-label="Customer">Fabrikam</td>' in listed
    assert "Waits for" in listed
    assert "Ball is with" not in listed


def test_what_stops_one_customer_alone_is_not_said_to_stop_most():
    def line(tenant, *checks):
        failed = [{"check": check, "title": check, "is_waiting": False} for check in checks]
        return SimpleNamespace(tenant=tenant, state=State.STOPPED, failed=lambda _severity: failed)

    apart = [line("Contoso", "access_is_approved", "licences_suffice"), line("Fabrikam", "timeline_is_written")]
    assert most_common_blocker(apart) is None
    assert most_common_blocker([*apart, line("Adatum", "licences_suffice")])["customers"] == 2
    assert most_common_blocker([]) is None


def test_somebody_without_a_project_is_told_what_to_do(tenant):
    assert "No project yet" in text_of(make_person(tenant, "Nora Ek"))


# the list


def test_the_list_is_found_by_words_and_by_state(tenant, lead, project):
    another(tenant, lead, "Retail shops", servers=3)
    readiness.recompute(project.pk)
    assert "<h1>2 projects</h1>" in text_of(lead, "/projects/")
    found = text_of(lead, "/projects/?q=retail")
    assert "<h1>1 project</h1>" in found
    assert project.name not in found
    assert "<h1>1 project</h1>" in text_of(lead, "/projects/?state=stopped")
    assert "<h1>2 projects</h1>" in text_of(lead, "/projects/?state=nonsense")
    assert "No project is like that." in text_of(lead, "/projects/?q=nothing+like+it")


def test_the_list_has_pages(tenant, lead, project):
    for n in range(26):
        copy = Project.objects.get(pk=project.pk)
        copy.pk, copy.slug, copy.name = None, f"copy-{n}", f"Copy {n:02}"
        copy.save()
        access.grant(project=copy, user=lead, role=Role.LEAD, by=None)
    first = text_of(lead, "/projects/")
    assert "1 to 25 of 27" in first
    second = text_of(lead, "/projects/?page=2")
    assert "26 to 27 of 27" in second
    assert "Copy 25" in second
    assert project.name not in second
    for beyond in ("9", "999999999999999999999", "0", "x"):
        assert "of 27" in text_of(lead, f"/projects/?page={beyond}")
    assert "All projects" in text_of(lead)


# what others were asked for


def ask_tomas(project, lead):
    question = plan_actions.ask_question(
        project=project, table=TABLES["environment", "siem"], email="tomas@contoso.example", name="Tomás Silva",
        text="Which SIEM?", due_on=date(2100, 1, 15), by=lead,
    )  # fmt: skip
    plan_actions.send_questions(project=project, by=lead)
    return question, User.objects.get(email="tomas@contoso.example")


def test_who_owes_what_is_on_home_and_on_the_overview_and_for_themselves(project, lead):
    readiness.recompute(project.pk)
    question, tomas = ask_tomas(project, lead)
    plan_actions.ask_for_upload(
        project=project, email=tomas.email, name="Tomás Silva", until=date(2100, 1, 20), by=lead
    )
    about = "answer about Security information and event management (SIEM), due Fri"
    for path in ("/", f"/projects/{project.slug}/"):
        page = text_of(lead, path)
        assert f"<b>Tomás Silva</b>: {about}" in page
        assert "<b>Tomás Silva</b>: upload an export, until Wed" in page
        assert "mail is waiting to be sent" in page
    mine = text_of(tomas)
    assert "2 things are asked of you" in mine
    assert 'href="/answers/"' in mine
    assert "No project yet" not in mine

    plan_actions.answer_question(question=question, by=tomas, values={}, answer="Splunk.")
    page = text_of(lead)
    assert "Tomás Silva answered about Security information" in page
    assert "Look at the answer" in page
    assert "look at it" in text_of(lead, f"/projects/{project.slug}/")
    assert "1 thing is asked of you" in text_of(tomas)


def test_a_person_is_reminded_from_the_overview(project, lead):
    question, _tomas = ask_tomas(project, lead)
    client, here = signed_in(lead), f"/projects/{project.slug}/"
    url = f"{here}asked/question/{question.pk}/remind/"
    assert f'action="{url}"' in client.get(here).content.decode()
    assert client.post(url, {"next": here}).url == here
    assert client.post(url, {"next": "https://evil.example/"}).url == f"{here}asked/"


def test_whoever_chose_a_day_or_is_the_wrong_person_is_not_offered_to_be_reminded(tenant, lead, project, ciso):
    ask(project, lead, sections=("licences",))
    readiness.recompute(project.pk)
    request = Request.objects.get(email=ciso.email)
    remind = reverse("stakeholders:remind", args=[project.slug, request.code])
    approvals = reverse("stakeholders:approvals", args=[project.slug])
    later = clock.today(tenant.time_zone) + timedelta(days=2)
    stakeholder_actions.remind_me_on(request=request, day=later, by=ciso)
    assert f"Wants no reminder before {day(later)}" in text_of(lead)
    for path in ("/", approvals):
        assert remind not in text_of(lead, path)
    stakeholder_actions.say_wrong_person(request=request, says="Ask my deputy", by=ciso)
    assert "Says that somebody else should be asked" in text_of(lead)


def test_a_request_that_was_answered_in_part_says_how_much_is_left(project, lead, ciso):
    request = request_of(ask(project, lead), ciso)
    assert "2 sections" in text_of(ciso)
    answer(request, ciso, answers={"licences": "approve"})
    words = text_of(ciso)
    assert "1 section" in words
    assert "2 sections" not in words


def test_three_who_are_waited_for_are_listed_as_one_says_them():
    rows = Rows(User(name="Lena Fischer"), shows_customer=False, is_portfolio=False)
    assert rows.names(["Dana Reyes", "Lena Fischer", "Marcus Webb"], 2) == "Dana Reyes, you and Marcus Webb 2 days"
    assert rows.names(["Dana Reyes"], 0) == "Dana Reyes"
