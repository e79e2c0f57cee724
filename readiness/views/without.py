"""A plan tried out without a part of its inventory; and, with a reason, that part left out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import actions as plan_actions
from projects.rules.estate import GROUPS, group_name
from projects.views.base import ProjectPage
from readiness import trial
from readiness.forms import LeaveOutForm


class Without(ProjectPage):
    """What would be found, and which signatures would end. Nothing is written."""

    permission = "view_project"
    template_name = "readiness/without.html"
    tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group = self.kwargs["group"]
        if group not in GROUPS:
            raise Http404
        kwargs.setdefault("form", LeaveOutForm() if "change_project" in self.can else None)
        found = trial.without(self.project, group)
        return super().get_context_data(**{**kwargs, "group": group, "name": group_name(group), "trial": found})


class LeaveOut(Without):
    """Each of them does not apply, for the reason that is given."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        group, form = str(kwargs["group"]), LeaveOutForm(request.POST)
        if group not in GROUPS:
            raise Http404
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        left = plan_actions.leave_out(
            project=self.project, group=group, because=form.cleaned_data["because"], by=self.user
        )
        if left:
            words = ngettext("%(n)s device is left out.", "%(n)s devices are left out.", left)
            messages.success(request, words % {"n": f"{left:,}"})
        else:
            messages.warning(request, _("They were left out meanwhile. Nothing was changed."))
        return redirect("readiness:overview", self.project.slug)
