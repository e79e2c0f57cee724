"""People and their memberships. An address, a password and rights over the whole site are nobody's to change here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mdeprep.admin.base import FollowsTenants, TenantFilter, person, tenants_of
from mdeprep.admin.history import about_person
from mdeprep.forms import AddPeople
from tenants import actions
from tenants.models import LedgerEntry, Membership, Team, Tenant, User
from tenants.templatetags.look import day


class PeopleOfTenant(TenantFilter):
    path = "memberships__tenant"


class Presence(admin.SimpleListFilter):
    title = gettext_lazy("belongs")
    parameter_name = "belongs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("now")), ("no", _("no longer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        current = Membership.objects.current().filter(tenant__in=tenants_of(request)).values("user_id")
        match self.value():
            case "now":
                return queryset.filter(pk__in=current)
            case "no":
                return queryset.exclude(pk__in=current)
        return queryset


def may_speak_for(admin_user: User, user: User) -> bool:
    """Whether an administrator may correct a person's name or switch the account off: all memberships are theirs."""
    if admin_user.is_superuser:
        return True
    current = Membership.objects.filter(user=user, ended_at=None)
    mine = Tenant.objects.administered_by(admin_user)
    if user.is_superuser or user.is_staff or not current.exists():
        return False
    return not current.exclude(tenant__in=mine).exists()


@admin.register(User)
class PersonAdmin(FollowsTenants):
    is_addable = is_changeable = True
    list_display = ("shown_name", "email", "belongs_to", "in_teams", "is_active", "last_seen")
    list_display_links = ("shown_name",)
    list_filter = (PeopleOfTenant, Presence)
    search_fields = ("name", "email")
    search_help_text = gettext_lazy("Name or address")
    fields = ("name", "email", "is_active", "belongs_to", "in_teams", "last_login", "left")
    readonly_fields = ("email", "belongs_to", "in_teams", "last_login", "left")

    def seen(self, queryset: QuerySet[User], request: HttpRequest) -> QuerySet[User]:
        mine = tenants_of(request)
        if not person(request).is_superuser:
            queryset = queryset.filter(pk__in=Membership.objects.filter(tenant__in=mine).values("user_id"))
        memberships = Membership.objects.filter(ended_at=None, tenant__in=mine).select_related("tenant")
        teams = Team.objects.filter(tenant__in=mine)
        return queryset.prefetch_related(
            Prefetch("memberships", queryset=memberships, to_attr="memberships_here"),
            Prefetch("groups__team", queryset=teams),
        )

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def shown_name(self, user: User) -> str:
        return str(user)

    @admin.display(description=gettext_lazy("last seen"), ordering="last_login")
    def last_seen(self, user: User) -> str:
        return day(user.last_login)

    @admin.display(description=gettext_lazy("belongs to"))
    def belongs_to(self, user: Any) -> SafeString | str:
        """The memberships in one's own tenants; those elsewhere are nobody's business here."""
        return (
            format_html_join(
                ", ",
                '<a href="{}">{}</a> ({})',
                (
                    (reverse("admin:tenants_membership_change", args=[row.pk]), row.tenant, row.get_role_display())
                    for row in user.memberships_here
                ),
            )
            or "–"
        )

    @admin.display(description=gettext_lazy("teams"))
    def in_teams(self, user: User) -> str:
        return ", ".join(sorted(group.team.name for group in user.groups.all() if getattr(group, "team", None))) or "–"

    @admin.display(description=gettext_lazy("if they left"))
    def left(self, user: Any) -> SafeString | str:
        if not user.memberships_here:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("person_left", args=[user.pk]), _("See what they own, and end their access")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = tuple(self.readonly_fields)
        if obj is None or not may_speak_for(person(request), obj):
            return ("name", "is_active", *fixed)
        return ("is_active", *fixed) if obj == person(request) else fixed

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        stored = User.objects.get(pk=obj.pk)
        if "name" in form.changed_data:
            actions.rename_person(user=stored, name=form.cleaned_data["name"], by=person(request))
        if "is_active" in form.changed_data:
            actions.set_may_sign_in(user=stored, may=form.cleaned_data["is_active"], by=person(request))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One person or a pasted list. Nobody types a password for another: each gets a mail."""
        form = AddPeople(request.POST or None, tenants=tenants_of(request))
        if form.is_valid():
            people = form.cleaned_data["people"]
            actions.invite_all(
                tenant=form.cleaned_data["tenant"],
                people=people,
                role=form.cleaned_data["role"],
                teams=form.cleaned_data["teams"],
                by=person(request),
            )
            said = ngettext("%(count)s person belongs now.", "%(count)s people belong now.", len(people))
            messages.success(request, said % {"count": len(people)})
            return HttpResponseRedirect(reverse("admin:tenants_user_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add people"),
            "form": form,
            "opts": self.opts,
            "module_name": self.opts.verbose_name_plural,
        }
        return TemplateResponse(request, "admin/add_people.html", context)

    def entries_about(self, request: HttpRequest, obj: User) -> Iterable[LedgerEntry]:
        entries = LedgerEntry.objects.filter(chain_kind="tenant", chain_id__in=tenants_of(request).values("pk"))
        return about_person(entries, obj.pk)


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Membership.Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(role=self.value()) if self.value() else queryset


@admin.register(Membership)
class MembershipAdmin(FollowsTenants):
    """Who belongs to which tenant. People are added under "People"; a membership ends on the page "Somebody left?"."""

    is_changeable = True
    list_display = ("user", "tenant", "role", "since", "ended_at")
    list_filter = (TenantFilter, RoleFilter)
    list_select_related = ("user", "tenant")
    search_fields = ("user__name", "user__email")
    fields = ("user", "tenant", "role", "since", "ended_at")
    readonly_fields = ("user", "tenant", "since", "ended_at")
    ordering = ("tenant__name", "user__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        fixed = tuple(self.readonly_fields)
        return ("role", *fixed) if obj and obj.ended_at else fixed

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if "role" in form.changed_data:
            actions.change_role(membership=obj, role=form.cleaned_data["role"], by=person(request))

    def entries_about(self, request: HttpRequest, obj: Membership) -> Iterable[LedgerEntry]:
        return about_person(LedgerEntry.objects.of(obj.tenant), obj.user_id)
