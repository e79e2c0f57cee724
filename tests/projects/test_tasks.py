"""Nightly verification: what is wrong with a history is remembered where administrators see it."""

from __future__ import annotations

import pytest
from django.db import connection

from mdeprep.admin.overview import of_tenants
from projects.models import Project
from projects.tasks import verify_ledgers
from tenants import triggers
from tenants.models import LedgerEntry


def test_an_unbroken_history_is_marked_as_checked(project):
    verify_ledgers()
    project.refresh_from_db()
    assert project.ledger_checked_at is not None
    assert project.ledger_fault == ""


@pytest.mark.both
def test_a_forged_history_is_shown_to_administrators(project, admin, caplog):
    with triggers.opened(*triggers.INSERT_ONLY), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tenants_ledgerentry SET body = REPLACE(body, 'Contoso', 'Fabrikam') "
            "WHERE chain_kind = 'project' AND seq = 1"
        )
    verify_ledgers()
    assert "its text was changed" in Project.objects.get(pk=project.pk).ledger_fault
    assert "its text was changed" in caplog.text
    (overview,) = of_tenants(admin)
    assert any("broken" in said for said, _where in overview.needs)
    assert LedgerEntry.objects.of(project).exists()
