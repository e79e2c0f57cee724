"""Where the link of a mail leads. Opening it decides nothing and writes nothing, whoever fetches it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic.base import View

from projects.access import permissions_of
from projects.models import Asked, Question, find_asked
from projects.views.answers import page_of
from stakeholders.models import Request, StandIn
from tenants import clock
from tenants.models import User
from tenants.views.base import SiteView, Who

WRONG_CODES = {"wrong_reference": "20/m/ip,100/h/ip"}
"""How many references that do not exist may be tried from one place: whoever guesses them gets tired."""
LOOKS_RIGHT = re.compile(r"[A-Z0-9]+-[A-Z0-9]+")


def decide_url(request: Request) -> str:
    """The page on which a request is read and answered; `request.round.project` is loaded."""
    round_ = request.round
    return reverse("stakeholders:decide", args=[round_.project.slug, round_.number]) + f"?code={request.code}"


def there(found: Request | Asked) -> str:
    """The page behind a reference."""
    return decide_url(found) if isinstance(found, Request) else page_of(found)


def mailboxes(found: Request | Asked) -> list[str]:
    """The addresses to which a code may be sent: whoever answers for the person first, then the person."""
    if not isinstance(found, Request):
        return [found.email]
    project = found.round.project
    stands_in = StandIn.objects.counting().on(clock.today(project.tenant.time_zone)).filter(
        stakeholder__project=project, stakeholder__key=found.stakeholder_key, for_email=found.email
    )  # fmt: skip
    instead = [found.handed_to] if found.handed_to else list(stands_in.values_list("email", flat=True))
    return [*instead, found.email]


def _may_open(found: Request | Asked, user: User) -> bool:
    if isinstance(found, Request):
        return "view_revision" in permissions_of(found.round.project, user)
    is_over = found.closed_at is not None and not isinstance(found, Question)
    return not is_over and "answer_project" in permissions_of(found.project, user)


def _is_own(found: Request, http: HttpRequest) -> bool:
    user = http.user
    return user.is_authenticated and Request.objects.of_person(user).filter(pk=found.pk).exists()


def _is_tired(http: HttpRequest, *, dry_run: bool) -> bool:
    usage = ratelimit.consume(
        http, app="stakeholders", action="wrong_reference", config=WRONG_CODES, limit_get=True, dry_run=dry_run
    )
    return usage is None


@method_decorator(never_cache, name="dispatch")
class RequestView(SiteView, View):
    """Base of the pages behind a reference code."""

    is_abstract = True
    who = Who.PUBLIC

    found: Request | Asked

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if _is_tired(request, dry_run=True):
            return ratelimit.respond_429(request)
        wanted = str(kwargs["code"]).strip().upper()
        rows = Request.objects.select_related("round__project__tenant")
        found: Request | Asked | None = None
        if LOOKS_RIGHT.fullmatch(wanted):
            found = rows.filter(code=wanted).first() or find_asked(wanted)
        if found is None:
            _is_tired(request, dry_run=False)
            return render(request, "stakeholders/no_request.html", {"code": wanted[:20]}, status=HTTPStatus.NOT_FOUND)
        if isinstance(found, Request) and found.link_is_over() and not _is_own(found, request):
            return render(request, "stakeholders/link_over.html", status=HTTPStatus.GONE)
        self.found = found
        return super().dispatch(request, *args, **kwargs)


class Landing(RequestView):
    """To the right person the request; to everybody else not more than where it was sent."""

    who = Who.PUBLIC

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        found, user = self.found, request.user
        if not user.is_authenticated:
            sign_in = f"{reverse('account_login')}?{urlencode({'next': there(found)})}"
            told = {"found": found, "sign_in": sign_in, "mailboxes": mailboxes(found)}
            return render(request, "stakeholders/landing.html", told)
        if user.email != found.email and not Request.objects.of_person(user).filter(pk=found.pk).exists():
            return render(request, "stakeholders/not_yours.html", {"found": found}, status=HTTPStatus.FORBIDDEN)
        if not _may_open(found, user):
            context = {"found": found, "round": getattr(found, "round", None)}
            return render(request, "stakeholders/closed.html", context)
        return redirect(there(found))


class SendCode(RequestView):
    """Mail a one-time code to an address of the request, and to no other; then back to the request."""

    who = Who.PUBLIC
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("stakeholders:landing", self.found.code)
        known, which = mailboxes(self.found), request.POST.get("to", "")
        email = known[int(which)] if which.isdecimal() and int(which) < len(known) else self.found.email
        if not ratelimit.consume(request, app="allauth.account", action="request_login_code", key=email.lower()):
            response: HttpResponse = ratelimit.respond_429(request)
            return response
        user = User.objects.filter(email=email, is_active=True).first()
        LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)
        request.session["address_is_masked"] = True  # the page that asks for the code must not tell it either
        return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': there(self.found)})}")


class Reference(SiteView, View):
    """A reference typed by somebody who would rather not click a link in a mail."""

    who = Who.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("code", "").strip().upper().replace(" ", "").replace("/", "")
        if not code:
            return render(request, "stakeholders/reference.html")
        return redirect("stakeholders:landing", code[:20])
