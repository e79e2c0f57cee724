"""allauth's forms in the words of the other pages: a label above each field, nothing repeated inside it."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "remember": _("Stay signed in"),
    "oldpassword": _("Old password"),
    "password1": _("New password"),
    "password2": _("New password, again"),
    "code": _("Code"),
}


class InOurWords:
    """Before a form of allauth's: its labels, and no placeholder."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class Login(InOurWords, forms.LoginForm):  # type: ignore[misc]
    pass


class RequestLoginCode(InOurWords, forms.RequestLoginCodeForm):  # type: ignore[misc]
    pass


class ConfirmLoginCode(InOurWords, forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class ResetPassword(InOurWords, forms.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordFromKey(InOurWords, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChangePassword(InOurWords, forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPassword(InOurWords, forms.SetPasswordForm):  # type: ignore[misc]
    pass


class Reauthenticate(InOurWords, forms.ReauthenticateForm):  # type: ignore[misc]
    pass
