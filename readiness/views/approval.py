"""Send the plan for approval."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.views.base import ProjectPage
from readiness import shown
from readiness.actions import ask_for_approval, present_verdict
from readiness.forms import AskForApproval
from stakeholders.actions import AskedMeanwhile, NobodyToAsk, would_be_asked
from stakeholders.document import Part
from stakeholders.models import Request, Round, Stakeholder
from stakeholders.words import titles
from tenants import clock
from tenants.templatetags.look import moment

USUAL_DAYS = 7


class Ask(ProjectPage):
    permission = "submit_project"
    template_name = "readiness/ask.html"
    tab = "approvals"

    def form(self, data: Any = None) -> AskForApproval:
        verdict = present_verdict(self.project)
        today = clock.today(self.project.tenant.time_zone)
        names = [section["name"] for section in verdict.payload["sections"]]
        unsigned = [s["name"] for s in verdict.payload["sections"] if not s["is_signed"]]
        urgent = [name for name in unsigned if name != "timeline"]  # which the gate of Prepare does without
        rows = Stakeholder.objects.filter(project=self.project, does_not_apply="").exclude(part="SO").exclude(email="")
        asked_before = Request.objects.filter(round__project=self.project).values("stakeholder_key")
        others = rows.filter(key__in=asked_before)  # whoever was not is asked anyway
        return AskForApproval(
            data,
            choices=names,
            others=list(others),
            today=today,
            initial={
                "sections": urgent or unsigned,
                "due_on": today + timedelta(days=USUAL_DAYS),
                "seen": self.newest,
            },
        )

    @cached_property
    def newest(self) -> int:
        """The number of the newest request; 0 if nothing was asked yet."""
        return Round.objects.filter(project=self.project).aggregate(n=Max("number"))["n"] or 0

    def get_template_names(self) -> list[str]:
        """Only who is asked, where the ticks of a page that is open were changed."""
        return ["readiness/ask_who.html" if self.request.method == "GET" and self.request.htmx else self.template_name]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> dict[str, list[str]]:
        """What is ticked on the page: as sent with it, else as the page opens."""
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        if sent or self.request.htmx:  # type: ignore[attr-defined]
            return {name: sent.getlist(name) for name in ("sections", "ask_again")}
        return {"sections": self.form().initial["sections"], "ask_again": []}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verdict = present_verdict(self.project)
        rows = list(Stakeholder.objects.filter(project=self.project, does_not_apply=""))
        kwargs.setdefault("form", self.form())
        wanted, own, sent = would_be_asked(project=self.project, rows=rows, by=self.user, **self.ticked)
        asked = [row for row in rows if row.key in wanted]
        open_ = {each["email"]: date.fromisoformat(each["since"]) for each in verdict.payload["waits"]}
        return super().get_context_data(
            verdict=verdict,
            asked=[
                (
                    row,
                    titles(wanted[row.key]),
                    titles(own.get(row.key, ())),
                    open_.get(row.email) if row.part == Part.SO else None,
                )
                for row in asked
            ],
            not_asked=[(row, self._why_not(row, own, sent)) for row in rows if row.key not in wanted],
            people=len({row.email for row in asked}),
            is_anybody_to_approve=any(row.part == Part.SO for row in asked),
            groups=shown.findings(verdict, self.project, self.can),
            **kwargs,
        )

    def _why_not(
        self, row: Stakeholder, own: Mapping[str, Collection[str]], sent: Mapping[str, Collection[str]]
    ) -> str:
        if not row.email:
            return _("no address yet")
        if row.key in sent:
            return _("you send it, and nobody approves what they asked for. To approve it, let another lead send it")
        if row.key in own:
            return _("they edited %(names)s, and nobody signs their own work") % {"names": titles(own[row.key])}
        if row.part == Part.SO:
            return _("nothing of what is ticked waits for their signature")
        if row.scope and not set(row.scope) & set(self.ticked["sections"]):
            return _("nothing of what is ticked is in their scope")
        return _("was asked before: tick the name below to ask again")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                round_ = ask_for_approval(
                    project=self.project,
                    sections=values["sections"],
                    due_on=values["due_on"],
                    note=values["note"],
                    ask_again=values.get("ask_again", ()),
                    seen=values["seen"],
                    by=self.user,
                )
            except AskedMeanwhile as found:
                return self._asked_meanwhile(found.round)
            except NobodyToAsk:
                form.add_error(
                    None,
                    _(
                        "There is nobody to ask: nobody who approves has an address, or every signature stands already, "
                        "or whoever is left edited it, or sends it now: nobody signs their own work, "
                        "or what they asked for. Name another approver, or let another lead send it."
                    ),
                )
            else:
                people = round_.requests.values("email").distinct().count()
                messages.success(
                    request, ngettext("Sent to %(n)s person.", "Sent to %(n)s people.", people) % {"n": people}
                )
                return redirect("stakeholders:approvals", self.project.slug)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _asked_meanwhile(self, found: Round) -> HttpResponse:
        """The page again, with what was typed: sent from here once more, it is meant."""
        typed = self.request.POST.copy()
        typed["seen"] = str(found.number)
        form = self.form(typed)
        words = {"who": found.opened_by_name, "when": moment(found.opened_at), "n": found.number}
        form.add_error(
            None,
            _(
                "%(who)s sent request %(n)s already, on %(when)s, after this page was opened. "
                "Nothing was sent now. Send again only if they are to get another mail."
            )
            % words,
        )
        return self.render_to_response(self.get_context_data(form=form), status=409)
