"""What a tenant decides about temporary roles in its projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from projects import plan
from projects.document.rows import Assignment
from projects.models import AccessPolicy, PlanRow
from projects.rules.temporary import LASTS, wrong_end
from tenants import clock, ledger
from tenants.models import Tenant, User

ACCESS_POLICY_FIELDS = ("longest_days", "remind_days")


@transaction.atomic
def set_access_policy(*, tenant: Tenant, values: Mapping[str, Any], by: User | None) -> AccessPolicy:
    """Change how long a tenant lets temporary roles be held, and when it reminds. The same values change nothing."""
    tenant = Tenant.objects.locked(tenant.pk)
    policy = AccessPolicy.objects.of(tenant)
    moved = [field for field in ACCESS_POLICY_FIELDS if field in values and getattr(policy, field) != values[field]]
    if not moved:
        return policy
    before = {field: getattr(policy, field) for field in moved}
    for field in moved:
        setattr(policy, field, values[field])
    policy.full_clean()
    policy.save()
    after = {field: getattr(policy, field) for field in moved}
    ledger.append(
        tenant, tenant_id=tenant.pk, by=by, verb="access policy changed", what={"before": before, "after": after}
    )
    return policy


def refused_end(row: PlanRow, values: Mapping[str, Any]) -> str:
    """Why an assignment cannot be held for as long as these values say, in a sentence; empty if it can.

    `row` is the stored one, or a new one of its project. Every path that writes an assignment asks here.
    """
    now = {name: plan.frozen(getattr(row, name)) for name in (*LASTS, "removed_on")}
    asked = {name: plan.frozen(values.get(name, value)) for name, value in now.items()}
    if not asked["ends_on"] or all(asked[name] == now[name] for name in LASTS):
        return ""
    tenant = row.project.tenant
    longest = AccessPolicy.objects.of(tenant).longest_days
    who = {name: getattr(row, name) for name in ("key", "persona", "assignee")}
    before = Assignment(**who, **now) if row.pk else None
    return wrong_end(Assignment(**who, **asked), before, clock.today(tenant.time_zone), longest)
