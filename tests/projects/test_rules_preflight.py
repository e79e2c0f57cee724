"""Before RBAC is switched on: who would lose what, what is missing, and whether to go."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from projects import catalog
from projects.document import ProjectFacts, rows
from projects.document.sections import Access
from projects.rules.preflight import How, Preflight, Verdict, preflight, some_names

READS, ALERTS = "security_data_basics.read", "alerts.manage"
VIEW = "view_data_security_operations"


def role(assignee: str, entra: str = "", portal: str = "", kind: str = "group", **more: Any) -> dict[str, Any]:
    return {"persona": "Security Analyst", "entra_role": entra, "role": portal, "assignee": assignee,
            "assignee_kind": kind, **more}  # fmt: skip


def look(
    *assignments: dict[str, Any],
    tiers: Any = (),
    device_groups: Any = (),
    created: date | None = None,
    **settings: Any,
) -> Preflight:
    access = Access(
        settings=(rows.AccessSettings(key="s", **settings),),
        assignments=tuple(rows.Assignment(key=f"role-{n}", **a) for n, a in enumerate(assignments)),
        tiers=tuple(rows.Tier(key=f"tier-{t['number']}", name=f"Team {t['number']}", **t) for t in tiers),
        device_groups=tuple(rows.DeviceGroup(key=f"group-{g['rank']}", **g) for g in device_groups),
    )
    facts = ProjectFacts(name="Contoso", kind="deployment", plan="P2", tenant_created_on=created)
    return preflight(access, facts)


def losses(found: Preflight) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(each.who, each.loses, each.keeps) for each in found.losses]


# Who loses what -------------------------------------------------------------------------------------------------------
READER, OPERATOR = role("SOC-Readers", "security-reader"), role("SOC-Operators", "security-operator")


@pytest.mark.parametrize(
    ("assignments", "tiers", "found"),
    [
        pytest.param([READER], [], [("SOC-Readers", ("Security Reader",), ())], id="a reader without a role"),
        pytest.param([OPERATOR], [], [("SOC-Operators", ("Security Operator",), ())], id="an operator without a role"),
        pytest.param([role("Audit", "global-reader")], [], [("Audit", ("Global Reader",), ())], id="a global reader"),
        pytest.param([{**READER, "role": "Analysts"}], [], [("SOC-Readers", ("Security Reader",), ("Analysts",))],
                     id="a role on the same row is kept"),
        pytest.param([READER, role("soc-readers ", portal="Analysts")], [],
                     [("SOC-Readers", ("Security Reader",), ("Analysts",))], id="a role on another row is kept"),
        pytest.param([READER], [{"number": 1, "groups": ("SOC-Readers",), "permissions": (VIEW,)}],
                     [("SOC-Readers", ("Security Reader",), ("Tier 1",))], id="a tier gives a role"),
        pytest.param([READER], [{"number": 1, "groups": ("SOC-Readers",)}],
                     [("SOC-Readers", ("Security Reader",), ())], id="a tier without permissions gives none"),
        pytest.param([READER, role("SOC-Readers", "security-administrator")], [],
                     [("SOC-Readers", ("Security Reader",), ("Security Administrator",))], id="an administrator stays"),
        pytest.param([role("Ana", "security-reader", "Analysts", kind="person")], [],
                     [("Ana", ("Security Reader",), ())], id="classic roles are for groups, not for persons"),
        pytest.param([role("Admins", "security-administrator"), role("EUC", "intune-administrator")], [], [],
                     id="nobody else loses anything"),
        pytest.param([{**READER, "removed_on": date(2026, 1, 1)}], [], [], id="what is removed is not held"),
        pytest.param([{**READER, "does_not_apply": "no"}], [], [], id="what does not apply is not held"),
        pytest.param([{**READER, "duration": "temporary", "ends_on": date(2027, 1, 14)}], [], [],
                     id="what ends before the switch"),
        pytest.param([{**READER, "duration": "temporary", "ends_on": date(2027, 1, 15)}], [],
                     [("SOC-Readers", ("Security Reader",), ())], id="what ends on the day of the switch"),
    ],
)  # fmt: skip
def test_who_loses_what_to_classic(assignments, tiers, found):
    planned = look(*assignments, tiers=tiers, today="basic", planned="classic", planned_on=date(2027, 1, 15))
    assert losses(planned) == found


ROLE = role("SOC-1", portal="Analysts")


@pytest.mark.parametrize(
    ("assignments", "tiers", "found"),
    [
        pytest.param([ROLE], [], [("SOC-1", ("Analysts",), ())], id="a classic role that is not carried over"),
        pytest.param([ROLE], [{"number": 1, "groups": ("soc-1",), "permissions": (READS,)}], [], id="carried by group"),
        pytest.param([role("SOC-1", portal="Tier 1")], [{"number": 1, "permissions": (READS,)}], [], id="by number"),
        pytest.param([role("SOC-1", portal="team 1")], [{"number": 1, "permissions": (READS,)}], [], id="by name"),
        pytest.param([ROLE], [{"number": 1, "groups": ("SOC-1",), "permissions": (VIEW,)}],
                     [("SOC-1", ("Analysts",), ())], id="a tier that still has classic permissions carries nothing"),
        pytest.param([{**ROLE, "entra_role": "security-reader"}], [], [("SOC-1", ("Analysts",), ("Security Reader",))],
                     id="a reader keeps reading"),
        pytest.param([{**ROLE, "entra_role": "compliance-administrator"}], [], [("SOC-1", ("Analysts",), ())],
                     id="a role that gives nothing in the portal keeps nothing"),
        pytest.param([READER, OPERATOR], [], [], id="readers and operators lose nothing"),
    ],
)  # fmt: skip
def test_who_loses_what_to_unified(assignments, tiers, found):
    assert losses(look(*assignments, tiers=tiers, today="classic", planned="unified")) == found


def test_from_basic_to_unified_nobody_loses_anything():
    assert losses(look(READER, ROLE, today="basic", planned="unified")) == []


def test_who_is_locked_out_comes_first():
    found = look({**READER, "assignee": "A", "role": "X"}, OPERATOR, planned="classic")
    assert [(each.who, each.is_locked_out) for each in found.losses] == [("SOC-Operators", True), ("A", False)]


# Groups and administrators --------------------------------------------------------------------------------------------
def test_every_group_that_the_plan_names_is_listed_once_with_where_and_whether_it_exists():
    found = look(
        role("SOC-1"), role("soc-1"), role("Ana Ruiz", kind="person"),
        tiers=[{"number": 1, "groups": ("SOC-1", "SOC-2")}],
        device_groups=[{"rank": 1, "name": "Servers", "granted_to": ("SOC-2", "SOC-3")}],
        planned="classic", existing_groups=("soc-2", "Elsewhere"),
    )  # fmt: skip
    assert [(group.name, group.exists, group.named_in) for group in found.groups] == [
        ("SOC-1", False, ("Security Analyst", "Tier 1")),
        ("SOC-2", True, ("Tier 1", "device group Servers")),
        ("SOC-3", False, ("device group Servers",)),
    ]
    assert found.missing == ("SOC-1", "SOC-3")


ADMINS = role("SEC-Admins", "security-administrator")
PERSON = role("Ana Ruiz (Contoso)", "global-administrator", kind="person")


@pytest.mark.parametrize(
    ("held", "named", "how", "is_enough"),
    [
        pytest.param([PERSON], ("Ana Ruiz",), [How.HOLDS], False, id="one is not enough"),
        pytest.param([PERSON], ("Ana Ruiz", "ana ruiz "), [How.HOLDS, How.HOLDS], False, id="one named twice is one"),
        pytest.param([PERSON], ("Ana Ruiz", "Ben Ito"), [How.HOLDS, How.NOT], False, id="the other holds nothing"),
        pytest.param([PERSON, ADMINS], ("Ana Ruiz", "Ben Ito"), [How.HOLDS, How.BY_GROUP], True, id="by a group"),
        pytest.param([READER], ("Ana Ruiz", "Ben Ito"), [How.NOT, How.NOT], False, id="readers let nobody in"),
        pytest.param([ADMINS], (), [], False, id="nobody is named"),
    ],
)
def test_two_administrators_are_named_who_hold_what_it_takes(held, named, how, is_enough):
    found = look(*held, planned="classic", administrators=named)
    assert [each.how for each in found.administrators] == how
    assert found.has_administrators is is_enough


# The answer -----------------------------------------------------------------------------------------------------------
READY: dict[str, Any] = {"administrators": ("Ana", "Ben"), "existing_groups": ("SEC-Admins", "SOC-Readers")}


@pytest.mark.parametrize(
    ("assignments", "values", "verdict", "sentence"),
    [
        pytest.param([], {}, Verdict.NOTHING,
                     "The management model is not chosen yet: there is nothing to switch on.", id="not chosen"),
        pytest.param([], {"planned": "basic"}, Verdict.NOTHING,
                     "Basic permissions are not switched on: nobody loses anything.", id="basic"),
        pytest.param([READER], {"today": "classic", "planned": "classic"}, Verdict.NOTHING,
                     "The planned management model is in use already.", id="in use"),
        pytest.param([ADMINS], {"planned": "classic", "created": catalog.UNIFIED_ONLY_SINCE, **READY}, Verdict.NO_GO,
                     "No-go: this Microsoft tenant has unified RBAC only.", id="not to be had"),
        pytest.param([ADMINS, READER], {"planned": "classic", **READY}, Verdict.NO_GO,
                     "No-go: switching classic RBAC on would lock out SOC-Readers.", id="locked out"),
        pytest.param([ADMINS], {"planned": "unified", "existing_groups": (), "administrators": ("Ana",)},
                     Verdict.NOT_YET, "Not yet: 1 group is not known to exist yet, only one administrator is named who "
                     "can bring the others back in.", id="not prepared"),
        pytest.param([ADMINS, READER], {"planned": "unified", **READY}, Verdict.GO,
                     "Go, by this plan: nobody is locked out, every group exists, two administrators are named.", id="go"),
    ],
)  # fmt: skip
def test_the_answer_is_one_sentence(assignments, values, verdict, sentence):
    found = look(*assignments, **values)
    assert (found.verdict, found.sentence) == (verdict, sentence)


def test_the_steps_go_from_the_group_over_role_assignment_and_device_group_to_the_grant_and_name_their_source():
    found = look(
        ADMINS, role("SOC-2", portal="tier 1"), role("SRV", portal="rights on the proxy, no Entra role"),
        tiers=[{"number": 1, "groups": ("SOC-1",), "permissions": (READS, ALERTS)}],
        device_groups=[{"rank": 2, "name": "B"}, {"rank": 1, "name": "A", "granted_to": ("SOC-1",)}],
        planned="unified", existing_groups=("SEC-Admins",), administrators=("Ana",),
    )  # fmt: skip
    assert [step.key for step in found.steps] == [
        "present", "groups", "roles", "assign", "device_groups", "grant", "switch", "try",
    ]  # fmt: skip
    items = {step.key: step.items for step in found.steps}
    assert items["groups"] == ("SOC-2", "SRV", "SOC-1")
    assert items["roles"] == ("Tier 1",)  # what is held elsewhere is no role of the portal
    assert items["assign"] == ("SOC-1 → Tier 1", "SOC-2 → Tier 1")
    assert items["device_groups"] == ("1. A", "2. B")
    assert items["grant"] == ("A → SOC-1",)
    assert all(step.source in catalog.sources() for step in found.steps)


def test_classic_says_that_it_cannot_be_undone_and_unified_that_it_can():
    classic, unified = look(planned="classic"), look(planned="unified")
    assert "cannot be undone" in classic.facts[0].text
    assert not classic.is_reversible
    assert "can be deactivated again" in unified.facts[0].text
    assert unified.is_reversible


@pytest.mark.parametrize(
    ("names", "words"), [(["A"], "A"), (["A", "B", "C"], "A, B, C"), (["A", "B", "C", "D", "E"], "A, B, C and 2 more")]
)
def test_many_names_are_told_as_some_and_how_many_more(names, words):
    assert some_names(names) == words
