"""Contoso with a lead and two who approve, made through the actions: where a test of faults begins."""

from __future__ import annotations

from tests.journeys.installation import PASSWORD, Installation

LENA, PRIYA, DANA, MARCUS = (f"{name}@contoso.example" for name in ("lena", "priya", "dana", "marcus"))

PEOPLE = f"""
from tenants.actions import create_tenant, invite
from tenants.models import User
tenant = create_tenant(name="Contoso", by=None)
for name in ("Lena Fischer", "Priya Nair"):
    email = name.split()[0].lower() + "@contoso.example"
    invite(tenant=tenant, email=email, name=name, by=None, is_mailed=False)
for name in ("Lena Fischer", "Priya Nair", "Dana Reyes", "Marcus Webb"):
    email = name.split()[0].lower() + "@contoso.example"
    user, _ = User.objects.get_or_create(email=email, defaults={{"name": name}})
    user.set_password({PASSWORD!r})
    user.save()
"""
PROJECT = """
from datetime import date, timedelta
from projects import access
from projects.actions import add_row
from projects.rules.roles import Role
from projects.tables import TABLES
from readiness.actions import ask_for_approval
from stakeholders.actions import assign, start_project
from tenants.models import Tenant, User
lena, priya = (User.objects.get(email=f"{{name}}@contoso.example") for name in ("lena", "priya"))
project = start_project(tenant=Tenant.objects.get(name="Contoso"), lead=lena, by=lena, name={name!r}, kind="deployment")
access.grant(project=project, user=priya, role=Role.EDITOR, by=lena)
device = add_row(
    project=project, table=TABLES["environment", "devices"], by=lena,
    values=dict(system="windows-11", kind="computer", count=100, source="Intune", counted_on=date.today()),
)
assign(project=project, key="role-ciso", email="dana@contoso.example", name="Dana Reyes", by=lena)
assign(project=project, key="role-head-of-cdoc", email="marcus@contoso.example", name="Marcus Webb", by=lena)
if {is_sent}:
    ask_for_approval(project=project, sections=["environment"], due_on=date.today() + timedelta(7), by=lena)
print(project.pk, project.slug, device.key)
"""
MORE_DEVICES = """
from projects.actions import change_row
from projects.models import Project
from projects.tables import TABLES
from tenants.models import User
change_row(
    project=Project.objects.get(pk={pk}), table=TABLES["environment", "devices"],
    key={key!r}, values=dict(count={count}),
    by=User.objects.get(email="lena@contoso.example"), why={why!r},
)
"""


def make_people(installation: Installation) -> None:
    installation.shell(PEOPLE)


class Project:
    """A project of Contoso with 100 devices, Dana and Marcus approving; sent for approval or not yet."""

    def __init__(self, installation: Installation, name: str, *, is_sent: bool) -> None:
        self.installation = installation
        pk, self.slug, self.device = installation.shell(PROJECT.format(name=name, is_sent=is_sent)).split()
        self.pk = int(pk)
        self.url = f"/projects/{self.slug}/"

    def count_more_devices(self, count: int, *, why: str) -> None:
        """Lena changes the one count, somewhere else: no page is opened."""
        self.installation.shell(MORE_DEVICES.format(pk=self.pk, key=self.device, count=count, why=why))

    def entries(self) -> int:
        found: int = self.installation.rows("select ledger_seq from projects_project where id = ?", self.pk)[0][0]
        return found

    def judged(self) -> int:
        """The last entry of the history that the stored verdict knows."""
        rows = self.installation.rows("select ledger_seq from readiness_verdict where project_id = ?", self.pk)
        return int(rows[0][0]) if rows else 0

    def is_judged(self) -> bool:
        return self.judged() == self.entries()

    def decisions(self) -> int:
        rows = self.installation.rows("select count(*) from stakeholders_decision where project_id = ?", self.pk)
        return int(rows[0][0])
