"""Start a project: the plan's template and the matrix's."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from projects import actions as plan_actions
from projects import ledger
from projects.models import Project
from stakeholders.actions.matrix import lay_matrix
from stakeholders.tables import SECTION
from tenants.models import Tenant, User


@transaction.atomic
def start_project(*, tenant: Tenant, by: User | None, lead: User, name: str, kind: str, **more: Any) -> Project:
    """Make a project from the standard template, with its five roles without names."""
    project = plan_actions.create_project(tenant=tenant, by=by, lead=lead, name=name, kind=kind, **more)
    lay_matrix(project)
    locked = Project.objects.locked(project.pk)
    ledger.record(locked, by=by, verb="matrix laid", sections=[SECTION])
    return Project.objects.select_related("tenant", "lead").get(pk=project.pk)
