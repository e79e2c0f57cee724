"""The mails that a person gets: reminders, or one a day, and on which clock; and the link with which a digest is ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic.base import View

from stakeholders.emails import STOP_DIGEST
from tenants import actions
from tenants.models import User
from tenants.views.base import SiteView, Who


class Mails(SiteView, View):
    """Reminders on the days that matter, or one mail a day."""

    who = Who.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        return render(
            self.request, "stakeholders/mails.html", {"zones": actions.time_zones(), **context}, status=status
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            actions.choose_time_zone(by=self.user, zone=request.POST.get("zone", self.user.time_zone))
        except ValidationError as error:
            return self.page(status=422, wrong=error.messages)
        user = actions.choose_digest(by=self.user, wants=request.POST.get("digest") == "yes")
        words = _("You get one mail a day with whatever waits.") if user.wants_digest else _("You get reminders.")
        messages.success(request, words)
        return redirect("stakeholders:mails")


@method_decorator([csrf_exempt, never_cache], name="dispatch")  # mail programs post without a page before it (RFC 8058)
class StopDigest(SiteView, View):
    """Ends the digest of the address that is signed into the link. Opening it changes nothing."""

    who = Who.PUBLIC

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            address = signing.loads(kwargs["token"], salt=STOP_DIGEST)
        except signing.BadSignature:
            raise Http404 from None
        self.person = get_object_or_404(User, email=address)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "stakeholders/stop_digest.html", {"is_ended": not self.person.wants_digest})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        actions.choose_digest(by=self.person, wants=False)
        return render(request, "stakeholders/stop_digest.html", {"is_ended": True})
