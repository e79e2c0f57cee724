"""Who stands in for a stakeholder: named by themselves it counts; named by another it is confirmed here."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from projects.views.base import ProjectPage
from stakeholders import actions
from stakeholders.models import Stakeholder
from stakeholders.shown import Word


class Substitute(ProjectPage):
    permission = "view_revision"
    template_name = "stakeholders/substitute.html"
    tab = "approvals"

    @cached_property
    def row(self) -> Stakeholder:
        """A row of which somebody may say something here: their own, or as an approver, or with the plan."""
        found = Stakeholder.objects.filter(project=self.project, key=self.kwargs["key"]).exclude(email="").first()
        if found is None or not (actions.may_confirm(found, self.user) or "view_project" in self.can):
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, it_counts = self.row, actions.counts(self.row)
        return super().get_context_data(
            row=row,
            is_mine=row.email == self.user.email,
            is_named=bool(row.substitute_email),
            may_confirm=bool(row.substitute_email) and not it_counts and actions.may_confirm(row, self.user),
            word=Word("good", _("Counts")) if it_counts else Word("wait", _("Not confirmed yet")),
            **{"typed": {}, **kwargs},
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            words = {"confirm": self._confirm, "end": self._end}.get(request.POST.get("deed", ""), self._name)()
        except ValidationError as error:
            context = self.get_context_data(problems=error.messages, typed=request.POST)
            return self.render_to_response(context, status=422)
        except actions.NotTheirs:
            messages.error(request, _("Only the stakeholder, or another who approves, can do that."))
        else:
            messages.success(request, words)
        return redirect("stakeholders:substitute", self.project.slug, self.row.key)

    def _confirm(self) -> str:
        actions.confirm_substitute(row=self.row, by=self.user)
        return _("Confirmed: %(name)s counts as substitute.") % {"name": self.row.substitute}

    def _end(self) -> str:
        actions.end_substitute(row=self.row, by=self.user)
        return _("Nobody stands in for you any more.")

    def _name(self) -> str:
        request = self.request
        email = request.POST.get("email", "").strip()
        validate_email(email)
        try:
            first, last = (date.fromisoformat(request.POST.get(name, "")) for name in ("first", "last"))
        except ValueError as error:
            raise ValidationError(_("Choose the first and the last day.")) from error
        name = request.POST.get("name", "").strip()[:200] or email
        actions.name_substitute(row=self.row, name=name, email=email, first=first, last=last, by=self.user)
        return _("%(name)s stands in for you on these days, and everybody who approves is told.") % {"name": name}
