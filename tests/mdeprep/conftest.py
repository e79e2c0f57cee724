"""One row of each kind that the administration shows, and the people who go there."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin as django_admin

from tenants import actions
from tenants.models import LedgerEntry, Mail, Membership, Provider, Team, Tenant, User
from tests.conftest import make_person
from tests.remembered import remembered

SITE = django_admin.site
MODELS = ("tenants_tenant", "tenants_user", "tenants_membership", "tenants_team", "tenants_provider",
          "tenants_ledgerentry", "tenants_mail", "projects_project")  # fmt: skip


@pytest.fixture
@remembered
def jon(other_tenant) -> User:
    """The administrator of the other tenant."""
    return make_person(other_tenant, "Jon Park", Membership.Role.ADMIN)


@pytest.fixture
@remembered
def team(tenant, lead) -> Team:
    return actions.create_team(tenant=tenant, name="Endpoint engineering", by=None, members=[lead])


@pytest.fixture
@remembered
def provider(tenant, admin) -> Provider:
    """A third party: neither administrator is its own."""
    northwind = actions.create_tenant(name="Northwind", by=None)
    return actions.name_provider(tenant=tenant, provider=northwind, by=None)


@pytest.fixture
def rows(tenant, lead, team, provider, project, admin) -> dict[str, Any]:
    """One row of each kind, all of Contoso."""
    actions.invite(tenant=tenant, email="new@contoso.example", by=admin)
    return {
        "tenants_tenant": tenant,
        "tenants_user": lead,
        "tenants_membership": lead.memberships.get(),
        "tenants_team": team,
        "tenants_provider": provider,
        "tenants_ledgerentry": LedgerEntry.objects.of(tenant)[0],
        "tenants_mail": Mail.objects.get(kind="invitation"),
        "projects_project": project,
    }


def verbs(tenant: Tenant) -> list[str]:
    return list(LedgerEntry.objects.of(tenant).order_by("seq").values_list("verb", flat=True))
