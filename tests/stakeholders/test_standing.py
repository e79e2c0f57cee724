"""Where every signature stands: one row per case, and the laws that hold for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.document import digest
from stakeholders.document import Document
from stakeholders.rules.standing import COVERING, Said, State
from tests.stakeholders.written import (
    DANA,
    MARCUS,
    PRIYA,
    START,
    TODAY,
    ask,
    licences,
    servers,
    standing,
    vote,
    written,
)

PLAN = written()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CONDITION = {"what": "Count again", "who": "Tomás", "until": TOMORROW.isoformat()}


@dataclass(frozen=True)
class Case:
    """`says` are the states of Dana and Marcus on Environment; `signed` whether the section is approved."""

    name: str
    says: tuple[State, ...]
    signed: bool = False
    now: Document = PLAN
    votes: tuple[Any, ...] = ()
    asks: tuple[Any, ...] = ()
    then: dict[int, Document] = field(default_factory=lambda: {1: PLAN})
    authors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asker: str = ""


BOTH = (vote(DANA, PLAN), vote(MARCUS, PLAN))
NOBODY = written(people=(PRIYA,))
ANY = written(quorum="any")
OTHER_DANA = DANA.replaced(email="new@contoso.example", name="New")
LIMITED = MARCUS.replaced(scope=("access",))
NO_LONGER = MARCUS.replaced(does_not_apply="Left.")
LOWERED = MARCUS.replaced(part="R")
RENAMED = DANA.replaced(name="Dana R.", question="Really?")
A, P, N, S, X, C, K = (State.APPROVED, State.PENDING, State.NOT_ASKED, State.OUT_OF_DATE, State.EXPIRED, State.CHANGES,
                       State.CONDITIONAL)  # fmt: skip
L, W = State.LAPSED, State.WITHDRAWN
HANA = "hana@contoso.example"

CASES = [
    # nobody has answered
    Case("nobody was asked", (N, N)),
    Case("both were asked", (P, P), asks=(ask(DANA), ask(MARCUS))),
    Case("one was asked", (P, N), asks=(ask(DANA),)),
    Case("a request about another section asks nothing here", (N, N), asks=(ask(DANA, section="access"),)),
    Case("a request to who was in the row before asks nobody", (N, N),
         asks=(ask(DANA)._replace(email="old@x.example"),)),
    # answers
    Case("both approved", (A, A), signed=True, votes=BOTH),
    Case("one approved, one was not asked", (A, N), votes=BOTH[:1]),
    Case("one approved, one is waited for", (A, P), votes=BOTH[:1], asks=(ask(MARCUS),)),
    Case("one approved, one requested changes", (A, C), votes=(BOTH[0], vote(MARCUS, PLAN, "changes"))),
    Case("changes, then asked again", (A, P), votes=(BOTH[0], vote(MARCUS, PLAN, "changes")),
         asks=(ask(MARCUS, days=1),)),
    Case("changes, an older request is still open", (A, C), votes=(BOTH[0], vote(MARCUS, PLAN, "changes", days=2)),
         asks=(ask(MARCUS, days=1),)),
    Case("changes, then approved", (A, A), signed=True,
         votes=(BOTH[0], vote(MARCUS, PLAN, "changes"), vote(MARCUS, PLAN, days=1))),
    Case("approved, then changes", (A, C), votes=(*BOTH, vote(MARCUS, PLAN, "changes", days=1))),
    Case("approved, and asked again although nothing changed", (A, A), signed=True, votes=BOTH,
         asks=(ask(DANA, days=1),)),
    Case("an approval of another section says nothing here", (N, N), votes=(vote(DANA, PLAN, section="licences"),)),
    # conditions and days
    Case("on conditions, in time", (K, A), signed=True,
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=TOMORROW), BOTH[1])),
    Case("on conditions that end today", (K, A), signed=True,
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=TODAY), BOTH[1])),
    Case("on conditions that ended yesterday: lapsed", (L, A),
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=YESTERDAY), BOTH[1])),
    Case("the day of a condition ends only what it was put on", (A, A), signed=True,
         votes=(vote(DANA, PLAN, condition=CONDITION, ends_on=YESTERDAY), BOTH[1])),
    Case("an approval with a last day, over", (X, A), votes=(vote(DANA, PLAN, ends_on=YESTERDAY), BOTH[1])),
    Case("an approval with a last day, to come", (A, A), signed=True,
         votes=(vote(DANA, PLAN, ends_on=TOMORROW), BOTH[1])),
    Case("over and out of date: out of date", (S, A), now=written(servers(200)),
         votes=(vote(DANA, PLAN, ends_on=YESTERDAY), vote(MARCUS, written(servers(200)), revision=2)),
         then={1: PLAN, 2: written(servers(200))}),
    # the plan moved
    Case("a count moved beyond what was allowed", (S, S), now=written(servers(106)), votes=BOTH),
    Case("a count moved to the edge of what was allowed", (A, A), signed=True, now=written(servers(105)), votes=BOTH),
    Case("a count moved down to the edge", (A, A), signed=True, now=written(servers(95)), votes=BOTH),
    Case("a count moved down beyond", (S, S), now=written(servers(94)), votes=BOTH),
    Case("each has their own tolerance", (S, A), now=written(servers(103)),
         votes=(vote(DANA, PLAN, tolerance=0), vote(MARCUS, PLAN, tolerance=10))),
    Case("a new system", (S, S), now=written(servers(), servers(1, key="linux", system="rhel-8")), votes=BOTH),
    Case("a new system with no device", (S, S),
         now=written(servers(), servers(0, key="linux", system="rhel-8")), votes=BOTH),
    Case("a system removed", (S, S), now=written(), votes=tuple(
        vote(who, written(servers(), servers(1, key="linux", system="rhel-8"))) for who in (DANA, MARCUS)),
        then={1: written(servers(), servers(1, key="linux", system="rhel-8"))}),
    Case("the same rows in another order", (A, A), signed=True,
         now=written(servers(1, key="linux", system="rhel-8"), servers()), votes=tuple(
        vote(who, written(servers(), servers(1, key="linux", system="rhel-8"))) for who in (DANA, MARCUS)),
        then={1: written(servers(), servers(1, key="linux", system="rhel-8"))}),
    Case("the same row under another key", (A, A), signed=True, now=written(servers(key="again")), votes=BOTH),
    Case("wording", (A, A), signed=True, now=written(servers(note="Counted twice.")), votes=BOTH),
    Case("progress", (A, A), signed=True, now=written(servers(counted_on=TODAY)), votes=BOTH),
    Case("a row set aside", (S, S), now=written(servers(does_not_apply="Sold.")), votes=BOTH),
    Case("a material fact of the project", (S, S), now=written(geography="eu"), votes=BOTH),
    Case("the name of the project", (A, A), signed=True, now=written(name="Contoso 2027"), votes=BOTH),
    Case("within the tolerance, but now licences are missing", (S, S),
         now=written(servers(102), entitlements=(licences(100),)),
         votes=tuple(vote(who, written(entitlements=(licences(100),))) for who in (DANA, MARCUS)),
         then={1: written(entitlements=(licences(100),))}),
    Case("within the tolerance, licences were missing before", (A, A), signed=True,
         now=written(servers(102), entitlements=(licences(90),)),
         votes=tuple(vote(who, written(entitlements=(licences(90),))) for who in (DANA, MARCUS)),
         then={1: written(entitlements=(licences(90),))}),
    Case("signed again after the change", (A, S), now=written(servers(200)),
         votes=(*BOTH, vote(DANA, written(servers(200)), days=1, revision=2)),
         then={1: PLAN, 2: written(servers(200))}),
    Case("changed and changed back", (A, A), signed=True, votes=BOTH),
    Case("out of date, and asked again", (S, S), now=written(servers(200)), votes=BOTH, asks=(ask(DANA, days=1),)),
    # the matrix
    Case("no SO is never approved", (), now=NOBODY, votes=(vote(PRIYA, PLAN, "no_objection"),)),
    Case("any one is enough, and one approved", (A, N), signed=True, now=ANY, votes=BOTH[:1]),
    Case("any one is enough, and nobody approved", (N, N), now=ANY),
    Case("any one is enough, and the one is out of date", (S, N), now=written(servers(200), quorum="any"),
         votes=BOTH[:1]),
    Case("somebody else now stands in the row", (N, A), now=written(people=(OTHER_DANA, MARCUS)), votes=BOTH),
    Case("a new name and question change nothing", (A, A), signed=True,
         now=written(people=(RENAMED, MARCUS)), votes=BOTH),
    Case("a narrower scope: one approver is left", (A,), signed=True, now=written(people=(DANA, LIMITED)), votes=BOTH),
    Case("an approver who does not apply is not waited for", (A,), signed=True, now=written(people=(DANA, NO_LONGER)),
         votes=BOTH),
    Case("a lowered approver is not waited for", (A,), signed=True, now=written(people=(DANA, LOWERED)), votes=BOTH),
    Case("a third approver is waited for", (A, A, N), votes=BOTH,
         now=written(people=(DANA, MARCUS, DANA.replaced(key="cfo", email="cfo@contoso.example")))),
    # conditions that are met, or lapse
    Case("a condition that was met in time is an approval", (A, A), signed=True, votes=(
        vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=TOMORROW, met_on=TODAY), BOTH[1])),
    Case("a condition that was met stands after its day", (A, A), signed=True, votes=(
        vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=YESTERDAY, met_on=YESTERDAY), BOTH[1])),
    Case("a condition that was accepted a day too late stays lapsed", (L, A), votes=(
        vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=YESTERDAY, met_on=TODAY), BOTH[1])),
    Case("a condition that was met does not keep a signature on other content", (S, A), now=written(servers(200)),
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=TOMORROW, met_on=TODAY),
                vote(MARCUS, written(servers(200)), revision=2)), then={1: PLAN, 2: written(servers(200))}),
    Case("lapsed and out of date: out of date", (S, A), now=written(servers(200)),
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=YESTERDAY),
                vote(MARCUS, written(servers(200)), revision=2)), then={1: PLAN, 2: written(servers(200))}),
    Case("lapsed, and asked again: still lapsed", (L, A), asks=(ask(DANA, days=1),),
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=YESTERDAY), BOTH[1])),
    Case("lapsed, then approved without conditions", (A, A), signed=True,
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=YESTERDAY), vote(DANA, PLAN, days=1),
                BOTH[1])),
    Case("any one is enough, and the one lapsed", (L, N), now=ANY,
         votes=(vote(DANA, PLAN, "conditions", condition=CONDITION, ends_on=YESTERDAY),)),
    # taken back
    Case("an approval that was taken back", (W, A), votes=(*BOTH, vote(DANA, PLAN, "withdrawn", days=1))),
    Case("taken back while the request is still open", (W, A), asks=(ask(DANA),),
         votes=(*BOTH, vote(DANA, PLAN, "withdrawn", days=1))),
    Case("taken back, and asked again", (P, A), asks=(ask(DANA, days=2),),
         votes=(*BOTH, vote(DANA, PLAN, "withdrawn", days=1))),
    Case("taken back, and approved again", (A, A), signed=True,
         votes=(*BOTH, vote(DANA, PLAN, "withdrawn", days=1), vote(DANA, PLAN, days=2))),
    Case("changes that were taken back approve nothing", (A, W),
         votes=(*BOTH, vote(MARCUS, PLAN, "changes", days=1), vote(MARCUS, PLAN, "withdrawn", days=2))),
    Case("taken back at the same moment as given: the later number counts", (W, A),
         votes=(*BOTH, vote(DANA, PLAN, "withdrawn", number=2))),
    Case("taken back of another section", (A, A), signed=True,
         votes=(*BOTH, vote(DANA, PLAN, "withdrawn", days=1, section="licences"))),
    # answered
    Case("changes that were answered are still requested", (A, C), votes=(
        BOTH[0], vote(MARCUS, PLAN, "changes", replies=(Said("Done.", "Priya Nair", START),)))),
    Case("changes that were answered, and asked again", (A, P), asks=(ask(MARCUS, days=1),), votes=(
        BOTH[0], vote(MARCUS, PLAN, "changes", replies=(Said("Done.", "Priya Nair", START, resolves=True),)))),
    # B for A
    Case("a substitute signed for one of them", (A, A), signed=True,
         votes=(vote(DANA, PLAN, email=HANA, for_email=DANA.email), BOTH[1])),
    Case("a substitute's own address stands for nobody", (N, A), votes=(vote(DANA, PLAN, email=HANA), BOTH[1])),
    Case("a substitute approved, then the person requested changes", (C, A),
         votes=(vote(DANA, PLAN, email=HANA, for_email=DANA.email), BOTH[1], vote(DANA, PLAN, "changes", days=1))),
    Case("a substitute's signature goes with the person", (N, A), now=written(people=(OTHER_DANA, MARCUS)),
         votes=(vote(DANA, PLAN, email=HANA, for_email=DANA.email), BOTH[1])),
    Case("one approver stands in for the other: each row has its own", (A, N),
         votes=(vote(DANA, PLAN, email=MARCUS.email, for_email=DANA.email),)),
    # parts
    Case("an input is no signature of who approves now", (N, A), votes=(vote(DANA, PLAN, "no_objection", part="R"),
         BOTH[1])),
    Case("a note is no signature of who approves now", (P, A), asks=(ask(DANA),),
         votes=(vote(DANA, PLAN, "noted", part="I"), BOTH[1])),
    # authors
    Case("any one is enough, and the one who approved wrote it since", (A, N), signed=True, now=ANY, votes=BOTH[:1],
         authors={"environment": (DANA.email,)}),
    Case("any one is enough, and the only one who is no author waits", (N, P), now=ANY, asks=(ask(MARCUS),),
         authors={"environment": (DANA.email,)}),
    # whoever asked
    Case("whoever asked is not waited for", (A, N), signed=True, votes=BOTH[:1], asker=MARCUS.email),
    Case("if the only other has not signed, nothing is approved", (P, N), asks=(ask(DANA),), asker=MARCUS.email),
    Case("if every approver asked for it, nothing is approved", (N,), now=written(people=(MARCUS,)),
         asker=MARCUS.email),
    Case("one is an author, the other asked: nothing is approved", (N, N), authors={"environment": (DANA.email,)},
         asker=MARCUS.email),
    Case("whoever asked, and signed what still stands, counts", (A, A), signed=True, votes=BOTH, asker=MARCUS.email),
    Case("whoever asked, and whose signature is out of date, is not waited for", (A, S), signed=True,
         now=written(servers(200)), asker=MARCUS.email, then={1: PLAN, 2: written(servers(200))},
         votes=(vote(MARCUS, PLAN), vote(DANA, written(servers(200)), revision=2))),
    Case("any one is enough, and whoever asked does not count as one", (P, N), now=ANY, asks=(ask(DANA),),
         asker=MARCUS.email),
    Case("an author is not waited for", (A, N), signed=True, votes=BOTH[:1], authors={"environment": (MARCUS.email,)}),
    Case("if every approver is an author, nothing is approved", (N, N),
         authors={"environment": (DANA.email, MARCUS.email)}),
    Case("an author of another section is waited for", (A, N), votes=BOTH[:1], authors={"access": (MARCUS.email,)}),
    Case("an author whose earlier signature still covers counts", (A, A), signed=True, votes=BOTH,
         authors={"environment": (MARCUS.email,)}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_where_signatures_stand(case):
    found = standing(case.now, *case.votes, asks=case.asks, signed=case.then, authors=case.authors,
                     askers={"environment": case.asker})  # fmt: skip
    assert tuple(signature.state for signature in found.signatures["environment"]) == case.says
    assert found.is_signed("environment") is case.signed


def test_the_table_is_as_long_as_it_should_be_and_each_case_has_its_own_name():
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fingerprints_that_are_kept_give_the_same_as_those_that_are_reckoned(case):
    """The strip of a section reads the project's own fingerprints, and not the whole plan."""
    whole = standing(case.now, *case.votes, asks=case.asks, signed=case.then, authors=case.authors,
                     askers={"environment": case.asker})  # fmt: skip
    kept = replace(whole, known=whole.digests)
    assert kept.of_section("environment") == whole.of_section("environment")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_approved_does_not_depend_on_open_requests(case):
    """Who decides is not told of them (`standing_on` without asks)."""
    found = standing(case.now, *case.votes, signed=case.then, authors=case.authors,
                     askers={"environment": case.asker})  # fmt: skip
    assert found.is_signed("environment") is case.signed


