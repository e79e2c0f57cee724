"""Which source is of record: chosen per kind of device, and per system where that is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.actions.counts import DEVICES, SOURCES, counted, write_count
from projects.actions.projects import editable
from projects.actions.rows import change_row
from projects.document.rows import DeviceCount as DeviceRow
from projects.models import PlanRow, Project
from projects.rules.imports import CountChange, choosing
from projects.rules.sources import in_order_of_kinds, record_of, sourced
from tenants.models import User


class ReasonNeeded(ValidationError):
    """The count of a source is replaced by a typed one: that needs a reason."""

    def __init__(self, source: str, told: int) -> None:
        said = _("%(source)s says %(count)s. Say why this count is right instead: those who approve will ask.")
        super().__init__({"why": said % {"source": source, "count": f"{told:,}"}})


@transaction.atomic
def choose_sources(*, project: Project, chosen: Mapping[str, str], by: User | None) -> tuple[CountChange, ...]:
    """Make these sources those of record: kind or system -> name of a source, "" takes a choice back.

    What is not named stays as it was chosen. The counts follow at once, each with an entry on the history; nothing that
    another source alone has is dropped. Raises ValueError for a source that the plan does not have.
    """
    project = editable(project)
    environment = counted(project)
    names = {source.name for source in environment.sources}
    if unknown := {name for name in chosen.values() if name} - names:
        raise ValueError(f"No export of {', '.join(sorted(unknown))} was read.")
    now = {what: name for what, name in {**record_of(environment.sources).chosen, **chosen}.items() if name}
    for source in environment.sources:
        mine = in_order_of_kinds(what for what, name in now.items() if name == source.name)
        if mine != source.of_record_for:
            change_row(project=project, table=SOURCES, key=source.key, values={"of_record_for": list(mine)}, by=by)
    changes = choosing(environment, now)
    for change in changes:
        write_count(project, change, by=by, why=change.source)
    return changes


@transaction.atomic
def type_count(
    *,
    project: Project,
    key: str,
    values: Mapping[str, Any],
    by: User | None,
    why: str = "",
    seen: int | None = None,
) -> PlanRow:
    """Change the row of a system by hand. Instead of what its source says, a count needs a reason, kept beside it.

    Raises ReasonNeeded, and what `change_row` raises.
    """
    project = editable(project)
    environment = counted(project)
    row = next((one for one in environment.devices if one.key == key), None)
    told = sourced(environment, row) if row else None
    if told is not None and "count" in values:
        because = "" if values["count"] == told else why.strip() or _as_before(row, values)
        if not because and values["count"] != told:
            raise ReasonNeeded(row.source if row else "", told)
        values = {**values, "typed_because": because}
    return change_row(project=project, table=DEVICES, key=key, values=values, by=by, why=why, seen=seen)


def _as_before(row: DeviceRow | None, values: Mapping[str, Any]) -> str:
    """The reason that stands, where the count is not what is changed."""
    return row.typed_because if row and row.count == values["count"] else ""
