"""Background jobs of this app: thin, ids only, may run twice."""

from __future__ import annotations

from celery import shared_task

from stakeholders import actions
from tenants import wake


@shared_task(name="stakeholders.tell_lapsed")
def tell_lapsed() -> None:
    """Whoever's approval lapsed with its condition is told once."""
    actions.tell_lapsed()


@shared_task(name="stakeholders.tell_those_who_stand_in")
def tell_those_who_stand_in() -> None:
    """Whoever stands in from today gets what waits."""
    actions.tell_those_who_stand_in()


@shared_task(name="stakeholders.chase")
def chase() -> None:
    """Whoever has not answered is reminded on the days that the tenant chose."""
    actions.chase()


@shared_task(name="stakeholders.remind_of_removals")
def remind_of_removals() -> None:
    """Whoever removes a temporary role is reminded before it ends, on the day, and while it is overdue."""
    actions.remind_of_removals()


@shared_task(name=wake.ADDRESS_REFUSED)
def note_refused_addresses() -> None:
    """Woken when a mail server refuses an address; and a sweep."""
    actions.note_refused_addresses()