# Laws -----------------------------------------------------------------------------------------------------------------
counts = st.integers(min_value=0, max_value=500)
answers = st.sampled_from(["approve", "conditions", "changes", "withdrawn"])
people = st.sampled_from([DANA, MARCUS])


@st.composite
def histories(draw):
    """Some decisions of two people on some states of one count, and the count now."""
    states = draw(st.lists(counts, min_size=1, max_size=4))
    plans = {number: written(servers(count)) for number, count in enumerate(states, start=1)}
    votes = []
    for days in range(draw(st.integers(min_value=0, max_value=5))):
        number = draw(st.integers(min_value=1, max_value=len(states)))
        votes.append(vote(draw(people), plans[number], draw(answers), days=days, revision=number,
                          tolerance=draw(st.sampled_from([0, 5, 10])), ends_on=None))  # fmt: skip
    return plans, votes, plans[len(states)]


@settings(max_examples=60)
@given(histories())
def test_out_of_date_is_never_approved_and_all_must_cover(history):
    plans, votes, now = history
    found = standing(now, *votes, signed=plans)
    signatures = found.signatures["environment"]
    assert found.is_signed("environment") == all(s.state in COVERING for s in signatures)
    for signature in signatures:
        if signature.state == State.OUT_OF_DATE:
            assert not signature.covers
            assert signature.comparison.ends


