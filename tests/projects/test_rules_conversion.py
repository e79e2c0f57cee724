"""Classic permissions become unified ones; nothing that has a counterpart is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import catalog
from projects.document.rows import AccessSettings, Tier
from projects.document.sections import Access
from projects.rules.conversion import after, conversion_of, converted

CLASSIC, UNIFIED = list(catalog.classic_permissions()), list(catalog.unified_permissions())
HELD = st.lists(st.sampled_from([*CLASSIC, *UNIFIED, "read_only", "full_access", "not.known"]), max_size=12)


def plan(*tiers: tuple[str, ...], planned: str = "classic") -> Access:
    rows = tuple(Tier(key=f"tier-{n}", number=n, name="SOC", permissions=held) for n, held in enumerate(tiers, start=1))
    return Access(tiers=rows, settings=(AccessSettings(key="settings", planned=planned),))


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ((), ()),
        (("view_data.secops",), ("security_data_basics.read",)),
        (("alerts_investigation", "view_data.secops"), ("security_data_basics.read", "alerts.manage")),
        (("security_settings",), ("core_security_settings.manage", "detection_tuning.manage")),
        (("live_response.advanced",), ("advanced_live_response.manage", "file_collection.manage")),
        (("portal_system_settings",), ("system_settings.read", "system_settings.manage")),
        (("intune_endpoint_security",), ()),
        (("read_only",), ("security_data_basics.read", "vulnerability_management.read")),
        (("not.known", "view_data.dvm"), ("vulnerability_management.read", "not.known")),
        (("alerts.manage", "alerts_investigation"), ("alerts.manage",)),
    ],
)
def test_permissions_become_those_of_microsofts_mapping(before, then):
    assert converted(before) == then


@given(HELD)
def test_converting_twice_is_converting_once(held):
    once = converted(held)
    assert converted(once) == once


@given(HELD)
def test_nothing_that_has_a_counterpart_is_lost(held):
    then = set(converted(held))
    for key in held:
        for model, _title in catalog.MODELS:
            known = catalog.permissions_for(model).get(key)
            assert known is None or set(known.unified) <= then
    assert {key for key in held if key in UNIFIED or key == "not.known"} <= then
    assert not then & set(CLASSIC)


@given(st.lists(HELD.map(tuple), max_size=4), st.sampled_from(["", "basic", "classic", "unified"]))
def test_a_converted_plan_has_nothing_left_to_convert(tiers, planned):
    before = plan(*tiers, planned=planned)
    then = before.replaced(**after(before))
    assert conversion_of(then).is_empty


def test_what_has_no_counterpart_is_told_with_why():
    found = conversion_of(plan(("intune_endpoint_security", "portal_system_settings"), ("view_data.dvm",)))
    assert [one.key for one in found.lost] == ["intune_endpoint_security"]
    assert [one.key for one in found.gained] == ["portal_system_settings"]
    assert all(one.restriction for one in (*found.lost, *found.gained))


def test_a_plan_of_the_unified_model_is_not_touched():
    assert conversion_of(plan(("alerts.manage",), planned="unified")).is_empty
    assert conversion_of(plan(planned="")).is_empty
    assert not conversion_of(plan(planned="basic")).is_empty
