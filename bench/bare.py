"""The yardstick: a list of 25 rows out of one query, for somebody who is logged in, through the same middleware."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from projects.models import Project


@login_required
def bare_list(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/bare.html", {"rows": Project.objects.order_by("pk")[:25]})
