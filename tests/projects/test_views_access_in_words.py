"""The access plan as it is read by somebody who signs it: nothing that was written is left out."""

from __future__ import annotations

from datetime import date

import pytest

from projects.document import rows
from projects.tables import TABLES
from projects.views.access_in_words import as_read, told
from projects.views.shown import shown_table

FULL = rows.Assignment(
    key="a", persona="Engineers", role="Operators", entra_role="intune-administrator", assignee="Ravi Menon",
    assignee_kind="person", held="eligible", duration="temporary", starts_on=date(2026, 1, 2), ends_on=date(2026, 2, 3),
    hours=8, approver="Dana", justification="for the rollout", remover="Priya", removed_on=date(2026, 2, 4),
    removed_by="Sofia", evidence="ticket 7", evidence_hash="ab" * 32, confirmed_on=date(2026, 2, 5), confirmed_by="Olu",
)  # fmt: skip
OF_FULL = (
    "Ravi Menon, a person", "Operators, Entra role Intune Administrator", "for 8 hours at most", "2 Jan", "3 Feb",
    "Dana", "“for the rollout”", "4 Feb", "Sofia", "ticket 7", "abab abab", "5 Feb", "Olu",
)  # fmt: skip
TIER = rows.Tier(
    key="t", number=2, name="Regional", region="EMEA", description="Sorts.", tasks=("sort_alerts",),
    permissions=("odd",), groups=("SOC-2",), escalates_when="a server",
)  # fmt: skip
PARTNER = rows.PartnerAccess(
    key="p", partner="Northwind", entra_roles=("x",), roles="helpdesk", ends_on=date(2026, 3, 4), is_extended=True
)
KEPT = rows.KeptFinding(key="k", finding="f", what="Too much", because="as agreed")


def words(row, role=""):
    found = told(row, role)
    return " ".join([found.title, *found.lines])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (FULL, OF_FULL),
        (TIER, ["Tier 2, EMEA: Regional", "Sorts.", "May: odd.", "Held by: SOC-2.", "Escalates when: a server"]),
        (PARTNER, ["Northwind", "x, helpdesk", "4 Mar", "Extends automatically."]),
        (KEPT, ["Too much", "as agreed"]),
    ],
)
def test_everything_that_was_written_is_told(row, said):
    found = words(row, "Intune Administrator").replace("\xa0", " ")
    assert [each for each in said if each not in found] == []


def test_a_group_is_told_with_its_people_and_in_words_where_nobody_counted_them():
    group = rows.Assignment(key="a", persona="Engineers", assignee="SOC", people=1)
    assert told(group).title == "SOC, a group of 1 person"
    assert told(group.replaced(people=0)).title == "SOC, a group; how many people is not said"


def test_a_role_without_end_and_a_group_granted_to_nobody_are_said_plainly():
    standing = rows.Assignment(key="a", persona="P", assignee="S", held="active", entra_role="global-administrator")
    assert "Entra role Global Administrator. Always on. No end date. No reason is given." in words(
        standing, "Global Administrator"
    )
    group = rows.DeviceGroup(key="d", rank=3, name="APAC")
    assert words(group) == (
        "3. APAC Matches: nothing: no device is in it. Remediation: no automatic remediation. "
        "Granted to nobody: everybody with a role sees it."
    )


def test_what_does_not_apply_says_why_first():
    assert (
        told(rows.Persona(key="p", name="Owner", does_not_apply="reads here")).lines[0] == "Does not apply: reads here"
    )


def shown(name, found, personas=()):
    table = as_read(shown_table(TABLES["access", name], found), personas)
    return [row.row for row in table.rows], [column.name for column in table.columns]


def test_device_groups_are_read_by_rank_and_roles_by_persona():
    groups = [rows.DeviceGroup(key=str(rank), rank=rank, name="x") for rank in (3, 1, 2)]
    assert [row.rank for row in shown("device_groups", groups)[0]] == [1, 2, 3]
    personas = [rows.Persona(key=name.lower(), name=name) for name in ("B", "A")]
    roles = [rows.Assignment(key=name.lower(), persona=name, assignee="x") for name in ("gone", "A", "B", "A")]
    assert [row.persona for row in shown("assignments", roles, personas)[0]] == ["B", "A", "A", "gone"]


def test_a_column_in_which_no_row_says_anything_is_left_out():
    assert shown("personas", [rows.Persona(key="a", name="A", tasks=("x",))])[1] == ["name", "tasks"]
