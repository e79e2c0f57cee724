"""What a person may do with a request instead of answering it, or after: each is one press, and leads back to the page."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from stakeholders import actions
from stakeholders.models import Report
from stakeholders.views import step_up
from stakeholders.views.decide import Decide, is_closed, signed_in_by
from stakeholders.views.landing import decide_url
from stakeholders.words import titles
from tenants.templatetags.look import day

LONGEST = 2000


class Instead(Decide):
    """Base: do the deed, say what came of it, and go back to the request; with what was typed, where that was wrong."""

    is_abstract = True
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_meant:
            raise Http404
        try:
            messages.success(request, self.deed())
        except ValidationError as error:
            return self.refused(error)
        except actions.NotOpen:
            messages.warning(request, _("This request is not open any more. Nothing was changed."))
        except (actions.NotTheirs, actions.MayNotSign):
            messages.error(request, _("Only the person to whom the request was put can do that."))
        return redirect(decide_url(self.asked))

    def deed(self) -> str:
        """Do it; the sentence that is shown."""
        raise NotImplementedError

    def refused(self, error: ValidationError) -> HttpResponse:
        for words in error.messages:
            messages.error(self.request, words)
        return redirect(decide_url(self.asked))

    def typed(self, name: str) -> str:
        return self.request.POST.get(name, "").strip()[:LONGEST]

    @property
    def lead(self) -> str:
        return self.asked.round.opened_by_name.split(" ")[0]


class OnThePage(Instead, Decide):
    """Base of the forms beside the decision: what is wrong is said at `field`, and what was typed is still there."""

    is_abstract = True
    field: str
    """The one that can be wrong."""

    def refused(self, error: ValidationError) -> HttpResponse:
        if self.asked.answered_at is not None or is_closed(self.asked):
            return super().refused(error)
        tried = {"field": self.field, "wrong": error.messages, "typed": self.request.POST}
        return self.page(self.form(), status=HTTPStatus.UNPROCESSABLE_ENTITY, tried=tried)


class AskLead(OnThePage):
    permission = "view_revision"
    field = "question"

    def deed(self) -> str:
        actions.ask_question(request=self.asked, text=self.typed("question"), by=self.user)
        return _("Your question went to %(lead)s. You get the answer by mail; no reminders until then.") % {
            "lead": self.lead
        }


class RemindMe(OnThePage):
    permission = "view_revision"
    field = "day"

    def deed(self) -> str:
        try:
            chosen = date.fromisoformat(self.typed("day"))
        except ValueError as error:
            raise ValidationError(_("Choose a day.")) from error
        actions.remind_me_on(request=self.asked, day=chosen, by=self.user)
        return _("You are not reminded before %(day)s.") % {"day": day(chosen)}


class HandOver(OnThePage):
    permission = "view_revision"
    field = "email"

    def deed(self) -> str:
        found = actions.hand_over_request(
            request=self.asked,
            name=self.typed("name"),
            email=self.typed("email"),
            by=self.user,
            note=self.typed("note"),
        )
        return _("%(name)s gets this request by mail and answers it for you.") % {"name": found.handed_to_name}


class Keep(Instead):
    permission = "view_revision"

    def deed(self) -> str:
        actions.take_request_back(request=self.asked, by=self.user)
        return _("The request is yours again.")


class WrongPerson(OnThePage):
    permission = "view_revision"
    field = "says"

    def deed(self) -> str:
        actions.say_wrong_person(request=self.asked, says=self.typed("says"), by=self.user)
        return _("%(lead)s was told. You are not reminded any more.") % {"lead": self.lead}


class Reported(Instead):
    """A decision that somebody reported: confirm it with one press, or say that it was not so."""

    permission = "view_revision"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_meant:
            raise Http404
        if request.POST.get("deed") != "deny" and step_up.is_needed(request, self.asked):
            return step_up.ask_first(request, self.asked, keeps=False)
        return super().post(request, *args, **kwargs)

    def deed(self) -> str:
        report = Report.objects.filter(request=self.asked, confirmed_at=None, denied_at=None).first()
        if report is None:
            raise actions.NotOpen(self.asked.code)
        if self.typed("deed") == "deny":
            actions.deny_report(report=report, by=self.user)
            return _("%(lead)s was told that you did not decide this. The request is still open.") % {"lead": self.lead}
        try:
            actions.confirm_report(report=report, by=self.user, authenticated_by=signed_in_by(self.request))
        except actions.PlanMoved as moved:
            words = _("The plan changed since then, so it cannot be confirmed as it was. Read it and decide below.")
            raise ValidationError(words) from moved
        except actions.MayNotSign as refused:
            words = _("You cannot sign %(sections)s, so it cannot be confirmed. Why is said below.")
            raise ValidationError(words % {"sections": titles(list(refused.bars))}) from refused
        return _("Confirmed: it counts as your decision.")


class TakeBack(Instead):
    permission = "view_revision"

    def deed(self) -> str:
        try:
            actions.take_back(
                request=self.asked, by=self.user, because=self.typed("because"),
                authenticated_by=signed_in_by(self.request),
            )  # fmt: skip
        except actions.RoundIsOver as over:
            raise ValidationError(_("This request is over, so what was answered stands.")) from over
        return _("Your answer was taken back. The request is open again.")


class NotMe(Instead):
    """ "Not you? Say so": an answer in one's name that one did not give."""

    permission = "view_revision"

    def deed(self) -> str:
        try:
            actions.disown(
                request=self.asked, by=self.user, says=self.typed("says"), authenticated_by=signed_in_by(self.request)
            )
        except actions.RoundIsOver as over:
            raise ValidationError(_("That answer was given too long ago, or you have answered anew since.")) from over
        return _("The answer is set aside. %(lead)s and your administrator were told.") % {"lead": self.lead}
