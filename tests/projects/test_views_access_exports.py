"""The page of exports, the run sheet and the files."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from django.urls import reverse

from projects import actions
from projects.models import AccessSettings, Assignment, DeviceGroup, Tier
from projects.tables import TABLES
from tests.projects.powershell import tokens
from tests.remembered import remembered

HOSTILE = "=cmd|'/C calc'!A0 ’$(x)`n\u202e"


@pytest.fixture
def signed_in(client, viewer):
    client.force_login(viewer)
    return client


@pytest.fixture
@remembered
def planned(project, lead):
    def add(table, **values):
        return actions.add_row(project=project, table=TABLES["access", table], values=values, by=lead)

    actions.change_row(
        project=project, table=TABLES["access", "tiers"], key="tier-1", values={"groups": ["SOC-Tier1"]}, by=lead
    )
    settings = {"existing_groups": ["SOC-Tier1"], "has_pim": True}
    actions.change_row(
        project=project, table=TABLES["access", "settings"], key="access-settings", values=settings, by=lead
    )
    add(
        "assignments",
        persona="Security Administrator",
        entra_role="security-administrator",
        assignee="SEC-Admins",
        hours=8,
    )
    add(
        "assignments",
        persona="Endpoint Administrator",
        entra_role="intune-administrator",
        assignee=HOSTILE,
        justification=HOSTILE,
    )
    add(
        "assignments",
        persona="P",
        entra_role="global-administrator",
        assignee="Ravi",
        assignee_kind="person",
        held="active",
    )
    add(
        "device_groups",
        rank=2,
        name="EMEA <b>",
        rule_on="domain",
        rule_how="ends",
        rule_value="emea.example",
        remediation="full",
    )
    add("device_groups", rank=1, name="Servers", rule_on="tag", rule_value="T0", granted_to=["SOC-Tier1"])
    return project


def at(project, name):
    return reverse(f"projects:{name}", args=[project.slug])


def flat(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_what_each_export_does_and_what_it_leaves_out(signed_in, planned):
    text = flat(signed_in.get(at(planned, "access_exports")))
    assert "Creates 2 Entra groups that do not exist yet and gives 2 Entra roles" in text
    assert "Not in the script: Global Administrator: Ravi" in text
    assert "nobody is made Global Administrator for good by a script" in text
    assert "hours per activation or somebody who approves" in text
    assert "Tier 2 Regional security operations team is given to no Entra group yet." in text
    assert "Check the name of “Detection tuning (manage)”" in text
    assert "1 name holds a line break or an invisible mark" in text
    assert "2 device groups" in text
    assert "Create a role definition" in text or "create a role definition" in text


def test_a_new_project_has_its_exports_too(signed_in, project):
    for name in (
        "access_exports",
        "access_run_sheet",
        "access_roles",
        "access_script",
        "access_personas",
        "access_tiers",
    ):
        assert signed_in.get(at(project, name)).status_code == 200
    assert "No Entra group is named in the plan yet." in flat(signed_in.get(at(project, "access_run_sheet")))


def test_the_section_leads_to_the_exports(signed_in, project):
    text = signed_in.get(reverse("projects:section", args=[project.slug, "access"])).content.decode()
    assert at(project, "access_exports") in text
    assert at(project, "present_access") not in text  # a viewer may not


def test_the_roles_are_saved_as_json(signed_in, planned):
    answer = signed_in.get(at(planned, "access_roles"))
    assert answer["Content-Disposition"] == f'attachment; filename="{planned.slug}-roles.json"'
    assert answer["Cache-Control"] == "no-store"
    found = json.loads(answer.content)
    assert len(found["roleDefinitions"]) == 3
    assert [one["groups"] for one in found["roleAssignments"]] == [["SOC-Tier1"]]
    assert found["deviceGroups"]["Tier 1 Local security operations team / IT team"] == {"SOC-Tier1": ["Servers"]}
    assert found["deviceGroupsOfEverybody"] == ["EMEA <b>"]


def test_the_script_is_saved_with_its_mark_and_its_values_are_strings(signed_in, planned):
    answer = signed_in.get(at(planned, "access_script"))
    assert answer.content.startswith(b"\xef\xbb\xbf#Requires")
    assert answer["X-Content-Type-Options"] == "nosniff"
    found = tokens(answer.content.decode())
    assert [t.kind for t in found if t.value == HOSTILE] == ["string"] * 3
    assert not [t for t in found if t.kind != "string" and "calc" in t.text]


@pytest.mark.parametrize(("name", "rows"), [("access_personas", 1 + 5 + 1), ("access_tiers", 1 + 3)])
def test_the_tables_are_saved_without_formulas(signed_in, planned, name, rows):
    answer = signed_in.get(at(planned, name))
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == rows
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]
    if name == "access_personas":
        assert [line[3] for line in lines if line[2] == "Intune Administrator"] == ["'" + HOSTILE]


def test_the_run_sheet_is_in_the_order_of_the_ranks_with_the_default_last(signed_in, planned):
    text = flat(signed_in.get(at(planned, "access_run_sheet")))
    assert text.index("Servers") < text.index("EMEA &lt;b&gt;") < text.index("Ungrouped devices (default)")
    assert "domain ends with emea.example" in text
    assert "nobody: everybody with a role sees it" in text
    assert "security group that roles can be assigned to" in text
    assert text.count("☐") == 3 + 2 + 1


def test_two_thousand_device_groups_are_on_the_run_sheet_in_as_many_queries(
    signed_in, project, django_assert_num_queries
):
    signed_in.get(at(project, "access_run_sheet"))
    for names in (range(1, 2), range(2, 4), range(4, 2_001)):
        DeviceGroup.objects.bulk_create(
            DeviceGroup(project=project, key=f"g-{n}", position=n, rank=n, name=f"Group {n}", rule_value=f"T{n}")
            for n in names
        )
        with django_assert_num_queries(QUERIES):
            answer = signed_in.get(at(project, "access_run_sheet"))
    assert answer.content.decode().count("☐") == 2_001


QUERIES = 8


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_however_long_the_plan_is(signed_in, project, count, django_assert_num_queries):
    for n in range(count):
        Assignment.objects.create(
            project=project, key=f"a-{n}", persona="P", assignee=f"G{n}", entra_role="security-reader", position=n
        )
        Tier.objects.create(
            project=project, key=f"t-{n}", number=4 + n, name="More", permissions=["alerts.manage"], position=9
        )
    signed_in.get(at(project, "access_exports"))
    with django_assert_num_queries(QUERIES):
        signed_in.get(at(project, "access_exports"))


def test_without_privileged_identity_management_the_page_says_what_is_done_by_hand(signed_in, planned):
    AccessSettings.objects.filter(project=planned).update(has_pim=False)
    Assignment.objects.filter(project=planned, assignee="SEC-Admins").update(
        duration="temporary", ends_on=date(2100, 1, 1)
    )
    text = flat(signed_in.get(at(planned, "access_exports")))
    assert "without Privileged Identity Management a role can be neither eligible nor dated" in text


def test_the_exports_are_read_only(signed_in, project):
    for name in (
        "access_exports",
        "access_run_sheet",
        "access_roles",
        "access_script",
        "access_personas",
        "access_tiers",
    ):
        assert signed_in.post(at(project, name)).status_code == 405
