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
from readiness.actions import (
    NEXT,
    GateIsShut,
    NoNextPhase,
    NothingStands,
    leave_phase,
    leave_phase_in_spite,
    present_verdict,
)
from readiness.forms import InSpiteForm
from tenants.models import Membership


class Gate(ProjectPage):
    """Base of the two ways through the gate."""

    is_abstract = True
    tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted, verdict = NEXT.get(Phase(self.project.phase)), present_verdict(self.project)
        return super().get_context_data(
            next_phase=wanted.label if wanted else "",
            blockers=shown.findings(verdict, self.project, self.can)["blockers"],
            **kwargs,
        )


class StartPhase(Gate):
    """Asks once, then starts the next phase; refused with the list while a blocker stands."""

    permission = "move_phase"
    template_name = "readiness/start_phase.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return {**found, "administrators": self._administrators() if found["blockers"] else []}

    def _administrators(self) -> list[str]:
        rows = Membership.objects.current().filter(tenant=self.project.tenant_id, role=Membership.Role.ADMIN)
        return [str(row.user) for row in rows.select_related("user").order_by("user__name", "user__email")]

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


class StartInSpite(Gate):
    """An administrator of the tenant starts the next phase although blockers stand, and says why.

    They decide on what they can read: without a role in the project they are told how they get one.
    """

    permission = "override_gate"
    template_name = "readiness/start_in_spite.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(InSpiteForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = InSpiteForm(request.POST)
        if "view_project" not in self.can or not form.is_valid():
            return self.page(form, status=422)
        try:
            project = leave_phase_in_spite(project=self.project, by=self.user, why=form.cleaned_data["why"])
        except (NothingStands, NoNextPhase):
            messages.warning(request, _("Nothing stands against it any more, or it has started already."))
        else:
            phase = Phase(project.phase).label
            told = _("%(phase)s has started. Everybody in the matrix is told, with your reason.")
            messages.success(request, told % {"phase": phase})
        return redirect("readiness:overview", self.project.slug)

    def page(self, form: InSpiteForm, status: int = 200) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)
