"""What is done to every request: too much is refused before it is read; times are shown in the person's own zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from projects.importers import MOST_BYTES, sentence

FORM_AROUND_IT = 2**20


class LargestRequest:
    """Refuses what is larger than any export, by what it says of its size: before one byte of it is kept anywhere.

    Stands before everything that looks into a form; what says no size, Django takes for empty.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = request.META.get("CONTENT_LENGTH", "")
        if size.isdecimal() and int(size) > MOST_BYTES + FORM_AROUND_IT:
            said = sentence("too_large", {"most": MOST_BYTES // 2**20})
            answer = HttpResponse(render_to_string("413.html", {"said": said}), status=413)
            answer["Connection"] = "close"  # the rest is not read either
            return answer
        return self.get_response(request)


class PersonalTimeZone:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/static/", "/healthz")):
            return self.get_response(request)
        zone = getattr(request.user, "time_zone", "")
        if not zone:
            return self.get_response(request)
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)
