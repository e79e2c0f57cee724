"""What carries out the access plan elsewhere: roles, a script, run sheets and tables, to read here and to save."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import catalog, exports, plan
from projects.document import ProjectFacts
from projects.document.sections import Access
from projects.exports import Script
from projects.rules.labels import permission_name
from projects.views.base import ProjectPage, ProjectView
from projects.views.plan import section_links
from projects.views.spreadsheets import csv_answer, file_answer
from tenants import clock


class OfAccess(ProjectView):
    """Base of what is made out of the access section: of the tables that it `reads`."""

    is_abstract = True
    reads: tuple[str, ...] = ("settings", "assignments", "tiers", "device_groups")
    http_method_names = ["get", "head", "options"]

    @cached_property
    def access(self) -> Access:
        found = plan.part("access", self.project, self.reads)
        assert isinstance(found, Access)
        return found

    @property
    def facts(self) -> ProjectFacts:
        return plan.facts(self.project)

    @property
    def zone(self) -> str:
        return str(self.project.tenant.time_zone)

    def script(self) -> Script:
        return exports.script_of(self.access, self.facts, today=clock.today(self.zone), zone=self.zone)

    def file_name(self, what: str) -> str:
        return f"{self.project.slug}-{what}"


class AccessPage(ProjectPage, OfAccess):
    """Base of the pages beside the access section."""

    is_abstract = True
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            section="access",
            section_title=_("Access"),
            section_url=reverse("projects:section", args=[self.project.slug, "access"]),
            links=section_links(self.project),
            **kwargs,
        )


class AccessExports(AccessPage):
    permission = "view_project"
    template_name = "projects/access/exports.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        script, roles = self.script(), exports.roles_of(self.access)
        named = [*(group.name for group in script.groups), *(row.assignee for row in script.given)]
        planned = next((str(row.planned) for row in self.access.settings), "")
        return super().get_context_data(
            script=script,
            roles=roles,
            inferred=[(permission_name(one.permission), one.action) for one in roles.inferred],
            basis=catalog.bases()[catalog.INFERRED],
            sources=[catalog.source(key) for key in ("graph_role_definitions", "graph_role_assignments")],
            script_sources=[catalog.source(key) for key in ("graph_groups", "graph_eligibility", "graph_active")],
            is_unified=planned == "unified",
            with_settings=[row for row in script.given if row.hours or row.approver],
            hidden=list(dict.fromkeys(name for name in named if exports.hidden_marks(name))),
            device_groups=len([one for one in self.access.device_groups if not one.does_not_apply]),
            **kwargs,
        )


class AccessRunSheet(AccessPage):
    """The groups and device groups, on paper, to be ticked off."""

    permission = "view_project"
    template_name = "projects/access/run_sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            groups=exports.groups_of(self.access),
            steps=exports.steps_of(self.access),
            source=catalog.source("device_groups"),
            groups_source=catalog.source("graph_groups"),
            **kwargs,
        )


class AccessRoles(OfAccess):
    """The tiers as role definitions and assignments, as JSON."""

    permission = "view_project"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        text = exports.roles_as_json(exports.roles_of(self.access), self.facts)
        return file_answer(text, self.file_name("roles.json"), "application/json")


class AccessScript(OfAccess):
    permission = "view_project"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return file_answer(self.script().text, self.file_name("access.ps1"), "text/plain")


class AccessPersonas(OfAccess):
    permission = "view_project"
    reads = ("personas", "assignments")

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        lines = exports.personas_table(self.access, str(self.project.terminology))
        return csv_answer(lines, self.file_name("personas.csv"))


class AccessTiers(OfAccess):
    permission = "view_project"
    reads = ("tiers",)

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return csv_answer(exports.tiers_table(self.access), self.file_name("tiers.csv"))
