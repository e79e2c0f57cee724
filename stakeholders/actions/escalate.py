"""After the last reminder: the contact of the row is told, once, that there is no answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from email.utils import parseaddr

from django.db import transaction

from projects.models import Project
from stakeholders import emails
from stakeholders.actions.due import locked, slot_of
from stakeholders.models import ApprovalPolicy, Request, Stakeholder
from tenants import clock
from tenants.models import Tenant, User
from tenants.models.people import normal_address


@transaction.atomic
def escalate(keys: Collection[int], policy: ApprovalPolicy, today: date) -> int:
    """Tell the contact of each row once; the leads where it names nobody who has an address. How many mails that were.

    One mail a project to each of them, with everything that is not answered, sent when their quiet hours are over.
    """
    late = [each for each in locked(keys, today) if (slot := slot_of(each, policy, today)) and slot.is_escalation]
    told: dict[tuple[int, str], list[emails.NoAnswer]] = defaultdict(list)
    names: dict[str, str] = {}
    for request in late:
        contact, found = _contact_of(request)
        for email, name in [found] if found else _leads(request.round.project):
            told[request.round.project_id, email].append(emails.NoAnswer(request, "" if found else contact))
            names.setdefault(email, name)
        Request.objects.filter(pk=request.pk).update(escalated_at=clock.now(), escalated_to=found[1] if found else "")
    people = {user.email: user for user in User.objects.filter(email__in=names)}
    for (_project, email), missing in told.items():
        due_at = policy.quiet_over(people.get(email))
        emails.tell_escalated(missing, email=email, name=names[email], today=today, due_at=due_at)
    return len(told)


def _leads(project: Project) -> Iterable[tuple[str, str]]:
    return [(lead.email, lead.name) for lead in emails.leads_of(project)]


def _contact_of(request: Request) -> tuple[str, tuple[str, str] | None]:
    """What the row of the matrix says, and whom it means: address and name, if somebody has an address."""
    project = request.round.project
    row = Stakeholder.objects.filter(project=project, key=request.stakeholder_key).first()
    contact = row.escalation.strip() if row else ""
    return contact, _person(contact, project.tenant)


def _person(contact: str, tenant: Tenant) -> tuple[str, str] | None:
    """Who is meant by the words in the matrix: "Ana Ruiz <ana@x.example>", an address, or the name of one person here."""
    name, address = parseaddr(contact)
    if "@" in address:
        return normal_address(address), name or address
    named = User.objects.filter(memberships__tenant=tenant, memberships__ended_at=None, name=contact, is_active=True)
    people = list(named[:2]) if contact else []
    return (people[0].email, people[0].name) if len(people) == 1 else None
