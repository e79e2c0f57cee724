"""The people of the demonstration, their tenants and teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from mdeprep.demo.days import ZONE, Days
from mdeprep.demo.pen import step
from stakeholders.actions import set_approval_policy
from tenants.actions import create_team, create_tenant, invite, name_provider
from tenants.models import Membership, Tenant, User
from tenants.models.people import DEMO_PASSWORD

ADMIN, MEMBER = Membership.Role.ADMIN, Membership.Role.MEMBER

#   Tenant: (short name in addresses, first letters of reference codes)
TENANTS = {
    "Contoso": ("contoso", "CON"),
    "Fabrikam": ("fabrikam", "FAB"),
    "Adatum": ("adatum", "ADA"),
    "Northwind Security": ("northwind", "NOR"),
}

#   Address: (name, tenant, role in the tenant, day and hour of the last time they signed in)
PEOPLE = {
    "admin@contoso.example": ("Olu Adeyemi", "Contoso", ADMIN, (-1, "09:10")),
    "lead@contoso.example": ("Lena Fischer", "Contoso", MEMBER, (-1, "10:25")),
    "ciso@contoso.example": ("Dana Reyes", "Contoso", MEMBER, (-11, "14:05")),
    "cdoc@contoso.example": ("Marcus Webb", "Contoso", MEMBER, (-1, "11:40")),
    "architect@contoso.example": ("Priya Nair", "Contoso", MEMBER, (-12, "15:02")),
    "workplace@contoso.example": ("Tomás Silva", "Contoso", MEMBER, (-2, "11:20")),
    "analyst@contoso.example": ("Sofia Lind", "Contoso", MEMBER, (-12, "13:30")),
    "deputy@contoso.example": ("Hana Sato", "Contoso", MEMBER, (-9, "08:50")),
    "auditor@contoso.example": ("Ines Costa", "Contoso", MEMBER, (-5, "16:00")),
    "partner@northwind.example": ("Noah Berg", "Northwind Security", MEMBER, (-1, "08:30")),
    "lead@fabrikam.example": ("Jon Park", "Fabrikam", MEMBER, (-1, "15:10")),
    "ciso@fabrikam.example": ("Amara Okoye", "Fabrikam", MEMBER, (-1, "16:20")),
    "ciso@adatum.example": ("Henrik Dahl", "Adatum", MEMBER, (-9, "10:15")),
}

#   Team of Contoso: its people
TEAMS = {
    "Endpoint engineering": ("lead@contoso.example", "workplace@contoso.example"),
    "Security operations": ("cdoc@contoso.example", "architect@contoso.example", "analyst@contoso.example"),
}

#   Customer of Northwind Security: the day on which the access ends (None: it has no end)
CUSTOMERS: Mapping[str, int | None] = {"Contoso": None, "Fabrikam": None, "Adatum": 20}

NO_LOGIN = "Ravi Menon"
"""The engineer of the partner: named in a plan, without an account."""


@dataclass(frozen=True)
class Cast:
    tenants: Mapping[str, Tenant]
    people: Mapping[str, User]

    def tenant(self, name: str) -> Tenant:
        return self.tenants[name]

    def __getitem__(self, address: str) -> User:
        return self.people[address if "@" in address else f"{address}@contoso.example"]

    @property
    def lena(self) -> User:
        return self["lead"]

    @property
    def dana(self) -> User:
        return self["ciso"]

    @property
    def marcus(self) -> User:
        return self["cdoc"]

    @property
    def priya(self) -> User:
        return self["architect"]

    @property
    def tomas(self) -> User:
        return self["workplace"]

    @property
    def sofia(self) -> User:
        return self["analyst"]

    @property
    def noah(self) -> User:
        return self["partner@northwind.example"]


def make_people(days: Days) -> Cast:
    with step(days.at(-60, "09:00")):
        tenants = {
            name: create_tenant(name=name, slug=slug, reference_prefix=prefix, time_zone=ZONE, by=None)
            for name, (slug, prefix) in TENANTS.items()
        }
        for each in tenants.values():  # whoever looks at the demonstration is not to find more mail every hour
            set_approval_policy(tenant=each, values={"reminds": False}, by=None)
            each.refresh_from_db()
    people: dict[str, User] = {}
    with step(days.at(-59, "09:30")):
        for address, (name, tenant, role, _signed_in) in PEOPLE.items():
            by = people.get("admin@contoso.example") if tenant == "Contoso" else None
            people[address] = invite(tenant=tenants[tenant], email=address, name=name, role=role, by=by).user
    _let_them_in(people, days)
    admin = people["admin@contoso.example"]
    with step(days.at(-58, "11:00")):
        for name, members in TEAMS.items():
            create_team(tenant=tenants["Contoso"], name=name, by=admin, members=[people[m] for m in members])
    with step(days.at(-40, "10:00")):
        for name, until in CUSTOMERS.items():
            name_provider(
                tenant=tenants[name],
                provider=tenants["Northwind Security"],
                until=None if until is None else days.day(until),
                by=admin if name == "Contoso" else None,
            )
    return Cast(tenants, people)


def _let_them_in(people: Mapping[str, User], days: Days) -> None:
    """The known password, which opens nothing outside demo mode; and when each came in last."""
    hashed = make_password(DEMO_PASSWORD)  # once: it takes its time, and is no secret
    for address, user in people.items():
        user.password = hashed
        user.last_login = days.at(*PEOPLE[address][3])
        user.save(update_fields=["password", "last_login"])
