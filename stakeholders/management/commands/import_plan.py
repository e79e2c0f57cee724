from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from projects.access import permissions_of
from projects.actions import Archived
from projects.models import Project
from stakeholders.actions import NotAPlan, import_plan, read_document
from tenants.commands import ScriptCommand
from tenants.models import Membership, Tenant

OPTIONS = {"why": "--reason", "slug": "--slug", "name": "project.name"}
"""What this command, and the file, call the fields of its action."""


class Command(ScriptCommand):
    help = "Make a project from an exported plan, or replace the plan of the project that --slug names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what export_plan printed")
        parser.add_argument("--tenant", required=True, metavar="SLUG", help="the tenant, by its short name")
        parser.add_argument(
            "--by", required=True, metavar="ADDRESS", help="who imports it: their name goes on the history"
        )
        parser.add_argument("--slug", default="", help="an existing project is replaced; another slug makes a new one")
        parser.add_argument("--reason", default="", metavar="TEXT", help="wanted when it changes who approves")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']}.")
        by = self.person(options["by"])
        project = (
            Project.objects.select_related("tenant").filter(slug=options["slug"]).first() if options["slug"] else None
        )
        if project is not None and project.tenant_id != tenant.pk:
            raise CommandError(f"The project {project.slug} does not belong to {tenant.slug}.")
        if project is not None and not permissions_of(project, by) >= {"change_project", "manage_stakeholders"}:
            raise CommandError(f"{by.email} may not change the plan and the stakeholders of {project.slug}.")
        if project is None and not Membership.objects.current().filter(tenant=tenant, user=by).exists():
            raise CommandError(f"{by.email} does not belong to {tenant.slug}.")
        try:
            body = json.loads(options["file"].read_text(encoding="utf-8"))
            document = read_document(body if isinstance(body, dict) else {})
            done = import_plan(
                document=document, tenant=tenant, by=by, project=project, slug=options["slug"], why=options["reason"]
            )
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        except Archived as error:
            raise CommandError(f"{options['slug']} is archived: restore it first.") from error
        except NotAPlan as error:
            raise CommandError("\n".join(map(str, error.problems))) from error
        except ValidationError as error:
            raise CommandError(
                "; ".join(f"{OPTIONS.get(field, field)}: {' '.join(m)}" for field, m in error.message_dict.items())
            ) from error
        self.answer({"project": done.slug, "digests": done.digests})
