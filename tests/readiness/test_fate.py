"""What became of an answer, case by case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from readiness.rules.fate import Fate, Now, fate
from stakeholders.rules.changes import Deed
from stakeholders.rules.standing import Said
from tests.stakeholders.written import DANA, MARCUS, PRIYA, START, TODAY, servers, standing, vote, written

WAS, DRIFTED, GREW = written(servers(100)), written(servers(103)), written(servers(150))
GONE = written(servers(100), people=(MARCUS,))
ZONE = "Europe/Dublin"


def deed(days: int) -> Deed:
    return Deed(
        seq=days, who="Lena", at=START + timedelta(days=days), why="", sections=("environment",), table="devices",
        key="servers", what={},
    )  # fmt: skip


def of_matrix(days: int, after: dict[str, object] | None = None) -> Deed:
    """Dana's row was changed, or removed."""
    return Deed(
        seq=days, who="Lena", at=START + timedelta(days=days), why="", sections=("stakeholders",), table="matrix",
        key=DANA.key, what={"after": after} if after else {"before": {}},
    )  # fmt: skip


def day(days: int) -> date:
    return (START + timedelta(days=days)).date()


FIRST = vote(DANA, WAS)
CASES = {
    "an approval of what is written stands": (WAS, [FIRST], [], Fate(Now.STANDS)),
    "within the tolerance it stands": (DRIFTED, [FIRST], [deed(2)], Fate(Now.STANDS)),
    "one that a change ended stood until that day": (GREW, [FIRST], [deed(2)], Fate(Now.UNTIL, until=day(2))),
    "the first of the changes counts, whatever came after": (
        GREW, [FIRST], [deed(3)], Fate(Now.UNTIL, until=day(3)),
    ),
    "one with a day ends on that day": (
        WAS, [vote(DANA, WAS, ends_on=day(3))], [], Fate(Now.UNTIL, until=day(3)),
    ),
    "one whose day is still to come stands until then": (
        WAS, [vote(DANA, WAS, ends_on=TODAY + timedelta(days=9))], [],
        Fate(Now.STANDS, until=TODAY + timedelta(days=9)),
    ),
    "on conditions it stands, and says so": (
        WAS, [vote(DANA, WAS, "conditions", ends_on=TODAY, condition={"what": "x", "who": "y", "until": "z"})], [],
        Fate(Now.STANDS, until=TODAY, is_conditional=True),
    ),
    "on conditions that were met in time it stands without a day": (
        WAS, [vote(DANA, WAS, "conditions", ends_on=day(4), condition={"what": "x"}, met_on=day(3))], [],
        Fate(Now.STANDS),
    ),
    "after its condition was met it ended when the plan changed, not on the day of the condition": (
        GREW, [vote(DANA, WAS, "conditions", ends_on=day(4), condition={"what": "x"}, met_on=day(3))], [deed(6)],
        Fate(Now.UNTIL, until=day(6)),
    ),
    "given again while it stood it is replaced": (
        WAS, [FIRST, vote(DANA, WAS, days=5)], [], Fate(Now.REPLACED, until=day(5), replaced_on=day(5)),
    ),
    "given again after it had ended it says both days": (
        GREW, [FIRST, vote(DANA, GREW, days=5, revision=2)], [deed(2)],
        Fate(Now.REPLACED, until=day(2), replaced_on=day(5)),
    ),
    "changes that were asked for are open": (WAS, [vote(DANA, WAS, "changes")], [], Fate(Now.OPEN)),
    "changes that were asked for are replaced by an approval": (
        WAS, [vote(DANA, WAS, "changes"), vote(DANA, WAS, days=1)], [], Fate(Now.REPLACED, replaced_on=day(1)),
    ),
    "one that was taken back says when": (
        WAS, [FIRST, vote(DANA, WAS, "withdrawn", days=2)], [], Fate(Now.TAKEN_BACK, replaced_on=day(2)),
    ),
    "changes that were asked for and replied to are answered on that day": (
        WAS, [vote(DANA, WAS, "changes")._replace(replies=(Said("Added.", "Lena", START + timedelta(days=2)),))], [],
        Fate(Now.ANSWERED, answered_on=day(2)),
    ),
    "input that was replied to is what was said": (
        WAS, [vote(PRIYA, WAS, "input")._replace(replies=(Said("Thanks.", "Lena", START + timedelta(days=2)),))], [],
        Fate(Now.HEARD),
    ),
    "an objection is open": (WAS, [vote(PRIYA, WAS, "object")], [], Fate(Now.OPEN)),
    "input is what was said": (WAS, [vote(PRIYA, WAS, "input")], [], Fate(Now.HEARD)),
    "of a row that is gone it counts no more": (GONE, [FIRST], [], Fate(Now.GONE)),
    "of a row that was removed it stood until that day": (
        GONE, [FIRST], [of_matrix(2, after={"question": "?"}), of_matrix(4)], Fate(Now.GONE, until=day(4)),
    ),
    "of a row that somebody else stands in now it stood until that day": (
        written(servers(100), people=(DANA.replaced(email="new@contoso.example"), MARCUS)), [FIRST],
        [of_matrix(3, after={"email": "new@contoso.example"}), of_matrix(5, after={"scope": ["access"]})],
        Fate(Now.GONE, until=day(3)),
    ),
    "of a row that was removed after the plan had changed it stood until the change": (
        written(servers(150), people=(MARCUS,)), [FIRST], [deed(2), of_matrix(4)], Fate(Now.GONE, until=day(2)),
    ),
    "another person's answer replaces nothing": (
        WAS, [FIRST, vote(MARCUS, WAS, days=2)], [], Fate(Now.STANDS),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_became_of_an_answer(case):
    now, votes, deeds, expected = CASES[case]
    signed = {1: WAS, 2: GREW}
    assert fate(votes[0], "environment", standing(now, *votes, signed=signed), deeds, ZONE) == expected


def test_days_are_those_of_the_tenant():
    late = vote(DANA, WAS, at=START.replace(hour=23, minute=30))
    again = vote(DANA, WAS, days=1, at=START.replace(hour=23, minute=45))
    votes = standing(WAS, late, again)
    assert fate(late, "environment", votes, [], "UTC").replaced_on == day(0)
    assert fate(late, "environment", votes, [], "Europe/Athens").replaced_on == day(1)
