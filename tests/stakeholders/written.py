"""Plans, decisions and requests as frozen values, for tests that need no database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from projects.document import ProjectFacts, digest, rows
from projects.document.sections import Environment, Licences
from stakeholders.document import Document, MatrixSettings, StakeholderRow, Stakeholders
from stakeholders.rules.standing import Ask, Standing, Vote

START = datetime(2026, 11, 11, 14, 20, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DANA = StakeholderRow(key="ciso", role="CISO", part="SO", name="Dana Reyes", email="dana@contoso.example")
MARCUS = StakeholderRow(key="cdoc", role="Head of CDOC", part="SO", name="Marcus Webb", email="marcus@contoso.example")
PRIYA = StakeholderRow(key="architect", role="Architect", part="R", name="Priya Nair", email="priya@contoso.example")


def servers(
    count: int = 100, key: str = "servers", system: str = "windows-server-2019", **more: Any
) -> rows.DeviceCount:
    return rows.DeviceCount(key=key, system=system, kind="server", count=count, **more)


def licences(quantity: int, product: str = "mde-server") -> rows.Entitlement:
    return rows.Entitlement(key="licence", product=product, quantity=quantity)


def written(
    *devices: rows.DeviceCount,
    people: tuple[StakeholderRow, ...] = (DANA, MARCUS),
    quorum: str = "all",
    entitlements: tuple[rows.Entitlement, ...] = (),
    siem: tuple[rows.Siem, ...] = (),
    **facts: Any,
) -> Document:
    """A plan with these devices and these people."""
    return Document(
        project=ProjectFacts(**{"name": "Contoso", "kind": "deployment", "plan": "P2"} | facts),
        environment=Environment(devices=devices or (servers(),), siem=siem),
        licences=Licences(entitlements=entitlements),
        stakeholders=Stakeholders(settings=(MatrixSettings(key="settings", quorum=quorum),), rows=people),
    )


def vote(
    person: StakeholderRow, signed: Document, answer: str = "approve", *, days: int = 0, section: str = "environment",
    revision: int = 1, **more: Any,
) -> Vote:  # fmt: skip
    """A decision on `signed`, `days` after the first."""
    return Vote(
        **{
            "stakeholder_key": person.key,
            "email": person.email,
            "person_id": 1,
            "name": person.name,
            "part": person.part,
            "request_id": days + 1,
            "round_number": 1,
            "revision_id": revision,
            "answers": {section: answer},
            "digests": {section: digest(section, signed.section(section), signed.project)},
            "tolerance": 5,
            "comment": "",
            "at": START + timedelta(days=days),
        }
        | more
    )


def ask(person: StakeholderRow, *, days: int = 0, section: str = "environment") -> Ask:
    """An open request, `days` after the first decision."""
    return Ask(
        request_id=100 + days,
        code="CON-7F3K",
        stakeholder_key=person.key,
        email=person.email,
        sections=(section,),
        asked_at=START + timedelta(days=days),
        due_on=TODAY,
    )


def standing(
    now: Document, *votes: Vote, asks: tuple[Ask, ...] = (), signed: dict[int, Document] | None = None, **more: Any
) -> Standing:
    """Where signatures stand; `signed` are the documents of revisions (number 1: `now`)."""
    known = signed or {1: now}
    get: Callable[[int], Document] = known.__getitem__
    return Standing(document=now, votes=votes, asks=asks, today=TODAY, signed=get, **more)
