"""Roles for the interface of unified roles, the run sheet, and the two tables."""

from __future__ import annotations

import json

import pytest

from projects import catalog, exports
from projects.document import ProjectFacts
from projects.document.rows import AccessSettings, Assignment, DeviceGroup, Persona, Tier
from projects.document.sections import Access
from projects.exports.groups import hidden_marks
from projects.exports.run_sheet import rule_in_words
from projects.rules.portal_roles import role_names

FACTS = ProjectFacts(name="Contoso", kind="deployment", plan="P2")
TIER = Tier(
    key="tier-1", number=1, name="Northwind", region="EMEA", description="Sorts alerts",
    permissions=("security_data_basics.read", "alerts.manage", "alerts.manage"), groups=("SOC-Tier1", "SOC-Tier1"),
)  # fmt: skip


def tier(key: str, **values) -> Tier:
    return Tier(**{"key": key, "number": 2, "name": "Two", **values})


# Unified roles ---------------------------------------------------------------------------------------------------------
def test_every_unified_permission_has_a_name_in_microsoft_graph_and_says_how_well_it_is_known():
    actions = catalog.role_actions()
    assert set(actions) == set(catalog.unified_permissions())
    assert len({one.action for one in actions.values()}) == len(actions)
    for one in actions.values():
        assert one.action.startswith("microsoft.xdr/")
        assert one.action.rpartition("/")[2] == one.permission.rpartition(".")[2]
        assert one.basis in catalog.bases()
        assert (one.basis == "documented") == bool(one.source)
        assert not one.source or one.source in catalog.sources()


def test_a_tier_is_a_definition_with_its_permissions_and_an_assignment_to_its_groups():
    found = json.loads(exports.roles_as_json(exports.roles_of(Access(tiers=(TIER,))), FACTS))
    assert found["roleDefinitions"] == [
        {
            "displayName": "Tier 1 Northwind (EMEA)",
            "description": "Sorts alerts",
            "rolePermissions": [
                {
                    "allowedResourceActions": [
                        "microsoft.xdr/secops/securitydata/read",
                        "microsoft.xdr/secops/securitydata/alerts/manage",
                    ]
                }
            ],
        }
    ]
    assert found["roleAssignments"] == [
        {
            "role": "Tier 1 Northwind (EMEA)",
            "groups": ["SOC-Tier1"],
            "request": {
                "displayName": "Tier 1 Northwind (EMEA)",
                "roleDefinitionId": "{id of the role Tier 1 Northwind (EMEA)}",
                "principalIds": ["{id of the group SOC-Tier1}"],
                "directoryScopeIds": ["/"],
                "appScopeIds": ["Mde"],
            },
        }
    ]


def test_device_groups_are_told_beside_the_roles_and_are_no_part_of_them():
    groups = (
        DeviceGroup(key="b", rank=2, name="Clients", granted_to=("soc-tier1",)),
        DeviceGroup(key="a", rank=1, name="Servers", granted_to=("SOC-Tier1", "Others")),
        DeviceGroup(key="c", rank=3, name="Not theirs", granted_to=("Others",)),
        DeviceGroup(key="d", rank=4, name="Open"),
        DeviceGroup(key="e", rank=5, name="No more", granted_to=("SOC-Tier1",), does_not_apply="gone"),
    )
    text = exports.roles_as_json(exports.roles_of(Access(tiers=(TIER,), device_groups=groups)), FACTS)
    found = json.loads(text)
    assert found["deviceGroups"] == {"Tier 1 Northwind (EMEA)": {"SOC-Tier1": ["Servers", "Clients"]}}
    assert found["deviceGroupsOfEverybody"] == ["Open"]
    assert "Servers" not in json.dumps([found["roleDefinitions"], found["roleAssignments"]])


def test_device_groups_of_one_entra_group_are_not_told_of_another_of_the_same_role():
    groups = (
        DeviceGroup(key="a", rank=1, name="EMEA", granted_to=("SOC-EMEA",)),
        DeviceGroup(key="b", rank=2, name="APAC", granted_to=("SOC-APAC",)),
    )
    both = TIER.replaced(groups=("SOC-EMEA", "SOC-APAC"))
    other = TIER.replaced(key="t2", number=2, groups=("SOC-APAC",))
    made = exports.roles_of(Access(tiers=(both, other), device_groups=groups))
    assert made.scoped == {
        "Tier 1 Northwind (EMEA)": {"SOC-EMEA": ("EMEA",), "SOC-APAC": ("APAC",)},
        "Tier 2 Northwind (EMEA)": {"SOC-APAC": ("APAC",)},
    }


def test_a_plan_of_the_classic_model_is_written_as_its_counterparts_and_what_has_none_is_listed():
    classic = tier("t", permissions=("live_response.advanced", "portal_system_settings", "intune_endpoint_security"))
    found = exports.roles_of(Access(tiers=(classic,)))
    assert found.definitions[0]["rolePermissions"][0]["allowedResourceActions"] == [
        "microsoft.xdr/secops/securitydata/liveresponse-advanced/manage",
        "microsoft.xdr/secops/securitydata/filecollection/manage",
    ]
    assert [permission for _role, permission in found.lost] == [
        "Manage portal system settings",
        "Manage endpoint security settings in Microsoft Intune",
    ]


def test_a_name_that_is_inferred_is_to_be_checked():
    found = exports.roles_of(Access(tiers=(tier("t", permissions=("alerts.manage", "detection_tuning.manage")),)))
    assert [one.permission for one in found.inferred] == ["detection_tuning.manage"]


