"""What others were asked for in a project: who owes what since when, what they answered, and whether it is taken over."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import actions
from projects.actions.rows import as_document
from projects.document import as_json
from projects.forms import DeclineForm, QuestionForm
from projects.models import PlanRow, Question, UploadRequest
from projects.rules.labels import title_of
from projects.rules.told import FieldChange, changes_of
from projects.tables import TABLES
from projects.views.base import ProjectPage
from projects.views.plan import section_links
from projects.views.rows import RowPage
from tenants import clock
from tenants.views.base import page_before

State = Question.State
SETTLED_SHOWN = 20


def told_changes(question: Question, row: PlanRow | None) -> tuple[FieldChange, ...]:
    """Before > after of what an answer proposes, against the row as it is now."""
    proposal = question.proposal
    table = TABLES[question.section, question.table]
    before = {name: as_json(getattr(row, name)) if row else None for name in proposal.values}
    return changes_of(table.row, {"before": before, "after": proposal.values})


def place_of(question: Question) -> str:
    """Where the row that was asked about stands in the plan."""
    page = reverse("projects:section", args=[question.project.slug, question.section])
    return f"{page}#row-{question.key}" if question.key else f"{page}#table-{question.table}"


class AskedPage(ProjectPage):
    """Everything that was asked of others in this project."""

    permission = "view_project"
    template_name = "projects/asked.html"
    tab = "plan"

    @cached_property
    def questions(self) -> list[Question]:
        rows = Question.objects.filter(project=self.project).select_related("mail", "proposal")
        found = list(rows.order_by("due_on", "pk"))
        for each in found:
            each.project = self.project
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(self.project.tenant.time_zone)
        by_state = {state: [each for each in self.questions if each.state == state] for state in State}
        settled = [each for each in self.questions if each.closed_at]
        uploads = UploadRequest.objects.filter(project=self.project).select_related("mail", "device_import")
        return super().get_context_data(
            **{
                "section": "asked",
                "section_title": _("Asked of others"),
                "links": section_links(self.project),
                "drafts": by_state[State.DRAFT],
                "draft_people": len({each.email for each in by_state[State.DRAFT]}),
                "open": by_state[State.OPEN],
                "answered": self._answered([*by_state[State.ANSWERED], *by_state[State.UNKNOWN]]),
                "settled": sorted(settled, key=lambda each: each.closed_at, reverse=True)[:SETTLED_SHOWN],  # type: ignore[arg-type,return-value]
                "uploads": [(each, actions.export_name(each)) for each in uploads],
                "today": today,
                "may_change": "change_project" in self.can,
                **kwargs,
            }
        )

    def _answered(self, questions: list[Question]) -> list[dict[str, Any]]:
        rows = actions.present_rows(questions)
        return [self._one_answer(each, rows[each.pk]) for each in questions]

    def _one_answer(self, question: Question, row: PlanRow | None) -> dict[str, Any]:
        has_proposal = hasattr(question, "proposal")
        return {
            "question": question,
            "place": place_of(question),
            "changes": told_changes(question, row) if has_proposal else (),
            "is_gone": bool(question.key) and row is None,
            "is_new": has_proposal and not question.key,
            "seen": row.changed_seq if row else 0,
            "form": DeclineForm(auto_id=f"decline-{question.pk}-%s"),
        }


class Ask(RowPage):
    """Put a row, or a table as a whole, as a question to a named person."""

    permission = "change_project"
    template_name = "projects/ask.html"

    @cached_property
    def asked_row(self) -> PlanRow | None:
        if "key" not in self.kwargs:
            return None
        return self.row

    def _form(self, data: Any = None) -> QuestionForm:
        if self.table.is_fixed and self.asked_row is None:
            raise Http404
        title = title_of(as_document(self.table, self.asked_row)) if self.asked_row else ""
        wanted = {name: self.request.GET[name] for name in ("name", "email", "text") if name in self.request.GET}
        return QuestionForm(
            data, table=self.table, title=title, initial=wanted, today=clock.today(self.project.tenant.time_zone)
        )

    def _page(self, form: QuestionForm, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            asked_title=title_of(as_document(self.table, self.asked_row)) if self.asked_row else _(self.table.title),
            people=people_asked(self.project.pk),
            drafts=Question.objects.drafted().filter(project=self.project).count(),
        )
        return self.response_class(self.request, [self.template_name], context, status=status)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        question = actions.ask_question(
            project=self.project,
            table=self.table,
            key=self.asked_row.key if self.asked_row else "",
            by=self.user,
            **form.cleaned_data,
        )
        question.project = self.project
        if "later" in request.POST:
            messages.success(request, _("Written down. Nobody is mailed until you send your questions."))
        else:
            actions.send_questions(project=self.project, by=self.user, email=question.email)
            messages.success(request, _("%(name)s is asked, in one mail.") % {"name": question.name})
        return redirect(place_of(question))


def people_asked(project_id: int) -> list[tuple[str, str]]:
    """(address, name) of everybody who was asked for something in a project before."""
    found: dict[str, str] = {}
    for model in (Question, UploadRequest):
        found |= dict(model.objects.filter(project=project_id).values_list("email", "name"))  # type: ignore[attr-defined]
    return sorted(found.items())


class SendQuestions(AskedPage):
    """Send what is written down: one mail per person, however many questions."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        sent = actions.send_questions(project=self.project, by=self.user)
        if sent:
            n = sum(sent.values())
            told = ngettext("%(n)s question was sent to %(who)s.", "%(n)s questions were sent to %(who)s.", n)
            messages.success(request, told % {"n": n, "who": get_text_list(list(sent), _("and"))})
        else:
            messages.info(request, _("There was nothing to send."))
        return redirect("projects:asked", slug)


