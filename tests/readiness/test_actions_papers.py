"""Papers: asked for once, made once, thrown away after a day, and what happens when that goes wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from projects.models import Project
from readiness.models import Paper
from readiness.models.papers import MOST_TRIES, SILENT_FOR
from readiness.papers import actions, pdf
from readiness.papers.asking import ask_for_paper
from readiness.papers.pdf import NoPaper
from readiness.tasks import make_waiting, throw_away_old
from tenants import clock

pytestmark = pytest.mark.django_db
Kind, State = Paper.Kind, Paper.State


def wanted(project, by, kind=Kind.WORD, **choices) -> Paper:
    return ask_for_paper(kind=kind, by=by, project=project, choices=choices)


def test_asking_again_while_it_is_made_gives_the_same_paper(project, lead, editor):
    first = wanted(project, lead)
    assert wanted(project, lead) == first
    assert wanted(project, editor) != first
    assert wanted(project, lead, Kind.EVIDENCE) != first
    actions.make_paper(first.pk)
    assert wanted(project, lead) != first


def test_a_paper_is_made_once_however_often_a_worker_is_woken(project, lead, monkeypatch):
    paper, made = wanted(project, lead), []
    right = actions.MAKERS[Kind.WORD]
    monkeypatch.setattr(actions, "MAKERS", {Kind.WORD: lambda one: made.append(one) or right(one)})
    for _ in range(3):
        actions.make_paper(paper.pk)
    make_waiting()
    paper.refresh_from_db()
    assert (len(made), paper.state, paper.tries) == (1, State.READY, 1)
    assert paper.name == f"{project.slug}-{clock.today('Europe/Dublin')}.docx"
    with paper.file.open("rb") as file:
        assert file.read(2) == b"PK"


def test_a_paper_whose_worker_was_ended_is_begun_again_and_given_up_after_a_few_tries(project, lead):
    paper = wanted(project, lead)
    long_ago = clock.now() - SILENT_FOR - timedelta(seconds=1)
    Paper.objects.filter(pk=paper.pk).update(state=State.RUNNING, started_at=clock.now(), tries=1)
    make_waiting()
    assert Paper.objects.get().state == State.RUNNING  # somebody is still at it
    Paper.objects.filter(pk=paper.pk).update(started_at=long_ago)
    make_waiting()
    assert Paper.objects.get().state == State.READY
    Paper.objects.filter(pk=paper.pk).update(state=State.RUNNING, file="", started_at=long_ago, tries=MOST_TRIES)
    make_waiting()
    assert Paper.objects.get().state == State.FAILED


def test_what_this_computer_lacks_is_said_in_a_sentence(project, lead, monkeypatch):
    def missing():
        raise NoPaper("PDFs cannot be drawn here: no fonts are installed (on Debian: fonts-liberation).")

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    summary = wanted(project, lead, Kind.SUMMARY, since="2026-11-01")
    actions.make_paper(summary.pk)
    summary.refresh_from_db()
    assert (summary.state, summary.why) == (State.FAILED, str(NoPaper(summary.why)))
    assert "no fonts are installed" in summary.why
    pack = wanted(project, lead, Kind.EVIDENCE)
    actions.make_paper(pack.pk)
    pack.refresh_from_db()
    assert pack.state == State.READY  # evidence comes without the PDF, and says so
    assert pack.why.startswith("plan.pdf: PDFs cannot be drawn here")


def test_a_missing_library_is_named(monkeypatch):
    import builtins

    right = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0': no such file")
        return right(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoPaper, match=r"the library libpango-1\.0-0 is missing \(on Debian: libpango"):
        pdf.draw("<p>")


def test_no_font_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "FONTS", (str(tmp_path),))
    monkeypatch.setattr(pdf.Path, "home", lambda: tmp_path)
    with pytest.raises(NoPaper, match="no fonts are installed"):
        pdf.draw("<p>")


def test_what_goes_wrong_is_told_and_logged(project, lead, monkeypatch):
    paper = wanted(project, lead)
    monkeypatch.setattr(actions, "MAKERS", {Kind.WORD: lambda _paper: 1 / 0})
    with pytest.raises(ZeroDivisionError):
        actions.make_paper(paper.pk)
    paper.refresh_from_db()
    assert (paper.state, paper.file.name) == (State.FAILED, "")
    assert "finds it in the log" in paper.why


def test_papers_of_yesterday_are_thrown_away_with_their_files(project, lead):
    old, new = wanted(project, lead), wanted(project, lead, Kind.EVIDENCE)
    for paper in (old, new):
        actions.make_paper(paper.pk)
        paper.refresh_from_db()
    Paper.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(hours=25))
    throw_away_old()
    assert list(Paper.objects.all()) == [new]
    assert not default_storage.exists(old.file.name)
    assert default_storage.exists(new.file.name)


def test_a_paper_that_was_thrown_away_while_it_was_made_leaves_no_file(project, lead, monkeypatch):
    paper, right, written = wanted(project, lead), actions.MAKERS[Kind.WORD], []

    def slow(one):
        made = right(one)
        Paper.objects.all().delete()
        return made

    monkeypatch.setattr(actions, "MAKERS", {Kind.WORD: slow})
    save = Paper.file.field.storage.save
    monkeypatch.setattr(Paper.file.field.storage, "save", lambda *a, **k: written.append(save(*a, **k)) or written[-1])
    actions.make_paper(paper.pk)
    assert [default_storage.exists(name) for name in written] == [False]


def test_only_what_is_ready_has_a_file(project, lead):
    paper = wanted(project, lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(state=State.READY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=paper.pk).update(project=None)


def test_making_a_paper_changes_nothing_of_the_project(project, lead):
    before = Project.objects.get(pk=project.pk).ledger_head
    for kind in (Kind.WORD, Kind.SUMMARY, Kind.EVIDENCE):
        actions.make_paper(wanted(project, lead, kind, since="2026-11-01").pk)
    assert {paper.state for paper in Paper.objects.all()} == {State.READY}
    assert Project.objects.get(pk=project.pk).ledger_head == before
