"""What workers do with papers: make them, give them up, throw them away after a day."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Project
from readiness import register
from readiness.evidence import packing
from readiness.models import Paper
from readiness.models.papers import FOLDER, KEPT_FOR
from readiness.papers.pdf import NoPaper, at_home_in
from readiness.papers.register import register_as_pdf
from readiness.papers.summary import summary_as_pdf
from readiness.papers.word import plan_as_word
from tenants import clock
from tenants.templatetags.look import on_paper

logger = logging.getLogger(__name__)
Kind, State = Paper.Kind, Paper.State


class Made(NamedTuple):
    name: str
    content: bytes
    without: str = ""
    """What it comes without, in a sentence."""


def make_paper(pk: int) -> None:
    """Make a paper that waits. Once, however often it is called; a dead worker's is begun again."""
    now = clock.now()
    if (
        not Paper.objects.to_be_made(now)
        .filter(pk=pk)
        .update(state=State.RUNNING, started_at=now, tries=F("tries") + 1)
    ):
        return
    paper = Paper.objects.select_related("project__tenant", "project__lead", "asked_by").get(pk=pk)
    try:
        made = MAKERS[paper.kind](paper)
    except NoPaper as missing:
        _failed(paper, str(missing))
    except Exception:
        _failed(paper, _went_wrong())
        raise
    else:
        _ready(paper, made)


def give_up() -> None:
    """Papers that ended every worker that began them are not begun again."""
    for paper in Paper.objects.given_up(clock.now()):
        _failed(paper, _went_wrong())


def _went_wrong() -> str:
    return _("Something went wrong while it was made. Whoever looks after mdeprep finds it in the log.")


def _failed(paper: Paper, why: str) -> None:
    Paper.objects.filter(pk=paper.pk, state=State.RUNNING).update(state=State.FAILED, why=why[:500])


def _ready(paper: Paper, made: Made) -> None:
    paper.file.save("paper", ContentFile(made.content), save=False)
    written = Paper.objects.filter(pk=paper.pk, state=State.RUNNING).update(
        state=State.READY, file=paper.file.name, name=made.name, size=len(made.content), why=made.without[:500]
    )
    if not written:  # thrown away, or made by another worker meanwhile
        _storage().delete(str(paper.file.name))


def _evidence(paper: Paper) -> Made:
    project = _project(paper)
    pack = packing.make(project)
    return Made(f"evidence-{project.slug}-{_day(project)}.zip", pack.content, pack.left_out)


def _word(paper: Paper) -> Made:
    project = _project(paper)
    part = paper.choices.get("part", "")
    with at_home_in(project.tenant):
        name = "-".join(filter(None, [project.slug, part, _day(project)]))
        return Made(f"{name}.docx", plan_as_word(project, part))


def _summary(paper: Paper) -> Made:
    project = _project(paper)
    since = date.fromisoformat(paper.choices["since"])
    with at_home_in(project.tenant):
        return Made(f"{project.slug}-summary-{_day(project)}.pdf", summary_as_pdf(project, since))


def _register(paper: Paper) -> Made:
    """What the person may audit now, which may be less than when they asked."""
    wanted = wanted_from(paper.choices)
    projects = list(register.auditable(paper.asked_by))
    looked_at = [project for project in projects if wanted.project in (None, project.pk)]
    with at_home_in(looked_at[0].tenant) if looked_at else on_paper():
        lines = register.lines_of(list(register.decisions_of(projects, wanted)))
        content = register_as_pdf(lines, register.chains_of(looked_at), wanted)
    return Made(f"approvals-{clock.now():%Y-%m-%d}.pdf", content)


def wanted_from(choices: Mapping[str, Any]) -> register.Wanted:
    """What is looked at, out of the stored choices."""
    days = {name: date.fromisoformat(choices[name]) if choices.get(name) else None for name in ("since", "until")}
    return register.Wanted(**days, project=choices.get("project"), person=choices.get("person", ""))


MAKERS: Mapping[str, Callable[[Paper], Made]] = {
    Kind.EVIDENCE: _evidence,
    Kind.WORD: _word,
    Kind.SUMMARY: _summary,
    Kind.REGISTER: _register,
}


def _project(paper: Paper) -> Project:
    assert paper.project is not None
    return paper.project


def _day(project: Project) -> str:
    return clock.today(project.tenant.time_zone).isoformat()


def throw_away_old() -> None:
    """Delete papers of more than a day ago, and files that no paper knows."""
    for paper in Paper.objects.old(clock.now()):
        name = str(paper.file.name or "")
        paper.delete()
        if name:
            _storage().delete(name)
    _delete_strays()


def _delete_strays() -> None:
    storage = _storage()
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in (f"{FOLDER}/{name}" for name in names):
        is_old = storage.get_modified_time(name) < timezone.now() - KEPT_FOR
        if is_old and not Paper.objects.filter(file=name).exists():
            storage.delete(name)


def _storage() -> Storage:
    found: Storage = Paper.file.field.storage
    return found
