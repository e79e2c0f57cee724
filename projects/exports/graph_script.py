"""A PowerShell script that makes groups and gives Entra roles with Microsoft Graph, dated and eligible as planned.

What it does is a file of our own without any value of a plan (graph_script.ps1); the values stand in one place of it,
each as a literal. See docs/decisions/0007-scripts-are-data-and-one-fixed-text.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from projects import catalog
from projects.document import ProjectFacts
from projects.document.rows import Assignment
from projects.document.sections import Access
from projects.exports.groups import Group, groups_of
from projects.exports.powershell import array, literal, record
from projects.rules.labels import title_of
from projects.rules.present_access import GLOBAL_ADMINISTRATOR
from projects.rules.writing import same_name

_DATA = "#DATA#\n"
LONGEST_JUSTIFICATION = 500
BYTE_ORDER_MARK = "\ufeff"
"""Without it the PowerShell of Windows takes the file for one in an older encoding."""


class Script(NamedTuple):
    """`left_out`: titles of rows that the script does not give, and why, in sentences."""

    text: str
    groups: tuple[Group, ...]
    given: tuple[Assignment, ...]
    left_out: tuple[tuple[str, str], ...]


def script_of(access: Access, project: ProjectFacts, *, today: date, zone: str) -> Script:
    """`zone`: the time zone in which the days of the plan begin and end."""
    has_pim = next((row.has_pim for row in access.settings if row.has_pim is not None), None)
    given: list[Assignment] = []
    left_out: list[tuple[str, str]] = []
    seen: set[tuple[object, ...]] = set()
    for row in access.assignments:
        why = _why_not(row, has_pim=has_pim, today=today)
        same = (row.entra_role, same_name(row.assignee), row.held, row.starts_on, row.ends_on)
        if why is None and same in seen:
            why = _("it stands in the plan twice, and is given once")
        seen |= {same} if why is None else set()
        if why:
            left_out.append((title_of(row), why))
        elif why is None:
            given.append(row)
    groups = tuple(group for group in groups_of(access) if not group.exists)
    data = [
        f"$Plan = {literal(project.name)}",
        f"$TenantId = {literal(project.microsoft_tenant)}",
        f"$HasPim = {literal(has_pim is True)}",
        f"$PimIsSaid = {literal(has_pim is not None)}",
        f"$GlobalAdministrator = {literal(catalog.entra_role(GLOBAL_ADMINISTRATOR).template_id)}",
        f"$Groups = {array([_group(one) for one in groups])}",
        f"$Assignments = {array([_assignment(one, today, zone) for one in given])}",
    ]
    text = _fixed().replace(_DATA, "\n".join(data) + "\n", 1)
    return Script(BYTE_ORDER_MARK + text, groups, tuple(given), tuple(left_out))


@cache
def _fixed() -> str:
    return Path(__file__).with_name("graph_script.ps1").read_text(encoding="utf-8")


def _why_not(row: Assignment, *, has_pim: bool | None, today: date) -> str | None:
    """Why the script does not give this; "" where there is nothing to give, None where it does.

    Where nobody said whether Privileged Identity Management is licensed, nothing is given that needs it: what was meant
    to be eligible, or to end, must not become a role that is always on.
    """
    if row.does_not_apply or row.removed_on or not row.entra_role:
        return ""
    if row.entra_role not in catalog.entra_roles():
        return _("no Entra role is called that in the catalogue")
    if not row.assignee.strip():
        return _("nobody is named who gets it")
    if row.ends_on and row.ends_on < today:
        return _("its last day is over")
    if row.entra_role == GLOBAL_ADMINISTRATOR and not row.ends_on:
        return _("nobody is made Global Administrator for good by a script")
    needs_pim = row.held == "eligible" or row.ends_on or row.starts_on
    if has_pim is None and needs_pim:
        return _(
            "the plan does not say whether Privileged Identity Management is licensed, without which a role can be "
            "neither eligible nor dated: say it under “Management model”, then export again"
        )
    if has_pim is False and needs_pim:
        return _(
            "without Privileged Identity Management a role can be neither eligible nor dated: give it by hand on its "
            "day, and remove it as this plan tracks it"
        )
    return None


def _group(group: Group) -> str:
    told = [*(f"tier {number}" for number in dict.fromkeys(group.tiers)), *dict.fromkeys(group.entra_roles)]
    return record(
        {
            "Name": group.name,
            "Nickname": group.nickname,
            "Description": _sentence("Defender for Endpoint", told),
            "RoleAssignable": group.has_entra_role,
        }
    )


def _sentence(first: str, rest: Iterable[str]) -> str:
    told = ", ".join(rest)
    return f"{first}: {told}" if told else first


def _assignment(row: Assignment, today: date, zone: str) -> str:
    role = catalog.entra_role(row.entra_role)
    starts = row.starts_on if row.starts_on and row.starts_on > today else None
    return record(
        {
            "Role": role.name,
            "RoleId": role.template_id,
            "Assignee": row.assignee.strip(),
            "Kind": str(row.assignee_kind),
            "Held": str(row.held),
            "Start": moment(starts, zone) if starts else "",
            "End": moment(row.ends_on + timedelta(days=1), zone) if row.ends_on else "",
            "Justification": (row.justification or row.persona)[:LONGEST_JUSTIFICATION],
        }
    )


def moment(day: date, zone: str) -> str:
    """When a day begins there, in UTC as ISO 8601. A role ends when the day after its last one begins."""
    begins = datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
    return f"{begins:%Y-%m-%dT%H:%M:%SZ}"
