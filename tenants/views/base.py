"""Base of the pages that are not inside a project: each says who may open it, or cannot be defined."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic.base import View

from tenants.models import Tenant, User


class Who(Enum):
    PUBLIC = auto()
    SIGNED_IN = auto()
    TENANT_MEMBER = auto()
    """Somebody who belongs to a tenant at present; a superuser without a membership does not."""
    TENANT_ADMIN = auto()
    """An administrator of a tenant, or a superuser."""


class PlainView(View):
    """A view that says in words what it does not take: Django's own answer is an empty page."""

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().http_method_not_allowed(request, *args, **kwargs)
        page = render(request, "405.html", status=answer.status_code)
        page["Allow"] = answer["Allow"]
        return page


class SiteView(PlainView):
    """A page outside the projects. Whoever may not open it gets 404; nobody signed in: the log-in page."""

    who: Who
    is_abstract = True

    user: User

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "who" not in cls.__dict__ and not cls.__dict__.get("is_abstract"):
            raise ImproperlyConfigured(f"{cls.__qualname__} must name who may open it.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.who is Who.PUBLIC:
            return super().dispatch(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.user = request.user
        if not _may_open(self.who, self.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


def _may_open(who: Who, user: User) -> bool:
    if who is Who.TENANT_MEMBER:
        return Tenant.objects.of_member(user).exists()
    if who is Who.TENANT_ADMIN:
        return Tenant.objects.administered_by(user).exists()
    return True


def page_before(request: HttpRequest, otherwise: str) -> str:
    """The page of this site from which something was posted, as its form says; or `otherwise`."""
    there = request.POST.get("next", "")
    return there if there and url_has_allowed_host_and_scheme(there, allowed_hosts=None) else otherwise
