"""The inventory of the example, added up: every sum that a screen or a mail shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import catalog
from projects.document.rows import DeviceCount
from projects.document.sections import Environment
from projects.rules.estate import GROUPS, Estate, estate_of

EXAMPLE = {
    "windows-11": 4180, "windows-10": 912, "windows-8.1": 6, "windows-7-sp1": 14,
    "macos-27": 31, "macos-26": 174, "macos-15": 66, "macos-14": 15,
    "ios": 2140, "android": 655,
    "windows-server-2025": 12, "windows-server-2022": 96, "windows-server-2019": 141, "windows-server-2016": 58,
    "windows-server-2012-r2": 23, "windows-server-2008-r2-sp1": 5, "windows-server-2008": 2,
    "rhel-8": 34, "rhel-9": 22, "ubuntu-22.04": 41, "sles-15": 9, "centos-6": 3,
}  # fmt: skip


def counted(system: str, count: int, **more: str) -> DeviceCount:
    known = catalog.systems().get(system)
    return DeviceCount(key=f"d-{system}", system=system, kind=more.pop("kind", None) or known.kind, count=count, **more)  # type: ignore[arg-type, union-attr]


def example(plan: str = "P2") -> Estate:
    return estate_of(Environment(devices=tuple(counted(*pair) for pair in EXAMPLE.items())), plan)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("total", 8639),
        ("computers.total", 5398),
        ("mobiles.total", 2795),
        ("servers.total", 446),
        ("windows_servers.total", 337),
        ("linux_servers.total", 109),
        ("can_be_onboarded", 8619),
        ("cannot", 20),
        ("unplaced", 0),
        ("servers.can_be_onboarded", 441),
        ("windows_servers.can_be_onboarded", 335),
        ("linux_servers.can_be_onboarded", 106),
        ("servers.extra_step", 86),
        ("computers.extra_step", 20),
        ("computers.as_they_are", 5363),
        ("servers.as_they_are", 355),
    ],
)
def test_the_example_adds_up(what, expected):
    found = example()
    for name in what.split("."):
        found = getattr(found, name)
    assert found == expected


def test_what_cannot_be_onboarded_is_named():
    assert [(line.name, line.count) for line in example().cannot_lines] == [
        ("macOS 14", 15),
        ("Windows Server 2008", 2),
        ("CentOS 6", 3),
    ]


def test_the_extra_steps_are_told_by_route():
    estate = example()
    assert estate.by_route("unified").total == 81
    assert estate.servers.by_route("deployment_tool").total == 5
    assert estate.computers.by_route("monitoring_agent").total == 6


def test_plan_1_has_no_route_for_the_oldest_systems():
    assert example("P1").cannot == 20 + 6 + 14 + 5


def test_a_system_on_no_list_of_supported_ones_is_counted_and_cannot_be_onboarded():
    row = counted("other", 27, kind="mobile", other_name="Android Zebra TC52 AOSP")
    estate = estate_of(Environment(devices=(row,)), "P2")
    assert (estate.total, estate.unplaced, estate.can_be_onboarded, estate.cannot) == (27, 0, 0, 27)
    assert estate.cannot_lines[0].name == "Android Zebra TC52 AOSP"


def test_a_system_that_does_not_apply_is_left_out():
    row = counted("ios", 2140, does_not_apply="Phones are out of scope.")
    assert estate_of(Environment(devices=(row,)), "P2").total == 0


def test_sources_add_up_to_the_total():
    rows = (
        counted("windows-11", 10, source="Intune"),
        counted("ios", 5, source="Intune"),
        counted("rhel-9", 3, source="by hand"),
    )
    estate = estate_of(Environment(devices=rows), "P2")
    assert estate.by_source == (("Intune", 15), ("by hand", 3))


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(catalog.systems())), st.integers(0, 10_000)), unique_by=lambda pair: pair[0]
    ),
    st.sampled_from(["P1", "P2"]),
)
def test_every_device_is_in_one_group_and_has_one_fate(pairs, plan):
    estate = estate_of(Environment(devices=tuple(counted(*pair) for pair in pairs)), plan)
    assert sum(estate.group(name).total for name in GROUPS) == estate.total == sum(count for _, count in pairs)
    assert estate.as_they_are + estate.extra_step + estate.cannot + estate.unplaced == estate.total
    assert estate.computers.total + estate.mobiles.total + estate.servers.total == estate.total