def test_tiers_without_permission_without_group_or_set_aside_are_told_apart():
    found = exports.roles_of(
        Access(
            tiers=(
                tier("a", name="Empty", groups=("G",)),
                tier("b", name="Groupless", permissions=("alerts.manage",)),
                tier("c", name="Aside", permissions=("alerts.manage",), does_not_apply="no"),
            )
        )
    )
    assert found.empty == ("Tier 2 Empty",)
    assert found.without_group == ("Tier 2 Groupless",)
    assert len(found.definitions) == 1
    assert found.assignments == ()


def test_two_tiers_never_share_the_name_of_a_role():
    names = role_names([tier("a"), tier("b"), tier("c", name="TWO"), tier("d", region="APAC")])
    assert names == {"a": "Tier 2 Two", "b": "Tier 2 Two 2", "c": "Tier 2 TWO 3", "d": "Tier 2 Two (APAC)"}


@pytest.mark.parametrize("name", ['a"b', "a\\b", "\u202eevil", "line\nbreak", "</script>", "{id}"])
def test_hostile_names_are_plain_letters_in_the_json_and_come_back_as_they_were(name):
    text = exports.roles_as_json(
        exports.roles_of(Access(tiers=(tier("t", name=name, permissions=("alerts.manage",)),))), FACTS
    )
    assert text.isascii()
    assert json.loads(text)["roleDefinitions"][0]["displayName"] == "Tier 2 " + " ".join(name.split())


# Groups and the run sheet ----------------------------------------------------------------------------------------------
def test_a_group_is_one_however_its_name_is_written_and_knows_what_it_is_for():
    found = exports.groups_of(
        Access(
            settings=(AccessSettings(key="s", existing_groups=("SOC-TIER1",)),),
            assignments=(
                Assignment(key="a", persona="P", entra_role="security-reader", assignee="soc-tier1"),
                Assignment(key="b", persona="P", entra_role="security-reader", assignee="Ana", assignee_kind="person"),
                Assignment(key="c", persona="P", assignee="Gone", does_not_apply="no"),
            ),
            tiers=(TIER,),
            device_groups=(DeviceGroup(key="d", rank=1, name="D", granted_to=(" SOC-Tier1", "Others")),),
        )
    )
    assert [(one.name, one.exists, one.has_entra_role, one.tiers, one.device_groups) for one in found] == [
        ("soc-tier1", True, True, [1, 1], 1),
        ("Others", False, False, [], 1),
    ]
    assert [one.uses for one in found] == [["Tier 1", "Security Reader", "1 device group"], ["1 device group"]]


@pytest.mark.parametrize(
    ("name", "expected"), [("SOC-Tier1", False), ("a\nb", True), ("\u200fx", True), ("x\u202e", True), ("Zoë 🛡", False)]
)
def test_names_that_hide_something_are_found(name, expected):
    assert hidden_marks(name) is expected


def test_device_groups_come_by_rank_with_ties_and_gaps_named():
    found = exports.steps_of(
        Access(
            device_groups=(
                DeviceGroup(key="a", rank=5, name="Late", rule_value="T0", remediation="full"),
                DeviceGroup(key="b", rank=1, name="First"),
                DeviceGroup(key="c", rank=1, name="Also first"),
                DeviceGroup(key="d", rank=2, name="Aside", does_not_apply="no"),
            )
        )
    )
    assert [(one.rank, one.name, one.is_tied, one.is_after_gap) for one in found] == [
        (1, "Also first", True, False),
        (1, "First", True, False),
        (5, "Late", False, True),
    ]
    assert found[2].rule == ("tag is T0",)


def test_a_rule_is_told_in_words_alternatives_with_or_and_things_apart():
    group = DeviceGroup(
        key="a", rank=1, name="EMEA", rule_on="domain", rule_how="ends", rule_value="emea.example",
        more_rules=(("domain", "ends", "apac.example"), ("os", "is", "Windows 11")),
    )  # fmt: skip
    assert rule_in_words(group) == (
        "domain ends with emea.example or ends with apac.example",
        "operating system is Windows 11",
    )
    assert rule_in_words(DeviceGroup(key="a", rank=1, name="Open")) == ()


# The two tables --------------------------------------------------------------------------------------------------------
ROWS = Access(
    personas=(Persona(key="p", name="Endpoint Administrator"), Persona(key="q", name="Owner", does_not_apply="reads")),
    assignments=(
        Assignment(key="a", persona="Endpoint Administrator", entra_role="intune-administrator", assignee="EUC"),
        Assignment(key="b", persona="Somebody else", entra_role="", role="Tier 1", assignee="SOC"),
    ),
    tiers=(TIER, tier("t", does_not_apply="none")),
)


def test_the_table_of_personas_names_entra_roles_as_the_project_does():
    now, then = exports.personas_table(ROWS, "current"), exports.personas_table(ROWS, "seed")
    assert now[0][:4] == ["Personas", "Roles", "Entra role (if necessary)", "Assign to"]
    assert now[1][:4] == ["Endpoint Administrator", "", "Intune Administrator", "EUC"]
    assert then[1][2] == "Intune Service Administrator"
    assert now[2][:2] == ["Owner", "Does not apply: reads"]
    assert now[3][:4] == ["Somebody else", "Tier 1", "", "SOC"]
    assert {len(line) for line in now} == {6}


def test_the_table_of_tiers_has_description_and_permissions():
    lines = exports.tiers_table(ROWS)
    assert lines[1][:5] == [
        "Tier 1",
        "Northwind (EMEA)",
        "Sorts alerts",
        "Security data basics (read)\nAlerts (manage)\nAlerts (manage)",
        "SOC-Tier1\nSOC-Tier1",
    ]
    assert lines[2][2] == "Does not apply: none"
