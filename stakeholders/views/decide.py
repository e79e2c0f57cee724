"""The page on which a person reads what is asked, and answers. Only their own requests are found here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from projects.models import Proposal
from projects.views.base import ProjectPage, ProjectView
from stakeholders import actions, emails
from stakeholders.deeds import deeds_after_reading
from stakeholders.document import Part
from stakeholders.forms import TOLERANCES, USUAL_TOLERANCE, DecisionForm
from stakeholders.models import Decision, Question, Report, Request
from stakeholders.models.rounds import RequestQuerySet
from stakeholders.rules.changes import Deed
from stakeholders.shown import Word, answer_words
from stakeholders.views import step_up
from stakeholders.views.choices import buttons_of, choices_of, each_choice_of, heading_of
from stakeholders.views.landing import decide_url
from stakeholders.views.reading import Reading, bar_words, in_a_line
from stakeholders.words import in_plan_order, section_title, titles
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import LedgerEntry, User

MOST_TOLD = 5
"""Changes that are told one by one when the plan moved under a reader."""


def signed_in_by(request: HttpRequest) -> str:
    """How the person of this session signed in: "code", "password" or "demo"; "session" where nothing was recorded."""
    records = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    return str(records[-1]["method"]) if records else "session"


class RequestPage(ProjectPage):
    """Base of the pages of one person's requests in one round."""

    is_abstract = True
    permission = "view_revision"
    comes_with = ("tenant__approval_policy",)

    @cached_property
    def mine(self) -> list[Request]:
        """My requests of this round, in the order in which they were asked."""
        today = clock.today(self.project.tenant.time_zone)
        found = _of_round.rows(self.user.email, today, self.project.pk, self.kwargs["number"])
        if not found:
            raise Http404
        return found

    @cached_property
    def asked(self) -> Request:
        """The request that is meant: the one of the reference, else the first that is open, else the first."""
        found = self.of_code or next((row for row in self.mine if _is_open(row)), self.mine[0])
        found.round.project = self.project
        return found

    @cached_property
    def of_code(self) -> Request | None:
        """The request of this round with the reference that was given, if it is mine."""
        code = (self.request.POST.get("code") or self.request.GET.get("code") or "").upper()
        if self.request.method == "POST":  # an answer needs no others
            found = _of_code.first(self.project.pk, self.kwargs["number"], code)
            if found is not None and self.user.email in {found.email, found.handed_to}:
                return found
        return next((row for row in self.mine if row.code == code), None)  # also one for whom they stand in

    @property
    def is_meant(self) -> bool:
        """Whether the posted reference is of a request of mine: an answer never goes to another one instead."""
        return "code" in self.request.POST and self.of_code is not None

    def not_theirs_now(self) -> HttpResponse:
        """The request was handed on, taken back or replaced while its page was open."""
        messages.warning(
            self.request,
            _("That request is not yours any more. Nothing was recorded; below is what waits for you now."),
        )
        return redirect(decide_url(self.asked))

    def closed(self, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        context = {**self.get_context_data(), "found": self.asked, "round": self.asked.round}
        return render(self.request, "stakeholders/closed.html", context, status=status)

    @property
    def receipt(self) -> HttpResponse:
        url = reverse("stakeholders:decided", args=[self.project.slug, self.asked.round.number])
        return redirect(f"{url}?code={self.asked.code}")

    def next_open(self) -> Request | None:
        today = clock.today(self.project.tenant.time_zone)
        found = _put_to(self.user.email, today, self.project.pk).open().first()
        if found:
            found.round.project = self.project
        return found


def with_talk(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Each with `is_asked_about`, `is_reported` and `is_suggested_about`: most have nothing of it to be read."""
    waiting = Report.objects.filter(request=OuterRef("pk"), confirmed_at=None, denied_at=None)
    asked = Question.objects.filter(request=OuterRef("pk"))
    suggested = Proposal.objects.filter(project=OuterRef("round__project"), question=None, state=Proposal.State.OPEN)
    return requests.annotate(
        is_asked_about=Exists(asked), is_reported=Exists(waiting), is_suggested_about=Exists(suggested)
    )


def _put_to(email: str, today: date, project_id: int) -> RequestQuerySet:
    rows = Request.objects.put_to(email, today).filter(round__project=project_id)
    return rows.select_related("round").order_by("pk")


_of_round = CompiledQuery(
    lambda email, today, project_id, number: with_talk(_put_to(email, today, project_id).filter(round__number=number))
)
_of_code = CompiledQuery(
    lambda project_id, number, code: Request.objects.filter(
        round__project=project_id, round__number=number, code=code
    ).select_related("round")
)


def _is_open(request: Request) -> bool:
    return request.answered_at is None and not is_closed(request)


def is_closed(request: Request) -> bool:
    return request.answered_at is None and (request.closed_at is not None or request.round.withdrawn_at is not None)


@method_decorator(never_cache, name="dispatch")
class Decide(RequestPage):
    """Read and answer. Reading writes nothing; one answer is one row, however often the button is pressed."""

    permission = "view_revision"
    template_name = "stakeholders/decide.html"

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.asked, self.user, self.project, whole=self.request.GET.get("whole", ""))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.asked.answered_at is not None:
            return self.receipt
        if is_closed(self.asked):
            return self.closed()
        if request.htmx and self.reading.whole:  # type: ignore[attr-defined]
            return self.whole_section()
        typed = step_up.kept(request, self.asked)
        return self.page(self.form(typed) if typed else self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.answered() if self.is_meant else self.not_theirs_now()

    def answered(self) -> HttpResponse:
        request, form = self.request, self.form(self.request.POST)
        if not form.is_valid():
            if self.asked.answered_at is not None:
                return self.twice()
            return self.page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if self.asked.answered_at is None and step_up.is_needed(request, self.asked):
            return step_up.ask_first(request, self.asked)
        step_up.forget(request, self.asked)
        try:
            actions.decide(
                request=self.asked,
                by=self.user,
                answers=form.answers,
                read=form.read,
                authenticated_by=signed_in_by(request),
                comment=form.cleaned_data["comment"],
                tolerance=form.cleaned_data["tolerance"],
                condition=form.condition,
            )
        except actions.AlreadyDecided:
            return self.twice(form)
        except actions.RequestClosed:
            return self.closed(HTTPStatus.CONFLICT)
        except actions.PlanMoved as moved:
            return self.moved(form, list(moved.moved))
        except actions.MayNotSign as refused:
            return self.page(
                form, barred_now=[section_title(name) for name in refused.bars], status=HTTPStatus.FORBIDDEN
            )
        except ValidationError as error:
            for name, words in error.message_dict.items():
                form.add_error(name if name in form.fields else None, words)
            return self.page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return self.receipt

    # What the page is made of
    def whole_section(self) -> HttpResponse:
        """The text of one section, for whoever unfolds it."""
        section = next((each for each in self.reading.sections if each.name == self.reading.whole), None)
        if section is None:
            raise Http404
        context = {**self.get_context_data(form=self.form()), "section": section, "tables": section.tables}
        return render(self.request, "stakeholders/whole.html", context)

    def form(self, data: Any = None) -> DecisionForm:
        shown = dict.fromkeys(name for name in self.asked.sections if f"read_{name}" in data) if data else None
        return DecisionForm(
            data,
            part=self.asked.part,
            digests=self.reading.digests if shown is None else dict.fromkeys(shown, ""),
            today=clock.today(self.project.tenant.time_zone),
            initial={
                "code": self.asked.code,
                "briefing": self.asked.round.briefing_digest,
                "tolerance": USUAL_TOLERANCE,
            },
        )

    def page(self, form: DecisionForm, *, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> HttpResponse:
        context = self.get_context_data(form=form, **more)
        return render(self.request, self.template_name, context, status=status)

    def moved(self, form: DecisionForm, sections: list[str]) -> HttpResponse:
        """Nothing was decided: say what changed, keep what was typed, show the section as it is now."""
        deeds = deeds_after_reading(self.project, {name: form.read[name] for name in sections})
        told = [_told(deed, next((s for s in deed.sections if s in sections), sections[0])) for deed in deeds]
        self.__dict__.pop("reading", None)
        again = self.form(self._with_new_digests())
        again.is_valid()
        return self.page(
            again,
            moved_titles=titles(sections),
            told=told[-MOST_TOLD:],
            told_more=max(len(told) - MOST_TOLD, 0),
            status=HTTPStatus.CONFLICT,
        )

    def _with_new_digests(self) -> Any:
        typed = self.request.POST.copy()
        for name in [key for key in typed if key.startswith("read_")]:
            del typed[name]
        for name, digest in self.reading.digests.items():
            typed[f"read_{name}"] = digest
        return typed

    def twice(self, form: DecisionForm | None = None) -> HttpResponse:
        """The same answer again is the second of two clicks; another answer was given too late, and it is said."""
        decision = Decision.objects.filter(request_id=self.asked.pk).latest("number")
        if form is None or (form.answers, form.cleaned_data["comment"]) != (decision.answers, decision.comment):
            messages.warning(
                self.request,
                _("You had answered this request already: below is what you said. What you sent now was not recorded."),
            )
        return self.receipt

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            return super().get_context_data(**kwargs)
        reading, asked = self.reading, self.asked
        lead = asked.round.opened_by_name
        open_sections = len(reading.open_to_sign)
        return super().get_context_data(
            asked=asked,
            round=asked.round,
            reading=reading,
            row_title=asked.role,
            is_so=asked.part == Part.SO,
            is_r=asked.part == Part.R,
            may_suggest=asked.part == Part.R,
            heading=heading_of(asked.part, reading),
            choices=choices_of(asked.part, open_sections, counts=reading.counts),
            buttons=buttons_of(asked.part, open_sections, _as_whom(self.user, asked)),
            each=[(section, kwargs["form"][f"each_{section.name}"]) for section in reading.open_to_sign
                  if f"each_{section.name}" in kwargs["form"].fields],
            each_choices=each_choice_of(asked.part),
            tolerances=TOLERANCES,
            tolerance=_number(kwargs["form"]["tolerance"].value()),
            barred=[(section, *bar_words(section.bar, lead=lead)) for section in reading.barred if section.bar],
            lead=lead,
            lead_short=lead.split(" ")[0],
            reply_to=asked.round.opened_by_email,
            substitute=_substitute(reading),
            is_mine=not reading.is_for_another,
            tomorrow=clock.today(self.project.tenant.time_zone) + timedelta(days=1),
            report_lines=_report_lines(reading.report),
            minutes=emails.minutes_for(len(reading.sections), is_again=reading.is_again),
            now=clock.now(),
            public_host=settings.PUBLIC_HOST,
            others=[row for row in self.mine if row != asked and _is_open(row)],
            **kwargs,
        )  # fmt: skip


def _as_whom(user: User, asked: Request) -> str:
    """ "Hana Sato", or "Hana Sato for Dana Reyes"."""
    name = user.name or user.email
    return name if user.email == asked.email else _("%(name)s for %(other)s") % {"name": name, "other": asked.name}


def _substitute(reading: Reading) -> dict[str, str]:
    """Who is named to stand in: to whom a request is most likely handed."""
    row = reading.row
    return {"name": row.substitute, "email": row.substitute_email} if row and row.substitute_email else {}


def _report_lines(report: Report | None) -> list[tuple[Word, str]]:
    return answered_lines(report.answers) if report else []


def _number(value: Any) -> int:
    return int(value) if str(value).isdigit() else USUAL_TOLERANCE


def _told(deed: Deed, section: str) -> dict[str, Any]:
    return {"who": deed.who, "at": deed.at, "what": in_a_line(deed, section), "why": deed.why}


class Decided(RequestPage):
    """The receipt: what was answered, when, and the fingerprints."""

    permission = "view_revision"
    template_name = "stakeholders/decided.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not Decision.objects.filter(request_id=self.asked.pk).exists():
            return redirect(decide_url(self.asked))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = Decision.objects.filter(request_id=self.asked.pk).latest("number")
        entries = LedgerEntry.objects.of(self.project).filter(verb="decided", body__contains=f'"{self.asked.code}"')
        following = self.next_open()
        return super().get_context_data(
            asked=self.asked,
            decision=decision,
            lines=answered_lines(decision.answers),
            may_take_back=bool(actions.to_take_back(self.asked, self.project)),
            may_disown=bool(actions.to_disown(self.asked, self.project, self.user)),
            fingerprints=[(section_title(name), digest) for name, digest in in_plan_order(decision.digests).items()],
            entry=entries.order_by("-seq").first(),
            next_url=decide_url(following) if following else "",
            next_titles=titles(following.open_sections()) if following else "",
            lead_short=self.asked.round.opened_by_name.split(" ")[0],
            reply_to=self.asked.round.opened_by_email,
            **kwargs,
        )


def answered_lines(answers: Mapping[str, str]) -> list[tuple[Word, str]]:
    """(the answer in words, names of the sections), sections with the same answer together."""
    words = answer_words()
    by_answer: dict[str, list[str]] = {}
    for section, answer in in_plan_order(answers).items():
        by_answer.setdefault(answer, []).append(section)
    return [(words[answer], titles(names)) for answer, names in by_answer.items()]


class Opened(ProjectView):
    """The signed-in person has the page before them: posted by the page, never by fetching a link."""

    permission = "view_revision"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str, number: int) -> HttpResponse:
        today = clock.today(self.project.tenant.time_zone)
        rows = Request.objects.of_person(self.user, today).filter(round__project=self.project, round__number=number)
        found = next((row for row in rows if row.code == request.POST.get("code")), None)
        if found is None:
            raise Http404
        actions.record_opened(request=found)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
