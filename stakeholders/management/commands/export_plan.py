from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from projects.models import Project
from projects.plan import digests, section_names
from stakeholders.document.schema import schema
from stakeholders.plan import as_plain, load
from tenants.canonical import text
from tenants.commands import ScriptCommand


class Command(ScriptCommand):
    help = (
        "Print the plan of a project as canonical JSON: schema, project, a key per section, and their digests; or the "
        "JSON Schema of such a file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("slug", nargs="?", help="the project, as in its address")
        what.add_argument("--schema", action="store_true", help="the JSON Schema (2020-12) of every such file")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(schema(), indent=1))
            return
        project = Project.objects.select_related("tenant").filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.")
        body = as_plain(load([project])[project.pk], project)
        self.stdout.write(text({**body, "digests": digests(project, section_names(project))}))
