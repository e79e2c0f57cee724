"""Ask for a paper: a worker makes it. Nothing of a project changes, so no history tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from projects.models import Project
from readiness.models import Paper
from tenants import clock
from tenants.models import User
from tenants.wake import MAKE_PAPER, wake


@transaction.atomic
def ask_for_paper(
    *, kind: str, by: User, project: Project | None = None, choices: Mapping[str, Any] | None = None
) -> Paper:
    """Let a worker make a paper. Who asks again for the same while it is made gets that one."""
    chosen = dict(choices or {})
    waiting = Paper.objects.filter(kind=kind, asked_by=by, project=project, choices=chosen, state__in=Paper.UNFINISHED)
    found = waiting.first()
    if found is None:
        found = Paper.objects.create(kind=kind, asked_by=by, project=project, choices=chosen, created_at=clock.now())
        wake(MAKE_PAPER, found.pk)
    return found
