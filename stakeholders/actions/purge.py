"""Purge a whole project: for data that may not be kept. Everything else is archived."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from projects.models import Project
from stakeholders.mails import mails_about
from stakeholders.models import Decision, Revision
from tenants import clock, ledger, triggers
from tenants.models import LedgerEntry, Mail, Tenant, User


@transaction.atomic
def purge_project(*, project: Project, by: User, why: str) -> dict[str, Any]:
    """Delete a project with its history, revisions and decisions; its tenant's history keeps a receipt.

    The receipt has the number of entries and the hash of the last one, so that an exported copy can still be proved.
    For superusers alone; raises PermissionDenied for others and ValueError without a reason.
    """
    if not by.is_superuser:
        raise PermissionDenied("Only a superuser may purge.")
    if not why.strip():
        raise ValueError("A purge needs a reason.")
    tenant = Tenant.objects.locked(project.tenant_id)
    project = Project.objects.locked(project.pk)
    receipt = {
        "project": project.name,
        "slug": project.slug,
        "entries": project.ledger_seq,
        "last_hash": project.ledger_head,
        "at": clock.now().isoformat(),
        "why": why,
    }
    requests = [
        f"request-{pk}" for pk in Decision.objects.filter(project_id=project.pk).values_list("request_id", flat=True)
    ]
    Mail.objects.filter(subject_of__in=requests).delete()
    mails_about(Project.objects.filter(pk=project.pk)).delete()
    with triggers.opened(*triggers.INSERT_ONLY):
        for model, rows in (
            (LedgerEntry, {"chain_kind": "project", "chain_id": project.pk}),
            (Decision, {"project_id": project.pk}),
            (Revision, {"project_id": project.pk}),
        ):
            _delete(model._meta.db_table, rows)
    project.delete()
    ledger.append(tenant, tenant_id=tenant.pk, by=by, verb="project purged", what=receipt)
    return receipt


def _delete(table: str, rows: dict[str, Any]) -> None:
    """Delete by hand: the models refuse, and that is right everywhere else. `table` and columns are our own names."""
    where = " AND ".join(f"{column} = %s" for column in rows)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {where}", list(rows.values()))  # noqa: S608  # nosec B608
