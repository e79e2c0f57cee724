"""Background jobs of this app: thin, ids only, may run twice."""

from __future__ import annotations

from celery import shared_task

from readiness import actions
from readiness.models import Paper
from readiness.papers import actions as papers
from tenants import clock, wake

PROJECTS_A_SWEEP = 200
PAPERS_A_SWEEP = 5


@shared_task(name=wake.RECOMPUTE)
def recompute(project_id: int) -> None:
    actions.recompute(project_id)


@shared_task(name="readiness.sweep")
def sweep() -> None:
    """What a lost wake-up, a crash, a new day or new rules have left behind."""
    for project_id in actions.behind(limit=PROJECTS_A_SWEEP):
        actions.recompute(project_id)


@shared_task(name=wake.MAKE_PAPER)
def make_paper(paper_id: int) -> None:
    papers.make_paper(paper_id)


@shared_task(name="readiness.make_waiting")
def make_waiting() -> None:
    """The sweep: papers whose wake-up was lost, or whose worker was ended."""
    papers.give_up()
    waiting = Paper.objects.to_be_made(clock.now()).order_by("created_at").values_list("pk", flat=True)
    for paper_id in list(waiting[:PAPERS_A_SWEEP]):
        papers.make_paper(paper_id)


@shared_task(name="readiness.throw_away_old")
def throw_away_old() -> None:
    papers.throw_away_old()