@settings(max_examples=60)
@given(histories(), st.data())
def test_taking_a_decision_away_never_makes_a_section_approved_unless_it_asked_for_changes_or_is_newer(history, data):
    plans, votes, now = history
    if not votes:
        return
    gone = data.draw(st.sampled_from(votes))
    before, after = (
        standing(now, *votes, signed=plans),
        standing(now, *[v for v in votes if v is not gone], signed=plans),
    )
    newest = before.latest_vote(DANA if gone.stakeholder_key == DANA.key else MARCUS, "environment")
    if after.is_signed("environment") and not before.is_signed("environment"):
        assert gone is newest
        assert before.of_section("environment") != after.of_section("environment")
        earlier = [v for v in votes if v.stakeholder_key == gone.stakeholder_key and v is not gone]
        assert earlier, "a first decision taken away cannot approve anything"


@settings(max_examples=60)
@given(histories(), people)
def test_taking_an_answer_back_never_makes_a_section_approved(history, person):
    """The only way in which a decision goes: another that takes it back."""
    plans, votes, now = history
    back = vote(person, now, "withdrawn", days=30, revision=len(plans))
    assert not standing(now, *votes, back, signed=plans).is_signed("environment")


@st.composite
def rounds(draw):
    """One request to three people at the same time: each answers at most once, whoever is first."""
    three = (DANA, MARCUS, DANA.replaced(key="cfo", email="cfo@contoso.example"))
    before, after = (
        written(servers(100), people=three),
        written(
            servers(draw(st.integers(min_value=90, max_value=110))),
            people=three,
            quorum=draw(st.sampled_from(["all", "any"])),
        ),
    )
    days = draw(st.permutations(range(3)))
    votes = [
        vote(who, before, draw(answers), days=day, ends_on=draw(st.sampled_from([None, YESTERDAY, TOMORROW])),
             condition=draw(st.sampled_from([None, CONDITION])), met_on=draw(st.sampled_from([None, YESTERDAY, TODAY])))
        for who, day in zip(three, days, strict=True)
        if draw(st.booleans())
    ]  # fmt: skip
    return before, votes, after


