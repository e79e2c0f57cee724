"""What is said before role-based access is switched on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from projects.actions.projects import editable
from projects.actions.rows import add_row, change_row
from projects.models import AccessSettings, PlanRow, Project
from projects.rules.writing import same_name
from projects.tables import TABLES
from tenants.models import User

SETTINGS = TABLES["access", "settings"]


@transaction.atomic
def say_which_groups_exist(
    *, project: Project, offered: Mapping[str, bool], exist: Collection[str], by: User
) -> PlanRow:
    """Tick Entra groups that exist. `offered` are the groups that were shown, each with whether it was ticked then:

    only what the person changed is changed, so that two who tick at once do not undo each other.
    """
    project = editable(project)
    row = AccessSettings.objects.filter(project=project).first()
    ticked = {same_name(name) for name in exist}
    gone = {same_name(name) for name, was in offered.items() if was and same_name(name) not in ticked}
    new = [name for name, was in offered.items() if not was and same_name(name) in ticked]
    kept = [name for name in (row.existing_groups if row else ()) if same_name(name) not in gone]
    known = {same_name(name) for name in kept}
    values = {"existing_groups": [*kept, *(name for name in new if same_name(name) not in known)]}
    if row is None:
        return add_row(project=project, table=SETTINGS, values=values, by=by)
    return change_row(project=project, table=SETTINGS, key=row.key, values=values, by=by)
