"""What is there now: keep the list that was read, in place of an older one; take over into the plan what it lacks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from projects import catalog, ledger, plan
from projects.actions.projects import editable
from projects.actions.rows import add_row
from projects.document.present import Held
from projects.document.sections import Access
from projects.importers.present import Present
from projects.models import PlanRow, PresentAccess, Project
from projects.rules.present_access import is_planned, persona_for
from projects.tables import TABLES
from tenants import clock
from tenants.models import LedgerEntry, User

PRESENT_READ = "present access read"


class SameFile(Exception):
    """This very file was read already; `present` is what is kept of it."""

    def __init__(self, present: PresentAccess) -> None:
        super().__init__(present.file_hash)
        self.present = present


class ListReplaced(Exception):
    """Somebody read another list meanwhile: the row that was meant is not the one that stands in its place."""


class PlannedAlready(Exception):
    """The plan gives this role to this holder."""


@transaction.atomic
def keep_present_access(*, project: Project, read: Present, by: User) -> PresentAccess:
    """Keep a list in place of the one before. The history tells how many rows, and of nobody. Raises SameFile."""
    project = editable(project)
    before = PresentAccess.objects.filter(project=project).first()
    if before is not None and (before.file_hash, before.format) == (read.file_hash, read.format):
        raise SameFile(before)
    rows = [one.as_row() for one in read.rows]
    told = {
        "read_at": clock.now(),
        "read_by": str(by),
        "format": read.format,
        "file_hash": read.file_hash,
        "rows": rows,
    }
    kept, _is_new = PresentAccess.objects.update_or_create(project=project, defaults=told)
    left_out = sum(read.left_out.values()) + read.wrong
    ledger.record(
        project, by=by, verb=PRESENT_READ, format=read.format, rows=len(rows), left_out=left_out,
        why_left_out={**read.left_out, **({"wrong": read.wrong} if read.wrong else {})}, file_hash=read.file_hash,
    )  # fmt: skip
    return kept


def lines_left_out(*, project: Project, present: PresentAccess) -> Mapping[str, int]:
    """Why lines of the list that is kept are not compared -> how many; out of the history, which tells it for good."""
    entries = LedgerEntry.objects.of(project).filter(verb=PRESENT_READ).order_by("-seq")
    told: dict[str, Any] = next((json.loads(body)["what"] for body in entries.values_list("body", flat=True)[:1]), {})
    if told.get("file_hash") != present.file_hash:
        return {}
    found = told.get("why_left_out")
    return found if found is not None else {"some": told["left_out"]} if told.get("left_out") else {}


@transaction.atomic
def forget_present_access(*, project: Project, by: User) -> None:
    """Delete the list: names of people that nothing needs any more."""
    project = editable(project)
    if PresentAccess.objects.filter(project=project).delete()[0]:
        ledger.record(project, by=by, verb="present access forgotten")


@transaction.atomic
def take_over(*, project: Project, place: int, file_hash: str, by: User) -> PlanRow:
    """Write what is held, and is not planned, into the plan. Raises ListReplaced, PlannedAlready, ValidationError."""
    project = editable(project)
    present = PresentAccess.objects.filter(project=project).first()
    if present is None or present.file_hash != file_hash or not 0 <= place < len(present.rows):
        raise ListReplaced
    one = Held.from_row(present.rows[place])
    access = plan.read("access", [project])[project.pk]
    assert isinstance(access, Access)
    if is_planned(access, one, clock.today(project.tenant.time_zone)):
        raise PlannedAlready
    is_entra = one.role in catalog.entra_roles()
    return add_row(
        project=project,
        table=TABLES["access", "assignments"],
        values={
            "persona": persona_for(access, one.role),
            "role": "" if is_entra else one.role,
            "entra_role": one.role if is_entra else "",
            "assignee": one.called,
            "assignee_kind": "person" if one.kind == "person" or "@" in one.called else "group",
            "held": one.held,
            "duration": "temporary" if one.ends_on else "permanent",
            "ends_on": one.ends_on,
            "justification": _("Taken over from what was there on %(day)s")
            % {"day": present.read_at.astimezone(ZoneInfo(project.tenant.time_zone)).date().isoformat()},
        },
        by=by,
        is_held=True,
    )
