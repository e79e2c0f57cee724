"""A project that was asked about, answered and changed, and people who may look at its evidence."""

from __future__ import annotations

import pytest

from projects import access
from projects.rules.roles import Role
from readiness import judge
from readiness.actions import recompute
from readiness.rules.verdict import Judgement, State
from tests.conftest import make_person
from tests.remembered import remembered
from tests.stakeholders.conftest import answer, asked, request_of, servers  # noqa: F401 - fixtures


@pytest.fixture
@remembered
def auditor(tenant, project):
    user = make_person(tenant, "Ines Costa")
    access.grant(project=project, user=user, role=Role.AUDITOR, by=None)
    return user


@pytest.fixture
@remembered
def decided(project, asked, ciso):  # noqa: F811
    """Dana approved Environment and Licences."""
    decision = answer(request_of(asked, ciso), ciso)
    recompute(project.pk)
    return decision


@pytest.fixture
def nothing_stops(monkeypatch):
    """Every check passes, whatever the plan says."""
    right = judge.judge

    def judged(subject):
        found = right(subject)
        return Judgement(state=State.CAN_START, findings=(), sections=found.sections)

    monkeypatch.setattr(judge, "judge", judged)
