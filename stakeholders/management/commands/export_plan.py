from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from projects.models import Project
from projects.plan import digests, section_names
from stakeholders.plan import as_plain, load
from tenants.canonical import text
from tenants.commands import ScriptCommand


class Command(ScriptCommand):
    help = "Print the plan of a project as canonical JSON: schema, project, a key per section, and their digests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the project, as in its address")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.select_related("tenant").filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.")
        body = as_plain(load([project])[project.pk], project)
        self.stdout.write(text({**body, "digests": digests(project, section_names(project))}))
