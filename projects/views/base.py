"""The way to a project is the permission check."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView
from django.views.generic.base import ContextMixin

from projects.access import permissions_and_tenants
from projects.models import Project
from tenants.compiled import CompiledQuery
from tenants.models import User
from tenants.views.base import PlainView

CLOSED_BY_ARCHIVE = {"change_project", "manage_stakeholders", "submit_project", "move_phase"}
"""What nobody may do while a project is archived: it is read, shared and restored."""


class ProjectView(ContextMixin, PlainView):
    """Base of every page inside a project. Who holds nothing on it gets 404, who lacks the right 403."""

    permission: str
    is_abstract = True
    tab = ""
    comes_with: tuple[str, ...] = ("tenant__access_policy", "lead")
    """What is read with the project, in one query."""

    request: HttpRequest
    user: User
    project: Project
    can: set[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "permission" not in cls.__dict__ and not cls.__dict__.get("is_abstract"):
            raise ImproperlyConfigured(f"{cls.__qualname__} must name the permission it needs.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.user = request.user
        project = _project_with(self.comes_with).first(kwargs["slug"])
        self.can, administered = permissions_and_tenants(project, self.user)
        # The menu asks it again.
        request.may_administer = bool(administered) or self.user.is_superuser  # type: ignore[attr-defined]
        if project is None or not self.can:
            raise Http404
        if project.archived_at:
            self.can = self.can - CLOSED_BY_ARCHIVE
        if self.permission not in self.can:
            raise PermissionDenied
        self.project = project
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(project=self.project, can=self.can, tab=self.tab, **kwargs)


@cache
def _project_with(comes_with: tuple[str, ...]) -> CompiledQuery[Project]:
    return CompiledQuery(lambda slug: Project.objects.select_related(*comes_with).filter(slug=slug))


class ProjectPage(ProjectView, TemplateView):
    """A page inside a project that is a template and its context."""

    is_abstract = True
