"""The gate between two phases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from projects.document.choices import Phase
from projects.views.base import ProjectPage
from readiness import shown
from readiness.actions import NEXT, GateIsShut, NoNextPhase, leave_phase, present_verdict


class StartPhase(ProjectPage):
    """Asks once, then starts the next phase; refused with the list while a blocker stands."""

    permission = "move_phase"
    template_name = "readiness/start_phase.html"
    tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted, verdict = NEXT.get(Phase(self.project.phase)), present_verdict(self.project)
        return super().get_context_data(
            next_phase=wanted.label if wanted else "",
            blockers=shown.findings(verdict, self.project, self.can)["blockers"],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            project = leave_phase(project=self.project, by=self.user)
        except GateIsShut:
            return self.render_to_response(self.get_context_data(is_refused=True), status=409)
        except NoNextPhase:
            messages.warning(request, _("This project is in the last phase that is kept here."))
        else:
            messages.success(
                request,
                _("%(phase)s has started. It is recorded with your name.") % {"phase": Phase(project.phase).label},
            )
        return redirect("readiness:overview", self.project.slug)
