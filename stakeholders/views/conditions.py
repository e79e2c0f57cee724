"""The conditions of approvals: what must be done by when, the evidence, and the word of whoever set it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from projects.views.base import ProjectPage
from stakeholders import actions
from stakeholders.models import Condition
from stakeholders.shown import Word
from stakeholders.words import titles
from tenants import clock


def word_of_condition(condition: Condition, today: Any, *, is_replaced: bool = False) -> Word:
    if condition.accepted_at is not None:
        return Word("approved", _("Met"))
    if is_replaced:
        return Word("withdrawn", _("No longer asked for"))
    if condition.due_on < today:
        return Word("expired", _("Not met in time"))
    if condition.evidence_at is not None:
        return Word("wait", _("Waits for acceptance"))
    return Word("wait", _("To do"))


class Conditions(ProjectPage):
    permission = "view_project"
    template_name = "stakeholders/conditions.html"
    tab = "approvals"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(self.project.tenant.time_zone)
        rows = list(Condition.objects.filter(project=self.project))
        for row in rows:
            row.project = self.project
        over = actions.replaced(rows)
        shown = [(row, word_of_condition(row, today, is_replaced=row.pk in over), titles(row.sections)) for row in rows]
        return super().get_context_data(conditions=shown, **kwargs)


class ConditionPage(ProjectPage):
    """One condition: its owner says how it was done; whoever set it accepts that, or says what is missing."""

    permission = "view_revision"
    template_name = "stakeholders/condition.html"
    tab = "approvals"

    @cached_property
    def condition(self) -> Condition:
        found = Condition.objects.filter(project=self.project, pk=self.kwargs["condition"]).first()
        if found is None or not (self.may_accept_it(found) or self.is_owner(found) or "view_project" in self.can):
            raise Http404
        found.project = self.project
        return found

    def may_accept_it(self, condition: Condition) -> bool:
        return actions.may_accept(condition, self.user)

    def is_owner(self, condition: Condition) -> bool:
        return condition.who_email == self.user.email

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        condition, today = self.condition, clock.today(self.project.tenant.time_zone)
        is_replaced = bool(actions.replaced([condition]))
        is_open = condition.accepted_at is None and condition.due_on >= today and not is_replaced
        has_lapsed = condition.accepted_at is None and not is_open and not is_replaced
        return super().get_context_data(
            row=condition,
            word=word_of_condition(condition, today, is_replaced=is_replaced),
            is_replaced=is_replaced,
            is_answered_since=has_lapsed and bool(actions.replaced([condition], whenever=True)),
            titles=titles(condition.sections),
            is_open=is_open,
            may_accept=is_open and self.may_accept_it(condition),
            may_show=is_open and (self.is_owner(condition) or "change_project" in self.can),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        condition = self.condition
        try:
            messages.success(request, self.deed(condition, request.POST.get("deed", "")))
        except ValidationError as error:
            context = self.get_context_data(wrong=error.message_dict, typed=request.POST)
            return self.render_to_response(context, status=422)
        except actions.ConditionIsOver:
            messages.warning(
                request, _("Nothing was changed: it was met already, its day is over, or it is no longer asked for.")
            )
        except actions.NotYourCondition:
            messages.error(
                request,
                _("Only its owner says how it was done, and %(name)s accepts it.") % {"name": condition.set_by_name},
            )
        return redirect("stakeholders:condition", self.project.slug, condition.pk)

    def deed(self, condition: Condition, deed: str) -> str:
        if deed == "accept":
            actions.accept_condition(condition=condition, by=self.user)
            return _("Accepted. The approval stands without a condition.")
        words = self.request.POST.get("words", "").strip()[:4000]
        if deed == "return":
            actions.return_condition(condition=condition, because=words, by=self.user)
            return _("%(name)s is told what is missing.") % {"name": condition.who}
        if not (self.is_owner(condition) or "change_project" in self.can):
            raise actions.NotYourCondition(self.user.email)
        actions.record_evidence(condition=condition, evidence=words, by=self.user)
        return _("%(name)s is asked to accept it.") % {"name": condition.set_by_name}
