"""Temporary access: every role that ends, to the day on which two people have seen that it is gone."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import actions, plan
from projects.actions.temporary import ASSIGNMENTS
from projects.document.rows import AccessSettings, Assignment, PartnerAccess
from projects.forms import RemovalForm, TakeBackForm
from projects.models import AccessPolicy
from projects.rules import temporary as rules
from projects.rules.calendar import Place, calendar_of
from projects.rules.labels import role_of
from projects.rules.temporary import Bar, Person, State
from projects.rules.told import changes_of, parsed
from projects.tables import TABLES
from projects.views.base import ProjectPage, ProjectView
from tenants import clock
from tenants.canonical import fingerprint_of_file
from tenants.models import LedgerEntry

PARTNERS, SETTINGS = TABLES["access", "partners"], TABLES["access", "settings"]

LOOKS = {
    State.STARTS: ("calm", "date"),
    State.HELD: ("calm", "key"),
    State.ENDS: ("warn", "clock"),
    State.DUE: ("warn", "warn"),
    State.OVERDUE: ("stop", "stop"),
    State.REMOVED: ("wait", "wait"),
    State.CONFIRMED: ("good", "good"),
}
"""State of a role -> how the page shows it, and with which icon."""


class Line(NamedTuple):
    """A dated assignment as the pages show it."""

    row: Assignment
    role: str
    state: State
    words: str
    is_too_long: bool
    last_day: Any
    bar: Bar | None

    @property
    def look(self) -> str:
        return LOOKS[self.state][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.state][1]

    @property
    def is_removed(self) -> bool:
        return self.row.removed_on is not None

    @property
    def barred(self) -> str:
        """Why the reader may not confirm it, in words."""
        return str(rules.WORDS[self.bar]) if self.bar else ""


class TemporaryView(ProjectView):
    """Base of the pages about temporary roles."""

    is_abstract = True

    @cached_property
    def policy(self) -> AccessPolicy:
        return getattr(self.project.tenant, "access_policy", None) or AccessPolicy(tenant=self.project.tenant)

    @cached_property
    def assignments(self) -> list[Assignment]:
        stored = plan.stored_rows(ASSIGNMENTS, [self.project]).get(self.project.pk, ())
        return rules.temporary(row for row in stored if isinstance(row, Assignment))

    def lines(self, rows: list[Assignment]) -> list[Line]:
        today = clock.today(self.project.tenant.time_zone)
        recorders = actions.recorders_of(self.project, rows)
        me = actions.person_of(self.user)
        found = [self._line(row, today, me, recorders.get(row.key, ())) for row in rows]
        return sorted(found, key=lambda line: rules.WORST_FIRST.index(line.state))

    def _line(self, row: Assignment, today: Any, me: Person, recorders: Any) -> Line:
        soon, longest = self.policy.remind_days, self.policy.longest_days
        return Line(
            row=row,
            role=role_of(row),
            state=rules.state_of(row, today, soon=soon),
            words=rules.state_in_words(row, today, soon=soon),
            is_too_long=rules.is_too_long(row, today, longest),
            last_day=rules.last_day_allowed(row, today, longest),
            bar=rules.bar(row, person=me, recorders=recorders),
        )

    def _address_of(self, row: Assignment) -> str:
        return str(settings.PUBLIC_URL) + reverse("projects:removal", args=[self.project.slug, row.key])

    def calendar(self, rows: list[Assignment], name: str) -> HttpResponse:
        place = Place(
            project_id=self.project.pk,
            project=self.project.name,
            address_of=self._address_of,
            host=settings.PUBLIC_HOST.partition(":")[0],
            zone=self.project.tenant.time_zone,
            remind_days=self.policy.remind_days,
        )
        body = calendar_of(rows, place, now=clock.now(), seq=self.project.ledger_seq)
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.ics"'
        answer["Cache-Control"] = "no-store"
        return answer


class Temporary(TemporaryView, ProjectPage):
    permission = "view_project"
    template_name = "projects/access/temporary_page.html"
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.lines(self.assignments)
        return super().get_context_data(
            lines=lines,
            still_open=sum(line.state in rules.OPEN for line in lines),
            partners=self._partners(),
            has_pim=self._has_pim(),
            policy=self.policy,
            may_change="change_project" in self.can,
            **kwargs,
        )

    def _partners(self) -> list[tuple[PartnerAccess, str]]:
        today = clock.today(self.project.tenant.time_zone)
        stored = plan.stored_rows(PARTNERS, [self.project]).get(self.project.pk, ())
        return [
            (row, rules.partner_in_words(row, today))
            for row in stored
            if isinstance(row, PartnerAccess) and row.ends_on and not row.does_not_apply
        ]

    def _has_pim(self) -> bool | None:
        stored = plan.stored_rows(SETTINGS, [self.project]).get(self.project.pk, ())
        return next((row.has_pim for row in stored if isinstance(row, AccessSettings)), None)


class Calendar(TemporaryView):
    """All of them, for a calendar."""

    permission = "view_project"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self.calendar(self.assignments, f"{slug}-temporary-access")


class OneRole(TemporaryView):
    """Base of what is about one temporary role."""

    is_abstract = True

    @cached_property
    def assignment(self) -> Assignment:
        found = next((row for row in self.assignments if row.key == self.kwargs["key"]), None)
        if found is None:
            raise Http404(_("This role has no end, or is not in the plan any more."))
        return found


class RemovalCalendar(OneRole):
    """One role, for a calendar."""

    permission = "view_project"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, slug: str, key: str) -> HttpResponse:
        return self.calendar([self.assignment], f"{slug}-{key}")


class Removal(OneRole, ProjectPage):
    """One role: where it stands, and the deed that comes next."""

    permission = "view_project"
    template_name = "projects/access/removal.html"
    tab = "plan"

    @cached_property
    def seen(self) -> int:
        return actions.find(ASSIGNMENTS, self.project, self.assignment.key).changed_seq

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.assignment
        today = clock.today(self.project.tenant.time_zone)
        start = {"on": today, "removed_by": row.remover or self.user.name, "seen": self.seen}
        kwargs.setdefault("form", RemovalForm(initial=start, today=today))
        kwargs.setdefault("take_back", TakeBackForm(initial={"seen": self.seen}))
        return super().get_context_data(
            line=self.lines([row])[0],
            seen=self.seen,
            may_change="change_project" in self.can,
            **kwargs,
        )


class RemovalDeed(Removal):
    """Base of the deeds on one role: done, or the same page with what was typed and what is wrong."""

    is_abstract = True
    said = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("projects:removal", self.project.slug, self.kwargs["key"])

    def do(self, deed: Callable[[], Any], **again: Any) -> HttpResponse:
        """Run the action. What it refuses is said on the page: at the field, or above."""
        try:
            deed()
        except actions.MayNotConfirm as refusal:
            return self.again(str(refusal), status=403, **again)
        except actions.RowMoved as moved:
            return self.again(_moved_words(moved.entries), status=409, **again)
        except (actions.AlreadyRemoved, actions.NotRemoved):
            return self.again(_("Somebody else did that, or took it back, in the meantime."), status=409, **again)
        except (actions.RowGone, actions.NotTemporary):
            raise Http404(_("This role has no end, or is not in the plan any more.")) from None
        except ValidationError as error:
            form: forms.Form = again["form"] if "form" in again else again["take_back"]
            for name, words in error.message_dict.items():
                form.add_error(name if name in form.fields else None, words)
            return self.again("", status=422, **again)
        messages.success(self.request, self.said)
        return redirect("projects:temporary", self.project.slug)

    def again(self, wrong: str, *, status: int, **context: Any) -> HttpResponse:
        self.__dict__.pop("assignments", None)  # as it is now, not as it was before the deed
        self.__dict__.pop("assignment", None)
        self.__dict__.pop("seen", None)
        return self.render_to_response(self.get_context_data(wrong=wrong, **context), status=status)


def _moved_words(entries: list[LedgerEntry]) -> str:
    """Who changed what since the page was opened."""
    told = [parsed(entry.body) for entry in entries]
    if not told:
        return _("The page was not the newest. Look again, and repeat it.")
    last = told[-1]
    who = (last["actor"] or {}).get("name") or "mdeprep"
    fields = ", ".join(change.label for change in changes_of(Assignment, last["what"]))
    return _("%(who)s changed it in the meantime (%(fields)s). Look again, and repeat it.") % {
        "who": who,
        "fields": fields,
    }


class RecordRemoval(RemovalDeed):
    permission = "change_project"

    def post(self, request: HttpRequest, slug: str, key: str) -> HttpResponse:
        self.said = _("Recorded. Somebody else who may change the plan confirms it now.")
        form = RemovalForm(request.POST, request.FILES, today=clock.today(self.project.tenant.time_zone))
        if not form.is_valid():
            return self.again("", status=422, form=form)
        told, file = form.cleaned_data, form.cleaned_data["file"]
        return self.do(
            lambda: actions.record_removal(
                project=self.project,
                key=self.assignment.key,
                on=told["on"],
                removed_by=told["removed_by"],
                evidence=told["evidence"],
                file_name=file.name if file else "",
                file_hash=fingerprint_of_file(file) if file else "",
                seen=told["seen"],
                by=self.user,
            ),
            form=form,
        )


class ConfirmRemoval(RemovalDeed):
    permission = "change_project"

    def post(self, request: HttpRequest, slug: str, key: str) -> HttpResponse:
        self.said = _("Confirmed: two people have seen that it is gone.")
        seen = request.POST.get("seen", "")
        return self.do(
            lambda: actions.confirm_removal(
                project=self.project,
                key=self.assignment.key,
                seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0,
                by=self.user,
            )
        )


class TakeBackRemoval(RemovalDeed):
    permission = "change_project"

    def post(self, request: HttpRequest, slug: str, key: str) -> HttpResponse:
        self.said = _("Taken back: the role is held as before.")
        form = TakeBackForm(request.POST)
        if not form.is_valid():
            return self.again("", status=422, take_back=form)
        return self.do(
            lambda: actions.take_back_removal(
                project=self.project,
                key=self.assignment.key,
                why=form.cleaned_data["why"],
                seen=form.cleaned_data["seen"],
                by=self.user,
            ),
            take_back=form,
        )
