"""What every page needs from the site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _


def personas() -> list[dict[str, str]]:
    """The cards of the demonstration's log-in page."""
    return [
        {"name": "Lena Fischer", "role": _("project lead"), "email": "lead@contoso.example",
         "line": _("Sees why the project cannot start Setup, and what to do first.")},
        {"name": "Dana Reyes", "role": _("CISO"), "email": "ciso@contoso.example",
         "line": _("Has one approval waiting. About two minutes.")},
        {"name": "Olu Adeyemi", "role": _("tenant administrator"), "email": "admin@contoso.example",
         "line": _("Looks after people and teams of Contoso, and sees nothing of Fabrikam.")},
        {"name": "Noah Berg", "role": _("partner"), "email": "partner@northwind.example",
         "line": _("Runs projects for three customers from one page.")},
        {"name": "Ines Costa", "role": _("auditor"), "email": "auditor@contoso.example",
         "line": _("Asks what was approved, by whom, knowing what.")},
    ]  # fmt: skip


def _tour(request: HttpRequest) -> dict[str, str]:
    """The steps through the demonstration, on the overview that its lead opens first."""
    if not settings.DEMO:
        return {}
    from mdeprep.demo.tour import LEAD, tour  # the demonstration is loaded where there is one

    page = request.resolver_match
    is_hers = request.user.is_authenticated and request.user.email == LEAD
    if not (is_hers and page and page.view_name == "readiness:overview"):
        return {}
    return tour(page.kwargs["slug"])


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "tour": _tour(request),
        "is_demo": settings.DEMO,
        "may_administer": SimpleLazyObject(lambda: admin.site.has_permission(request)),
        "personas": personas() if settings.DEMO and not request.user.is_authenticated else [],
    }