@settings(max_examples=100)
@given(rounds())
def test_in_one_round_removing_a_decision_never_yields_approved(round_):
    before, votes, now = round_
    if standing(now, *votes, signed={1: before}).is_signed("environment"):
        return
    for gone in votes:
        left = [each for each in votes if each is not gone]
        assert not standing(now, *left, signed={1: before}).is_signed("environment")


@settings(max_examples=60)
@given(rounds(), st.permutations(range(3)))
def test_in_one_round_it_does_not_matter_who_answers_first(round_, order):
    before, votes, now = round_
    other = [each._replace(at=START + timedelta(days=order[n])) for n, each in enumerate(votes)]
    one, two = (standing(now, *given_, signed={1: before}) for given_ in (votes, other))
    assert [s.state for s in one.of_section("environment")] == [s.state for s in two.of_section("environment")]
    assert one.is_signed("environment") == two.is_signed("environment")


@settings(max_examples=60)
@given(rounds())
def test_what_lapsed_or_went_out_of_date_is_never_approved(round_):
    before, votes, now = round_
    found = standing(now, *votes, signed={1: before})
    for signature in found.of_section("environment"):
        is_over = signature.state in {State.LAPSED, State.EXPIRED, State.OUT_OF_DATE, State.WITHDRAWN}
        assert not (is_over and signature.covers)


