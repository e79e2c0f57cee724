"""Suggest a value on a row that one reads; and what the lead does with it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from projects import actions as plan_actions
from projects.forms import Surroundings
from projects.models import PlanRow, Proposal
from projects.rules.labels import title_of
from projects.tables import TABLES, Table
from stakeholders import actions
from stakeholders.document import Part
from stakeholders.forms import SuggestForm
from stakeholders.preview import effect_of
from stakeholders.rules.effect import Effect
from stakeholders.views.decide import RequestPage
from stakeholders.views.landing import decide_url
from stakeholders.views.threads import Answering


class Suggest(RequestPage):
    permission = "view_revision"
    template_name = "stakeholders/suggest.html"

    @cached_property
    def table(self) -> Table:
        found = TABLES.get((self.kwargs["section"], self.kwargs["table"]))
        if found is None or found.section not in self.asked.sections or self.asked.part != Part.R:
            raise Http404
        return found

    @cached_property
    def row(self) -> PlanRow:
        try:
            return plan_actions.find(self.table, self.project, self.kwargs["key"])
        except plan_actions.RowGone as gone:
            raise Http404 from gone

    def form(self, data: Any = None) -> SuggestForm:
        around = Surroundings(self.project.terminology)
        return SuggestForm(data, table=self.table, project=self.project, row=self.row, around=around)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form()
        title = title_of(plan_actions.as_document(self.table, self.row))
        mine = Proposal.objects.filter(
            project=self.project, section=self.table.section, table=self.table.name, key=self.row.key, question=None,
            made_by_email=self.user.email, state=Proposal.State.OPEN,
        )  # fmt: skip
        return super().get_context_data(
            form=form, asked=self.asked, title=title, back=decide_url(self.asked), waiting=mine.order_by("pk")
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            actions.suggest(
                request=self.asked, table=self.table, key=self.row.key, values=form.proposed,
                why=form.cleaned_data["why"], by=self.user,
            )  # fmt: skip
        except ValidationError as error:
            form.refuse(error)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        lead = self.asked.round.opened_by_name
        messages.success(request, _("%(lead)s gets your suggestion, and you are named with it.") % {"lead": lead})
        return redirect(decide_url(self.asked))


class Settling(Answering):
    """Base: the lead takes a suggestion over with one press, or leaves the value as it is."""

    is_abstract = True

    def post(self, request: HttpRequest, slug: str, proposal: int) -> HttpResponse:
        rows = Proposal.objects.filter(project=self.project, question=None)
        found = get_object_or_404(rows, pk=proposal)
        found.project = self.project
        try:
            said = self.settle(found)
        except plan_actions.AlreadySettled:
            messages.warning(request, _("Somebody settled this suggestion already."))
        except plan_actions.RowMoved:
            messages.warning(request, _("The row was changed meanwhile. Look at the values again."))
        except plan_actions.RowGone:
            messages.warning(request, _("The row was removed meanwhile."))
        except ValidationError as error:
            return self.refused(error)
        else:
            messages.success(request, said)
        return redirect("stakeholders:threads", self.project.slug)

    def settle(self, proposal: Proposal) -> str:
        raise NotImplementedError


class AcceptSuggestion(Settling):
    permission = "change_project"

    def settle(self, proposal: Proposal) -> str:
        seen = self.request.POST.get("seen", "")
        effect = self._effect(proposal)
        actions.accept_suggestion(proposal=proposal, by=self.user, seen=int(seen) if seen.isdecimal() else None)
        said = _("Taken over, with %(name)s as its source.") % {"name": proposal.made_by_name}
        return f"{said} {effect.in_one_line}" if effect else said

    def _effect(self, proposal: Proposal) -> Effect | None:
        """What it does to the signatures of the section; the row may be gone, which the action says."""
        row = plan_actions.present_row(proposal)
        if row is None:
            return None
        return effect_of(self.project, plan_actions.table_of(proposal), row, plan_actions.proposed(proposal))


class DeclineSuggestion(Settling):
    permission = "change_project"

    def settle(self, proposal: Proposal) -> str:
        actions.decline_suggestion(proposal=proposal, by=self.user)
        return _("The value stays. %(name)s is told.") % {"name": proposal.made_by_name}
