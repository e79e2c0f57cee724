"""What a tenant decides about how its people are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from stakeholders.models import ApprovalPolicy
from tenants import ledger
from tenants.models import Tenant, User

POLICY_FIELDS = (
    "reminds", "days_before", "on_the_day", "days_after", "every_days", "times", "quiet_from", "quiet_until",
    "link_days", "step_up_minutes",
)  # fmt: skip


@transaction.atomic
def set_approval_policy(*, tenant: Tenant, values: Mapping[str, Any], by: User | None) -> ApprovalPolicy:
    """Change reminders, quiet hours, links and signing in again of a tenant. The same values again change nothing."""
    tenant = Tenant.objects.locked(tenant.pk)
    policy = ApprovalPolicy.objects.of(tenant)
    moved = [field for field in POLICY_FIELDS if field in values and getattr(policy, field) != values[field]]
    if not moved:
        return policy
    before = {field: _plain(getattr(policy, field)) for field in moved}
    for field in moved:
        setattr(policy, field, values[field])
    policy.full_clean()
    policy.save()
    after = {field: _plain(getattr(policy, field)) for field in moved}
    ledger.append(
        tenant, tenant_id=tenant.pk, by=by, verb="approval policy changed", what={"before": before, "after": after}
    )
    return policy


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int) else f"{value:%H:%M}"
