from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError, CommandParser

from projects.models import Project
from stakeholders.actions.purge import purge_project
from tenants.commands import ScriptCommand
from tenants.models import Tenant


class Command(ScriptCommand):
    help = (
        "Delete a project, or every project of a tenant, with history and decisions. For superusers; cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--project", metavar="SLUG")
        what.add_argument("--tenant", metavar="SLUG", help="every project of the tenant")
        parser.add_argument("--by", required=True, metavar="ADDRESS", help="the superuser who does it")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="kept in the receipt")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self.person(options["by"])
        if options["tenant"] and not Tenant.objects.filter(slug=options["tenant"]).exists():
            raise CommandError(f"There is no tenant {options['tenant']}.")
        chosen = {"slug": options["project"]} if options["project"] else {"tenant__slug": options["tenant"]}
        projects = list(Project.objects.filter(**chosen))
        if options["project"] and not projects:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            self.answer([purge_project(project=project, by=by, why=options["reason"]) for project in projects])
        except (PermissionDenied, ValueError) as error:
            raise CommandError(str(error)) from error
