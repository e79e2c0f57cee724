"""What is written down by itself and only read here: histories, and the mails that were sent or wait."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mdeprep.admin.base import FollowsTenants, TenantFilter, person, tenants_of
from mdeprep.admin.history import told
from projects.models import Project
from tenants.models import LedgerEntry, Mail
from tenants.templatetags.look import moment

KINDS = {
    "answer_declined": gettext_lazy("an answer was declined"),
    "became_ready": gettext_lazy("a project can go on"),
    "decision_request": gettext_lazy("request for approval"),
    "digest": gettext_lazy("all that waits, in one mail"),
    "invitation": gettext_lazy("invitation"),
    "removal_due": gettext_lazy("a temporary role is to be removed"),
    "login_code": gettext_lazy("code to sign in"),
    "password_reset": gettext_lazy("new password"),
    "questions": gettext_lazy("questions"),
    "questions_answered": gettext_lazy("questions were answered"),
    "receipt": gettext_lazy("receipt of a decision"),
    "reminder": gettext_lazy("reminder"),
    "request_withdrawn": gettext_lazy("a request was withdrawn"),
    "role_given": gettext_lazy("a role was given"),
    "sponsor_matrix_changed": gettext_lazy("who approves has changed"),
    "told": gettext_lazy("what was said or done"),
    "upload_arrived": gettext_lazy("an export has arrived"),
    "upload_asked": gettext_lazy("an export is asked for"),
    "upload_unreadable": gettext_lazy("an export cannot be read"),
    "upload_revoked": gettext_lazy("an export is not asked for any more"),
}
"""What each mail is about, for people who look whether it went out."""


class HistoryOfTenant(TenantFilter):
    path = "tenant_id"


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("history of")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("tenant", _("a tenant")), ("project", _("a project"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(chain_kind=self.value()) if self.value() else queryset


@admin.register(LedgerEntry)
class HistoryAdmin(FollowsTenants):
    """Entries about tenants, for their administrators; about a project only for those who may audit it."""

    list_display = ("when", "who", "deed", "about", "number")
    list_filter = (KindFilter, HistoryOfTenant)
    fields = ("when", "who", "deed", "about", "details", "number", "fingerprint", "fingerprint_before")
    readonly_fields = fields
    ordering = ("-at", "-pk")

    def seen(self, queryset: QuerySet[LedgerEntry], request: HttpRequest) -> QuerySet[LedgerEntry]:
        audited = Project.objects.permitting(person(request), "audit_project").values("pk")
        return queryset.filter(
            Q(chain_kind="tenant", chain_id__in=tenants_of(request).values("pk"))
            | Q(chain_kind="project", chain_id__in=audited)
        )

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, entry: LedgerEntry) -> str:
        return moment(entry.at)

    @admin.display(description=gettext_lazy("number"), ordering="seq")
    def number(self, entry: LedgerEntry) -> int:
        return entry.seq

    @admin.display(description=gettext_lazy("fingerprint"))
    def fingerprint(self, entry: LedgerEntry) -> str:
        return entry.hash

    @admin.display(description=gettext_lazy("fingerprint of the entry before"))
    def fingerprint_before(self, entry: LedgerEntry) -> str:
        return entry.previous_hash

    @admin.display(description=gettext_lazy("who"))
    def who(self, entry: LedgerEntry) -> str:
        return told(entry).who

    @admin.display(description=gettext_lazy("did what"))
    def deed(self, entry: LedgerEntry) -> str:
        return told(entry).deed

    @admin.display(description=gettext_lazy("about"))
    def about(self, entry: LedgerEntry) -> str:
        return told(entry).about

    @admin.display(description=gettext_lazy("details"))
    def details(self, entry: LedgerEntry) -> str:
        return told(entry).details


class MailState(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waiting")), ("sent", _("sent")), ("given-up", _("given up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "waiting":
                return queryset.filter(sent_at=None, given_up_at=None)
            case "sent":
                return queryset.exclude(sent_at=None)
            case "given-up":
                return queryset.exclude(given_up_at=None)
        return queryset


@admin.register(Mail)
class MailAdmin(FollowsTenants):
    """Whether a mail went out. What it says is between the project and the person, and codes are nobody's to read."""

    list_display = ("written", "recipient", "what_about", "state_in_words", "tried", "last_error")
    list_filter = (MailState, TenantFilter)
    list_select_related = ("tenant",)
    search_fields = ("recipient",)
    fields = ("recipient", "what_about", "tenant", "state_in_words", "written", "due_at", "sent_at", "given_up_at",
              "tried", "last_error")  # fmt: skip
    readonly_fields = fields
    ordering = ("-created_at", "pk")

    def seen(self, queryset: QuerySet[Mail], request: HttpRequest) -> QuerySet[Mail]:
        return queryset if person(request).is_superuser else super().seen(queryset, request)

    @admin.display(description=gettext_lazy("written"), ordering="created_at")
    def written(self, mail: Mail) -> str:
        return moment(mail.created_at)

    @admin.display(description=gettext_lazy("about"), ordering="kind")
    def what_about(self, mail: Mail) -> str:
        return str(KINDS.get(mail.kind, mail.kind))

    @admin.display(description=gettext_lazy("times tried"), ordering="attempts")
    def tried(self, mail: Mail) -> int:
        return mail.attempts

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, mail: Mail) -> str:
        return mail.state
