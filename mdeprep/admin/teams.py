"""Teams: named groups of a tenant's people, who are granted roles together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import FilteredSelectMultiple
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mdeprep import actions as site_actions
from mdeprep.admin.base import FollowsTenants, TenantFilter, person, tenants_of
from mdeprep.admin.history import about_named
from projects.models import Grant
from tenants import actions
from tenants.models import LedgerEntry, Membership, Team, User


class ChoosePeople(FilteredSelectMultiple):
    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Inside the box that Django's script expects around a choice: without it the label lands behind the lists."""
        return format_html(
            '<div class="related-widget-wrapper">{}</div>', super().render(name, value, attrs=attrs, renderer=renderer)
        )


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members"),
        queryset=User.objects.none(),
        required=False,
        widget=ChoosePeople(verbose_name=gettext_lazy("people"), is_stacked=False),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields.pop("members", None)  # which people can be chosen follows from the tenant
            return
        present = Membership.objects.current().filter(tenant=self.instance.tenant)
        people = User.objects.filter(pk__in=present.values("user"))
        if "members" in self.fields:
            self.fields["members"].queryset = people  # type: ignore[attr-defined]
            self.fields["members"].initial = list(people.filter(groups=self.instance.group))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        tenant = cleaned.get("tenant") or (self.instance.tenant if self.instance.pk else None)
        same = Team.objects.filter(tenant=tenant, name__iexact=cleaned.get("name", "")).exclude(pk=self.instance.pk)
        if tenant and same.exists():
            self.add_error("name", _("There is a team of this name already."))
        return cleaned


@admin.register(Team)
class TeamAdmin(FollowsTenants):
    form = TeamForm
    is_addable = is_changeable = is_deletable = True
    list_display = ("name", "tenant", "member_count")
    list_filter = (TenantFilter,)
    list_select_related = ("tenant",)
    search_fields = ("name",)
    ordering = ("name",)

    def seen(self, queryset: QuerySet[Team], request: HttpRequest) -> QuerySet[Team]:
        return queryset.filter(tenant__in=tenants_of(request)).annotate(member_count=Count("group__user"))

    @admin.display(description=gettext_lazy("people"), ordering="member_count")
    def member_count(self, team: Any) -> int:
        return int(team.member_count)

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> tuple[str, ...]:
        return ("tenant", "name", "members") if obj else ("tenant", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> tuple[str, ...]:
        return ("tenant",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The tenant of whoever has only one."""
        tenants = tenants_of(request)[:2]
        only = {"tenant": tenants[0].pk} if len(tenants) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        by, name = person(request), form.cleaned_data["name"]
        if not change:
            made = actions.create_team(tenant=obj.tenant, name=name, by=by)
            obj.pk, obj.group = made.pk, made.group
            return
        team = Team.objects.select_related("tenant", "group").get(pk=obj.pk)
        actions.rename_team(team=team, name=name, by=by)
        wanted, present = set(form.cleaned_data["members"]), set(User.objects.filter(groups=team.group))
        for user in sorted(wanted - present, key=lambda user: user.pk):
            actions.add_to_team(team=team, user=user, by=by)
        for user in sorted(present - wanted, key=lambda user: user.pk):
            actions.remove_from_team(team=team, user=user, by=by)

    def response_add(self, request: HttpRequest, obj: Team, post_url_continue: str | None = None) -> HttpResponse:
        """On to the members, who can be chosen now."""
        self.message_user(request, _("The team is there. Now choose who is in it."))
        return HttpResponseRedirect(reverse("admin:tenants_team_change", args=[obj.pk]))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        said = []
        for team in objs:
            roles = Grant.objects.filter(team=team).count()
            line = ngettext(
                "%(team)s, and %(count)s role that it holds", "%(team)s, and %(count)s roles that it holds", roles
            )
            said.append(line % {"team": team, "count": roles} if roles else str(team))
        return said, {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Team) -> None:
        with transaction.atomic():
            site_actions.remove_team(team=obj, by=person(request))

    def entries_about(self, request: HttpRequest, obj: Team) -> Iterable[LedgerEntry]:
        return about_named(LedgerEntry.objects.of(obj.tenant), "team", {obj.name})
