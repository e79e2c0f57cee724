"""The page that asks once more who it is, before an approval: by password, or by a mailed code."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from stakeholders.views.decide import RequestPage
from stakeholders.views.landing import decide_url
from tenants import clock, emails

CODE = "step_up_code"


@method_decorator(never_cache, name="dispatch")
class Confirm(RequestPage):
    permission = "view_revision"
    template_name = "stakeholders/confirm.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deed = request.POST.get("deed", "")
        if deed == "mail":
            return self.mail_code()
        limits = {"step_up": "10/5m/key"}
        if not ratelimit.consume(request, app="stakeholders", action="step_up", key=self.user.email, config=limits):
            response: HttpResponse = ratelimit.respond_429(request)
            return response
        is_right = self.is_code() if deed == "code" else self.user.check_password(request.POST.get("password", ""))
        if not is_right:
            told = (
                _("This is not the code from the newest mail. Check it, or ask for another.")
                if deed == "code"
                else _("This is not your password.")
            )
            return self.render_to_response(self.get_context_data(problem=told), status=422)
        request.session.pop(CODE, None)
        method = "code" if deed == "code" else "password"
        record_authentication(request, self.user, method=method, reauthenticated=True)
        messages.success(request, _("Thank you. Nothing is decided yet: press the button once more."))
        return redirect(decide_url(self.asked))

    def mail_code(self) -> HttpResponse:
        """A code by mail, to the person who is signed in; only its hash is kept, in their session."""
        email = self.user.email
        if not ratelimit.consume(self.request, app="allauth.account", action="request_login_code", key=email):
            response: HttpResponse = ratelimit.respond_429(self.request)
            return response
        code = get_adapter().generate_login_code()
        self.request.session[CODE] = {"hash": make_password(_bare(code)), "at": time.time(), "tries": 0}
        emails.queue(
            recipient=email,
            kind="login_code",
            about=f"user-{self.user.pk}",
            slot=f"{clock.now():%Y%m%d%H%M%S%f}",
            language=self.user.language,
            context={"name": self.user.short_name, "code": code, "url": "",
                     "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60},
        )  # fmt: skip
        return redirect(self.request.get_full_path())

    def is_code(self) -> bool:
        held = self.request.session.get(CODE)
        if held is None or time.time() - held["at"] > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT:
            return False
        if held["tries"] >= settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS:
            return False
        self.request.session[CODE] = {**held, "tries": held["tries"] + 1}
        return check_password(_bare(self.request.POST.get("typed", "")), held["hash"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            asked=self.asked,
            has_password=self.user.has_usable_password(),
            is_mailed=CODE in self.request.session,
            **kwargs,
        )


def _bare(code: str) -> str:
    return "".join(code.split())
