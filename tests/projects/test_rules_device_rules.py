"""Rules of device groups: what covers what, and which groups no device can ever be in."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.document.rows import DeviceGroup
from projects.rules.device_rules import Condition, conditions_of, rule_of, shadowed


def group(rank: int, *conditions: tuple[str, str, str], name: str = "") -> DeviceGroup:
    first, more = (conditions[0], conditions[1:]) if conditions else (("tag", "is", ""), ())
    return DeviceGroup(
        key=f"g{rank}", rank=rank, name=name or f"G{rank}", rule_on=first[0], rule_how=first[1], rule_value=first[2],
        more_rules=more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wider", "other", "does"),
    [
        (("tag", "is", "T0"), ("tag", "is", "t0"), True),
        (("tag", "is", "T0"), ("tag", "is", "T1"), False),
        (("tag", "is", "T0"), ("name", "is", "T0"), False),
        (("domain", "ends", "contoso.example"), ("domain", "is", "emea.contoso.example"), True),
        (("domain", "ends", "contoso.example"), ("domain", "ends", "emea.contoso.example"), True),
        (("domain", "ends", "emea.contoso.example"), ("domain", "ends", "contoso.example"), False),
        (("name", "starts", "SRV"), ("name", "starts", "srv-lon"), True),
        (("name", "starts", "SRV"), ("name", "contains", "srv-lon"), False),
        (("name", "contains", "lon"), ("name", "starts", "srv-lon"), True),
        (("name", "contains", "lon"), ("name", "ends", "-london"), True),
        (("name", "is", "srv"), ("name", "starts", "srv"), False),
    ],
)
def test_a_condition_covers_what_can_only_fulfil_it_too(wider, other, does):
    assert Condition(*wider).covers(Condition(*other)) is does


def test_conditions_without_a_value_say_nothing():
    assert conditions_of(group(1)) == ()
    assert rule_of(group(1, ("tag", "is", "a"), ("tag", "is", "b"), ("os", "is", "Windows11"))) == {
        "tag": (Condition("tag", "is", "a"), Condition("tag", "is", "b")),
        "os": (Condition("os", "is", "Windows11"),),
    }


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        pytest.param([group(1, ("tag", "is", "a")), group(2, ("tag", "is", "b"))], [], id="nothing in common"),
        pytest.param([group(1, ("tag", "is", "a")), group(2, ("tag", "is", "A"))], [("G2", ["G1"])], id="the same"),
        pytest.param(
            [group(1, ("tag", "is", "a"), ("os", "is", "w")), group(2, ("tag", "is", "a"))], [], id="narrower first"
        ),
        pytest.param(
            [group(1, ("tag", "is", "a")), group(2, ("tag", "is", "a"), ("os", "is", "w"))], [("G2", ["G1"])],
            id="wider first",
        ),
        pytest.param(
            [group(1, ("tag", "is", "a")), group(2, ("tag", "is", "b")),
             group(3, ("tag", "is", "a"), ("tag", "is", "b"))], [("G3", ["G1", "G2"])], id="two together",
        ),
        pytest.param(
            [group(1, ("tag", "is", "a")), group(3, ("tag", "is", "a"), ("tag", "is", "b"))], [], id="a part is left"
        ),
        pytest.param(
            [group(2, ("domain", "ends", "x.example")), group(1, ("domain", "ends", "a.x.example"))], [],
            id="the order is that of the ranks",
        ),
        pytest.param([group(1), group(2, ("tag", "is", "a"))], [], id="a group without a rule takes nothing"),
    ],
)  # fmt: skip
def test_which_groups_can_never_match(groups, hidden):
    assert [(s.group.name, sorted(g.name for g in s.by)) for s in shadowed(groups)] == hidden


VALUES = ["a", "ab", "ba", "b"]
CONDITION = st.tuples(
    st.sampled_from(["name", "tag"]), st.sampled_from(["is", "starts", "ends", "contains"]), st.sampled_from(VALUES)
)
THINGS = ["", "a", "b", "ab", "ba", "aba", "bab", "abba", "baab", "xax"]
DEVICES = [{"name": name, "tag": tag} for name, tag in product(THINGS, repeat=2)]


def fulfils(device: dict[str, str], condition: Condition) -> bool:
    has, value = device[condition.on], condition.value
    return {
        "is": has == value, "starts": has.startswith(value), "ends": has.endswith(value), "contains": value in has,
    }[condition.how]  # fmt: skip


def is_in(device: dict[str, str], one: DeviceGroup) -> bool:
    rule = rule_of(one)
    return bool(rule) and all(any(fulfils(device, c) for c in alternatives) for alternatives in rule.values())


@given(st.lists(st.lists(CONDITION, min_size=1, max_size=3), min_size=1, max_size=5))
def test_no_device_is_in_a_group_that_is_said_never_to_match(rules):
    """Each device goes to the first group whose rule it fulfils, as the portal does: none comes to a shadowed one."""
    groups = [group(rank, *conditions) for rank, conditions in enumerate(rules, start=1)]
    never = {shadow.group.key for shadow in shadowed(groups)}
    for device in DEVICES:
        first = next((one for one in groups if is_in(device, one)), None)
        assert first is None or first.key not in never


def test_two_thousand_groups_are_looked_at_one_by_one_and_the_hidden_ones_are_found():
    groups = [group(rank, ("domain", "ends", f"site{rank}.example")) for rank in range(1, 2001)]
    groups += [group(3000, ("domain", "is", "host.site7.example")), group(3001, ("name", "contains", "site"))]
    assert [(s.group.key, [g.key for g in s.by]) for s in shadowed(groups)] == [("g3000", ["g7"])]
