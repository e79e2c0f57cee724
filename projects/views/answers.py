"""One page with everything that a person is asked, in all projects; they answer without seeing a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from projects import actions
from projects.forms import AnswerForm, Surroundings, UnknownForm
from projects.models import Asked, PlanRow, Question, UploadRequest
from projects.tables import TABLES
from projects.views.base import ProjectView
from tenants import clock
from tenants.models import User
from tenants.views.base import SiteView, Who

State = Question.State
SETTLED_SHOWN = 20


def answer_form(question: Question, row: PlanRow | None, data: Any = None) -> AnswerForm:
    """The fields of the row, with what the person proposed before."""
    proposal = getattr(question, "proposal", None)
    return AnswerForm(
        data,
        question=question,
        table=TABLES[question.section, question.table],
        project=question.project,
        row=row,
        around=Surroundings(question.project.terminology),
        initial=proposal.values if proposal else {},
    )


def shown(question: Question, row: PlanRow | None, forms: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """A question with its forms; `forms` has those that were sent and refused, by question."""
    typed = forms.get(question.pk, {})
    return {
        "question": question,
        "form": typed.get("form") or answer_form(question, row),
        "unknown_form": typed.get("unknown_form") or UnknownForm(question=question),
        "is_unknown_open": "unknown_form" in typed,
    }


def answers_of(user: User, forms: Mapping[int, dict[str, Any]] | None = None) -> dict[str, Any]:
    """What the page shows a person: what is open, what they answered, what became of it, and which export is wanted."""
    rows = Question.objects.of_person(user).exclude(state__in=[State.DRAFT, State.WITHDRAWN])
    questions = list(rows.filter(project__archived_at=None).select_related("project__tenant", "proposal"))
    uploads = UploadRequest.objects.of_person(user).filter(closed_at=None, project__archived_at=None)
    found = list(uploads.select_related("project__tenant", "device_import"))
    asked = [each for each in questions if each.closed_at is None]
    present = actions.present_rows(asked)
    told = [shown(each, present[each.pk], forms or {}) for each in asked]
    return {
        "open": [each for each in told if each["question"].state == State.OPEN],
        "answered": [each for each in told if each["question"].state != State.OPEN],
        "settled": [each for each in questions if each.closed_at][-SETTLED_SHOWN:],
        "uploads": [each for each in found if not each.is_over(clock.today(each.project.tenant.time_zone))],
    }


def page_of(asked: Asked) -> str:
    """Where the person who was asked answers."""
    if isinstance(asked, UploadRequest):
        return reverse("projects:upload", args=[asked.project.slug, asked.code])
    return f"{reverse('answers')}#question-{asked.code}"


@method_decorator(never_cache, name="dispatch")
class Answers(SiteView):
    who = Who.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "projects/answers.html", answers_of(self.user))


class _MyQuestion(ProjectView):
    """Base of the deeds of the person who was asked; for everybody else the question is not there."""

    is_abstract = True
    permission = "answer_project"

    def found(self) -> Question:
        rows = Question.objects.filter(project=self.project, email=self.user.email)
        rows = rows.exclude(state__in=[State.DRAFT, State.WITHDRAWN])
        row: Question = get_object_or_404(rows, code=self.kwargs["code"].upper())
        row.project = self.project
        return row

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(f"{reverse('answers')}#question-{self.found().code}")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        question = self.found()
        try:
            if question.closed_at is not None:
                raise actions.AlreadySettled
            refused = self.send(question)
        except (actions.AlreadySettled, actions.Archived):
            messages.warning(request, _("This question was settled meanwhile. Your answer was not needed."))
            refused = None
        forms = {question.pk: refused} if refused else {}
        status = 422 if refused else 200
        if request.htmx:  # type: ignore[attr-defined]
            question = self.found()
            each = shown(question, actions.present_row(question), forms)
            open_count = Question.objects.of_person(self.user).filter(state=State.OPEN).count()
            context = {"each": each, "is_open": each["question"].state == State.OPEN, "open_count": open_count}
            return render(request, "projects/answers_one.html", context, status=status)
        if refused:
            return render(request, "projects/answers.html", answers_of(self.user, forms), status=status)
        return redirect(f"{reverse('answers')}#question-{question.code}")

    def send(self, question: Question) -> dict[str, Any] | None:
        raise NotImplementedError


class Answer(_MyQuestion):
    permission = "answer_project"

    def send(self, question: Question) -> dict[str, Any] | None:
        form = answer_form(question, actions.present_row(question), self.request.POST)
        if not form.is_valid():
            return {"form": form}
        actions.answer_question(
            question=question, by=self.user, values=form.proposed, answer=form.cleaned_data["answer"]
        )
        told = _("Thank you. %(who)s looks at your answer before it is used; until then you may change it.")
        messages.success(self.request, told % {"who": question.asked_by_name})
        return None


class SayUnknown(_MyQuestion):
    permission = "answer_project"

    def send(self, question: Question) -> dict[str, Any] | None:
        form = UnknownForm(self.request.POST, question=question)
        if not form.is_valid():
            return {"unknown_form": form}
        actions.say_unknown(question=question, by=self.user, **form.cleaned_data)
        messages.success(self.request, _("Thank you. %(who)s sees whom to ask.") % {"who": question.asked_by_name})
        return None
