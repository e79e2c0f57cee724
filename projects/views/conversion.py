"""From classic to unified RBAC: the whole plan before and after, then the deed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import actions, catalog, plan
from projects.document.rows import Tier
from projects.document.sections import Access
from projects.forms import WhyForm
from projects.rules.conversion import Conversion, after, conversion_of
from projects.rules.labels import permission_name, title_of
from projects.views.base import ProjectPage


class Convert(ProjectPage):
    """A preview for everybody who reads the plan; the deed for those who change it."""

    permission = "view_project"
    template_name = "projects/access/convert.html"
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        access = plan.read("access", [self.project])[self.project.pk]
        assert isinstance(access, Access)
        found = conversion_of(access)
        return super().get_context_data(
            conversion=found,
            tiers=_told(found),
            left=[(title_of(tier), tier.name, _why_left(tier)) for tier in found.left],
            facts=[_fact(key) for key in ("unified_import_once", "unified_reversible", "unified_all_grows")],
            mapping=catalog.source("compare_roles"),
            restrictions=catalog.source("classic_permissions"),
            tables_then=after(access),
            form=WhyForm(),
            may_change="change_project" in self.can,
            deed=deed_words(len(found.tiers)),
            section_url=reverse("projects:section", args=[self.project.slug, "access"]),
            **kwargs,
        )


def deed_words(tiers: int) -> str:
    """What the button says: "Convert 3 tiers to unified RBAC"."""
    if not tiers:
        return _("Plan unified RBAC")
    return ngettext("Convert %(n)s tier to unified RBAC", "Convert %(n)s tiers to unified RBAC", tiers) % {"n": tiers}


def _fact(key: str) -> dict[str, Any]:
    fact = catalog.fact(key)
    return {"text": fact.text, "source": catalog.source(fact.source)}


def _told(found: Conversion) -> list[dict[str, Any]]:
    """Each tier in words: what each permission becomes, what is unified already, and all that it has afterwards."""
    return [
        {
            "key": one.tier.key,
            "title": title_of(one.tier),
            "team": one.tier.name,
            "because": one.tier.does_not_apply,
            "steps": one.steps,
            "kept": [permission_name(key) for key in one.kept],
            "before": [permission_name(key) for key in one.tier.permissions],
            "after": [permission_name(key) for key in one.after],
        }
        for one in found.tiers
    ]


def _why_left(tier: Tier) -> str:
    if not tier.permissions:
        return _("It holds no permission yet.")
    unified = catalog.unified_permissions()
    unknown = [permission_name(key) for key in tier.permissions if key not in unified]
    if unknown:
        return _("Microsoft's mapping does not name %(names)s.") % {"names": ", ".join(unknown)}
    count = len(tier.permissions)
    said = ngettext(
        "Its %(n)s permission is a unified one already.", "All its %(n)s permissions are unified ones already.", count
    )
    return said % {"n": count}


class ConvertNow(ProjectPage):
    permission = "change_project"
    template_name = Convert.template_name
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = WhyForm(request.POST)
        why = form.cleaned_data["why"] if form.is_valid() else ""
        found = actions.convert_access(project=self.project, by=self.user, why=why)
        if found.is_empty:
            messages.info(request, _("Nothing is left of the classic model: nothing was changed."))
        else:
            messages.success(request, _done(len(found.tiers)))
        return redirect("projects:section", slug, "access")


def _done(tiers: int) -> str:
    if not tiers:
        return _("Unified RBAC is planned now. No tier held a classic permission.")
    said = ngettext(
        "%(n)s tier was converted to unified RBAC, which is planned now.",
        "%(n)s tiers were converted to unified RBAC, which is planned now.",
        tiers,
    )
    return said % {"n": tiers}
