"""What was asked for, objected to, put in and asked: each is a thread that somebody answers, and settles."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from projects import actions as plan_actions
from projects.document import as_json
from projects.models import Project, Proposal
from projects.rules.labels import title_of
from projects.rules.told import FieldChange, changes_of
from projects.tables import TABLES
from projects.views.base import ProjectPage, ProjectView
from stakeholders import actions
from stakeholders.models import Decision, Question
from stakeholders.rules.standing import CHANGES, INPUT, NO_OBJECTION, NOTED, OBJECT, Vote
from stakeholders.shown import Word, answer_words
from stakeholders.states import votes_of
from stakeholders.words import titles

TALKED_ABOUT = (CHANGES, OBJECT, INPUT, NO_OBJECTION, NOTED)


class Thread(NamedTuple):
    vote: Vote
    word: Word
    titles: str

    @property
    def waits(self) -> bool:
        """Whether it asks for an answer: changes and objections do; input is read, and may be answered."""
        return not self.vote.replies and self.word.state == "changes"

    @property
    def at(self) -> datetime:
        return self.vote.at


def threads_of(votes: list[Vote]) -> list[Thread]:
    """Every comment with an answer to it, those that wait first, then the newest."""
    words = answer_words()
    found = []
    for vote in votes:
        given = next((answer for answer in TALKED_ABOUT if answer in vote.answers.values()), None)
        if vote.comment and given:
            about = titles(name for name, answer in vote.answers.items() if answer == given)
            found.append(Thread(vote, words[given], about))
    newest = sorted(found, key=lambda thread: thread.at, reverse=True)
    return sorted(newest, key=lambda thread: (not thread.waits, thread.vote.is_resolved))


class Suggestion(NamedTuple):
    """A value that somebody suggests: before > after, against the row as it is now."""

    proposal: Proposal
    title: str
    changes: tuple[FieldChange, ...]
    seen: int


def suggestions_of(project: Project) -> list[Suggestion]:
    """What was suggested and is not settled; a row that is gone is left out."""
    found = []
    for proposal in Proposal.objects.filter(project=project, question=None, state=Proposal.State.OPEN):
        proposal.project = project
        row, table = plan_actions.present_row(proposal), TABLES[proposal.section, proposal.table]
        if row is not None:
            before = {name: as_json(getattr(row, name)) for name in proposal.values}
            changes = changes_of(table.row, {"before": before, "after": proposal.values})
            found.append(Suggestion(proposal, title_of(plan_actions.as_document(table, row)), changes, row.changed_seq))
    return found


class Threads(ProjectPage):
    permission = "view_project"
    template_name = "stakeholders/threads.html"
    tab = "approvals"

    @cached_property
    def questions(self) -> list[Question]:
        rows = Question.objects.filter(request__round__project=self.project).select_related("request__round")
        return sorted(rows, key=lambda row: (row.answered_at is not None, -row.asked_at.timestamp()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            threads=threads_of(votes_of([self.project])[self.project.pk]),
            questions=self.questions,
            suggestions=suggestions_of(self.project),
            may_answer="change_project" in self.can,
            **kwargs,
        )


class Answering(ProjectView):
    is_abstract = True
    http_method_names = ["post", "options"]

    def back(self, words: str, anchor: str) -> HttpResponse:
        messages.success(self.request, words)
        response = redirect("stakeholders:threads", self.project.slug)
        response["Location"] += f"#{anchor}"
        return response

    def refused(self, error: ValidationError) -> HttpResponse:
        for words in error.messages:
            messages.error(self.request, words)
        return redirect("stakeholders:threads", self.project.slug)


class ReplyTo(Answering):
    permission = "change_project"

    def post(self, request: HttpRequest, slug: str, decision: int) -> HttpResponse:
        found = get_object_or_404(Decision, pk=decision, project_id=self.project.pk)
        try:
            actions.reply(
                decision=found,
                text=request.POST.get("text", ""),
                by=self.user,
                resolves=bool(request.POST.get("resolves")),
            )
        except ValidationError as error:
            return self.refused(error)
        return self.back(_("%(name)s gets your answer by mail.") % {"name": found.name}, f"row-said-{found.pk}")


class AnswerTo(Answering):
    permission = "change_project"

    def post(self, request: HttpRequest, slug: str, question: int) -> HttpResponse:
        rows = Question.objects.select_related("request__round")
        found = get_object_or_404(rows, pk=question, request__round__project=self.project)
        try:
            actions.answer_question(question=found, text=request.POST.get("text", ""), by=self.user)
        except ValidationError as error:
            return self.refused(error)
        words = _("%(name)s gets your answer by mail. Reminders go on.") % {"name": found.asked_by_name}
        return self.back(words, f"row-question-{found.pk}")
