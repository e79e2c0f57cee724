"""The first page of an administrator: each tenant in numbers, and what needs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.models import Project
from stakeholders.mails import mails_about
from stakeholders.models import Stakeholder, StandIn
from tenants import clock
from tenants.models import Mail, Membership, Provider, Team, Tenant, User
from tenants.templatetags.look import day

TENANTS_SHOWN = 20
NEEDS_SHOWN = 5
NOT_SEEN_FOR = timedelta(days=10)
PROVIDER_ENDS_WITHIN = STANDS_IN_WITHIN = timedelta(days=14)


@dataclass
class Overview:
    tenant: Tenant
    people: int = 0
    teams: int = 0
    projects: int = 0
    needs: list[tuple[str, str]] = field(default_factory=list)
    """What it is, and where to see to it."""
    members: list[User] = field(default_factory=list)

    @property
    def needs_shown(self) -> list[tuple[str, str]]:
        return self.needs[:NEEDS_SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.needs) - NEEDS_SHOWN, 0)


def of_tenants(user: Any) -> list[Overview]:
    """One per tenant that `user` administers, by name; the same number of queries for one tenant or twenty."""
    tenants = list(Tenant.objects.administered_by(user).order_by("name")[:TENANTS_SHOWN])
    found = {tenant.pk: Overview(tenant) for tenant in tenants}
    broken = {
        t.pk: _("The history of %(tenant)s is broken: %(what)s.") % {"tenant": t, "what": t.ledger_fault}
        for t in tenants
        if t.ledger_fault
    }
    memberships = Membership.objects.current().filter(tenant__in=found)
    for pk, count in _counts(Team.objects.filter(tenant__in=found)).items():
        found[pk].teams = count
    for pk, count in _counts(Project.objects.listed().filter(tenant__in=found)).items():
        found[pk].projects = count
    for membership in memberships.select_related("user").order_by("user__name", "user__email"):
        overview = found[membership.tenant_id]
        overview.people += 1
        overview.members.append(membership.user)
        if said := _not_seen(membership):
            overview.needs.append((said, reverse("admin:tenants_user_change", args=[membership.user_id])))
    for pk, person in _by_address_alone(found):
        found[pk].members.append(person)
    for pk, needs in _needs(found).items():
        found[pk].needs = needs + found[pk].needs
    for pk, told in _standing_in(found).items():
        found[pk].needs += told
    for pk, said in broken.items():
        found[pk].needs.insert(0, (said, reverse("admin:tenants_tenant_change", args=[pk])))
    return list(found.values())


def _by_address_alone(found: dict[int, Overview]) -> list[tuple[int, User]]:
    """(tenant, person) of whoever stands in a matrix and belongs to no tenant that is shown: they may leave too."""
    rows = Stakeholder.objects.filter(project__in=Project.objects.listed().filter(tenant__in=found)).exclude(email="")
    places = sorted(set(rows.values_list("project__tenant", "email")))
    known = {pk: {member.email for member in overview.members} for pk, overview in found.items()}
    wanted = [(pk, email) for pk, email in places if email not in known[pk]]
    people = {
        user.email: user for user in User.objects.filter(email__in={email for _pk, email in wanted}, is_active=True)
    }
    return [(pk, people[email]) for pk, email in wanted if email in people]


def _counts(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("tenant_id").annotate(Count("pk")))


def _not_seen(membership: Membership) -> str:
    user, since = membership.user, clock.now() - NOT_SEEN_FOR
    if user.last_login and user.last_login < since:
        return _("%(person)s has not signed in since %(day)s.") % {"person": user, "day": day(user.last_login)}
    if not user.last_login and membership.since < since:
        said = _("%(person)s was invited on %(day)s and has not signed in yet.")
        return said % {"person": user, "day": day(membership.since)}
    return ""


def _needs(found: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """What stands before the people: projects without a lead, mails that came back, providers that end."""
    needs: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for project in Project.objects.filter(tenant__in=found).exclude(ledger_fault=""):
        where = reverse("admin:projects_project_change", args=[project.pk])
        said = _("The history of %(project)s is broken: %(what)s.")
        needs[project.tenant_id].append((said % {"project": project, "what": project.ledger_fault}, where))
    led = Membership.objects.current().values("user_id")
    without = Project.objects.listed().filter(tenant__in=found).filter(Q(lead=None) | ~Q(lead__in=led))
    for project in without.order_by("name"):
        where = reverse("admin:projects_project_change", args=[project.pk])
        needs[project.tenant_id].append((_("%(project)s has no lead.") % {"project": project}, where))
    lost = Mail.objects.filter(tenant__in=found, given_up_at__gt=clock.now() - PROVIDER_ENDS_WITHIN)
    lost = lost.exclude(pk__in=mails_about(Project.objects.filter(is_hidden=True)).values("pk"))
    newest = {(mail.tenant_id, mail.recipient): mail for mail in lost.order_by("given_up_at")}
    for mail in sorted(newest.values(), key=attrgetter("given_up_at"), reverse=True):
        if mail.tenant_id is not None:
            where = reverse("admin:tenants_mail_change", args=[mail.pk])
            said = _("A mail to %(address)s could not be delivered.") % {"address": mail.recipient}
            needs[mail.tenant_id].append((said, where))
    soon = (clock.now() + PROVIDER_ENDS_WITHIN).date()
    ending = Provider.objects.filter(tenant__in=found, until__lte=soon, until__gte=clock.now().date())
    for row in ending.select_related("provider").order_by("until"):
        said = _("The work of %(provider)s ends on %(day)s.") % {"provider": row.provider, "day": day(row.until)}
        needs[row.tenant_id].append((said, reverse("admin:tenants_provider_change", args=[row.pk])))
    return needs


def _standing_in(found: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Who counts for somebody else now or soon: one line per pair of people and days, however many projects it is."""
    told: dict[int, list[tuple[str, str]]] = defaultdict(list)
    projects = Project.objects.listed().filter(tenant__in=found)
    today = clock.now().date()
    counting = StandIn.objects.counting().filter(stakeholder__project__in=projects, ends_on__gte=today)
    soon = counting.filter(starts_on__lte=today + STANDS_IN_WITHIN)
    seen = set()
    for row in soon.select_related("stakeholder__project").order_by("starts_on", "pk"):
        project = row.stakeholder.project
        pair = (project.tenant_id, row.email, row.for_email, row.starts_on, row.ends_on)
        if pair in seen:
            continue
        seen.add(pair)
        said = _("%(who)s stands in for %(person)s from %(first)s to %(last)s.") % {
            "who": row.stakeholder.substitute or row.email,
            "person": row.stakeholder.name or row.for_email,
            "first": day(row.starts_on),
            "last": day(row.ends_on),
        }
        told[project.tenant_id].append((said, reverse("admin:projects_project_change", args=[project.pk])))
    return told
