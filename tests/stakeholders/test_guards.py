"""Decisions and revisions are insert only, by model and by trigger, on both databases."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from stakeholders.models import Decision, Revision
from tenants import triggers

pytestmark = pytest.mark.both


@pytest.fixture
def revision(project):
    return Revision.objects.create(project_id=project.pk, number=1, ledger_seq=1, text="{}", digests={})


def test_every_insert_only_table_has_its_triggers(db):
    assert {"stakeholders_decision", "stakeholders_revision", "tenants_ledgerentry"} <= set(triggers.INSERT_ONLY)
    assert triggers.missing(connection) == set()


@pytest.mark.parametrize(
    "statement", ["UPDATE stakeholders_revision SET text = 'x'", "DELETE FROM stakeholders_revision"]
)
def test_the_database_refuses_a_change(revision, statement):
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Revision.objects.get().text == "{}"


def test_the_model_refuses_a_change(revision):
    with pytest.raises(TypeError):
        revision.save()
    with pytest.raises(TypeError):
        revision.delete()


def test_a_deleted_person_leaves_every_decision_readable(lead, project):
    Decision.objects.create(
        project_id=project.pk, tenant_id=project.tenant_id, round_number=1, request_id=1, revision_id=1, stakeholder_key="r",
        role="CISO", part="SO", person_id=lead.pk, name=lead.name, email=lead.email, answers={}, digests={},
        briefing_digest="", authenticated_by="code",
    )  # fmt: skip
    lead.delete()
    assert Decision.objects.get().name == "Lena Fischer"
