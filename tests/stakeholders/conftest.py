"""A request for approval that is open, and the people who are asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from projects import actions as plan_actions
from projects.models import PlanRow, Project
from projects.tables import TABLES
from stakeholders import actions
from stakeholders.models import Request, Round
from tenants.models import User
from tests.remembered import remembered

DEVICES = TABLES["environment", "devices"]
SERVERS = {"system": "windows-server-2019", "kind": "server", "count": 100}
DUE = date(2027, 1, 15)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def ask(project: Project, by: User, sections: tuple[str, ...] = ("environment", "licences"), **more: Any) -> Round:
    briefing = more.pop("briefing", {"blockers": ["101 servers have no licence"], "warnings": []})
    return actions.open_round(project=project, sections=sections, due_on=DUE, briefing=briefing, by=by, **more)


def request_of(round_: Round, person: User) -> Request:
    return Request.objects.select_related("round__project").get(round=round_, email=person.email)


def answer(request: Request, by: User, word: str = "approve", **more: Any) -> Any:
    project = Project.objects.get(pk=request.round.project_id)
    values = {
        "answers": dict.fromkeys(request.sections, word),
        "read": {name: project.digests[name] for name in request.sections},
        "authenticated_by": "code",
        **more,
    }
    return actions.decide(request=request, by=by, **values)


def change(project: Project, row: PlanRow, by: User, **values: Any) -> PlanRow:
    why = values.pop("why", "")
    return plan_actions.change_row(project=project, table=DEVICES, key=row.key, values=values, by=by, why=why)


@pytest.fixture
@remembered
def servers(project, lead):
    return plan_actions.add_row(project=project, table=DEVICES, values=SERVERS, by=lead)


@pytest.fixture
@remembered
def asked(project, lead, servers, ciso, head_of_cdoc, architect):
    """The first request: Environment and Licences, to Dana and Marcus (approve) and Priya (input)."""
    return ask(project, lead)
