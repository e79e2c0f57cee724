"""What is done to a tenant as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from tenants import ledger
from tenants.actions.people import invite
from tenants.importers import Person
from tenants.models import Membership, Team, Tenant, User

EDITABLE = ("name", "reference_prefix", "time_zone", "language", "sender_name", "from_address")
"""The short name stays: it stands in addresses that people have kept."""


@transaction.atomic
def edit_tenant(*, tenant: Tenant, values: Mapping[str, Any], by: User | None) -> Tenant:
    """Change how a tenant is called, where it is, and how its mails are signed."""
    tenant = Tenant.objects.locked(tenant.pk)
    before = {field: getattr(tenant, field) for field in values}
    for field, value in values.items():
        if field not in EDITABLE:
            raise ValueError(f"{field} of a tenant stays as it is.")
        setattr(tenant, field, value)
    moved = [field for field in values if before[field] != values[field]]
    if not moved:
        return tenant
    tenant.full_clean()
    tenant.save(update_fields=moved)
    ledger.append(
        tenant,
        tenant_id=tenant.pk,
        by=by,
        verb="tenant changed",
        what={
            "before": {field: before[field] for field in moved},
            "after": {field: values[field] for field in moved},
        },
    )
    return tenant


@transaction.atomic
def invite_all(
    *,
    tenant: Tenant,
    people: Iterable[Person],
    by: User | None,
    role: str = Membership.Role.MEMBER,
    teams: Iterable[Team] = (),
) -> list[Membership]:
    """Invite a whole list, or nobody. Who belongs already keeps the role they have, and joins the teams."""
    chosen, listed = list(teams), list(people)
    present = Membership.objects.current().filter(tenant=tenant, user__email__in=[p.address for p in listed])
    roles = dict(present.values_list("user__email", "role"))
    return [
        invite(
            tenant=tenant,
            email=person.address,
            name=person.name,
            role=roles.get(person.address, role),
            teams=chosen,
            by=by,
        )
        for person in listed
    ]
