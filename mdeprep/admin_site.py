"""Django admin for people, teams and tenants. Superusers and administrators of a tenant come in; nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

LEFT_OUT = {"logout", "password_change", "password_change_done", "view_on_site"}
"""Pages that the site has by itself, or that would name rows of any table."""


class Site(admin.AdminSite):
    site_header = site_title = _("mdeprep: people and teams")
    index_title = _("People and teams")
    site_url = "/"
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take only classes whose permissions follow from the tenants: other packages' pages stay out."""
        if getattr(admin_class, "follows_tenants", False):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        from tenants.models import Membership  # the models are not loaded yet when the site is configured

        user = request.user
        if not user.is_authenticated or not user.is_active:
            return False
        if not hasattr(request, "may_administer"):
            mine = Membership.objects.filter(user_id=user.pk, role=Membership.Role.ADMIN, ended_at=None)
            request.may_administer = user.is_superuser or mine.exists()  # type: ignore[attr-defined]
        return bool(request.may_administer)  # type: ignore[attr-defined]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Who may not come in gets 404, as everywhere; who is not signed in, the site's own log-in page."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self.has_permission(request):
                return inner(request, *args, **kwargs)
            if request.user.is_authenticated:
                raise Http404
            return redirect_to_login(request.get_full_path())

        return update_wrapper(guarded, view)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next", "/admin/"))

    def get_urls(self) -> list[Any]:
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in LEFT_OUT]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from mdeprep.admin.overview import of_tenants

        return super().index(request, {"overviews": of_tenants(request.user), **(extra_context or {})})

    def get_log_entries(self, request: HttpRequest) -> Any:
        """Nothing: what happened stands in the histories."""
        return []
