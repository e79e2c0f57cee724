"""The mail to whoever removes temporary roles: one, with all that is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from projects.document.rows import Assignment
from projects.models import Project
from projects.rules.labels import role_of
from projects.rules.temporary import state_in_words
from tenants import canonical, emails
from tenants.emails import long_day
from tenants.models import Mail, Tenant, User

REMOVAL_DUE = "removal_due"


def mail_removal_due(
    rows: Sequence[tuple[Project, Assignment]],
    *,
    to: User,
    tenant: Tenant,
    slots: Collection[str],
    may_open: Mapping[int, bool],
    today: date,
) -> Mail | None:
    """One mail to one person. `slots` are the reminders that it is; `may_open`: whether they may record in a project."""
    project = rows[0][0]
    lead = project.lead
    with translation.override(to.language):
        roles = [_told(each, row, today, may_open[each.pk]) for each, row in rows]
    return emails.queue(
        recipient=to.email,
        kind=REMOVAL_DUE,
        about=f"tenant-{tenant.pk}",
        slot=canonical.fingerprint(" ".join(sorted(slots)))[:32],
        tenant=tenant,
        language=to.language,
        reply_to=lead.email if lead and lead != to else "",
        from_name=tenant.sender_name or tenant.name,
        context={
            "name": to.short_name,
            "tenant": tenant.name,
            "roles": roles,
            "worst": roles[0]["state"],
            "lead": lead.name if lead and lead != to else "",
            "url": page(project) if may_open[project.pk] else "",
            "slots": sorted(slots),
        },
    )


def _told(project: Project, row: Assignment, today: date, may_open: bool) -> dict[str, Any]:
    assert row.ends_on is not None
    return {
        "role": role_of(row),
        "who": row.assignee,
        "project": project.name,
        "end": long_day(row.ends_on),
        "state": state_in_words(row, today, soon=365),
        "is_late": row.ends_on < today,
        "url": page(project) if may_open else "",
    }


def page(project: Project) -> str:
    return f"{settings.PUBLIC_URL}{reverse('projects:temporary', args=[project.slug])}"
