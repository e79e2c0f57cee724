"""The yardsticks: a list of 25 rows out of one query, for somebody who is logged in, through the same middleware; and the

least that a decision does, without a question asked: lock, insert, update, a mail into the outbox.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from projects.models import Project
from stakeholders.models import Revision
from tenants import clock
from tenants.models import Mail


@login_required
def bare_list(request: HttpRequest) -> HttpResponse:
    return render(request, "bench/bare.html", {"rows": Project.objects.order_by("pk")[:25]})


@login_required
@require_POST
def bare_insert(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        project = Project.objects.select_for_update().order_by("pk")[0]
        number = project.ledger_seq + 1
        Revision.objects.create(project_id=0, number=number, ledger_seq=number, text="{}", digests={})
        project.ledger_seq = number
        project.save(update_fields=["ledger_seq"])
        mail = {"recipient": "bare@crowd.example", "kind": "receipt", "subject_of": "bare", "slot": str(number)}
        Mail.objects.create(**mail, context={"number": number}, created_at=clock.now(), due_at=clock.now())
    return redirect("bare_list")
