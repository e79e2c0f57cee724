"""Before role-based access is switched on: what it would do to whom, what is missing, and the sheet for the day."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from projects import actions, catalog, plan
from projects.document.sections import Access
from projects.rules.preflight import Preflight, Verdict, model_name, preflight
from projects.rules.writing import same_name
from projects.tables import TABLES
from projects.views.base import ProjectPage
from tenants import clock

LOOKED_AT = ("settings", "assignments", "tiers", "device_groups")
MOST_ON_PAPER = 100
"""Rows of a step on the run sheet; the device groups have a sheet of their own."""

LOOKS = {Verdict.NOTHING: "calm", Verdict.NO_GO: "stop", Verdict.NOT_YET: "warn", Verdict.GO: "good"}


class SwitchPage(ProjectPage):
    """Base of the pages about the switch."""

    is_abstract = True
    tab = "plan"

    @cached_property
    def access(self) -> Access:
        read = {name: plan.stored_rows(TABLES["access", name], [self.project]) for name in LOOKED_AT}
        return plan.built(Access, **{name: rows.get(self.project.pk, ()) for name, rows in read.items()})

    @cached_property
    def found(self) -> Preflight:
        return preflight(self.access, plan.facts(self.project))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found
        return super().get_context_data(
            found=found,
            look=LOOKS[found.verdict],
            model=model_name(found.model),
            may_change="change_project" in self.can,
            today=clock.today(self.project.tenant.time_zone),
            **kwargs,
        )


class Switch(SwitchPage):
    permission = "view_project"
    template_name = "projects/access/switch_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found
        return super().get_context_data(
            facts=[(fact, catalog.source(fact.source)) for fact in found.facts],
            steps=[(step, catalog.source(step.source)) for step in found.steps],
            settings_key=self.access.settings[0].key if self.access.settings else "",
            **kwargs,
        )


class SwitchGroups(SwitchPage):
    """Tick the Entra groups that exist."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Only names of the plan are taken, and only what the person changed: `was` says what was ticked then."""
        ticked = {same_name(name) for name in request.POST.getlist("exists")}
        was = {same_name(name) for name in request.POST.getlist("was")}
        shown = {same_name(name) for name in request.POST.getlist("shown")}
        named = [group.name for group in self.found.groups if same_name(group.name) in shown]
        actions.say_which_groups_exist(
            project=self.project,
            offered={name: same_name(name) in was for name in named},
            exist=[name for name in named if same_name(name) in ticked],
            by=self.user,
        )
        messages.success(request, _("Saved which groups exist."))
        return redirect("projects:switch", slug)


class RunSheet(SwitchPage):
    """For paper: tick boxes, and lines to sign."""

    permission = "view_project"
    template_name = "projects/access/switch_run_sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        steps = [
            {
                "step": step,
                "items": step.items[:MOST_ON_PAPER],
                "more": max(len(step.items) - MOST_ON_PAPER, 0),
                "source": catalog.source(step.source),
            }
            for step in self.found.steps
        ]
        return super().get_context_data(steps=steps, **kwargs)
