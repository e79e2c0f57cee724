from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from readiness.evidence.verify import NotAPack, told, verify
from tenants import signing
from tenants.commands import ScriptCommand


class Command(ScriptCommand):
    help = "Verify an evidence pack, offline. Exit code 0 only if all is well; else it says what is wrong."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the zip file")
        parser.add_argument("--receipt", type=Path, metavar="MAIL", help="a receipt, saved as a file: .eml or text")
        parser.add_argument(
            "--key",
            metavar="FINGERPRINT",
            help="the key that you trust; without it that of the receipt, or of this installation",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"] or ("" if options["receipt"] else signing.fingerprint())
        try:
            receipt = options["receipt"].read_bytes() if options["receipt"] else None
            report = verify(options["file"].read_bytes(), receipt, key)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from None
        except NotAPack as error:
            raise CommandError(str(error)) from None
        (self.stderr if report.problems else self.stdout).write(told(report))
        if report.problems:
            raise SystemExit(1)
