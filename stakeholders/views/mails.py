"""The mails that a person gets: reminders, or one a day, at which hours and on which clock; and the link with which a digest is ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic.base import View

from stakeholders.emails import STOP_DIGEST
from stakeholders.forms import MailsForm
from tenants import actions
from tenants.models import User
from tenants.quiet import Quiet
from tenants.views.base import SiteView, Who


class Mails(SiteView, View):
    """Reminders on the days that matter, or one mail a day; and the hours in which neither comes."""

    who = Who.SIGNED_IN

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "stakeholders/mails.html", {"form": MailsForm(user=self.user)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MailsForm(request.POST, user=self.user)
        if not form.is_valid():
            return render(request, "stakeholders/mails.html", {"form": form}, status=422)
        user = actions.choose_mails(
            by=self.user,
            wants_digest=form.cleaned_data["digest"] == "yes",
            zone=form.cleaned_data["zone"],
            quiet=form.quiet,
        )
        words = _("You get one mail a day with whatever waits.") if user.wants_digest else _("You get reminders.")
        messages.success(request, f"{words} {_hours(user.quiet)}".strip())
        return redirect("stakeholders:mails")


def _hours(quiet: Quiet | None) -> str:
    if quiet is None:
        return ""
    if quiet.starts == quiet.ends:
        return _("They may come at any hour.")
    return _("None from %(starts)s to %(ends)s.") % {
        "starts": f"{quiet.starts:%H:%M}",
        "ends": f"{quiet.ends:%H:%M}",
    }


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
