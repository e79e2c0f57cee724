"""Projects, to be looked at: who leads them and who was granted what. What is in a plan is for those with a role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mdeprep import actions as site_actions
from mdeprep.admin.base import FollowsTenants, TenantFilter, person, tenants_of
from projects import plan
from projects.access import permissions_of
from projects.models import Grant, Project
from projects.views.printing import facts_of, printed
from tenants.models import LedgerEntry
from tenants.templatetags.look import day


class Archived(admin.SimpleListFilter):
    title = gettext_lazy("archived")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(archived_at__isnull=self.value() == "no") if self.value() in {"yes", "no"} else queryset


@admin.register(Project)
class ProjectAdmin(FollowsTenants):
    list_display = ("name", "tenant", "lead", "phase", "grant_count", "archived_at")
    list_filter = (TenantFilter, Archived)
    list_select_related = ("tenant", "lead")
    search_fields = ("name", "slug")
    ordering = ("name",)
    fields = ("name", "tenant", "lead", "phase", "created_at", "archived_at", "granted", "sharing_page", "plan_page")
    readonly_fields = fields

    def seen(self, queryset: QuerySet[Project], request: HttpRequest) -> QuerySet[Project]:
        return queryset.filter(tenant__in=tenants_of(request), is_hidden=False).annotate(grant_count=Count("grants"))

    def get_fields(self, request: HttpRequest, obj: Project | None = None) -> tuple[str, ...]:
        """Without the links to pages that would not let one in: of roles superusers neither, by that alone."""
        user = person(request)
        held = permissions_of(obj, user) if obj else ()
        closed = {
            "sharing_page": "share_project" not in held,
            "plan_page": not user.is_superuser and "view_project" not in held,
        }
        return tuple(name for name in self.fields if not closed.get(name))

    @admin.display(description=gettext_lazy("roles"), ordering="grant_count")
    def grant_count(self, project: Any) -> int:
        return int(project.grant_count)

    @admin.display(description=gettext_lazy("who holds a role"))
    def granted(self, project: Project) -> SafeString | str:
        grants = Grant.objects.filter(project=project).select_related("user", "team").order_by("role", "pk")
        rows = [
            (row.user or row.team, row.get_role_display(), row.get_reason_display(), _until(row.ends_on))
            for row in grants
        ]
        held = format_html_join("", "<li>{}: {} ({}{})</li>", rows)
        return format_html('<ul class="plain">{}</ul>', held) if rows else "–"

    @admin.display(description=gettext_lazy("give and take back roles, hand over, archive, restore"))
    def sharing_page(self, project: Project) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("projects:sharing", args=[project.slug]), _("Open Sharing"))

    @admin.display(description=gettext_lazy("plan"))
    def plan_page(self, project: Project) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:projects_project_plan", args=[project.pk]), _("Read the plan")
        )

    def get_urls(self) -> list[Any]:
        wrapped = self.admin_site.admin_view(self.plan_view)
        return [path("<int:pk>/plan/", wrapped, name="projects_project_plan"), *super().get_urls()]

    def plan_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The plan, read only: for holders of a role; for a superuser with a reason, which the histories keep."""
        project = self.get_queryset(request).filter(pk=pk).first()
        if project is None:
            raise Http404
        user = person(request)
        may_read = "view_project" in permissions_of(project, user)
        why = request.POST.get("why", "").strip()[:500] if request.method == "POST" else ""
        if not may_read and user.is_superuser and why:
            site_actions.open_plan(project=project, by=user, why=why)
            may_read = True
        context = {
            **self.admin_site.each_context(request),
            "title": _("Plan of %(project)s") % {"project": project},
            "project": project,
            "sections": _printed(project) if may_read else None,
            "facts": facts_of(project) if may_read else (),
            "may_ask": user.is_superuser,
            "may_share": "share_project" in permissions_of(project, user),
            "is_unsaid": request.method == "POST" and not why,
            "opts": self.opts,
        }
        status = 200 if may_read or user.is_superuser else 403
        return TemplateResponse(request, "admin/plan.html", context, status=status)

    def entries_about(self, request: HttpRequest, obj: Project) -> Iterable[LedgerEntry]:
        """The entries say what is in the plan: only for those who may audit it."""
        if "audit_project" not in permissions_of(obj, person(request)):
            return ()
        return LedgerEntry.objects.of(obj).order_by("-seq")


def _until(ends_on: date | None) -> str:
    return _(", until %(day)s") % {"day": day(ends_on)} if ends_on else ""


def _printed(project: Project) -> list[dict[str, Any]]:
    """Every section that applies, as it is printed."""
    return [printed(project, name, plan.read(name, [project])[project.pk]) for name in plan.section_names(project)]
