"""The one base of all admin pages: what is seen, chosen and changed follows from the tenants one administers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mdeprep.admin.history import Line, told
from projects.access import LastLead, NotAllowedHere
from tenants.actions import LastAdministrator, SwitchedOff
from tenants.models import LedgerEntry, Tenant, User
from tenants.models.people import TenantQuerySet

ENTRIES_A_PAGE = 200


def person(request: HttpRequest) -> User:
    """Who is signed in: the site lets nobody else in."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def tenants_of(request: HttpRequest) -> TenantQuerySet:
    return Tenant.objects.administered_by(person(request))


def in_words(refusal: Exception) -> str:
    """Why an action refused, for the person who asked for it."""
    match refusal:
        case LastAdministrator():
            return _("%(tenant)s would be left without an administrator. Make somebody else administrator first.") % {
                "tenant": refusal
            }
        case LastLead():
            return _("%(project)s would be left without a lead. Name a successor first.") % {"project": refusal}
        case SwitchedOff():
            return _("The account of %(address)s is switched off. Switch it on first.") % {"address": refusal}
        case ValidationError():
            return " ".join(refusal.messages)
    return str(refusal)


REFUSALS = (LastAdministrator, LastLead, NotAllowedHere, SwitchedOff, ValidationError)


class TenantFilter(admin.SimpleListFilter):
    """The tenants that one administers; no other can be asked for."""

    title = gettext_lazy("tenant")
    parameter_name = "tenant"
    path = "tenant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in tenants_of(request).values_list("pk", "name")[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        chosen = [pk for pk, _name in self.lookup_choices if pk == self.value()]
        return queryset.filter(**{f"{self.path}__in": chosen}).distinct()


class FollowsTenants(admin.ModelAdmin):  # type: ignore[type-arg]
    """Derives every permission and every queryset from `Tenant.objects.administered_by`."""

    follows_tenants = True
    is_addable = is_changeable = is_deletable = False
    list_per_page = 50
    show_full_result_count = False
    actions = None
    actions_on_top = True
    save_as = False
    view_on_site = False
    object_history_template = "admin/history.html"

    def seen(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """The rows of `queryset` that this person may see."""
        return queryset.filter(tenant__in=tenants_of(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.seen(super().get_queryset(request), request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not self.admin_site.has_permission(request):
            return False
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_addable and self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_changeable and self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_deletable and self.has_view_permission(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters on the page: a lookup typed into the address could ask for what is not shown."""
        filters = self.get_list_filter(request) if request else ()
        return lookup in {getattr(declared, "parameter_name", declared) for declared in filters}

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if related is None:
            raise PermissionDenied  # a choice that nobody has limited is not offered
        return super().formfield_for_foreignkey(
            db_field, request, **{**kwargs, "queryset": related.get_queryset(request)}
        )

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Of another tenant, or nowhere: the same answer."""
        raise Http404

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._or_said_why(
            request, lambda: super(FollowsTenants, self).changeform_view(request, object_id, form_url, extra_context)
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._or_said_why(
            request, lambda: super(FollowsTenants, self).delete_view(request, object_id, extra_context)
        )

    def _or_said_why(self, request: HttpRequest, answer: Any) -> HttpResponse:
        """The page; or, where an action refused (and nothing was written), the same page with the reason."""
        try:
            response: HttpResponse = answer()
        except REFUSALS as refusal:
            messages.error(request, in_words(refusal))
            return HttpResponseRedirect(request.get_full_path())
        return response

    # What happened stands in the histories, not in Django's own log.
    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        pass

    def entries_about(self, request: HttpRequest, obj: Any) -> Iterable[LedgerEntry]:
        """What the histories of one's own tenants say about `obj`, newest first."""
        return ()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        lines: list[Line] = [told(entry) for entry in self.entries_about(request, obj)][:ENTRIES_A_PAGE]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(row)s") % {"row": obj},
            "lines": lines,
            "object": obj,
            "opts": self.opts,
            "module_name": self.opts.verbose_name_plural,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)
