"""Device groups: their order, and many of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import transaction

from projects.actions.many import Change, add_rows, change_rows
from projects.actions.projects import editable
from projects.actions.rows import RowGone
from projects.models import DeviceGroup, Project
from projects.rules import ranks
from projects.rules.device_group_list import Pasted
from projects.tables import TABLES
from tenants.models import User

GROUPS = TABLES["access", "device_groups"]


@transaction.atomic
def close_rank_gaps(*, project: Project, by: User | None) -> int:
    """Leave out no rank from 1 on; groups that share one still do. Returns how many have another rank now."""
    project = editable(project)
    return _rank(project, ranks.closed(_ranked(project)), by=by, verb="rank gaps closed")


@transaction.atomic
def settle_tie(*, project: Project, order: Sequence[str], by: User | None) -> int:
    """Put the device groups that share a rank into this order, by key. 0 if they are not those any more."""
    project = editable(project)
    return _rank(project, ranks.settled(_ranked(project), order), by=by, verb="device groups ranked")


@transaction.atomic
def move_device_group(*, project: Project, key: str, up: bool, by: User | None) -> int:
    """Let a device group change places with its neighbour. Raises RowGone."""
    project = editable(project)
    groups = _ranked(project)
    if key not in {group.key for group in groups}:
        raise RowGone(key)
    return _rank(project, ranks.moved(groups, key, up=up), by=by, verb="device groups ranked")


@transaction.atomic
def add_device_groups(*, project: Project, groups: Sequence[Pasted], by: User | None, why: str = "") -> int:
    """Add device groups in one deed; those without a rank come after all others. Raises ValidationError."""
    project = editable(project)
    highest = max((group.rank for group in _ranked(project)), default=0)
    add_rows(project, GROUPS, with_ranks(groups, highest), by=by, verb="device groups added", why=why)
    return len(groups)


def with_ranks(groups: Sequence[Pasted], highest: int) -> list[Mapping[str, Any]]:
    """The values of the rows; whatever has no rank gets the next after the highest of all."""
    found: list[Mapping[str, Any]] = []
    last = max([highest, *(group.rank for group in groups)])
    for group in groups:
        if not group.rank:
            last += 1
        found.append({**group.values, "rank": group.rank or last})
    return found


def _ranked(project: Project) -> list[ranks.Ranked]:
    rows = DeviceGroup.objects.filter(project=project).only("key", "name", "rank", "does_not_apply", "position")
    return cast("list[ranks.Ranked]", list(rows))


def _rank(project: Project, wanted: Mapping[str, int], *, by: User | None, verb: str) -> int:
    changes = [Change(GROUPS, key, {"rank": rank}) for key, rank in wanted.items()]
    change_rows(project, changes, by=by, verb=verb)
    return len(changes)
