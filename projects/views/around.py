"""What the form of a row must know of the rest of the plan: read where a table asks for it."""

from __future__ import annotations

from typing import Any

from projects import plan
from projects.document.rows import Persona
from projects.forms import Surroundings
from projects.forms.access import OtherGroups
from projects.models import Assignment, DeviceGroup, Project, Tier
from projects.tables import TABLES, Table
from projects.views.causes import causes_of


def surroundings(project: Project, table: Table) -> Surroundings:
    names: tuple[str, ...] = ()
    model = ""
    if table.name == "assignments":
        personas: Any = plan.stored_rows(TABLES["access", "personas"], [project]).get(project.pk, ())
        names = tuple(row.name for row in personas if isinstance(row, Persona) and not row.does_not_apply)
    if table.name == "tiers":
        settings: Any = plan.stored_rows(TABLES["access", "settings"], [project]).get(project.pk, ())
        model = next((row.planned or row.today for row in settings), "")
    causes = causes_of(project) if table.name == "impacts" else []
    groups = other_groups(project) if table.name == "device_groups" else None
    return Surroundings(project.terminology, model or "unified", names, causes, groups)


def other_groups(project: Project) -> OtherGroups:
    """The device groups of a plan, and every Entra group that it names."""
    found = list(DeviceGroup.objects.filter(project=project).values_list("key", "name", "rank"))
    tiers = Tier.objects.filter(project=project).values_list("groups", flat=True)
    assigned = Assignment.objects.filter(project=project, assignee_kind="group").values_list("assignee", flat=True)
    return OtherGroups(
        {key: name for key, name, _rank in found},
        tuple(dict.fromkeys([*(group for groups in tiers for group in groups), *assigned])),
        max((rank for _key, _name, rank in found), default=0) + 1,
    )
