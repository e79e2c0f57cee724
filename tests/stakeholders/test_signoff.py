"""What was signed against what is now: what ends a signature, what drifts, what is only told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.document import digest, rows
from projects.document.sections import Connectivity
from stakeholders.rules.effect import effect
from stakeholders.rules.signoff import compare
from tests.stakeholders.written import DANA, MARCUS, TODAY, licences, servers, standing, vote, written

PLAN = written()
LINUX = servers(3, key="linux", system="centos-6")
SIEM = rows.Siem(key="siem", product="Splunk", version="9.3")

# name, signed, now, tolerance, what ends it, what drifted, what is only told
TABLE = [
    ("nothing", PLAN, PLAN, 5, [], [], []),
    ("a count within", PLAN, written(servers(104)), 5, [], ["Windows Server 2019"], []),
    ("a count at the edge", PLAN, written(servers(110)), 10, [], ["Windows Server 2019"], []),
    ("a count beyond", PLAN, written(servers(111)), 10, ["Windows Server 2019"], [], []),
    ("a count by one, nothing allowed", PLAN, written(servers(101)), 0, ["Windows Server 2019"], [], []),
    ("down to none", PLAN, written(servers(0)), 10, ["Windows Server 2019"], [], []),
    ("from none to one", written(servers(0)), written(servers(1)), 10, ["Windows Server 2019"], [], []),
    ("a new system", PLAN, written(servers(), LINUX), 10, ["CentOS 6"], [], []),
    ("a system removed", written(servers(), LINUX), PLAN, 10, ["CentOS 6"], [], []),
    ("a system set aside", PLAN, written(servers(does_not_apply="Sold.")), 10, ["Windows Server 2019"], [], []),
    ("another system", PLAN, written(servers(system="windows-server-2022")), 10, ["Windows Server 2022"], [], []),
    ("wording", PLAN, written(servers(note="Counted twice.")), 0, [], [], ["Windows Server 2019"]),
    ("where a count is from", PLAN, written(servers(source="Intune")), 0, [], [], ["Windows Server 2019"]),
    ("progress", PLAN, written(servers(counted_on=TODAY)), 0, [], [], ["Windows Server 2019"]),
    ("wording beside a count", PLAN, written(servers(104, note="x")), 5, [], ["Windows Server 2019"], []),
    ("a material field of another row", written(siem=(SIEM,)),
     written(siem=(SIEM.replaced(version="9.4"),)), 5, ["Splunk 9.4"], [], []),
    ("progress of another row", written(siem=(SIEM,)), written(siem=(SIEM.replaced(tested_on=TODAY),)), 0,
     [], [], ["Splunk 9.3"]),
    ("a row of wording alone", PLAN, written(siem=()), 0, [], [], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "signed", "now", "tolerance", "ends", "drifted", "told"), TABLE, ids=[r[0] for r in TABLE]
)
def test_what_ends_a_signature(case, signed, now, tolerance, ends, drifted, told):
    found = compare(signed, now, "environment", tolerance)
    assert [change.title for change in found.ends] == ends
    assert [change.title for change in found.drifted] == drifted
    assert [change.title for change in found.unsigned] == told
    assert found.stands is not bool(ends)


def test_rows_that_only_changed_places_are_what_was_signed():
    """Keys are not signed: what stands in the plan is the same, and so is its fingerprint."""
    signed = written(servers(7, key="a"), servers(3, key="b", system="centos-6"))
    swapped = written(servers(3, key="a", system="centos-6"), servers(7, key="b"))
    assert digest("environment", signed.environment, PLAN.project) == digest(
        "environment", swapped.environment, PLAN.project
    )
    assert compare(signed, swapped, "environment", 0).stands
    another = written(servers(3, key="a", system="centos-6"), servers(8, key="b"))
    assert not compare(signed, another, "environment", 0).stands


def test_an_approver_who_is_only_informed_now_ends_the_signatures_on_the_matrix():
    """The row is not signed any more, but it was: nobody is taken out of those who must agree behind their backs."""
    informed = MARCUS.replaced(part="I")
    signed, now = written(people=(DANA, MARCUS)), written(people=(DANA, informed))
    found = compare(signed, now, "stakeholders", 100)
    assert [(change.title, change.kind) for change in found.ends] == [("Head of CDOC", "changed")]
    assert not compare(now, signed, "stakeholders", 100).stands


def test_a_way_to_the_service_that_is_taken_away_again_ends_the_signature():
    """A generated row of which nothing is written is not signed; what was written of it was."""
    way = rows.Route(key="route-rhel-8", system="rhel-8", route="Through the proxy", status="unknown")
    with_way, without = (
        PLAN.replaced(connectivity=Connectivity(routes=(row,))) for row in (way, way.replaced(route=""))
    )
    assert not compare(with_way, without, "connectivity", 100).stands
    assert not compare(without, with_way, "connectivity", 100).stands


def test_a_fact_of_the_project_ends_every_section():
    for section in ("environment", "licences", "access", "stakeholders", "timeline"):
        found = compare(PLAN, written(geography="eu"), section, 10)
        assert [fact.after_text for fact in found.facts] == ["European Union"]
        assert not found.stands


@pytest.mark.parametrize(
    ("have", "now", "turns_short"),
    [(100, 102, True), (102, 102, False), (90, 102, False), (100, 98, False), (0, 102, False)],
    ids=["enough, then not", "still enough", "short before", "fewer devices", "never any"],
)
def test_a_pool_of_licences_that_turns_short_ends_the_signature(have, now, turns_short):
    signed, after = written(entitlements=(licences(have),)), written(servers(now), entitlements=(licences(have),))
    found = compare(signed, after, "environment", 5)
    assert found.turns_short is turns_short
    assert found.stands is not turns_short


def test_licences_that_are_bought_do_not_touch_the_environment():
    assert compare(PLAN, written(entitlements=(licences(500),)), "environment", 0).stands


@settings(max_examples=60)
@given(st.integers(1, 10_000), st.integers(0, 10_000), st.sampled_from([0, 5, 10]))
def test_what_a_narrower_tolerance_lets_stand_a_wider_one_does_too(before, after, tolerance):
    signed, now = written(servers(before)), written(servers(after))
    if compare(signed, now, "environment", tolerance).stands:
        assert compare(signed, now, "environment", tolerance + 5).stands


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_a_plan_compared_with_itself_differs_in_nothing(count):
    plan = written(servers(count))
    found = compare(plan, plan, "environment", 0)
    assert found.stands
    assert found.changes + found.unsigned == ()


# What an edit would do, said before it is saved -----------------------------------------------------------------------
BOTH = (vote(DANA, PLAN), vote(MARCUS, PLAN))


@pytest.mark.parametrize(
    ("case", "votes", "then", "bold", "words"),
    [
        ("beyond", BOTH, written(servers(141)), "100 → 141 is +41.0 %",
         "more than the 5 % that was approved. Both signatures on Environment end."),
        ("within", BOTH, written(servers(103)), "100 → 103 is +3.0 %", "within what was approved."),
        ("beyond for one of two", (BOTH[0], vote(MARCUS, PLAN, tolerance=10)), written(servers(108)),
         "100 → 108 is +8.0 %",
         "more than the 5 % that was approved. The signature of Dana Reyes on Environment ends."),
        ("a new system", BOTH, written(servers(), LINUX), "",
         "It is part of what was signed. Both signatures on Environment end."),
        ("one signature", BOTH[:1], written(servers(200)), "100 → 200 is +100.0 %",
         "more than the 5 % that was approved. The signature of Dana Reyes on Environment ends."),
        ("nobody signed", (), written(servers(200)), "", "Nobody has signed Environment yet, so nothing ends."),
        ("from none", tuple(vote(who, written(servers(0))) for who in (DANA, MARCUS)), written(servers(5)), "0 → 5",
         "more than the 5 % that was approved. Both signatures on Environment end."),
    ],
    ids=lambda value: value if isinstance(value, str) and " → " not in value else "",
)  # fmt: skip
def test_an_edit_says_what_it_would_end(case, votes, then, bold, words):
    now = written(servers(0)) if case == "from none" else PLAN
    before, after = standing(now, *votes), standing(then, *votes, signed={1: now})
    key = "linux" if case == "a new system" else "servers"
    found = effect(before.of_section("environment"), after.of_section("environment"), key=key, title="Environment",
                   is_signed=True)  # fmt: skip
    assert (found.bold, found.words) == (bold, words)


def test_a_signature_that_is_out_of_date_already_says_who_must_look_again():
    now, then = written(servers(200)), written(servers(210))
    before, after = standing(now, *BOTH, signed={1: PLAN}), standing(then, *BOTH, signed={1: PLAN})
    found = effect(before.of_section("environment"), after.of_section("environment"), key="servers",
                   title="Environment", is_signed=True)  # fmt: skip
    assert found.bold == "100 → 210 is +110.0 %"
    assert found.words == "Dana Reyes and Marcus Webb must look at Environment again in any case."
