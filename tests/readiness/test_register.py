"""The register: what is in it, for whom, in which period, and whether it is complete."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from projects import access
from projects import actions as plan_actions
from projects.models import Grant, Project
from projects.rules.roles import Role
from projects.tables import TABLES
from readiness import register
from readiness.models import Paper
from readiness.papers import actions
from readiness.papers.register import register_as_csv
from readiness.register import Wanted
from stakeholders.actions import remove_stakeholder, start_project
from stakeholders.models import Decision
from tenants import clock, triggers
from tenants.models import LedgerEntry
from tests.conftest import make_person
from tests.stakeholders.conftest import answer, ask, request_of, signed_in

pytestmark = pytest.mark.django_db
DEVICES = TABLES["environment", "devices"]


def text_of(user, path="/register/", **given) -> str:
    answered = signed_in(user).get(path, given)
    assert answered.status_code == 200
    return " ".join(answered.content.decode().split())


def test_a_line_says_who_answered_what_knowing_what_and_whether_it_stands(auditor, decided, servers, project, lead):
    text = text_of(auditor)
    assert "1 decision by 1 person in 1 project" in text
    assert "Dana Reyes" in text
    assert "<b>Approved</b>: Environment and Licences" in text
    assert '<span class="text-nowrap">1 blocker,</span> <span class="text-nowrap">0 warnings</span>' in text
    assert "code by mail" in text
    assert text.count(">stands<") == 1
    plan_actions.change_row(project=project, table=DEVICES, key=servers.key, values={"count": 400}, by=lead)
    text = text_of(auditor)
    assert f"until {register.day(clock.now())}".replace("\xa0", " ") in text
    assert ">stands<" in text  # Licences


def test_the_list_begins_the_fingerprint_of_each_section(auditor, decided):
    digests = Decision.objects.get().digests
    begins = f'{digests["environment"][:4]} …</span> · <span class="fp">{digests["licences"][:4]} …</span>'
    assert begins in text_of(auditor)


def test_who_was_taken_out_of_the_matrix_approved_until_that_day(auditor, decided, project, lead):
    remove_stakeholder(project=project, key="role-ciso", by=lead, why="Left.")
    until = register.day(clock.now().astimezone(ZoneInfo("Europe/Dublin"))).replace("\xa0", " ")
    assert f"until {until}, not in the matrix any more" in text_of(auditor)


def test_it_says_that_it_is_complete_and_notices_when_it_is_not(auditor, decided, project):
    last = Project.objects.get(pk=project.pk).ledger_seq
    assert f"{project.name}: entries 1 to {last} are unbroken, checked" in text_of(auditor)
    with triggers.opened(Decision._meta.db_table), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Decision._meta.db_table}")
    assert "its history and its decisions differ by 1" in text_of(auditor)
    with triggers.opened(LedgerEntry._meta.db_table), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {LedgerEntry._meta.db_table} SET body = body || ' ' WHERE seq = 3 AND chain_kind = 'project'"
        )
    assert "its history is broken at entry 3: its text was changed after it was written" in text_of(auditor)


def test_a_long_history_is_told_as_it_was_found_last(auditor, decided, project, monkeypatch):
    monkeypatch.setattr(register, "MOST_ENTRIES_ON_THE_SPOT", 1)
    assert "not checked yet; that is done every night" in text_of(auditor)
    Project.objects.filter(pk=project.pk).update(ledger_checked_at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC))
    assert "are unbroken, checked Fri 20 Nov" in text_of(auditor)


def test_the_period_the_project_and_the_person_narrow_it(auditor, decided, project, lead, tenant, ciso, head_of_cdoc):
    today = clock.today("Europe/Dublin")
    other = start_project(tenant=tenant, lead=lead, by=lead, name="Another", kind="deployment")
    access.grant(project=other, user=auditor, role=Role.AUDITOR, by=None)
    projects = list(register.auditable(auditor))
    assert {p.name for p in projects} == {project.name, "Another"}
    found = {
        "all": Wanted(),
        "today": Wanted(since=today, until=today),
        "before": Wanted(until=today - timedelta(days=1)),
        "after": Wanted(since=today + timedelta(days=1)),
        "project": Wanted(project=project.pk),
        "other": Wanted(project=other.pk),
        "stranger's": Wanted(project=99_999),
        "name": Wanted(person="dana"),
        "address": Wanted(person="dana@contoso"),
        "nobody": Wanted(person="%"),
    }
    counted = {name: register.decisions_of(projects, wanted).count() for name, wanted in found.items()}
    assert counted == {
        "all": 1, "today": 1, "before": 0, "after": 0, "project": 1, "other": 0, "stranger's": 0, "name": 1,
        "address": 1, "nobody": 0,
    }  # fmt: skip
    text = text_of(auditor, since=today.isoformat(), until=(today - timedelta(days=1)).isoformat())
    assert "This day is before the first" in text
    assert "No decision fits these choices." in text_of(auditor, person="nobody")


def test_only_auditors_and_leads_see_a_project_in_it(auditor, decided, project, lead, viewer, editor, admin, tenant):
    for user, sees in ((auditor, True), (lead, True), (viewer, False), (editor, False), (admin, False)):
        assert ("Dana Reyes" in text_of(user)) is sees, user
        path = f"/projects/{project.slug}/decisions/{decided.pk}/"
        assert signed_in(user).get(path).status_code == (200 if sees else 403)
    nobody = make_person(tenant, "Nora Ek")
    assert "There is no project whose approvals you may audit." in text_of(nobody)
    assert signed_in(nobody).get(f"/projects/{project.slug}/decisions/{decided.pk}/").status_code == 404


def test_a_decision_of_another_project_is_not_there(auditor, decided, project, lead, tenant):
    other = start_project(tenant=tenant, lead=lead, by=lead, name="Another", kind="deployment")
    assert signed_in(lead).get(f"/projects/{other.slug}/decisions/{decided.pk}/").status_code == 404


def test_a_line_in_full_has_the_text_the_open_points_the_mail_and_its_place_in_the_history(auditor, decided, project):
    text = text_of(auditor, f"/projects/{project.slug}/decisions/{decided.pk}/")
    entry = LedgerEntry.objects.of(project).get(verb="decided")
    assert "Windows Server 2019" in text
    assert "101 servers have no licence" in text
    assert "dana@contoso.example: not sent yet" in text
    assert "Approve by" in text
    assert f'<span class="entry">{entry.seq - 1}</span>' in text
    assert f'<span class="entry">{entry.seq}</span>' in text
    assert "this decision" in text
    assert "Receipt: your decision" in text


def test_a_second_signature_shows_what_had_changed_since_the_first(
    auditor, decided, project, lead, servers, ciso, asked
):
    values = {"count": 400}
    plan_actions.change_row(
        project=project, table=DEVICES, key=servers.key, values=values, by=lead, why="We forgot the branch offices."
    )
    second = answer(request_of(ask(project, lead), ciso), ciso)
    text = text_of(auditor, f"/projects/{project.slug}/decisions/{second.pk}/")
    assert "We forgot the branch offices." in text
    assert '<td class="count was">100</td><td class="count now">400</td>' in text
    assert "400" not in text_of(auditor, f"/projects/{project.slug}/decisions/{decided.pk}/").split("The mails")[0]


def test_the_table_for_spreadsheets_takes_no_cell_for_a_formula(auditor, project, ciso, asked):
    answer(request_of(asked, ciso), ciso, comment='=HYPERLINK("http://evil.example";"Approve")')
    answered = signed_in(auditor).get("/register/table/")
    assert answered["Content-Type"] == "text/csv; charset=utf-8"
    [head, line] = csv.reader(io.StringIO(answered.content.decode("utf-8-sig")))
    told = dict(zip(head, line, strict=True))
    assert told["comment"].startswith("'=HYPERLINK")
    assert (told["who"], told["blockers known"], told["signed in by"]) == ("Dana Reyes", "1", "code by mail")
    assert register_as_csv([]).count("\n") == 1


def test_the_pdf_is_drawn_by_a_worker_for_whoever_asked_alone(auditor, lead, decided):
    client = signed_in(auditor)
    assert client.post("/register/", {"person": "dana"}).status_code == 302
    paper = Paper.objects.get()
    assert paper.choices["person"] == "dana"
    assert "a worker takes it in a moment" in text_of(auditor)
    assert client.get(f"/register/{paper.pk}/").status_code == 302
    actions.make_paper(paper.pk)
    answered = client.get(f"/register/{paper.pk}/")
    assert b"".join(answered.streaming_content).startswith(b"%PDF")
    assert answered["Content-Disposition"].startswith('attachment; filename="approvals-')
    assert signed_in(lead).get(f"/register/{paper.pk}/").status_code == 404


def test_whoever_lost_their_role_gets_an_empty_pdf(auditor, decided, project):
    signed_in(auditor).post("/register/")
    for row in Grant.objects.filter(user=auditor):
        access.revoke(row=row, by=None)
    paper = Paper.objects.get()
    actions.make_paper(paper.pk)
    paper.refresh_from_db()
    assert paper.state == Paper.State.READY
    assert register.decisions_of(list(register.auditable(auditor)), Wanted()).count() == 0


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_asks_the_same_number_of_questions_with_one_line_and_with_three(
    auditor, decided, project, lead, asked, head_of_cdoc, architect, more, django_assert_num_queries
):
    for person, word in [(head_of_cdoc, "approve"), (architect, "no_objection")][:more]:
        answer(request_of(asked, person), person, word)
    ask(project, lead, sections=("access",))  # something is open, however many have answered
    client = signed_in(auditor)
    client.get("/register/")
    with django_assert_num_queries(REGISTER):
        text = client.get("/register/").content.decode()
    assert text.count("/decisions/") == 1 + more


REGISTER = 42
