"""The first person and the first tenant of a real installation; everything else is made in its pages."""

from __future__ import annotations

from collections.abc import Mapping
from getpass import getpass
from pathlib import Path
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tenants.actions import create_tenant, invite
from tenants.models import Membership, Tenant, User

OF_PERSON = {"email": "--email", "name": "--name"}
OF_TENANT = {"name": "--tenant", "slug": "--tenant-slug"}
"""What this command calls the fields of what it makes."""


class Command(BaseCommand):
    help = "Make the first superuser and the first tenant of a real installation. Asks for what is not given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", help="the address that the superuser signs in with")
        parser.add_argument("--name", help="the superuser's name, as others read it")
        parser.add_argument("--tenant", help="the name of the organisation")
        parser.add_argument("--tenant-slug", default="", help="its short name in addresses (made from the name)")
        parser.add_argument("--password-file", help="a file that holds the password (else it is asked for)")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists():
            raise CommandError("There is a superuser already: sign in as one, and make people and tenants in /admin/.")
        try:
            email = options["email"] or input("Your e-mail address: ")
            name = options["name"] or input("Your name: ")
            tenant_name = options["tenant"] or input("Name of your organisation: ")
            user = User(email=email, name=name)
            user.full_clean(exclude=["password"])
            password = _password(options["password_file"])
            get_adapter().clean_password(password, user)
            with transaction.atomic():
                user = User.objects.create_superuser(email, password, name=name)
                tenant = _tenant(tenant_name.strip(), options["tenant_slug"], by=user)
                invite(tenant=tenant, email=user.email, role=Membership.Role.ADMIN, by=user, is_mailed=False)
        except ValidationError as error:
            raise CommandError(_in_one_line(error, OF_PERSON)) from None
        except EOFError:
            raise CommandError("Nobody is here to ask: give --email, --name, --tenant and --password-file.") from None
        self.stdout.write(f"{user.email} can sign in and is administrator of {tenant.name}.")


def _tenant(name: str, slug: str, *, by: User) -> Tenant:
    try:
        return create_tenant(name=name, slug=slug, by=by)
    except ValidationError as error:
        raise CommandError(_in_one_line(error, OF_TENANT)) from None


def _password(path: str | None) -> str:
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise CommandError(f"--password-file={path} cannot be read: {error.strerror}.") from None
    password = getpass("A password (12 characters or more): ")
    if getpass("The same again: ") != password:
        raise CommandError("The two passwords differ.")
    return password


def _in_one_line(error: ValidationError, options: Mapping[str, str]) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        f"{options.get(field, field)}: {' '.join(messages)}" for field, messages in error.message_dict.items()
    )