@settings(max_examples=60)
@given(histories())
def test_without_decisions_nothing_is_approved(history):
    plans, _votes, now = history
    assert not standing(now, signed=plans).is_signed("environment")


@settings(max_examples=60)
@given(histories())
def test_the_same_decision_twice_changes_nothing(history):
    plans, votes, now = history
    once, twice = standing(now, *votes, signed=plans), standing(now, *votes, *votes, signed=plans)
    assert once.of_section("environment") == twice.of_section("environment")


@settings(max_examples=40)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_decisions_are_read_changes_nothing(history, random):
    plans, votes, now = history
    mixed = list(votes)
    random.shuffle(mixed)
    assert standing(now, *votes, signed=plans).of_section("environment") == standing(
        now, *mixed, signed=plans
    ).of_section("environment")


@settings(max_examples=40)
@given(histories())
def test_a_matrix_without_approvers_is_never_approved(history):
    plans, votes, now = history
    empty = now.replaced(stakeholders=written(people=(PRIYA,)).stakeholders)
    assert not any(
        standing(empty, *votes, signed=plans).is_signed(name) for name in ("environment", "licences", "access")
    )


def test_a_row_that_does_not_apply_signs_nothing():
    assert DANA.signs("environment")
    assert not DANA.replaced(does_not_apply="Left.").signs("environment")


