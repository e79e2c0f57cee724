"""What is said of signatures that are missing, judged on the values alone."""

from __future__ import annotations

from typing import Any

from projects.document import digest
from readiness.rules.checks import signatures
from readiness.rules.findings import Outcome, Result, Subject
from stakeholders.document import Document
from tests.stakeholders.written import DANA, MARCUS, TODAY, servers, standing, vote, written

FIRST, SIGNED, NOW = written(servers(50)), written(servers(100)), written(servers(200))
BOTH = ("Lena Fischer", "Priya Nair")


def why(*votes: Any, authors: tuple[str, ...], signed_off: Document | None = None) -> str:
    """Why the inventory is not approved, as it is told."""
    kept = {"environment": digest("environment", signed_off.environment, signed_off.project)} if signed_off else {}
    subject = Subject(
        document=NOW,
        standing=standing(NOW, *votes, signed={1: SIGNED, 2: NOW, 3: FIRST}, signed_off=kept),
        today=TODAY,
        owners={},
        lead="Lena Fischer",
        authors={"environment": authors},
    )
    look = next(check.look for check in signatures.CHECKS if check.name == "environment_is_approved")
    found = look(subject)
    failed = [found] if isinstance(found, Result) else list(found)
    return next(result.why for result in failed if result.outcome is Outcome.FAILED and "out of date" in result.title)


def test_who_changed_it_is_said_where_all_of_them_wrote_after_the_signatures():
    told = why(vote(DANA, SIGNED), vote(MARCUS, SIGNED), authors=BOTH, signed_off=SIGNED)
    assert "Since then Lena Fischer and Priya Nair changed" in told


def test_nobody_is_said_to_have_changed_what_they_wrote_before_a_signature():
    """Never fully signed: one of the authors may have written before Dana signed."""
    told = why(vote(DANA, SIGNED), authors=BOTH)
    assert "Since then somebody changed" in told
    assert "Priya Nair" not in told


def test_the_only_author_is_named_in_any_case():
    assert "Since then Lena Fischer changed" in why(vote(DANA, SIGNED), authors=BOTH[:1])


def test_each_signature_has_its_own_day_and_the_change_is_counted_from_the_first():
    told = why(vote(DANA, SIGNED, days=9), vote(MARCUS, FIRST, revision=3), authors=BOTH[:1])
    assert (
        "Marcus Webb approved it on 11 Nov. Dana Reyes approved it on 20 Nov. Since then Lena Fischer changed" in told
    )
    assert "from 50 to 200" in told
