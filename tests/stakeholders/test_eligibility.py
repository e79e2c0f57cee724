"""Who may sign what: one function for every path, one row per case."""

from __future__ import annotations

from typing import Any

import pytest

from stakeholders.rules.eligibility import Bar, bar, gives_more
from stakeholders.views.reading import bar_words

DANA, LENA, MARCUS = "dana@contoso.example", "lena@contoso.example", "marcus@contoso.example"
USUAL: dict[str, Any] = {
    "addressed_to": DANA,
    "part": "SO",
    "authors": {LENA},
    "asked_by": {LENA},
    "placed_by": {LENA},
}

TABLE = [
    ("the approver who was asked", {}, None),
    ("a forwarded link", {"addressed_to": MARCUS}, Bar.NOT_ADDRESSED),
    ("whoever wrote the section", {"authors": {LENA, DANA}}, Bar.WROTE_IT),
    ("whoever asked for the approval", {"asked_by": {DANA}}, Bar.ASKED_FOR_IT),
    ("whoever put themselves into the matrix", {"placed_by": {LENA, DANA}}, Bar.ADDED_OWN_ROW),
    ("a section that nobody wrote", {"authors": ()}, None),
    ("a request whose sender is gone", {"asked_by": ()}, None),
    ("a row that the template laid", {"placed_by": ()}, None),
    ("having asked weighs more than having written", {"asked_by": {DANA}, "authors": {DANA}}, Bar.ASKED_FOR_IT),
    ("an author who was not asked", {"addressed_to": MARCUS, "authors": {DANA}}, Bar.NOT_ADDRESSED),
    ("input by an author", {"part": "R", "authors": {DANA}}, None),
    ("input by whoever asked", {"part": "R", "asked_by": {DANA}}, None),
    ("input by whoever added themselves", {"part": "R", "placed_by": {DANA}}, None),
    ("input by somebody else", {"part": "R", "addressed_to": MARCUS}, Bar.NOT_ADDRESSED),
    ("a note by an author", {"part": "I", "authors": {DANA}}, None),
    ("a note by somebody else", {"part": "I", "addressed_to": MARCUS}, Bar.NOT_ADDRESSED),
]


@pytest.mark.parametrize(("case", "facts", "says"), TABLE, ids=[row[0] for row in TABLE])
def test_who_may_answer(case, facts, says):
    assert bar(DANA, **(USUAL | facts)) is says


MORE = [
    ("another sentence about the role", {"description": ""}, {"description": "Pays."}, False),
    ("input becomes approval", {"part": "R"}, {"part": "SO"}, True),
    ("approval becomes input", {"part": "SO"}, {"part": "R"}, False),
    ("one section more", {"scope": ["access"]}, {"scope": ["access", "licences"]}, True),
    ("all sections", {"scope": ["access"]}, {"scope": []}, True),
    ("one section less", {"scope": ["access", "licences"]}, {"scope": ["access"]}, False),
    ("from all sections to one", {"scope": []}, {"scope": ["access"]}, False),
    ("set aside", {"does_not_apply": ""}, {"does_not_apply": "Left."}, False),
    ("no longer set aside", {"does_not_apply": "Left."}, {"does_not_apply": ""}, True),
]


@pytest.mark.parametrize(("before", "after", "says"), [row[1:] for row in MORE], ids=[row[0] for row in MORE])
def test_what_gives_a_row_more_to_approve(before, after, says):
    assert gives_more(before, after) is says


@pytest.mark.parametrize("why", Bar)
def test_every_bar_is_told_with_a_remedy(why):
    reason, remedy = bar_words(why, lead="Lena Fischer")
    assert reason.endswith(".")
    assert remedy.endswith(".")
