"""A plan of the classic model, turned into one of the unified model as a whole."""

from __future__ import annotations

from django.db import transaction

from projects import plan
from projects.actions.many import Change, change_rows
from projects.actions.projects import editable
from projects.document.sections import Access
from projects.models import Project
from projects.rules.conversion import UNIFIED, Conversion, conversion_of
from projects.tables import TABLES
from tenants.models import User

TIERS, SETTINGS = TABLES["access", "tiers"], TABLES["access", "settings"]


@transaction.atomic
def convert_access(*, project: Project, by: User | None, why: str = "") -> Conversion:
    """Give every tier the unified permissions that replace its classic ones, and plan unified RBAC.

    Returns what was changed: nothing, if nothing is left of the classic model.
    """
    project = editable(project)
    access = plan.read("access", [project])[project.pk]
    assert isinstance(access, Access)
    found = conversion_of(access)
    changes = [Change(TIERS, tier.tier.key, {"permissions": list(tier.after)}) for tier in found.tiers]
    changes += [Change(SETTINGS, row.key, {"planned": UNIFIED}) for row in found.settings]
    if changes:
        change_rows(project, changes, by=by, verb="access converted", why=why)
    return found
