"""What the commands for scripts share: JSON on stdout, words on stderr, exit code 0 only when all is well."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.models import User
from tenants.models.people import normal_address


class ScriptCommand(BaseCommand):
    """A command whose answer is for another program."""

    requires_migrations_checks = False

    def answer(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1))

    def person(self, address: str) -> User:
        user = User.objects.filter(email=normal_address(address), is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody signs in with the address {address}.")
        return user
