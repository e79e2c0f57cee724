"""How people sign in: nobody signs up by themselves, and every mail goes through the outbox."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from tenants import clock, emails
from tenants.models import User
from tenants.models.people import DEMO_PASSWORD, normal_address

KINDS = {"account/email/login_code": "login_code", "account/email/password_reset_key": "password_reset"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "This address and this password do not belong together. You can have a code mailed instead."
        ),
        "incorrect_code": gettext_lazy("This is not the code from the newest mail. Check it, or ask for another."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy(
            "There were too many tries. Wait five minutes, then try again, or have a new code mailed."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def generate_login_code(self) -> str:
        """Eight digits in two groups, easy to carry over from a mail; typed with or without the space."""
        digits = f"{secrets.randbelow(100_000_000):08d}"
        return f"{digits[:4]} {digits[4:]}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail: always to the public address, whatever host name the request came in by."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "0", "key": "key"})
        return f"{settings.PUBLIC_URL}{path.replace('0-key', key)}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        if password == DEMO_PASSWORD and not settings.DEMO:
            raise ValidationError(gettext("Everybody knows this password. Choose another."))
        checked: str = super().clean_password(password, user)
        return checked

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's mails into the outbox; those about an account that does not exist are not sent."""
        kind = KINDS.get(template_prefix)
        user = User.objects.filter(email=normal_address(email), is_active=True).first()
        if kind is None or user is None:
            return
        emails.queue(
            recipient=user.email,
            kind=kind,
            about=f"user-{user.pk}",
            slot=f"{clock.now():%Y%m%d%H%M%S%f}",
            language=user.language,
            context={
                "name": user.short_name if user.name else "",
                "code": context.get("code", ""),
                "url": context.get("password_reset_url", ""),
                "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            },
        )
