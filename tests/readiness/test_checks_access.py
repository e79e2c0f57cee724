"""What the analysis of an access plan finds: a row per case, judged on the values alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import catalog
from projects.document import ProjectFacts, rows
from projects.document.sections import Access, Environment
from projects.plan import frozen
from projects.rules.template import standard_rows
from readiness.rules.checks import access, access_roles, access_tiers, device_groups
from readiness.rules.findings import CHECKS, Finding, Result, Subject, run
from stakeholders.document import Document, StakeholderRow, Stakeholders

TODAY = date(2026, 11, 22)
ANALYSIS = [check for check in CHECKS if check.section == "access" and check.name != "access_is_approved"]


def subject(*, so: tuple[str, ...] = (), cdoc: Any = (), created: date | None = None, **tables: Any) -> Subject:
    """A plan with these rows of the access section alone, each given by its fields."""
    kinds = Access.tables()
    made = {
        name: tuple(
            kinds[name](
                **{"key": f"{name.replace('_', '-')}-{n}", **{field: frozen(one) for field, one in values.items()}}
            )
            for n, values in enumerate(found, start=1)
        )
        for name, found in tables.items()
    }
    document = Document(
        project=ProjectFacts(name="Contoso", kind="deployment", plan="P2", tenant_created_on=created),
        access=Access(**made),
        environment=Environment(cdoc=tuple(rows.CdocTeam(key=f"c{n}", **each) for n, each in enumerate(cdoc, start=1))),
        stakeholders=Stakeholders(
            rows=tuple(StakeholderRow(key=f"so-{len(name)}", role="SO", part="SO", name=name) for name in so)
        ),
    )
    return Subject(document=document, standing=None, today=TODAY, owners={}, lead="Lena")  # type: ignore[arg-type]


READING = {"number": 1, "name": "T", "groups": ["SOC"], "permissions": ["security_data_basics.read"]}
GLASS = {"persona": "Analyst", "entra_role": "global-administrator", "assignee": "Ana", "assignee_kind": "person",
         "held": "active"}  # fmt: skip


def found(look: Any, **plan: Any) -> list[Result]:
    result = look(subject(**plan))
    return [result] if isinstance(result, Result) else list(result)


def said(look: Any, **plan: Any) -> list[str]:
    """The outcomes: the title of what fails, else "pass" or "does_not_apply"."""
    return [each.title if str(each.outcome) == "fail" else str(each.outcome) for each in found(look, **plan)]


def role(persona: str = "Analyst", entra_role: str = "", **more: Any) -> dict[str, Any]:
    return {"persona": persona, "entra_role": entra_role, "assignee": "SOC", **more}


def persona(*tasks: str, name: str = "Analyst") -> dict[str, Any]:
    return {"name": name, "tasks": tasks}


UNIFIED, CLASSIC, BASIC = ({"planned": model} for model in ("unified", "classic", "basic"))
STANDING = {"held": "active", "duration": "permanent"}


@pytest.mark.parametrize(
    ("plan", "says", "remedy"),
    [
        pytest.param({"assignments": [role(entra_role="global-administrator")]}, ["pass"], None, id="eligible"),
        pytest.param(
            {"assignments": [role(entra_role="global-administrator", **STANDING)],
             "personas": [persona("switch_access")]},
            ["A Global Administrator has no end date"], {"entra_role": "security-administrator", "held": "eligible"},
            id="a lesser one does",
        ),
        pytest.param(
            {"assignments": [role(entra_role="global-administrator", **STANDING)]},
            ["A Global Administrator has no end date"], None, id="nobody said what they need to do",
        ),
        pytest.param(
            {"assignments": [role(entra_role="global-administrator", **STANDING)],
             "personas": [persona("make_groups", "assign_licences")]},
            ["A Global Administrator has no end date"], None, id="two lesser ones: not mechanical",
        ),
        pytest.param(
            {"assignments": [role(entra_role="global-administrator", **STANDING, removed_on=TODAY)]}, ["pass"], None,
            id="removed",
        ),
        pytest.param(
            {"assignments": [role(entra_role="global-administrator", **STANDING, does_not_apply="No")]}, ["pass"], None,
            id="does not apply",
        ),
    ],
)  # fmt: skip
def test_standing_global_administrators(plan, says, remedy):
    results = found(access_roles.nobody_is_global_administrator_for_good, settings=[UNIFIED], **plan)
    assert [r.title if str(r.outcome) == "fail" else "pass" for r in results] == says
    assert (results[0].remedy.values if results[0].remedy else None) == remedy


@pytest.mark.parametrize(
    ("has_pim", "remedy"), [(None, {"held": "eligible"}), (True, {"held": "eligible"}), (False, None)]
)
def test_a_standing_privileged_role_is_made_eligible_where_that_is_licensed(has_pim, remedy):
    [one] = found(
        access_roles.privileged_roles_are_not_standing,
        settings=[{**UNIFIED, "has_pim": has_pim}], assignments=[role(entra_role="intune-administrator", **STANDING)],
    )  # fmt: skip
    assert one.title == "Intune Administrator of SOC is always on, without an end"
    assert (one.remedy.values if one.remedy else None) == remedy


@pytest.mark.parametrize(
    ("model", "tasks", "held", "says"),
    [
        pytest.param(UNIFIED, ["endpoint_policies"], "intune-administrator", "pass", id="the least itself"),
        pytest.param(UNIFIED, ["endpoint_policies"], "security-administrator",
                     "Security Administrator of SOC is more than their work needs", id="another one does"),
        pytest.param(UNIFIED, ["read_alerts"], "security-reader",
                     "Security Reader of SOC is more than their work needs", id="a role of the portal does"),
        pytest.param(BASIC, ["read_alerts"], "security-reader", "pass", id="nothing less in the basic model"),
        pytest.param(UNIFIED, ["connect_siem"], "application-administrator", "pass", id="one of two that are equal"),
        pytest.param(UNIFIED, ["connect_siem"], "cloud-application-administrator", "pass", id="the other of the two"),
        pytest.param(UNIFIED, [], "global-administrator", "does_not_apply", id="nobody said what they do"),
        pytest.param(UNIFIED, ["make_groups", "assign_licences"], "user-administrator",
                     "User Administrator of SOC is more than their work needs", id="two lesser ones do"),
    ],
)  # fmt: skip
def test_a_role_is_the_least_that_its_work_needs(model, tasks, held, says):
    plan = {"settings": [model], "personas": [persona(*tasks)], "assignments": [role(entra_role=held)]}
    assert said(access_roles.roles_are_the_least, **plan) == [says]


def test_what_is_too_much_is_told_with_the_least():
    [one] = found(
        access_roles.roles_are_the_least, settings=[UNIFIED], personas=[persona("endpoint_policies")],
        assignments=[role(entra_role="global-administrator")],
    )  # fmt: skip
    assert one.why.startswith("The work of Analyst takes Intune Administrator. Too much: Give and remove Entra roles")
    assert one.remedy is not None
    assert (one.remedy.label, one.remedy.values) == (
        "Replace by Intune Administrator", {"entra_role": "intune-administrator"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("look", "plan", "says"),
    [
        (access_roles.roles_give_a_right, {"assignments": [role(entra_role="compliance-administrator")]},
         ["Compliance Administrator of SOC gives no right in Defender for Endpoint"]),
        (access_roles.roles_give_a_right, {"assignments": [role(entra_role="license-administrator")]}, ["pass"]),
        (access_roles.entra_roles_are_known, {"assignments": [role(entra_role="security-operater")]},
         ["“security-operater” is no Entra role that mdeprep knows"]),
        (access_roles.entra_roles_are_known, {"assignments": [role(role="Tier 1")]}, ["pass"]),
        (access_roles.roles_have_a_reason, {"assignments": [role(entra_role="security-operator")]},
         ["Nobody said why SOC needs Security Operator"]),
        (access_roles.roles_have_a_reason, {"assignments": [role(role="Tier 1")]}, ["pass"]),
        (access_roles.grants_are_not_doubled, {"assignments": [role(role="Tier 1"), role(role="tier 1", assignee="soc")]},
         ["soc is granted tier 1 twice"]),
        (access_roles.grants_are_not_doubled, {"tiers": [{"number": 3, "name": "T", "permissions": ["a", "b", "a"]}]},
         ["Tier 3 is granted the same permission twice"]),
        (access_roles.grants_are_not_doubled, {"assignments": [role(role="Tier 1"), role(role="Tier 2")]}, ["pass"]),
        (access_roles.grants_are_not_doubled,
         {"settings": [UNIFIED], "tiers": [READING], "assignments": [role(entra_role="security-reader", assignee="soc",
                                                                          held="active")]},
         ["soc has all that Tier 1 gives by Security Reader anyway"]),
        (access_roles.grants_are_not_doubled,
         {"settings": [UNIFIED], "tiers": [READING], "assignments": [role(entra_role="security-reader")]}, ["pass"]),
        (access_roles.grants_are_not_doubled,
         {"settings": [UNIFIED], "tiers": [{**READING, "permissions": ["alerts.manage"]}],
          "assignments": [role(entra_role="security-reader", held="active")]}, ["pass"]),
        (access_roles.grants_are_not_doubled,
         {"settings": [CLASSIC], "tiers": [{**READING, "permissions": ["view_data.secops"]}],
          "assignments": [role(entra_role="security-reader", held="active")]}, ["pass"]),
        (access_roles.nobody_is_global_administrator_for_good,
         {"settings": [{"break_glass": 1}], "assignments": [{**GLASS, "assignee": f"Break-Glass {n}"} for n in (1, 2)]},
         ["A Global Administrator has no end date"]),
        (access_roles.nobody_is_global_administrator_for_good,
         {"settings": [{"break_glass": 2}], "assignments": [{**GLASS, "assignee": f"Break-Glass {n}"} for n in (1, 2)]},
         ["pass"]),
        (access_roles.nobody_is_global_administrator_for_good,
         {"settings": [{"break_glass": 2}], "assignments": [GLASS]}, ["A Global Administrator has no end date"]),
        (access.there_are_few_global_administrators,
         {"settings": [{"global_administrators": 2}],
          "assignments": [role(entra_role="global-administrator", people=4), role(entra_role="global-administrator",
                                                                                  people=2)]},
         ["6 Global Administrators are too many"]),
        (access_roles.duties_are_apart, {"assignments": [role(assignee="Ana Ruiz (Contoso)", approver="ana ruiz")]},
         ["Ana Ruiz (Contoso) has duties that should be apart"]),
        (access_roles.duties_are_apart,
         {"so": ("Dana",), "assignments": [role(assignee="Danae Ito", entra_role="security-reader")]}, ["pass"]),
        (access_roles.readers_see_devices,
         {"settings": [BASIC], "personas": [persona("read_alerts")], "assignments": [role(entra_role="security-reader")]},
         ["SOC will not see devices"]),
        (access_roles.readers_see_devices,
         {"settings": [UNIFIED], "personas": [persona("read_alerts")],
          "assignments": [role(entra_role="security-reader")]}, ["does_not_apply"]),
        (access_roles.duties_are_apart, {"assignments": [role(approver="soc")]}, ["SOC has duties that should be apart"]),
        (access_roles.duties_are_apart, {"assignments": [role(remover="SOC")]}, ["SOC has duties that should be apart"]),
        (access_roles.duties_are_apart,
         {"so": ("Dana Reyes",), "assignments": [role(assignee="Dana Reyes (Contoso)", entra_role="security-reader")]},
         ["Dana Reyes (Contoso) has duties that should be apart"]),
        (access_roles.duties_are_apart,
         {"so": ("Dana Reyes", "Marcus Webb"), "assignments": [role(assignee="Dana Reyes")]}, ["pass"]),
        (access.somebody_can_assign_roles, {"settings": [{"global_administrators": 0}]}, ["Nobody can assign Entra roles"]),
        (access.somebody_can_assign_roles, {"settings": [{"global_administrators": 2}]}, ["pass"]),
        (access.somebody_can_assign_roles, {"assignments": [role(entra_role="privileged-role-administrator")]}, ["pass"]),
        (access.there_are_break_glass_accounts, {"settings": [{"break_glass": 1}]},
         ["There are fewer than two break-glass accounts"]),
        (access.there_are_few_global_administrators, {"settings": [{"global_administrators": 6}]},
         ["6 Global Administrators are too many"]),
        (access.there_are_few_global_administrators, {"settings": [{"global_administrators": 5}]}, ["pass"]),
        (access.management_model_is_to_be_had, {"settings": [CLASSIC], "created": date(2025, 2, 16)},
         ["The planned management model is not to be had"]),
        (access.management_model_is_to_be_had, {"settings": [CLASSIC], "created": date(2025, 2, 15)}, ["pass"]),
        (access.personas_are_assigned, {"personas": [persona()]}, ["Nobody is assigned: Analyst"]),
        (access.partner_access_ends, {"partners": [{"partner": "MSP", "ends_on": date(2027, 1, 1)}]}, ["pass"]),
        (access.partner_access_ends, {"partners": [{"partner": "MSP", "entra_roles": ["global-administrator"],
                                                    "ends_on": date(2027, 1, 1)}]},
         ["Access of MSP goes further than it should"]),
        (access.partner_access_ends, {"partners": [{"partner": "MSP"}]}, ["Access of MSP goes further than it should"]),
        (access.partner_access_ends, {"partners": [{"partner": "MSP", "ends_on": date(2029, 1, 1)}]},
         ["Access of MSP goes further than it should"]),
        (access.partner_access_ends, {}, ["does_not_apply"]),
    ],
)  # fmt: skip
def test_roles_and_people(look, plan, says):
    assert said(look, **plan) == says


@pytest.mark.parametrize(
    ("review", "says"),
    [
        ({}, "No access review is planned"),
        ({"review_by": "Priya", "review_first_on": date(2027, 1, 1), "review_months": 6}, "pass"),
        ({"review_by": "Priya", "review_first_on": date(2026, 11, 1)}, "The access review is overdue"),
        ({"review_by": "Priya", "review_first_on": date(2026, 1, 1), "review_last_on": date(2026, 5, 31),
          "review_months": 6}, "pass"),
        ({"review_by": "Priya", "review_first_on": date(2026, 1, 1), "review_last_on": date(2026, 5, 21),
          "review_months": 6}, "The access review is overdue"),
    ],
    ids=["none", "first to come", "first missed", "due on the last of November", "the next missed"],
)  # fmt: skip
def test_access_is_looked_through_again_and_again(review, says):
    assert said(access.access_is_reviewed, settings=[review]) == [says]


def of_template(**changes: Any) -> list[dict[str, Any]]:
    tiers = standard_rows("deployment", "P2")["access", "tiers"]
    return [
        {**tier, "groups": [f"T{tier['number']}"], **changes.get(tier["key"].replace("-", "_"), {})} for tier in tiers
    ]


def test_the_recommended_tiers_do_all_of_their_duty_but_tier_1_and_no_more():
    assert said(access_tiers.tiers_can_do_their_duty, settings=[UNIFIED], tiers=of_template()) == [
        "Tier 1 is said to look into alerts, but cannot change one"
    ]
    assert said(access_tiers.tiers_have_no_more_than_their_duty, settings=[UNIFIED], tiers=of_template()) == ["pass"]
    assert said(access_tiers.permissions_are_of_the_model, settings=[UNIFIED], tiers=of_template()) == ["pass"]


def test_what_tier_1_lacks_is_added_by_its_remedy_and_then_not_found_any_more():
    [one] = found(access_tiers.tiers_can_do_their_duty, settings=[UNIFIED], tiers=of_template())
    assert one.remedy is not None
    assert one.remedy.label == "Add Alerts (manage) to Tier 1"
    mended = of_template(tier_1=one.remedy.values)
    assert said(access_tiers.tiers_can_do_their_duty, settings=[UNIFIED], tiers=mended) == ["pass"]
    assert said(access_tiers.tiers_have_no_more_than_their_duty, settings=[UNIFIED], tiers=mended) == ["pass"]


def test_the_same_holds_in_the_classic_model():
    template = {tier.number: list(tier.classic) for tier in catalog.standard_template().tiers}
    tiers = of_template(**{f"tier_{number}": {"permissions": held} for number, held in template.items()})
    assert said(access_tiers.tiers_can_do_their_duty, settings=[CLASSIC], tiers=tiers) == [
        "Tier 1 is said to look into alerts, but cannot change one"
    ]
    [built_in] = found(access_tiers.permissions_are_of_the_model, settings=[CLASSIC], tiers=tiers)
    assert built_in.title == "Tier 3 has permissions that cannot be given to it"
    assert "built-in role" in built_in.why
    assert built_in.remedy is not None
    assert "portal_system_settings" not in built_in.remedy.values["permissions"]


@pytest.mark.parametrize(
    ("more", "title", "left"),
    [
        (["advanced_live_response.manage"], "Tier 1 may do more than it is there for", True),
        (["alerts.manage"], "pass", False),
    ],
)
def test_permissions_beyond_the_duty_are_taken_away(more, title, left):
    held = ["security_data_basics.read", "vulnerability_management.read", *more]
    [one] = found(
        access_tiers.tiers_have_no_more_than_their_duty,
        settings=[UNIFIED],
        tiers=of_template(tier_1={"permissions": held}),
    )
    assert (one.title if left else str(one.outcome)) == title
    assert not left or one.remedy.values == {"permissions": held[:2]}  # type: ignore[union-attr]


def test_unknown_permissions_are_told_with_the_nearest_and_those_of_another_model_are_converted():
    wrong = of_template(tier_1={"permissions": ["alerts.manege"]}, tier_2={"permissions": ["alerts_investigation"]})
    misspelt, classic = found(access_tiers.permissions_are_of_the_model, settings=[UNIFIED], tiers=wrong)
    assert "mdeprep knows no permission “alerts.manege”. Did you mean Alerts (manage)" in misspelt.why
    assert misspelt.remedy is None
    assert "belongs to Classic role-based access" in classic.why
    assert classic.remedy is not None
    assert classic.remedy.values == {"permissions": ["alerts.manage"]}


TIER = {"number": 2, "name": "Regional", "groups": ["T2-EMEA"], "permissions": ["security_data_basics.read"]}
EMEA = {"rank": 1, "name": "EMEA", "rule_on": "domain", "rule_value": "emea.example", "granted_to": ["T2-EMEA"]}
APAC = {"rank": 2, "name": "APAC", "rule_on": "domain", "rule_value": "apac.example", "granted_to": ["T2-APAC"]}


@pytest.mark.parametrize(
    ("look", "plan", "says"),
    [
        (device_groups.device_groups_are_granted, {"device_groups": [EMEA, {**APAC, "granted_to": []}]},
         ["Device group “APAC” is granted to nobody, so everybody sees it"]),
        (device_groups.device_groups_are_granted, {"device_groups": [EMEA]}, ["pass"]),
        (device_groups.device_groups_can_match, {"device_groups": [EMEA, {**EMEA, "rank": 5, "name": "Again"}]},
         ["No device can ever be in “Again”"]),
        (device_groups.device_groups_can_match, {"device_groups": [{**EMEA, "rule_value": ""}]},
         ["Device group “EMEA” has no rule"]),
        (device_groups.device_groups_can_match, {}, ["does_not_apply"]),
        (device_groups.device_groups_are_ranked, {"device_groups": [EMEA, {**APAC, "rank": 1}]},
         ["“EMEA”, “APAC” have the same rank"]),
        (device_groups.device_groups_are_granted_to_holders_of_a_role, {"device_groups": [EMEA]},
         ["T2-EMEA holds no role, but is granted “EMEA”"]),
        (device_groups.device_groups_are_granted_to_holders_of_a_role,
         {"device_groups": [EMEA], "tiers": [{**TIER, "groups": ["t2-emea"]}]}, ["pass"]),
        (device_groups.device_groups_are_granted_to_holders_of_a_role,
         {"device_groups": [EMEA], "tiers": [{**TIER, "permissions": []}]},
         ["T2-EMEA holds no role, but is granted “EMEA”"]),
        (device_groups.regional_tiers_see_their_region, {"tiers": [TIER]}, ["does_not_apply"]),
        (device_groups.regional_tiers_see_their_region, {"tiers": [{**TIER, "region": "EMEA"}]},
         ["Tier 2 is there for a region, but sees every device"]),
        (device_groups.regional_tiers_see_their_region,
         {"tiers": [TIER], "cdoc": [{"tier": 2, "run_by": "in_house", "place": "Dublin", "region": "EMEA"}],
          "device_groups": [EMEA]}, ["Tier 2 is there for a region, but sees every device"]),
        (device_groups.regional_tiers_see_their_region,
         {"tiers": [{**TIER, "region": "EMEA"}], "device_groups": [EMEA, APAC]}, ["pass"]),
        (access_tiers.tiers_have_people, {"tiers": [{**TIER, "groups": []}]}, ["Tier 2 has nobody in it"]),
        (access_tiers.tiers_have_people, {}, ["There are no tiers"]),
    ],
)  # fmt: skip
def test_device_groups_and_who_sees_them(look, plan, says):
    assert said(look, settings=[UNIFIED], **plan) == says


def test_of_many_groups_five_are_told_and_how_many_more():
    groups = [
        {**APAC, "rank": n, "name": f"G{n}", "rule_value": f"{n}.example", "granted_to": []} for n in range(1, 2001)
    ]
    results = found(device_groups.device_groups_are_granted, device_groups=groups)
    assert len(results) == 5
    assert results[-1].why == "1,995 more like it."


def test_more_groups_than_a_tenant_holds_are_too_many():
    groups = [{**EMEA, "rank": n} for n in range(1, 2002)]
    [one] = found(device_groups.device_groups_are_ranked, device_groups=groups)
    assert one.title == "2,001 device groups are too many"


# Findings on one row are one ------------------------------------------------------------------------------------------
TROUBLE = {
    "settings": [UNIFIED],
    "personas": [persona("endpoint_policies")],
    "assignments": [role(entra_role="global-administrator", **STANDING, key="trouble")],
}


def analysed(**plan: Any) -> list[Finding]:
    return run(subject(**plan), ANALYSIS)


def test_findings_on_one_assignment_are_one_the_worst_first():
    [one] = [finding for finding in analysed(**TROUBLE) if finding.result.about == "trouble"]
    assert one.id == "nobody_is_global_administrator_for_good:trouble"
    assert [each.check.name for each in one.also] == ["roles_are_the_least", "roles_have_a_reason"]


def kept(finding: str, about: str) -> dict[str, Any]:
    return {"kept": [{"finding": finding, "about": about, "because": "Until spring."}]}


def test_what_is_kept_with_a_reason_is_no_finding_but_a_blocker_stays_one():
    calm = analysed(**TROUBLE, **kept("roles_are_the_least", "trouble"))
    [one] = [finding for finding in calm if finding.is_failed and finding.result.about == "trouble"]
    assert [each.check.name for each in one.also] == ["roles_have_a_reason"]
    assert [f.result.why for f in calm if f.id == "roles_are_the_least:trouble"] == ["Kept: Until spring."]
    still = analysed(**TROUBLE, **kept("nobody_is_global_administrator_for_good", "trouble"))
    assert "nobody_is_global_administrator_for_good:trouble" in {f.id for f in still if f.is_blocker}


NAMES = st.sampled_from(["SOC", "O'Brien $(x)", "a`b", "‮txet", "Dana", ""])
ROLES = st.sampled_from(["", "global-administrator", "security-reader", "no-such-role", "compliance-administrator"])
PERMISSIONS = st.lists(
    st.sampled_from([*catalog.unified_permissions(), *catalog.classic_permissions(), "x"]), max_size=6
)
TASKS = st.lists(st.sampled_from([*catalog.tasks(), "no_such_task"]), max_size=4)


@given(
    st.sampled_from(["", "basic", "classic", "unified"]),
    st.lists(st.tuples(NAMES, ROLES, st.sampled_from(["eligible", "active"]), NAMES), max_size=5),
    st.lists(st.tuples(PERMISSIONS, TASKS, st.lists(NAMES, max_size=2)), max_size=4),
)
def test_no_plan_is_too_odd_to_be_analysed_and_every_remedy_takes_its_finding_away(model, held, tiers_):
    plan: dict[str, Any] = {
        "settings": [{"planned": model}],
        "personas": [persona("read_alerts", name="Analyst")],
        "assignments": [
            role(entra_role=entra, assignee=who, held=how, approver=approver) for who, entra, how, approver in held
        ],
        "tiers": [
            {"number": n, "name": "T", "permissions": permissions, "tasks": tasks, "groups": groups}
            for n, (permissions, tasks, groups) in enumerate(tiers_, start=1)
        ],
    }
    for finding in analysed(**plan):
        for each in (finding, *finding.also):
            if each.result.remedy:
                then = {after.id for f in analysed(**mended(plan, each)) if f.is_failed for after in (f, *f.also)}
                assert each.id not in then


def mended(plan: dict[str, Any], finding: Finding) -> dict[str, Any]:
    remedy = finding.result.remedy
    assert remedy is not None
    rows_ = [
        {"key": f"{remedy.table.replace('_', '-')}-{n}", **row} for n, row in enumerate(plan[remedy.table], start=1)
    ]
    changed = [
        {**row, **(remedy.values or {})} if row["key"] == remedy.key else row
        for row in rows_
        if row["key"] != remedy.key or remedy.values is not None
    ]
    return {**plan, remedy.table: changed}


@pytest.mark.parametrize("has_pim", [None, False])
def test_replacing_a_standing_role_makes_the_lesser_one_eligible_where_that_can_be(has_pim):
    plan = {**TROUBLE, "settings": [{**UNIFIED, "has_pim": has_pim}]}
    [one] = [f for f in analysed(**plan) if f.result.about == "trouble"]
    assert one.result.remedy is not None
    assert ("held" in one.result.remedy.values) is (has_pim is not False)  # type: ignore[operator]


def test_a_tier_with_work_and_no_permission_is_found():
    [one] = found(
        access_tiers.tiers_can_do_their_duty, settings=[UNIFIED], tiers=of_template(tier_2={"permissions": []})
    )[1:]
    assert one.title == "Tier 2 has no permission at all"


@pytest.mark.parametrize(
    ("partner", "says"),
    [
        ({"ends_on": date(2026, 11, 21)}, "It has ended"),
        (
            {"ends_on": date(2027, 1, 1), "roles": "global administrator for a while"},
            "It contains Global Administrator",
        ),
        ({"ends_on": date(2026, 11, 22)}, ""),
    ],
)
def test_access_of_partners_that_has_ended_or_hides_a_role(partner, says):
    [one] = found(access.partner_access_ends, partners=[{"partner": "MSP", **partner}])
    assert (says in one.why) if says else str(one.outcome) == "pass"


def test_a_misspelt_group_is_told_the_nearest():
    groups = [{**EMEA, "granted_to": ["T2-EMAE"]}]
    [one] = found(device_groups.device_groups_are_granted_to_holders_of_a_role, device_groups=groups, tiers=[TIER])
    assert one.why.endswith("Did you mean T2-EMEA?")