# The matrix itself -------------------------------------------------------------------------------------------------
HANA_NEW = DANA.replaced(email=HANA, name="Hana")
INES_NEW = MARCUS.replaced(email="ines@contoso.example", name="Ines")
REPLACED, HALF = written(people=(HANA_NEW, INES_NEW)), written(people=(DANA, INES_NEW))
BEFORE = tuple(vote(who, PLAN, section="stakeholders") for who in (DANA, MARCUS))
LAST = {"stakeholders": digest("stakeholders", PLAN.stakeholders, PLAN.project)}


def signs_matrix(now, *people, **more):
    votes = tuple(vote(who, now, section="stakeholders", days=1, revision=2) for who in people)
    found = standing(now, *BEFORE, *votes, signed={1: PLAN, 2: now}, **{"signed_off": LAST, **more})
    return found.is_signed("stakeholders")


@pytest.mark.parametrize(
    ("says", "now", "people", "more"),
    [
        (True, PLAN, (), {}),
        (True, REPLACED, (HANA_NEW, INES_NEW), {"signed_off": {}}),
        (False, REPLACED, (HANA_NEW, INES_NEW), {}),
        (False, REPLACED, (HANA_NEW, INES_NEW), {"successors": {"x@x.example": HANA}}),
        (True, REPLACED, (HANA_NEW, INES_NEW), {"successors": {DANA.email: HANA}}),
        (True, REPLACED, (HANA_NEW, INES_NEW), {"successors": {DANA.email: "x@x.example", "x@x.example": HANA}}),
        (False, REPLACED, (HANA_NEW, INES_NEW), {"successors": {DANA.email: "x@x.example", "x@x.example": DANA.email}}),
        (False, HALF, (INES_NEW,), {}),
        (True, HALF, (DANA, INES_NEW), {}),
        (False, HALF, (INES_NEW,), {"authors": {"stakeholders": (DANA.email,)}}),
    ],
    ids=[
        "the matrix that was approved last", "no matrix was approved before", "all are new",
        "another has a successor", "a successor of one", "a successor of a successor", "a circle",
        "one old, who has not signed", "one old, who signed", "the one old wrote it: the new one is not enough",
    ],
)  # fmt: skip
def test_another_matrix_needs_one_who_approved_before(says, now, people, more):
    assert signs_matrix(now, *people, **more) is says
