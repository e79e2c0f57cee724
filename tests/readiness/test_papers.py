"""Documents that people send: the tables of Microsoft's documents in Word, and one page for a committee."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import docx
import pytest
from django.template.loader import render_to_string
from weasyprint.urls import URLFetcher

from projects import actions as plan_actions
from projects.models import Project
from projects.tables import TABLES
from readiness.models import Paper
from readiness.papers import actions, pdf, summary
from readiness.papers.asking import ask_for_paper
from readiness.papers.summary import summary_as_pdf
from readiness.papers.tables import Cell, PaperTable
from readiness.papers.word import plan_as_word, widths_of
from stakeholders.actions import set_quorum, start_project
from tenants import clock
from tests.stakeholders.conftest import answer, request_of, signed_in

pytestmark = pytest.mark.django_db
DEVICES = TABLES["environment", "devices"]


def tables_of(project) -> list[list[list[str]]]:
    found = docx.Document(io.BytesIO(plan_as_word(project)))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in found.tables]


def test_the_word_document_has_the_tables_of_the_document_it_stands_for(project, ciso, servers):
    tables = tables_of(project)
    heads = [table[0] for table in tables]
    assert heads[:5] == [
        ["Name", "Role", "Action"],
        ["What", "Description"],
        ["Personas", "Roles", "Entra role (if necessary)", "Assign to"],
        ["Tier", "Description", "Permission required"],
        ["Component", "Description", "Adoption order rank"],
    ]
    [_head, first, second, *_rest] = tables[0]
    assert first[0] == "Dana Reyes\ndana@contoso.example"
    assert first[1].startswith("Chief Information Security Officer (CISO)\n")
    assert first[2] == "SO"
    assert second[0] == "Enter name and email"
    answers = dict(tables[1][1:])
    assert answers["Server count"] == "Windows Server 2019: 100\nIn all: 100"
    assert "operating system" in answers["Endpoint count"]  # what is asked, while nobody has answered
    assert [row[0] for row in tables[3][1:]] == ["Tier 1", "Tier 2", "Tier 3"]


def test_the_two_tables_of_access_are_a_document_of_their_own(project, lead):
    plan_actions.add_row(
        project=project,
        table=TABLES["access", "assignments"],
        values={"persona": "Endpoint Administrator", "entra_role": "intune-administrator", "assignee": "EUC \x0b=1+1"},
        by=lead,
    )
    client = signed_in(lead)
    where = f"/projects/{project.slug}/documents/"
    assert client.post(where, {"kind": "access"}).status_code == 302
    paper = Paper.objects.get()
    actions.make_paper(paper.pk)
    paper.refresh_from_db()
    assert paper.name == f"{project.slug}-access-{clock.today('Europe/Dublin').isoformat()}.docx"
    with paper.file.open("rb") as file:
        found = docx.Document(io.BytesIO(file.read()))
    assert [[cell.text for cell in table.rows[0].cells] for table in found.tables] == [
        ["Personas", "Roles", "Entra role (if necessary)", "Assign to"],
        ["Tier", "Description", "Permission required"],
    ]
    assigned = [row.cells[3].text for row in found.tables[0].rows if row.cells[2].text == "Intune Administrator"]
    assert assigned == ["EUC =1+1\neligible (activated when needed)"]


def test_components_that_are_not_used_are_taken_out_with_their_reason(project, lead):
    table = TABLES["adoption", "components"]
    values = {"is_in": False, "reason": "Not bought"}
    plan_actions.change_row(project=project, table=table, key="component-air", values=values, by=lead)
    assert not any("(AIR)" in row[0] for row in tables_of(project)[4])
    paper = docx.Document(io.BytesIO(plan_as_word(project)))
    assert any(p.text.endswith("is not used: Not bought") for p in paper.paragraphs)


def test_a_migration_has_its_checklist_and_the_words_of_its_documents(tenant, lead):
    project = start_project(tenant=tenant, lead=lead, by=lead, name="Move", kind="migration", terminology="seed")
    paper = docx.Document(io.BytesIO(plan_as_word(project)))
    titles = [p.text for p in paper.paragraphs]
    assert "Checklist of the migration" in titles
    assert {"Step 1", "Step 2", "Step 3"} <= set(titles)
    assert ["Personas", "Roles", "Azure AD role (if necessary)", "Assign to"] in [t[0] for t in tables_of(project)]


def test_what_people_typed_never_breaks_the_document(project, lead):
    nasty = "<b>&amp; \x0b\x1f ]]> “quotes” \U0001f600"
    values = {
        "system": "other",
        "other_name": nasty.replace("\x0b\x1f", ""),
        "kind": "server",
        "count": 1,
        "note": nasty,
    }
    plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)
    assert any("]]> “quotes” \U0001f600: 1" in row[1] for row in tables_of(project)[1])


def test_the_summary_is_one_page_however_much_there_is_to_say(project, lead, ciso, asked, monkeypatch):
    for n in range(60):
        values = {"title": f"Task {n} " + "with a very long name " * 5, "kind": "task", "due_on": date(2027, 1, 1)}
        plan_actions.add_row(project=project, table=TABLES["timeline", "items"], values=values, by=lead)
    pages, right = [], summary.pages_of

    def counted(*args):
        pages.append(right(*args))
        return pages[-1]

    monkeypatch.setattr(summary, "pages_of", counted)
    made = summary_as_pdf(project, clock.today("Europe/Dublin") - timedelta(days=7))
    assert made.startswith(b"%PDF")
    assert len(pages[-1].pages) == 1


def test_the_summary_says_what_changed_and_what_must_be_decided(project, lead, ciso, asked, servers):
    told = summary._context(project, clock.today("Europe/Dublin") - timedelta(days=7))
    assert told["changes"] == []  # the project is younger than that
    told = summary._context(project, clock.today("Europe/Dublin"))
    assert next((each["who"], each["what"]) for each in told["decisions"]) == ("Dana Reyes", "Environment, Licences")
    assert told["blockers"]


def decisions_in(project) -> list[tuple[str, str]]:
    told = summary._context(Project.objects.get(pk=project.pk), clock.today("Europe/Dublin"))
    return [(each["who"], each["what"]) for each in told["decisions"]]


def test_the_summary_since_a_day_before_the_project_says_that_all_of_it_is_new(project, servers):
    today = clock.today("Europe/Dublin")

    def told(since: date) -> str:
        context = summary._context(project, since)
        shown = {**context, "lists": summary._shortened(context, 3), "most": 3}
        return render_to_string("papers/summary.html", shown)

    assert "All of it: the project was made on" in told(today - timedelta(days=7))
    assert "Nothing that is signed." not in told(today - timedelta(days=7))
    assert "Nothing that is signed." in told(today)


def test_the_summary_names_nobody_whose_decision_is_not_waited_for(project, lead, ciso, head_of_cdoc, asked, servers):
    plan_actions.change_row(project=project, table=DEVICES, key=servers.key, values={"count": 120}, by=ciso)
    assert decisions_in(project) == [("Dana Reyes", "Licences"), ("Marcus Webb", "Environment, Licences")]
    set_quorum(project=project, quorum="any", by=lead, why="Quicker.")
    answer(request_of(asked, ciso), ciso, answers={"licences": "approve"})
    assert decisions_in(project) == [("Marcus Webb", "Environment")]
    answer(request_of(asked, head_of_cdoc), head_of_cdoc, answers={"environment": "approve"})
    assert decisions_in(project) == []


def test_the_summary_of_a_project_that_went_on_in_spite_of_blockers(project, lead, asked, servers, monkeypatch):
    """Its sentence of the status is whole, and the notice takes the lines that it has."""
    at = {"phase": "setup", "by": "Olu", "at": clock.now().isoformat(), "why": "Now.", "blockers": ["No licence"]}
    project.phase, project.in_spite_of = "setup", at
    context = summary._context(project, clock.today("Europe/Dublin"))
    told = render_to_string("papers/summary.html", {**context, "lists": summary._shortened(context, 3), "most": 3})
    assert re.search(r"<b>\d+ blockers stand</b>", told)
    assert "<svg" in told
    assert ".notice svg { display: none; }" in pdf._style()


def test_nothing_is_fetched_while_paper_is_drawn(monkeypatch):
    asked = []
    monkeypatch.setattr(URLFetcher, "open", lambda _self, request, **_: asked.append(request.full_url))
    html = """<link rel=stylesheet href="http://169.254.169.254/x.css"><style>@import "file:///etc/passwd";</style>
      <img src="http://127.0.0.1/a.png"><img src="file:///etc/passwd"><object data="ftp://x/y"></object><p>x"""
    assert pdf.as_bytes(pdf.draw(html)).startswith(b"%PDF")
    assert asked == []


def test_documents_are_asked_for_on_their_page_and_found_by_whoever_asked(project, lead, viewer):
    client = signed_in(viewer)
    where = f"/projects/{project.slug}/documents/"
    assert "None yet." in client.get(where).content.decode()
    assert client.post(where, {"kind": "word"}).status_code == 302
    assert client.post(where, {"kind": "summary", "since": clock.today("Europe/Dublin").isoformat()}).status_code == 302
    for paper in Paper.objects.all():
        actions.make_paper(paper.pk)
        answered = client.get(f"{where}{paper.pk}/")
        assert answered.status_code == 200
        assert answered["Cache-Control"] == "no-store"
        assert len(b"".join(answered.streaming_content)) > 5_000
        assert signed_in(lead).get(f"{where}{paper.pk}/").status_code == 404
    assert client.get(where).content.decode().count("Download") == 2


@pytest.mark.parametrize("since", ["", "soon", "2126-01-01"])
def test_a_wrong_day_is_named_and_nothing_is_made(project, viewer, since):
    answered = signed_in(viewer).post(f"/projects/{project.slug}/documents/", {"kind": "summary", "since": since})
    assert answered.status_code == 422
    assert not Paper.objects.exists()


def test_a_file_that_was_deleted_is_not_found(project, lead):
    paper = ask_for_paper(kind=Paper.Kind.WORD, by=lead, project=project)
    actions.make_paper(paper.pk)
    paper.refresh_from_db()
    paper.file.storage.delete(paper.file.name)
    assert signed_in(lead).get(f"/projects/{project.slug}/documents/{paper.pk}/").status_code == 404


def test_the_pack_is_asked_for_seen_in_the_making_and_downloaded(project, auditor, lead, decided):
    client, where = signed_in(auditor), f"/projects/{project.slug}/evidence/"
    assert "None yet." in client.get(where).content.decode()
    assert client.post(where).status_code == 302
    assert 'hx-trigger="every 1s"' in client.get(where).content.decode()
    paper = Paper.objects.get()
    assert client.get(f"{where}{paper.pk}/").status_code == 302  # not yet
    actions.make_paper(paper.pk)
    page = client.get(where).content.decode()
    assert "hx-trigger" not in page.split('id="papers"')[1].split("</section>")[0]
    assert f"{where}{paper.pk}/" in page
    answered = signed_in(lead).get(f"{where}{paper.pk}/")  # whoever may audit it
    assert b"".join(answered.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("more", [0, 2])
def test_the_evidence_page_asks_the_same_number_of_questions_with_one_file_and_with_three(
    project, auditor, lead, editor, more, django_assert_num_queries
):
    for by in [lead, auditor, editor][: 1 + more]:
        ask_for_paper(kind=Paper.Kind.EVIDENCE, by=by, project=project)
    client, where = signed_in(auditor), f"/projects/{project.slug}/evidence/"
    client.get(where)
    with django_assert_num_queries(EVIDENCE):
        client.get(where)


EVIDENCE = 11


def test_the_columns_of_a_word_table_fill_the_page_and_the_longest_text_gets_the_most():
    table = PaperTable(("When", "What"), ((Cell("Wed 25 Nov 2026"), Cell("x" * 400)),))
    narrow, wide = widths_of(table)
    assert narrow + wide == pytest.approx(17)
    assert 4 < narrow < wide
