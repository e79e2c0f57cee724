"""What a daily mail tells besides what waits: signatures that no longer cover what is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from projects.models import Project
from stakeholders.document import Part
from stakeholders.models import Stakeholder
from stakeholders.plan import load
from stakeholders.rules.standing import State
from stakeholders.states import standings
from stakeholders.words import section_title
from tenants.models import LedgerEntry, Mail, Tenant, User

DIGEST = "digest"
Ended = dict[str, str]
"""{"project", "section", "by", "signed_on"}, as the mail says it."""


def digest_readers(tenant: Tenant) -> list[User]:
    """Who approves something in a tenant, and chose one mail a day."""
    rows = Stakeholder.objects.filter(project__tenant=tenant, project__archived_at=None, part=Part.SO)
    return list(User.objects.filter(wants_digest=True, is_active=True, email__in=rows.values("email")).order_by("pk"))


def signatures_ended(readers: Collection[User], tenant: Tenant) -> dict[str, list[Ended]]:
    """By address: sections that they approved, which were changed since, and about which they are not asked anew yet."""
    emails = {user.email for user in readers}
    rows = Stakeholder.objects.filter(email__in=emails, part=Part.SO, does_not_apply="")
    live = Project.objects.filter(tenant=tenant, archived_at=None, pk__in=rows.values("project"))
    projects = list(live.select_related("tenant").order_by("pk")) if emails else []
    zone = ZoneInfo(tenant.time_zone)
    found = standings(projects, load(projects)) if projects else {}
    ended: dict[str, list[Ended]] = defaultdict(list)
    for project in projects:
        for name, signatures in found[project.pk].signatures.items():
            for each in signatures:
                if each.row.email in emails and each.state == State.OUT_OF_DATE and each.vote and each.ask is None:
                    day = each.vote.at.astimezone(zone)
                    ended[each.row.email].append(
                        {
                            "project": project.name,
                            "section": section_title(name),
                            "by": ", ".join(_who_changed(project, name, each.vote.at)),
                            "signed_on": f"{day.day} {day:%b}",
                        }
                    )
    return ended


def not_told(ended: Mapping[str, Collection[Ended]], tenant: Tenant) -> set[str]:
    """Addresses for which something of it was not in their last daily mail: it is told once where nothing else waits."""
    digests = Mail.objects.filter(kind=DIGEST, tenant=tenant)
    newest = digests.filter(recipient=OuterRef("recipient")).order_by("-created_at").values("pk")[:1]
    mails = digests.filter(recipient__in=list(ended), pk=Subquery(newest))
    last = dict(mails.values_list("recipient", "context"))
    told = {email: {_place(each) for each in context.get("ended", ())} for email, context in last.items()}
    return {email for email, found in ended.items() if {_place(each) for each in found} - told.get(email, set())}


def _place(ended: Ended) -> tuple[str, str, str]:
    return ended["project"], ended["section"], ended["signed_on"]


def _who_changed(project: Project, section: str, since: datetime) -> list[str]:
    """The names of whoever changed something that is signed in a section since a moment, the first of them first."""
    entries = LedgerEntry.objects.of(project).filter(at__gte=since, is_material=True, sections__contains=f" {section} ")
    actors = [json.loads(body)["actor"] for body in entries.order_by("seq").values_list("body", flat=True)]
    return list(dict.fromkeys(actor["name"] for actor in actors if actor))
