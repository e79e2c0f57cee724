"""What is there now: read a list of the roles that people hold, compare it with the plan, take over what it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from projects import actions, catalog
from projects.document.present import Held
from projects.document.rows import Assignment
from projects.exports.seed_tables import entra_role_in
from projects.forms import PresentAccessForm
from projects.importers import present as importer
from projects.models import PresentAccess
from projects.rules.labels import value_of
from projects.rules.present_access import ENDS, HELD, Change, Comparison, Planned, compare
from projects.views.access_exports import AccessPage
from projects.views.spreadsheets import csv_answer
from tenants import clock
from tenants.templatetags.look import day

LINES_SHOWN = 200
PROBLEMS_SHOWN = 50


class OfPresent(AccessPage):
    """Base of the pages and deeds on the list of a project."""

    is_abstract = True
    http_method_names = ["get", "head", "post", "options"]
    reads = ("settings", "assignments", "tiers")

    @cached_property
    def present(self) -> PresentAccess | None:
        return PresentAccess.objects.filter(project=self.project).first()

    @cached_property
    def rows(self) -> list[Held]:
        return [Held.from_row(row) for row in self.present.rows] if self.present else []

    def compared(self) -> Comparison | None:
        if self.present is None:
            return None
        return compare(self.access, self.rows, format_key=self.present.format, today=clock.today(self.zone))

    def role(self, key: str) -> str:
        return entra_role_in(key, str(self.project.terminology))

    def again(self) -> HttpResponse:
        return redirect("projects:present_access", self.project.slug)


def held_words(held: str) -> str:
    return value_of(Assignment, "held", held)


def ends_words(ends_on: Any, *, is_told: bool = True) -> str:
    if not is_told:
        return _("the list does not say until when")
    return _("until %(day)s") % {"day": day(ends_on)} if ends_on else _("without end")


def planned_words(one: Planned) -> str:
    return f"{held_words(one.held)}, {ends_words(one.ends_on)}"


def present_words(one: Held) -> str:
    return f"{held_words(one.held)}, {ends_words(one.ends_on, is_told=one.is_end_told)}"


def change_words(one: Change) -> str:
    """What differs, in words: "active, planned is eligible"."""
    said = []
    if HELD in one.what:
        words = {"now": held_words(one.present.held), "planned": held_words(one.planned.held)}
        said.append(_("now %(now)s, planned %(planned)s") % words)
    if ENDS in one.what:
        words = {"now": ends_words(one.present.ends_on), "planned": ends_words(one.planned.ends_on)}
        said.append(_("now %(now)s, planned %(planned)s") % words)
    return "; ".join(said)


class PresentAccessPage(OfPresent):
    permission = "change_project"
    template_name = "projects/access/present.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = None if kwargs.get("is_refused") else self.compared()
        known = catalog.present_formats().get(self.present.format) if self.present else None
        return super().get_context_data(
            **{
                "form": PresentAccessForm(),
                "formats": catalog.present_formats().values(),
                "present": self.present,
                "format": known,
                "found": found,
                "left_out": self._left_out() if found else "",
                "planned_emergency": next((row.break_glass for row in self.access.settings), None),
                **(self._shown(found) if found else {}),
                **kwargs,
            }
        )

    def _shown(self, found: Comparison) -> dict[str, Any]:
        add = [(self.role(one.role), one.holder, planned_words(one)) for one in found.add[:LINES_SHOWN]]
        change = [
            (self.role(one.planned.role), one.planned.holder, change_words(one)) for one in found.change[:LINES_SHOWN]
        ]
        remove = [(place, self.role(one.role), one, present_words(one)) for place, one in found.remove[:LINES_SHOWN]]
        return {
            "add": add,
            "change": change,
            "remove": remove,
            "untold": [(self.role(one.role), one.holder, planned_words(one)) for one in found.untold[:LINES_SHOWN]],
            "emergency": [one.called for one in found.emergency],
            "perhaps": [one.called for one in found.perhaps[:LINES_SHOWN]],
            "unnamed": self._unnamed(found),
            "most": LINES_SHOWN,
            "is_cut": max(len(found.add), len(found.change), len(found.remove), len(found.untold)) > LINES_SHOWN,
        }

    def _left_out(self) -> str:
        assert self.present is not None
        return left_out_words(actions.lines_left_out(project=self.project, present=self.present))

    def _unnamed(self, found: Comparison) -> list[tuple[str, int]]:
        """Role -> how many hold it of whom the list has no name."""
        return [(self.role(role), n) for role, n in Counter(one.role for one in found.unnamed).items()]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = PresentAccessForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.refused(form)
        try:
            read = importer.read(form.cleaned_data["file"], zone=self.zone)
        except importer.NoList as error:
            form.add_error("file", str(error))
            return self.refused(form)
        if read.wrong and not form.cleaned_data["leave_out"]:
            return self.refused(form, read)
        return self.keep(read, form)

    def keep(self, read: importer.Present, form: PresentAccessForm) -> HttpResponse:
        try:
            kept = actions.keep_present_access(project=self.project, read=read, by=self.user)
        except actions.SameFile as same:
            words = {"who": same.present.read_by, "day": day(same.present.read_at)}
            messages.info(self.request, _("%(who)s has read this very file on %(day)s. Nothing changed.") % words)
            return self.again()
        words = {"rows": f"{len(kept.rows):,}", "read": f"{read.read:,}"}
        messages.success(self.request, _("%(read)s lines read, %(rows)s roles kept.") % words)
        return self.again()

    def refused(self, form: PresentAccessForm, read: importer.Present | None = None) -> HttpResponse:
        """What is wrong with the file, alone: the comparison of an older list would seem to be of this one."""
        context: dict[str, Any] = {"form": form, "is_refused": True}
        if read is not None:
            context |= {"read": read, "problems": read.problems[:PROBLEMS_SHOWN]}
            context["more_problems"] = read.wrong - len(context["problems"])
        return self.render_to_response(self.get_context_data(**context), status=422)


def left_out_words(left_out: Mapping[str, int]) -> str:
    """Which lines are not compared, and why."""
    said = {
        "inherited": _("held through a group, whose own line counts: %(n)s"),
        "activated": _("activations of eligible roles: %(n)s"),
        "scoped": _("for a part of the directory only: %(n)s"),
        "nobody": _("roles that nobody holds: %(n)s"),
        "wrong": _("wrong lines: %(n)s"),
        "some": _("lines: %(n)s"),
    }
    told = [said[reason] % {"n": f"{n:,}"} for reason, n in left_out.items()]
    return _("Left out: %(why)s.") % {"why": "; ".join(told)} if told else ""


class PresentAccessTable(OfPresent):
    """The comparison as CSV, complete."""

    permission = "change_project"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.compared()
        if found is None:
            return self.again()
        lines = [[_("what to do"), _("role"), _("held by"), _("planned"), _("now")]]
        lines += [[_("add"), self.role(one.role), one.holder, planned_words(one), ""] for one in found.add]
        lines += [[_("remove"), self.role(o.role), o.called, "", present_words(o)] for _place, o in found.remove]
        lines += [
            [_("change"), self.role(one.planned.role), one.planned.holder, planned_words(one.planned),
             present_words(one.present)]
            for one in found.change
        ]  # fmt: skip
        lines += [
            [_("keep for emergencies"), self.role(one.role), one.called, "", present_words(one)]
            for one in found.emergency
        ]
        lines += [
            [_("perhaps kept for emergencies: look"), self.role(one.role), one.called, "", present_words(one)]
            for one in found.perhaps
        ]
        lines += [
            [_("not matched: the list has only an ID"), self.role(one.role), one.called, "", present_words(one)]
            for one in found.unnamed
        ]
        lines += [
            [_("not told by this list"), self.role(one.role), one.holder, planned_words(one), ""]
            for one in found.untold
        ]
        return csv_answer(lines, self.file_name("present-access.csv"))


class TakeOver(OfPresent):
    """Write one line of what is there into the plan."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = request.POST.get("place", "")
        try:
            row = actions.take_over(
                project=self.project,
                place=int(place) if place.isdecimal() else -1,
                file_hash=request.POST.get("file", ""),
                by=self.user,
            )
        except actions.ListReplaced:
            messages.warning(request, _("Another list was read meanwhile. Nothing was taken over: look again."))
        except actions.PlannedAlready:
            messages.info(request, _("The plan has this role for them already. Nothing changed."))
        except ValidationError as error:
            messages.error(request, _("Not taken over: %(why)s") % {"why": " ".join(error.messages)})
        else:
            words = {"role": self.role(getattr(row, "entra_role", "") or getattr(row, "role", "")),
                     "who": getattr(row, "assignee", ""), "persona": getattr(row, "persona", "")}  # fmt: skip
            told = _("%(role)s of %(who)s is in the plan now, under %(persona)s.")
            messages.success(request, told % words)
        return self.again()


class ForgetPresentAccess(OfPresent):
    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actions.forget_present_access(project=self.project, by=self.user)
        messages.success(request, _("The list is deleted, with all names in it."))
        return self.again()
