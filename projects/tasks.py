"""Background jobs of this app: thin, ids only, may run twice."""

from __future__ import annotations

import logging
from itertools import chain

from celery import shared_task

from projects import access, actions
from projects.models import DeviceImport, Project
from tenants import clock, ledger, wake
from tenants.models import Tenant

logger = logging.getLogger(__name__)

IMPORTS_A_SWEEP = 20


@shared_task(name=wake.READ_IMPORT)
def read_import(import_id: int) -> None:
    actions.read_import(import_id)


@shared_task(name="projects.read_waiting")
def read_waiting() -> None:
    """The sweep: exports whose wake-up was lost, or whose worker was ended."""
    waiting = DeviceImport.objects.to_be_read(clock.now()).order_by("created_at")
    for import_id in list(waiting.values_list("pk", flat=True)[:IMPORTS_A_SWEEP]):
        actions.read_import(import_id)


@shared_task(name="projects.expire_uploads")
def expire_uploads() -> None:
    actions.expire_uploads()


@shared_task(name="projects.refresh_grants")
def refresh_grants() -> None:
    access.refresh_dated_grants()


@shared_task(name="projects.verify_ledgers")
def verify_ledgers() -> None:
    """Every night: every history is recomputed; what is wrong is shown to administrators and logged."""
    for owner in chain(Tenant.objects.iterator(), Project.objects.iterator()):
        for fault in ledger.check(owner):
            logger.error(
                "The history of %s %s is broken at entry %s: %s", owner.chain_kind, owner, fault.seq, fault.what
            )
