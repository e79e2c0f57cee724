"""Background jobs of this app: thin, ids only, may run twice."""

from __future__ import annotations

from celery import shared_task

from readiness import actions
from tenants import wake

PROJECTS_A_SWEEP = 200


@shared_task(name=wake.RECOMPUTE)
def recompute(project_id: int) -> None:
    actions.recompute(project_id)


@shared_task(name="readiness.sweep")
def sweep() -> None:
    """What a lost wake-up, a crash, a new day or new rules have left behind."""
    for project_id in actions.behind(limit=PROJECTS_A_SWEEP):
        actions.recompute(project_id)
