"""What tiers of the operations centre can do, for the checks that look at it."""

from __future__ import annotations

from projects.document.rows import Tier
from projects.document.sections import Access

CHANGE_AN_ALERT = "alerts.manage"


def cannot_change_an_alert(access: Access) -> list[Tier]:
    """Tiers that may read alerts but not change one. Known for the unified model only."""
    if not any(row.planned == "unified" for row in access.settings):
        return []
    return [
        tier
        for tier in access.tiers
        if not tier.does_not_apply and tier.permissions and CHANGE_AN_ALERT not in tier.permissions
    ]
