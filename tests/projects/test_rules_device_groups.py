"""Ranks, rules in words, grants and pasted lists of device groups."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.device_group_list import read
from projects.rules.device_rules import Condition, in_words, stored
from projects.rules.granted import twice, wrong_grant
from projects.rules.ranks import Gap, Tie, closed, in_order, moved, ranks_of, settled


@dataclass(frozen=True)
class Group:
    key: str
    rank: int
    does_not_apply: str = ""

    @property
    def name(self) -> str:
        return self.key.upper()


def groups(*ranks: int) -> list[Group]:
    return [Group(chr(ord("a") + place), rank) for place, rank in enumerate(ranks)]


def reranked(found: list[Group], changes: dict[str, int]) -> list[Group]:
    return [Group(one.key, changes.get(one.key, one.rank), one.does_not_apply) for one in found]


RANKED = st.lists(st.integers(1, 12), max_size=8).map(lambda ranks: groups(*ranks))


# Ranks ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ranks", "gaps", "ties"),
    [
        ((), (), ()),
        ((1, 2, 3), (), ()),
        ((3, 1, 2), (), ()),
        ((2, 3), (Gap(1, 1),), ()),
        ((1, 5), (Gap(2, 4),), ()),
        ((1, 2, 2), (), (Tie(2, ("B", "C"), ("b", "c")),)),
        ((4, 4), (Gap(1, 3),), (Tie(4, ("A", "B"), ("a", "b")),)),
    ],
)
def test_gaps_and_ties_are_found(ranks, gaps, ties):
    found = ranks_of(groups(*ranks))
    assert (found.gaps, found.ties, found.are_in_order) == (gaps, ties, not gaps and not ties)


def test_a_group_that_does_not_apply_has_no_place_in_the_order():
    found = [*groups(1, 3), Group("z", 2, "Not ours")]
    assert ranks_of(found).gaps == (Gap(2, 2),)
    assert closed(found) == {"b": 2}
    assert moved(found, "z", up=True) == {}


@given(RANKED)
def test_closing_the_gaps_numbers_from_one_keeps_the_order_and_settles_no_tie(found):
    then = reranked(found, closed(found))
    assert sorted({one.rank for one in then}) == list(range(1, len({one.rank for one in found}) + 1))
    assert [one.key for one in in_order(then)] == [one.key for one in in_order(found)]
    assert [tie.keys for tie in ranks_of(then).ties] == [tie.keys for tie in ranks_of(found).ties]
    assert ranks_of(then).gaps == ()
    assert closed(then) == {}


@given(RANKED, st.integers(0, 7))
def test_a_tie_is_settled_in_the_order_that_was_chosen_and_nothing_else_changes_places(found, choice):
    for tie in ranks_of(found).ties:
        first = tie.keys[choice % len(tie.keys)]
        order = [first, *(key for key in tie.keys if key != first)]
        then = reranked(found, settled(found, order))
        now = {one.key: one.rank for one in then}
        assert [now[key] for key in order] == list(range(tie.rank, tie.rank + len(order)))
        others = [one.key for one in in_order(found) if one.key not in order]
        assert [one.key for one in in_order(then) if one.key not in order] == others
        assert [t.keys for t in ranks_of(then).ties] == [t.keys for t in ranks_of(found).ties if t != tie]


@pytest.mark.parametrize("order", [[], ["a"], ["a", "c"], ["a", "b", "c"], ["a", "a"], ["x", "y"]])
def test_what_is_no_tie_is_not_settled(order):
    assert settled(groups(1, 1, 2), order) == {}


@given(RANKED, st.integers(0, 7), st.booleans())
def test_moving_changes_places_with_the_neighbour_alone(found, place, up):
    order = [one.key for one in in_order(found)]
    if place >= len(order):
        return
    then = reranked(found, moved(found, order[place], up=up))
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        pair = [one.rank for one in in_order(then) if one.key in {order[place], order[other]}]
        assert pair[0] < pair[1]
    assert [one.key for one in in_order(then)] == order


def test_moving_in_an_order_without_ties_swaps_two_ranks():
    assert moved(groups(1, 5, 9), "b", up=False) == {"b": 9, "c": 5}
    assert moved(groups(1, 5, 9), "a", up=True) == {}
    assert moved(groups(2, 2, 2), "c", up=True) == {"c": 3, "b": 4}


# Rules ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([], ""),
        ([("tag", "is", "T0")], "Tag is T0"),
        (
            [("tag", "is", "T0"), ("domain", "ends", "emea.x.example"), ("domain", "ends", "apac.x.example")],
            "Tag is T0, and domain ends with emea.x.example or apac.x.example",
        ),
        ([("name", "starts", "SRV-"), ("name", "contains", "db")], "Device name starts with SRV-, or contains db"),
        ([("serial", "is", "7")], "Serial is 7"),
    ],
)
def test_a_rule_is_said_in_words(conditions, words):
    assert in_words(Condition(*one) for one in conditions) == words


def test_the_first_condition_is_in_fields_of_its_own():
    found = stored([Condition("tag", "is", "T0"), Condition("os", "is", "Windows 11")])
    assert found == {
        "rule_on": "tag", "rule_how": "is", "rule_value": "T0", "more_rules": [["os", "is", "Windows 11"]],
    }  # fmt: skip


# Grants ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SOC-Tier3", ""),
        ("unheard of", ""),
        ("Servers ", "is this device group itself"),
        ("emea  CLIENTS", "is a device group"),
        ("soc-tier3", "is written “SOC-Tier3” elsewhere"),
        ("Both", ""),
    ],
)
def test_a_device_group_is_granted_to_people_and_not_to_devices(name, words):
    wrong = wrong_grant(name, own="servers", device_groups=["EMEA clients", "Both"], entra_groups=["SOC-Tier3", "Both"])
    assert words in wrong
    assert bool(words) == bool(wrong)


def test_two_spellings_of_one_name_are_said():
    assert "“SOC” and “soc ”" in twice(["SOC", "soc "])
    assert twice(["SOC", "SOC", "CDOC"]) == ""


# Pasted lists ---------------------------------------------------------------------------------------------------------
GOOD = """rank,name,matches,how,value,remediation,granted to
1,"Servers, tier 0",tag,is,T0,none,SOC-Tier3
,"Servers, tier 0",domain,ends with,contoso.example,,
2,EMEA clients,Domain,ends with,emea.contoso.example,full,SOC-Tier1 | SOC-Tier2
,APAC clients,operating system,,Windows 11,semi,
"""


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_lines_become_groups_whatever_separates_their_columns(separator):
    text = GOOD if separator == "," else GOOD.replace("Servers, tier 0", "Servers").replace(",", separator)
    found, problems = read(text)
    assert problems == []
    assert [(one.rank, len(one.conditions), one.remediation, list(one.granted)) for one in found] == [
        (1, 2, "none", ["SOC-Tier3"]),
        (2, 1, "full", ["SOC-Tier1", "SOC-Tier2"]),
        (0, 1, "semi", []),
    ]
    assert found[2].values["rule_on"] == "os"


BAD = {
    "1,,tag,is,T0": "It has no name.",
    "x,A,tag,is,T0": "“x” is no rank: a whole number from 1.",
    "1,A,tga,is,T0": "Nothing can match on “tga”. Did you mean “tag”?",
    "1,A,tag,start wth,T0": "“start wth” is no way to match. Did you mean “starts with” or “ends with”?",
    "1,A,tag,is,": "There is no value to match.",
    "1,A,tag,is,T0,ful": "“ful” is no level of remediation. Did you mean “full”?",
    "1,A,tag,is,T0,full,a ": "“a” is this device group itself: it holds devices, not people. Name the Entra group that sees it.",
    "1,A,tag,is,T0,full,Present": "“Present” is a device group: it holds devices, not people. "
    "Name the Entra group that sees this one.",
    "1,present,tag,is,T0": "There is a device group “Present” in the plan already.",
    "1,Ungrouped devices,tag,is,T0": "“Ungrouped devices” is the default group: it is there, last, and not to be changed.",
    "1,A,tag,is,T0,full,G,more": "8 columns, where there are 7: rank, name, matches, how, value, remediation, granted to.",
    '1,"A\nB",tag,is,T0': "name: This is one line: take the line break out.",
    "1,A\u202eB,tag,is,T0": "name: It contains a character that cannot be seen and turns the reading direction (U+202E): "
    "take it out.",
    "1,A,tag,is," + "x" * 201: "value: longer than 200 characters.",
    "": "There is no device group in it.",
    '1,"A': "The text cannot be read as lines of columns: unexpected end of data.",
}  # fmt: skip


@pytest.mark.parametrize(("line", "what"), BAD.items(), ids=range(len(BAD)))
def test_what_is_wrong_in_a_line_is_said_with_its_line(line, what):
    _found, problems = read(f"1,First,tag,is,X\n{line}" if line else "\n", device_groups=["Present"])
    assert what in [one.what for one in problems]
    assert {one.line for one in problems} <= ({2} if line and "unexpected" not in what else {0})


def test_every_problem_is_told_and_not_the_first_alone():
    _found, problems = read("1,A,tga,is,T0\n2,,tag,is,T1\n1,A,tag,is,T2\n3,A,tag,is,T3")
    assert [one.line for one in problems] == [1, 2, 4]


def test_no_rule_takes_more_than_ten_values_of_a_thing():
    lines = "\n".join(f"1,A,tag,is,T{n}" for n in range(11))
    _found, [problem] = read(lines)
    assert (problem.line, problem.what) == (11, "More than 10 values for tag: no rule takes more.")


def test_more_groups_than_fit_in_are_refused():
    _found, [problem] = read("1,A\n2,B\n3,C", most=2)
    assert problem.what == "These are 3 device groups; 2 more fit in."


@pytest.mark.parametrize("name", ['O\'Brien "QA"', "$(rm -rf /)", "`id`", "שרתים", "<b>x</b>", "=1+1", "a;b"])
def test_a_name_with_quotes_or_signs_of_a_shell_is_kept_as_it_is(name):
    quoted = name.replace('"', '""')
    [group], problems = read(f'rank,name,matches,how,value\n1,"{quoted}",tag,is,"{quoted}"')
    assert problems == []
    assert (group.name, group.conditions[0].value) == (name, name)
