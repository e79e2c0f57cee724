"""What is there now against the plan: to add, to remove, to change; a table, and what always holds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.document.present import Held
from projects.document.rows import AccessSettings, Assignment, Persona, Tier
from projects.document.sections import Access
from projects.rules.present_access import compare, is_planned, persona_for

TODAY = date(2026, 11, 22)
END = date(2026, 12, 31)


def row(assignee: str = "SEC-Admins", **values) -> Assignment:
    told = {"persona": "P", "entra_role": "security-administrator", "assignee": assignee, **values}
    return Assignment(key="a-1", **told)


def held(holder: str = "SEC-Admins", address: str = "", **values) -> Held:
    return Held(
        **{"role": "security-administrator", "holder": holder, "address": address, "held": "eligible", **values}
    )


def told(planned, present, format_key="pim_portal", **settings):
    access = Access(assignments=tuple(planned), settings=(AccessSettings(key="s", **settings),))
    found = compare(access, present, format_key=format_key, today=TODAY)
    return {
        "add": [one.holder for one in found.add],
        "remove": [one.called for _place, one in found.remove],
        "change": [(one.planned.holder, one.what) for one in found.change],
        "same": found.same,
        "emergency": [one.called for one in found.emergency],
        "untold": [one.holder for one in found.untold],
        "unnamed": [one.called for one in found.unnamed],
        "perhaps": [one.called for one in found.perhaps],
    }


NOTHING = {
    "add": [],
    "remove": [],
    "change": [],
    "same": 0,
    "emergency": [],
    "untold": [],
    "unnamed": [],
    "perhaps": [],
}
DATED = {"duration": "temporary", "ends_on": END}


@pytest.mark.parametrize(
    ("planned", "present", "expected"),
    [
        ([], [], {}),
        ([row()], [held()], {"same": 1}),
        ([row()], [], {"add": ["SEC-Admins"]}),
        ([], [held()], {"remove": ["SEC-Admins"]}),
        ([row("sec-ADMINS ")], [held(" Sec-Admins")], {"same": 1}),
        ([row("Ravi Menon")], [held("Ravi Menon", "ravi@x.example")], {"same": 1}),
        ([row("Ravi Menon (Northwind)", assignee_kind="person")], [held("Ravi Menon", "r@x.example")], {"same": 1}),
        ([row("SOC (EMEA)")], [held("SOC")], {"add": ["SOC (EMEA)"], "remove": ["SOC"]}),
        ([row("RAVI@x.example")], [held("Ravi Menon", "ravi@x.example")], {"same": 1}),
        ([row()], [held(held="active")], {"change": [("SEC-Admins", ("held",))]}),
        ([row(**DATED)], [held()], {"change": [("SEC-Admins", ("ends",))]}),
        ([row(**DATED)], [held(held="active", ends_on=date(2027, 1, 31))], {"change": [("SEC-Admins", ("held", "ends"))]}),
        ([row(**DATED)], [held(ends_on=END)], {"same": 1}),
        ([row(**DATED)], [held(is_end_told=False)], {"same": 1}),
        ([row()], [held(held="active"), held()], {"same": 1, "remove": ["SEC-Admins"]}),
        ([row(entra_role="security-reader")], [held()], {"add": ["SEC-Admins"], "remove": ["SEC-Admins"]}),
        ([row(does_not_apply="no")], [held()], {"remove": ["SEC-Admins"]}),
        ([row(removed_on=TODAY)], [held()], {"remove": ["SEC-Admins"]}),
        ([row(duration="temporary", ends_on=date(2026, 11, 21))], [held()], {"remove": ["SEC-Admins"]}),
        ([row(duration="temporary", ends_on=TODAY)], [held(ends_on=TODAY)], {"same": 1}),
        ([], [held("Break-Glass 1", role="global-administrator", held="active")], {"emergency": ["Break-Glass 1"]}),
        ([], [held("", "emergency2@x.example", role="global-administrator")], {"emergency": ["emergency2@x.example"]}),
        ([], [held("Break-Glass 1")], {"remove": ["Break-Glass 1"]}),
        (
            [row("BREAKGLASS", entra_role="global-administrator", held="active")],
            [held("breakglass", role="global-administrator", held="active")],
            {"same": 1},
        ),
    ],
)  # fmt: skip
def test_what_is_to_be_done(planned, present, expected):
    assert told(planned, present) == {**NOTHING, **expected}


ID, OTHER_ID = "0b1f7c1e-1111-4222-8333-444455556666", "0B1F7C1E-1111-4222-8333-444455557777"
GLOBAL = {"role": "global-administrator", "held": "active"}


@pytest.mark.parametrize(
    ("planned", "present", "expected"),
    [
        pytest.param([], [held(ID), held(OTHER_ID, **GLOBAL)], {"unnamed": [ID, OTHER_ID]}, id="nobody is removed"),
        pytest.param([row()], [held(ID)], {"unnamed": [ID], "untold": ["SEC-Admins"]}, id="perhaps it is the planned one"),
        pytest.param([row()], [held(ID, role="security-reader")], {"unnamed": [ID], "add": ["SEC-Admins"]}, id="another role"),
        pytest.param([row(ID)], [held(ID.upper())], {"same": 1}, id="planned by its ID"),
        pytest.param([], [held(ID, "ana@x.example")], {"unnamed": [ID]}, id="an ID beside an address"),
        pytest.param([], [held(), held(ID)], {"remove": ["SEC-Admins"], "unnamed": [ID]}, id="one of two has a name"),
    ],
)  # fmt: skip
def test_who_has_no_name_is_not_proposed_for_removal(planned, present, expected):
    assert told(planned, present) == {**NOTHING, **expected}


@pytest.mark.parametrize(
    ("declared", "present", "expected"),
    [
        pytest.param(2, [held("Ana", **GLOBAL)], {"perhaps": ["Ana"]}, id="its name does not tell"),
        pytest.param(None, [held("Ana", **GLOBAL)], {"remove": ["Ana"]}, id="none is declared"),
        pytest.param(1, [held("Break Glass", **GLOBAL), held("Ana", **GLOBAL)],
                     {"emergency": ["Break Glass"], "remove": ["Ana"]}, id="all that are declared are known by name"),
        pytest.param(2, [held("Break Glass", **GLOBAL), held("Ana", **GLOBAL)],
                     {"emergency": ["Break Glass"], "perhaps": ["Ana"]}, id="one of two is known"),
        pytest.param(2, [held("Ana", role="global-administrator"), held("Ben", **GLOBAL, ends_on=END),
                         held("Admins", **GLOBAL, kind="group"), held("Cleo")],
                     {"remove": ["Ana", "Ben", "Admins", "Cleo"]}, id="an emergency account is a person, always on"),
    ],
)  # fmt: skip
def test_break_glass_accounts_that_the_plan_counts_are_not_proposed_for_removal(declared, present, expected):
    assert told([], present, break_glass=declared) == {**NOTHING, **expected}


def test_a_list_without_eligible_roles_says_nothing_of_them():
    planned = [row("Eligible"), row("Active", held="active")]
    assert told(planned, [], "graph_directory") == {**NOTHING, "add": ["Active"], "untold": ["Eligible"]}
    active = [held("Eligible", held="active", is_end_told=False)]
    assert told([row("Eligible")], active, "graph_directory") == {**NOTHING, "change": [("Eligible", ("held",))]}


def test_roles_of_the_portal_are_compared_with_the_tiers_by_the_names_that_are_exported():
    access = Access(
        assignments=(
            row(),
            row("SOC-1", entra_role="", role="Tier 1"),
            row("IT", entra_role="", role="Helpdesk", held="active"),
        ),
        tiers=(
            Tier(key="t1", number=1, name="Northwind", groups=("SOC-1", "SOC-2")),
            Tier(key="t2", number=2, name="Dublin", groups=("SOC-3",), does_not_apply="none"),
        ),
    )
    present = [
        Held("TIER 1 northwind", "soc-1", kind="group", is_end_told=False),
        Held("Tier 2 Dublin", "SOC-3", kind="group", is_end_told=False),
    ]
    found = compare(access, present, format_key="portal_roles", today=TODAY)
    assert [(one.role, one.holder) for one in found.add] == [("Tier 1 Northwind", "SOC-2"), ("Helpdesk", "IT")]
    assert [one.called for _place, one in found.remove] == ["SOC-3"]
    assert (found.same, found.change) == (1, ())


NAMES = st.sampled_from(["A", "a", "B", "C@x.example"])
PLANNED = st.builds(
    lambda number, name, how, ends: row(name, held=how, **(DATED if ends else {})).replaced(key=f"a-{number}"),
    st.integers(0, 99), NAMES, st.sampled_from(["eligible", "active"]), st.booleans(),
)  # fmt: skip
PRESENT = st.builds(
    lambda name, how, ends: held(name, held=how, ends_on=END if ends else None),
    NAMES, st.sampled_from(["eligible", "active"]), st.booleans(),
)  # fmt: skip


@given(st.lists(PLANNED, max_size=6), st.lists(PRESENT, max_size=6))
def test_every_planned_and_every_present_row_ends_in_exactly_one_place(planned, present):
    found = compare(Access(assignments=tuple(planned)), present, format_key="pim_portal", today=TODAY)
    assert found.same + len(found.change) + len(found.add) + len(found.untold) == len(planned)
    assert found.same + len(found.change) + len(found.remove) + len(found.emergency) == len(present)
    assert all(one.what for one in found.change)


@given(st.lists(PLANNED, max_size=6))
def test_what_is_there_as_planned_asks_for_nothing(planned):
    present = [held(one.assignee, held=str(one.held), ends_on=one.ends_on) for one in planned]
    found = compare(Access(assignments=tuple(planned)), present, format_key="pim_portal", today=TODAY)
    assert found.is_as_planned
    assert found.same == len(planned)


def test_a_role_that_is_taken_over_goes_where_it_stands_already_or_where_it_is_usual():
    access = Access(
        personas=(Persona(key="o", name="Somebody"), Persona(key="p", name="Endpoint Administrator")),
        assignments=(row(persona="Rollout", entra_role="global-administrator"),),
    )
    assert persona_for(access, "global-administrator") == "Rollout"
    assert persona_for(access, "intune-administrator") == "Endpoint Administrator"
    assert persona_for(access, "user-administrator") == "Somebody"
    assert persona_for(Access(), "user-administrator") == "User Administrator"
    named = Access(personas=(Persona(key="o", name="Somebody"), Persona(key="p", name="security reader")))
    assert persona_for(named, "security-reader") == "security reader"


def test_what_is_planned_in_whatever_way_is_planned():
    access = Access(assignments=(row(**DATED),))
    assert is_planned(access, held(held="active"), TODAY)
    assert not is_planned(access, held("Other"), TODAY)
    assert not is_planned(access, held(), date(2027, 1, 1))
