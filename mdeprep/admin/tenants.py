"""Tenants, and the partners who may work in their projects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mdeprep import actions as site_actions
from mdeprep.admin.base import FollowsTenants, TenantFilter, person, tenants_of
from mdeprep.admin.history import about_named
from mdeprep.config import zone
from projects import actions as plan_actions
from projects.models import AccessPolicy
from stakeholders import actions as stakeholder_actions
from stakeholders.models import ApprovalPolicy
from tenants import actions
from tenants.actions.tenants import EDITABLE
from tenants.models import LedgerEntry, Provider, Tenant


class TenantForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        error_messages = {
            "slug": {"invalid": gettext_lazy("Only letters from a to z, digits, - and _, without spaces.")}
        }

    def clean_time_zone(self) -> str:
        try:
            return zone(self.cleaned_data["time_zone"])
        except ValueError:
            raise forms.ValidationError(_("No such time zone. Write a name such as Europe/Dublin.")) from None


class OnePolicy(admin.StackedInline):  # type: ignore[type-arg]
    """What a tenant decides for all its projects; saved by an action."""

    can_delete = False
    extra = 0
    min_num = max_num = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of a tenant that the person administers. Asked without one it is about the rows: the tenant has narrowed them."""
        return obj is None or tenants_of(request).filter(pk=obj.pk).exists()

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ApprovalInline(OnePolicy):
    """Reminders, links and signing in again."""

    model = ApprovalPolicy
    fields = stakeholder_actions.POLICY_FIELDS


class AccessInline(OnePolicy):
    """How long temporary roles are held, and when somebody is reminded of their end."""

    model = AccessPolicy
    fields = plan_actions.ACCESS_POLICY_FIELDS


SAVED_BY = {
    ApprovalPolicy: stakeholder_actions.set_approval_policy,
    AccessPolicy: plan_actions.set_access_policy,
}


@admin.register(Tenant)
class TenantAdmin(FollowsTenants):
    """Superusers make tenants; their administrators change how they are called."""

    form = TenantForm
    is_changeable = True
    list_display = ("name", "people_count", "team_count", "time_zone")
    ordering = ("name",)
    search_fields = ("name", "slug")
    fields = ("name", "slug", "reference_prefix", "time_zone", "language", "sender_name", "from_address")

    def seen(self, queryset: QuerySet[Tenant], request: HttpRequest) -> QuerySet[Tenant]:
        return queryset.filter(pk__in=tenants_of(request).values("pk")).annotate(
            people_count=Count(
                "memberships__user",
                filter=Q(memberships__ended_at=None, memberships__user__is_active=True),
                distinct=True,
            ),
            team_count=Count("teams", distinct=True),
        )

    @admin.display(description=gettext_lazy("people"), ordering="people_count")
    def people_count(self, tenant: Any) -> int:
        return int(tenant.people_count)

    @admin.display(description=gettext_lazy("teams"), ordering="team_count")
    def team_count(self, tenant: Any) -> int:
        return int(tenant.team_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"time_zone": settings.TIME_ZONE, **super().get_changeform_initial_data(request)}

    def get_inlines(self, request: HttpRequest, obj: Tenant | None) -> list[Any]:
        return [ApprovalInline, AccessInline] if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for each in formset.forms:
            if each.has_changed():
                SAVED_BY[formset.model](tenant=form.instance, values=each.cleaned_data, by=person(request))
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> tuple[str, ...]:
        """The short name stays; the From address is the installation's business: the mail server must know it."""
        own = () if person(request).is_superuser else ("from_address",)
        return ("slug", *own) if obj else ()

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        values = {field: form.cleaned_data[field] for field in EDITABLE if field in form.cleaned_data}
        if change:
            actions.edit_tenant(tenant=obj, values=values, by=person(request))
            return
        made = actions.create_tenant(slug=form.cleaned_data["slug"], by=person(request), **values)
        obj.pk = made.pk

    def entries_about(self, request: HttpRequest, obj: Tenant) -> Iterable[LedgerEntry]:
        return LedgerEntry.objects.of(obj).order_by("-seq")


class CustomerFilter(TenantFilter):
    title = gettext_lazy("customer")


@admin.register(Provider)
class ProviderAdmin(FollowsTenants):
    """Superusers name a partner, because only they see all tenants; the customer's administrator dates or ends it."""

    is_changeable = is_deletable = True
    list_display = ("tenant", "provider", "until")
    ordering = ("tenant__name", "provider__name")
    list_filter = (CustomerFilter,)
    list_select_related = ("tenant", "provider")
    fields = ("tenant", "provider", "until")

    def seen(self, queryset: QuerySet[Provider], request: HttpRequest) -> QuerySet[Provider]:
        """Both sides see that they work together."""
        mine = tenants_of(request)
        return queryset.filter(Q(tenant__in=mine) | Q(provider__in=mine))

    def _is_customer(self, request: HttpRequest, obj: Provider | None) -> bool:
        return obj is None or tenants_of(request).filter(pk=obj.tenant_id).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_customer(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_customer(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Provider | None = None) -> tuple[str, ...]:
        return ("tenant", "provider") if obj else ()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        said = _("%(row)s, and the roles of its people and teams in the customer’s projects")
        return [said % {"row": row} for row in objs], {}, set(), []

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:
        row = site_actions.name_provider(
            tenant=obj.tenant, provider=obj.provider, until=form.cleaned_data["until"], by=person(request)
        )
        obj.pk = row.pk

    def delete_model(self, request: HttpRequest, obj: Provider) -> None:
        with transaction.atomic():
            site_actions.end_provider(row=obj, by=person(request))

    def entries_about(self, request: HttpRequest, obj: Provider) -> Iterable[LedgerEntry]:
        if not self._is_customer(request, obj):
            return ()
        return about_named(LedgerEntry.objects.of(obj.tenant), "provider", {obj.provider.name})
