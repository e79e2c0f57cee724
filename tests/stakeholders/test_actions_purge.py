"""A purge leaves nothing but its receipt, touches no other chain, and leaves the triggers in place."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from projects.models import Project
from stakeholders import actions
from stakeholders.actions.purge import purge_project
from stakeholders.models import Decision, Revision
from tenants import ledger, triggers
from tenants.models import LedgerEntry, Mail, Tenant


@pytest.fixture
def decided(project, lead, ciso):
    round_ = actions.open_round(project=project, sections=["licences"], due_on=date(2027, 1, 1), briefing={}, by=lead)
    request = round_.requests.select_related("round__project").get()
    digests = Project.objects.get(pk=project.pk).digests
    actions.decide(
        request=request,
        by=ciso,
        answers={"licences": "approve"},
        read={"licences": digests["licences"]},
        authenticated_by="code",
    )
    return Project.objects.get(pk=project.pk)


@pytest.mark.both
def test_a_purge_leaves_a_receipt_with_the_last_hash(decided, superuser, tenant):
    receipt = purge_project(project=decided, by=superuser, why="Created by mistake with real names.")
    assert receipt["last_hash"] == decided.ledger_head
    assert not Project.objects.filter(pk=decided.pk).exists()
    assert not LedgerEntry.objects.filter(chain_kind="project").exists()
    assert not Decision.objects.exists()
    assert not Revision.objects.exists()
    assert not Mail.objects.filter(kind="receipt").exists()
    assert LedgerEntry.objects.of(tenant).latest("seq").verb == "project purged"
    assert ledger.verify(Tenant.objects.get(pk=tenant.pk)) == []
    assert triggers.missing(connection) == set()


@pytest.mark.both
def test_another_project_keeps_its_history(decided, superuser, tenant, lead):
    other = actions.start_project(tenant=tenant, lead=lead, by=lead, name="Another", kind="migration")
    purge_project(project=decided, by=superuser, why="Created by mistake.")
    assert ledger.verify(Project.objects.get(pk=other.pk)) == []


def test_only_a_superuser_may(decided, lead):
    with pytest.raises(PermissionDenied):
        purge_project(project=decided, by=lead, why="I want to.")
