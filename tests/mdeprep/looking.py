"""What the tests of home share: somebody's page, and another project in it."""

from __future__ import annotations

from projects import actions as plan_actions
from projects.models import Project
from projects.tables import TABLES
from readiness import actions as readiness
from stakeholders.actions import start_project
from tenants.models import User
from tests.stakeholders.conftest import signed_in

DEVICES = TABLES["environment", "devices"]

# session, person, projects with verdicts, what others were asked for, memberships, requests; and before those, what is
# worth looking for on behalf of the person
HOME = 7


def text_of(user: User, path: str = "/") -> str:
    answer = signed_in(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def another(tenant, lead, name: str, servers: int = 0) -> Project:
    project = start_project(tenant=tenant, lead=lead, by=lead, name=name, kind="deployment")
    if servers:
        values = {"system": "rhel-8", "kind": "server", "count": servers}
        plan_actions.add_row(project=project, table=DEVICES, values=values, by=lead)
    readiness.recompute(project.pk)
    return project
