"""What is checked about who approves, judged on the values alone."""

from __future__ import annotations

from datetime import date

from readiness.rules.checks.stakeholders import approvers_have_an_address
from readiness.rules.findings import Subject
from stakeholders.document import Document
from tests.stakeholders.written import DANA, MARCUS, written

NOBODY = {"name": "", "email": ""}


def told(document: Document) -> str:
    subject = Subject(document=document, standing=None, today=date(2026, 11, 22), owners={}, lead="Lena")  # type: ignore[arg-type]
    return approvers_have_an_address(subject).title


def test_everybody_who_approves_and_has_no_address_is_named():
    ciso, head = DANA.replaced(**NOBODY), MARCUS.replaced(**NOBODY)
    assert told(written(people=(ciso, MARCUS))) == f"{DANA.role} has no name and address"
    assert told(written(people=(ciso, head))) == f"{DANA.role} and {MARCUS.role} have no name and address"
    assert told(written(people=(DANA, MARCUS))) == "Everybody who approves has an address"