class QuestionDeed(AskedPage):
    """Base of the deeds on one question."""

    is_abstract = True
    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.deed(self.question())
        except actions.AlreadySettled:
            messages.warning(request, _("This was settled meanwhile. Nothing was done."))
            return self.back()

    def question(self) -> Question:
        rows = Question.objects.filter(project=self.project)
        row: Question = get_object_or_404(rows, pk=self.kwargs["pk"])
        row.project = self.project
        return row

    def deed(self, question: Question) -> HttpResponse:
        raise NotImplementedError

    def back(self) -> HttpResponse:
        return redirect(page_before(self.request, reverse("projects:asked", args=[self.project.slug])))


class AcceptAnswer(QuestionDeed):
    permission = "change_project"

    def deed(self, question: Question) -> HttpResponse:
        seen = self.request.POST.get("seen", "")
        try:
            row = actions.accept_answer(question=question, by=self.user, seen=int(seen) if seen.isdecimal() else None)
        except actions.RowMoved:
            messages.warning(
                self.request, _("The row was changed while you were reading. Look at what it says now, then take over.")
            )
            return self.back()
        except actions.RowGone:
            messages.warning(self.request, _("The row is gone. Decline the answer, or ask again about the table."))
            return self.back()
        except ValidationError as error:
            messages.warning(self.request, " ".join(error.messages))
            return self.back()
        if row is None:
            messages.success(self.request, _("Settled."))
            return self.back()
        messages.success(
            self.request, _("Taken over. The history names %(name)s as the source.") % {"name": question.name}
        )
        url = reverse("projects:section", args=[self.project.slug, question.section])
        return redirect(f"{url}#row-{row.key}")


class DeclineAnswer(QuestionDeed):
    permission = "change_project"

    def deed(self, question: Question) -> HttpResponse:
        form = DeclineForm(self.request.POST, auto_id=f"decline-{question.pk}-%s")
        if not form.is_valid():
            messages.warning(self.request, " ".join(map(str, form.errors["word"])))
            return self.back()
        actions.decline_answer(question=question, by=self.user, word=form.cleaned_data["word"])
        messages.success(self.request, _("Not taken over. %(name)s is told why.") % {"name": question.name})
        return self.back()


class WithdrawQuestion(QuestionDeed):
    permission = "change_project"

    def deed(self, question: Question) -> HttpResponse:
        actions.withdraw_question(question=question, by=self.user)
        messages.success(self.request, _("%(name)s is not asked this any more.") % {"name": question.name})
        return self.back()


class RemindOfQuestion(QuestionDeed):
    permission = "change_project"

    def deed(self, question: Question) -> HttpResponse:
        if actions.remind_of_questions(question=question, by=self.user):
            messages.success(self.request, _("%(name)s is reminded.") % {"name": question.name})
        else:
            messages.info(self.request, _("%(name)s had a mail today. Try again tomorrow.") % {"name": question.name})
        return self.back()
