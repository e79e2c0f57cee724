"""Who may see and edit a project. Tenant administrators work here without seeing the plan."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from projects import access, actions
from projects.forms import ArchiveForm, PersonForm, ShareForm
from projects.models import Grant
from projects.rules.roles import SHARED
from projects.views.base import ProjectPage, ProjectView
from tenants import clock


class Sharing(ProjectPage):
    permission = "share_project"
    template_name = "projects/sharing.html"
    tab = "sharing"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        grants = Grant.objects.filter(project=self.project).select_related("user", "team__tenant")
        today = clock.today(self.project.tenant.time_zone)
        rows = [_shown(grant, self.project.lead_id, today) for grant in grants.order_by("created_at", "pk")]
        return super().get_context_data(
            **{
                "grants": rows,
                "may_archive": "archive_project" in self.can,
                "form": ShareForm(project=self.project, auto_id="share-%s"),
                "lead_form": PersonForm(project=self.project, auto_id="lead-%s"),
                "archive_form": ArchiveForm(auto_id="archive-%s"),
                **kwargs,
            }
        )


def _shown(grant: Grant, lead_id: int | None, today: Any) -> dict[str, Any]:
    return {
        "grant": grant,
        "is_lead": grant.user_id is not None and grant.user_id == lead_id and grant.role == "lead",
        "may_revoke": grant.reason == Grant.Reason.SHARED and grant.role in SHARED,
        "has_ended": bool(grant.ends_on and grant.ends_on < today),
        "starts_later": bool(grant.starts_on and grant.starts_on > today),
    }


class Share(Sharing):
    permission = "share_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = ShareForm(request.POST, project=self.project, auto_id="share-%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        row = access.grant(
            project=self.project,
            user=form.user,
            team=form.cleaned_data["team"],
            role=form.cleaned_data["role"],
            ends_on=form.cleaned_data["ends_on"],
            by=self.user,
        )
        messages.success(
            request,
            _("%(who)s now has the role %(role)s.") % {"who": row.user or row.team, "role": row.get_role_display()},
        )
        return redirect("projects:sharing", slug)


class Revoke(ProjectView):
    permission = "share_project"

    def post(self, request: HttpRequest, slug: str, grant: int) -> HttpResponse:
        row = get_object_or_404(Grant, pk=grant, project=self.project, reason=Grant.Reason.SHARED)
        who = str(row.user or row.team)
        try:
            access.revoke(row=row, by=self.user)
        except access.LastLead:
            messages.error(request, _("A project keeps a lead: hand it over first, then take this role back."))
            return redirect("projects:sharing", slug)
        messages.success(request, _("%(who)s has lost this role, as of now.") % {"who": who})
        still = "share_project" in access.permissions_of(self.project, self.user)
        return redirect("projects:sharing", slug) if still else redirect("home")


class HandOver(Sharing):
    permission = "share_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = PersonForm(request.POST, project=self.project, auto_id="lead-%s")
        if not form.is_valid() or form.user is None:
            return self.render_to_response(self.get_context_data(lead_form=form), status=422)
        access.hand_over(project=self.project, to=form.user, by=self.user)
        messages.success(request, _("%(who)s leads this project now, and gets a mail.") % {"who": form.user})
        return redirect("projects:sharing", slug)


class Archive(ProjectView):
    permission = "archive_project"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = ArchiveForm(request.POST)
        actions.archive(project=self.project, by=self.user, why=form.cleaned_data["why"] if form.is_valid() else "")
        messages.success(
            request, _("Archived. It is out of the lists (All projects, Archived shows it); it can be restored here.")
        )
        return redirect("projects:sharing", slug)


class Restore(ProjectView):
    permission = "archive_project"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        actions.restore(project=self.project, by=self.user)
        messages.success(request, _("Restored."))
        return redirect("projects:sharing", slug)
