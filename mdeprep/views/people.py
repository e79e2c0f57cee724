"""Somebody left: what they own and can reach, a successor for it, and the end of their access."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django.views.generic.base import View

from mdeprep import actions
from mdeprep.forms import SomebodyLeft
from projects.access import LastLead, NotAllowedHere
from tenants.actions import LastAdministrator
from tenants.models import Membership, Team, Tenant
from tenants.views.base import SiteView, Who


class ChoosePerson(SiteView, View):
    """From the first page of the administration: the person was chosen from a list."""

    who = Who.TENANT_ADMIN

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("person", "")
        if not chosen.isdigit():
            return HttpResponseRedirect(reverse("admin:index"))
        address = reverse("person_left", args=[int(chosen)])
        tenant = request.GET.get("tenant", "")
        return HttpResponseRedirect(f"{address}?tenant={int(tenant)}" if tenant.isdigit() else address)


class PersonLeft(SiteView, TemplateView):
    who = Who.TENANT_ADMIN
    template_name = "mdeprep/person_left.html"

    def _memberships(self) -> QuerySet[Membership]:
        """Those of the person in tenants that one administers."""
        mine = Tenant.objects.administered_by(self.user)
        rows = Membership.objects.filter(user=self.kwargs["pk"], ended_at=None, tenant__in=mine)
        return rows.select_related("user", "tenant").order_by("tenant__name")

    def _membership(self) -> Membership:
        wanted = self.request.POST.get("tenant") or self.request.GET.get("tenant") or ""
        rows = self._memberships()
        if wanted:
            if not wanted.isdigit():
                raise Http404
            return get_object_or_404(rows, tenant=int(wanted))
        first = rows.first()
        if first is None:
            raise Http404
        return first

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        membership = kwargs.get("membership") or self._membership()
        led = list(actions.led_by(membership.user, membership.tenant).select_related("tenant").order_by("name"))
        rows = actions.stands_in_rows(membership.user, membership.tenant)
        return super().get_context_data(
            **{
                "membership": membership,
                "others": [row for row in self._memberships() if row != membership],
                "led": led,
                "rows": rows,
                "reach": actions.reach_of(membership.user, membership.tenant),
                "teams": Team.objects.filter(tenant=membership.tenant, group__user=membership.user),
                "form": SomebodyLeft(membership=membership, needs_successor=bool(led or rows)),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        membership = self._membership()
        user, tenant = membership.user, membership.tenant
        is_needed = actions.led_by(user, tenant).exists() or bool(actions.stands_in_rows(user, tenant))
        form = SomebodyLeft(request.POST, membership=membership, needs_successor=is_needed)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(membership=membership, form=form), status=422)
        try:
            actions.leave(membership=membership, successor=form.cleaned_data.get("successor"), by=self.user)
        except (LastAdministrator, LastLead, NotAllowedHere) as refusal:
            from mdeprep.admin.base import in_words

            messages.error(request, in_words(refusal))
            return HttpResponseRedirect(request.get_full_path())
        said = _("%(person)s no longer belongs to %(tenant)s.")
        messages.success(request, said % {"person": membership.user, "tenant": membership.tenant})
        return HttpResponseRedirect(reverse("admin:index"))
