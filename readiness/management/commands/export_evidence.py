from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from projects.models import Project
from readiness.evidence import packing
from tenants import signing
from tenants.commands import ScriptCommand


class Command(ScriptCommand):
    help = (
        "Write the evidence of a project: everything frozen, decided and told, signed, with a program that verifies it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the project, as in its address")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the zip file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.")
        pack = packing.make(project)
        try:
            options["output"].write_bytes(pack.content)
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error.strerror}.") from None
        self.answer(
            {
                "file": str(options["output"]),
                "bytes": len(pack.content),
                "without": pack.left_out,
                "key": signing.fingerprint(),
            }
        )
