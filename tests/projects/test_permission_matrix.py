"""The cells of the matrix: what a row needs, has, has twice, has too much; against the recommended tiers."""

from __future__ import annotations

from datetime import date

import pytest

from projects import catalog
from projects.document import rows
from projects.rules.permission_matrix import (
    in_order,
    persona_row,
    planned_model,
    recommended_for,
    tier_row,
)

UNIFIED, CLASSIC = list(catalog.unified_permissions()), list(catalog.classic_permissions())
READ, ALERTS, RESPONSE = "security_data_basics.read", "alerts.manage", "response.manage"


def tier(*permissions, tasks=("read_alerts",), number=1, groups=("SOC-1",), **more):
    return rows.Tier(key="t", number=number, name="Local", permissions=permissions, tasks=tasks, groups=groups, **more)


def assignment(entra_role="", assignee="SOC-1", persona="Analyst", **more):
    return rows.Assignment(key="a", persona=persona, entra_role=entra_role, assignee=assignee, **more)


CASES = [
    # permissions, tasks, Entra role of the group: cells that are so
    ([READ], ["read_alerts"], "", {}),
    ([], ["read_alerts"], "", {"is_missing": [READ]}),
    ([READ], ["triage_alerts"], "", {"is_missing": [ALERTS]}),
    ([READ, RESPONSE], ["read_alerts"], "", {"is_beyond": [RESPONSE]}),
    ([READ, RESPONSE], [], "", {}),  # nobody has said what it does, so nothing is beyond it
    ([], ["read_alerts"], "security-reader", {"is_missing": []}),  # the Entra role of its group carries it
    ([READ], ["read_alerts"], "security-reader", {"is_twice": [READ]}),
    ([READ], ["read_alerts"], "compliance-administrator", {"is_twice": []}),
    (["authorization.manage"], ["maintain_roles"], "", {"is_inherited": ["authorization.read"]}),
    (["authorization.manage", "authorization.read"], ["maintain_roles"], "", {"is_twice": ["authorization.read"]}),
    (["no.such"], ["read_alerts"], "", {"is_missing": [READ]}),
]


@pytest.mark.parametrize(("permissions", "tasks", "entra_role", "expected"), CASES)
def test_cells_of_a_tier(permissions, tasks, entra_role, expected):
    found = tier_row(tier(*permissions, tasks=tuple(tasks)), [assignment(entra_role)], "unified", UNIFIED)
    for name in ("is_missing", "is_beyond", "is_inherited", "is_twice"):
        if name == "is_beyond" and entra_role:
            continue  # what the Entra role gives beside the work is beyond it as well
        assert list(found.where(name)) == list(expected.get(name, [])), name


def test_against_the_recommended_tier():
    same = tier_row(tier(*recommended_for(1, "unified")), [], "unified", UNIFIED)
    assert same.is_as_recommended
    other = tier_row(tier(READ, RESPONSE), [], "unified", UNIFIED)
    assert other.is_as_recommended is False
    assert other.where("is_more") == (RESPONSE,)
    assert other.where("is_less") == ("vulnerability_management.read",)
    own = tier_row(tier(READ, number=4), [], "unified", UNIFIED)
    assert own.is_as_recommended is None
    assert own.where("is_more") == own.where("is_less") == ()


def test_what_comes_with_a_ticked_permission_is_not_less_than_recommended():
    without_reading = [key for key in recommended_for(3, "unified") if key != "system_settings.read"]
    found = tier_row(tier(*without_reading, number=3), [], "unified", UNIFIED)
    assert found.is_as_recommended
    assert found.where("is_inherited") == ("system_settings.read",)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("model", ["classic", "unified"])
def test_every_recommended_tier_is_as_recommended_in_its_model(number, model):
    columns = UNIFIED if model == "unified" else CLASSIC
    found = tier_row(tier(*recommended_for(number, model), number=number), [], model, columns)
    assert found.is_as_recommended


def test_in_the_classic_model_a_permission_is_needed_only_if_nothing_smaller_carries_the_work():
    found = tier_row(tier("view_data.secops", "live_response.advanced", tasks=("live_response_look",)), [], "classic", CLASSIC)  # fmt: skip
    assert found.where("is_beyond") == ("live_response.advanced",)
    assert found.where("is_missing") == ()  # what advanced brings carries it
    assert found.where("is_inherited") == ("live_response.basic",)


def test_in_the_classic_model_a_reader_gives_nothing():
    found = tier_row(tier("view_data.secops"), [assignment("security-reader")], "classic", CLASSIC)
    assert found.where("is_twice") == ()


@pytest.mark.parametrize("more", [{"removed_on": date(2026, 1, 1)}, {"does_not_apply": "Left."}, {"assignee": "Other"}])
def test_a_role_that_is_gone_or_of_another_group_gives_nothing_twice(more):
    found = tier_row(tier(READ), [assignment("security-reader", **more)], "unified", UNIFIED)
    assert found.where("is_twice") == ()


def test_a_persona_has_what_its_entra_roles_and_the_tiers_of_its_groups_give():
    persona = rows.Persona(key="p", name="Analyst", tasks=("triage_alerts", "respond"))
    tiers = [tier(READ, ALERTS, number=1), tier(RESPONSE, number=2, groups=("SOC-2",))]
    found = persona_row(persona, tiers, [assignment()], "unified", UNIFIED)
    assert found.where("given_by") == (READ, ALERTS)
    assert found.where("is_missing") == (RESPONSE,)
    also = persona_row(persona, tiers, [assignment(assignee="Them", role="Tier 2")], "unified", UNIFIED)
    assert also.where("given_by") == (RESPONSE,)
    admin = persona_row(persona, [], [assignment("security-administrator")], "unified", UNIFIED)
    assert admin.where("is_missing") == ()
    assert set(admin.where("is_beyond")) == set(UNIFIED) - {READ, ALERTS, RESPONSE}


def test_a_persona_without_work_or_roles_in_the_portal_is_no_row():
    persona = rows.Persona(key="p", name="Owner")
    assert persona_row(persona, [tier(READ)], [], "unified", UNIFIED) is None


def test_what_is_ticked_unticked_and_ticked_again_is_as_it_was():
    for each in catalog.standard_template().tiers:
        assert in_order(each.unified, "unified") == list(each.unified)
        assert in_order(each.classic, "classic") == list(each.classic)
    assert in_order(["zzz", ALERTS, READ], "unified") == [READ, ALERTS, "zzz"]


def test_until_a_model_is_planned_it_is_reckoned_with_the_unified_one():
    assert planned_model([]) == ("unified", False)
    assert planned_model([rows.AccessSettings(key="s", today="basic")]) == ("unified", False)
    assert planned_model([rows.AccessSettings(key="s", planned="classic")]) == ("classic", True)
