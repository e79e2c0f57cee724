"""Show once more that it is you, where the tenant asks for it before an approval: by password, or by a mailed code."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from stakeholders.document import Part
from stakeholders.models import ApprovalPolicy, Request


def is_needed(http: HttpRequest, asked: Request) -> bool:
    """Whether the person must show again who they are, to approve: the tenant says how long ago they may have signed in."""
    if asked.part != Part.SO:
        return False
    minutes = ApprovalPolicy.objects.of(asked.round.project.tenant).step_up_minutes
    user = http.user if http.user.is_authenticated else None
    last = max((record["at"] for record in get_authentication_records(http, user)), default=0)
    return minutes > 0 and time.time() - last > minutes * 60


def ask_first(http: HttpRequest, asked: Request, *, keeps: bool = True) -> HttpResponse:
    """Keep what was typed, and ask."""
    if keeps:
        http.session[_place(asked)] = http.POST.urlencode()
    url = reverse("stakeholders:confirm", args=[asked.round.project.slug, asked.round.number])
    return redirect(f"{url}?code={asked.code}")


def kept(http: HttpRequest, asked: Request) -> QueryDict | None:
    """What was typed before it was asked, if anything."""
    typed = http.session.get(_place(asked))
    return QueryDict(typed) if typed else None


def forget(http: HttpRequest, asked: Request) -> None:
    http.session.pop(_place(asked), None)


def _place(asked: Request) -> str:
    return f"typed-{asked.code}"
