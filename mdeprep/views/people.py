"""Somebody left: what they own and can reach, a successor for it, and the end of their access."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django.views.generic.base import View

from mdeprep import actions
from mdeprep.forms import SomebodyLeft
from projects.access import LastLead, NotAllowedHere
from stakeholders.models import Stakeholder
from stakeholders.words import section_title
from tenants.actions import LastAdministrator
from tenants.models import Membership, Team, Tenant, User
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

    @cached_property
    def person(self) -> User:
        return get_object_or_404(User, pk=self.kwargs["pk"])

    @cached_property
    def tenants(self) -> list[Tenant]:
        """Those that one administers, to which the person belongs, or in whose projects they stand in the matrix."""
        mine = Tenant.objects.administered_by(self.user)
        belongs = Membership.objects.filter(user=self.person, ended_at=None).values("tenant")
        rows = Stakeholder.objects.filter(email=self.person.email, project__archived_at=None).values("project__tenant")
        return list(mine.filter(Q(pk__in=belongs) | Q(pk__in=rows)).order_by("name"))

    @cached_property
    def tenant(self) -> Tenant:
        wanted = self.request.POST.get("tenant") or self.request.GET.get("tenant") or ""
        found = [tenant for tenant in self.tenants if str(tenant.pk) == wanted] if wanted else self.tenants
        if not found:
            raise Http404
        return found[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, tenant = self.person, self.tenant
        led = list(actions.led_by(person, tenant).select_related("tenant").order_by("name"))
        rows = actions.stands_in_rows(person, tenant)
        belongs = Membership.objects.filter(user=person, tenant=tenant, ended_at=None).exists()
        return super().get_context_data(
            **{
                "person": person,
                "tenant": tenant,
                "belongs": belongs,
                "others": [other for other in self.tenants if other != tenant],
                "led": led,
                "rows": rows,
                "looked_after": [
                    (row.project.name, section_title(row.section)) for row in actions.looked_after_by(person, tenant)
                ],
                "reach": actions.reach_of(person, tenant),
                "teams": Team.objects.filter(tenant=tenant, group__user=person),
                "form": SomebodyLeft(person=person, tenant=tenant, needs_successor=bool(led or rows)),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, tenant = self.person, self.tenant
        belongs = Membership.objects.filter(user=person, tenant=tenant, ended_at=None).exists()
        is_needed = actions.led_by(person, tenant).exists() or bool(actions.stands_in_rows(person, tenant))
        form = SomebodyLeft(request.POST, person=person, tenant=tenant, needs_successor=is_needed)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            actions.leave(person=person, tenant=tenant, successor=form.cleaned_data.get("successor"), by=self.user)
        except (LastAdministrator, LastLead, NotAllowedHere) as refusal:
            from mdeprep.admin.base import in_words

            messages.error(request, in_words(refusal))
            return HttpResponseRedirect(request.get_full_path())
        said = (
            _("%(person)s no longer belongs to %(tenant)s.")
            if belongs
            else _("%(person)s is asked for nothing any more.")
        )
        messages.success(request, said % {"person": person, "tenant": tenant})
        return HttpResponseRedirect(reverse("admin:index"))
