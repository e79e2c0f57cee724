"""What licences cover: a row per case, and the law that the two pools are never added."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.document.rows import Entitlement, Licensing, ProjectFacts
from projects.document.sections import Environment, Licences, Plan
from projects.rules.licences import coverage
from tests.projects.test_rules_estate import EXAMPLE, counted

TODAY = date(2026, 11, 22)


def plan(
    *entitlements: Entitlement, plan: str = "P2", devices: dict[str, int] | None = None, mixed: bool = False
) -> Plan:
    rows = tuple(counted(*pair) for pair in (EXAMPLE if devices is None else devices).items())
    return Plan(
        project=ProjectFacts(name="Example", kind="deployment", plan=plan),  # type: ignore[arg-type]
        environment=Environment(devices=rows),
        licences=Licences(entitlements=entitlements, licensing=(Licensing(key="licensing", is_mixed=mixed),)),
    )


def licence(product: str, quantity: int, state: str = "bought", until: date | None = None) -> Entitlement:
    return Entitlement(key=f"e-{product}", product=product, quantity=quantity, state=state, until=until)  # type: ignore[arg-type]


def test_the_example_is_101_server_licences_short():
    found = coverage(plan(licence("microsoft-365-e5", 6050), licence("mde-server", 340)), TODAY)
    assert (found.users.need, found.users.have, found.users.gap, found.users.spare) == (8193, 30250, 0, 22057)
    assert (found.servers.need, found.servers.have, found.servers.gap, found.servers.spare) == (441, 340, 101, 0)
    assert not found.is_enough


CASES = {
    "bought counts": (licence("mde-server", 10), 10, ""),
    "a trial that runs counts": (licence("mde-server", 10, "trial", date(2026, 11, 22)), 10, ""),
    "a trial without an end counts": (licence("mde-server", 10, "trial"), 10, ""),
    "a trial that has ended does not": (licence("mde-server", 10, "trial", date(2026, 11, 21)), 0, "ended"),
    "a subscription that has ended does not": (licence("mde-server", 10, "bought", date(2026, 1, 1)), 0, "ended"),
    "a quote does not": (licence("mde-server", 10, "quoted"), 0, "quoted"),
    "a suite without Defender does not": (licence("office-365-e5", 10), 0, "no_pool"),
    "a product nobody knows does not": (licence("something-else", 10), 0, "unknown"),
    "server licences of the cloud count": (licence("defender-for-servers-p1", 10), 10, ""),
}


@pytest.mark.parametrize(("row", "covered", "because"), CASES.values(), ids=CASES.keys())
def test_only_what_is_at_hand_covers(row, covered, because):
    found = coverage(plan(row), TODAY)
    assert found.servers.have == covered
    assert [part.because for part in found.covers_nothing] == ([because] if because else [])


@pytest.mark.parametrize(
    ("product", "on_plan", "mixed", "covered"),
    [
        ("microsoft-365-e3", "P1", False, 5),  # Plan 1 for a project on Plan 1
        ("microsoft-365-e5", "P1", False, 5),  # Plan 2 contains Plan 1
        ("microsoft-365-e3", "P2", False, 0),  # Plan 1 does not bring Plan 2
        ("microsoft-365-e3", "P2", True, 5),  # said to be mixed: clients only
        ("microsoft-365-e5", "P2", False, 5),
    ],
)
def test_the_product_must_bring_the_plan_of_the_project(product, on_plan, mixed, covered):
    assert coverage(plan(licence(product, 1), plan=on_plan, mixed=mixed), TODAY).users.have == covered


def test_two_plans_in_one_tenant_are_noticed():
    found = coverage(plan(licence("microsoft-365-e3", 1), licence("microsoft-365-e5", 1)), TODAY)
    assert found.mixes_plans


def test_servers_that_cannot_be_onboarded_need_no_licence():
    assert coverage(plan(devices={"windows-server-2008": 2, "centos-6": 3, "rhel-9": 4})).servers.need == 4


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_user_seats_never_cover_a_server(seats, servers):
    found = coverage(plan(licence("microsoft-365-e5", seats), licence("mde-server", servers)), TODAY)
    assert found.users.have == 5 * seats
    assert found.servers.have == servers
    assert found.servers.gap == max(441 - servers, 0)
