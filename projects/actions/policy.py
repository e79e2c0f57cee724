"""What a tenant decides about temporary roles in its projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from projects.models import AccessPolicy
from tenants import ledger
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
