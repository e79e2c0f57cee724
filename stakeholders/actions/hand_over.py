"""One request, handed to somebody else; and everything of somebody who left, to one successor."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from projects import ledger
from projects.models import Project
from stakeholders import emails
from stakeholders.actions.absence import (
    NO_SUBSTITUTE,
    account_of,
    end_substitutes,
    let_in_for_others,
    refusal_words,
)
from stakeholders.actions.decide import bars_of
from stakeholders.actions.matrix import change_stakeholder, let_in
from stakeholders.actions.talk import NotTheirs, open_request
from stakeholders.models import Request, Stakeholder
from stakeholders.plan import load
from stakeholders.rules.absence import Refusal
from stakeholders.states import SUCCESSION, standings
from tenants import clock
from tenants.models import Tenant, User
from tenants.models.people import normal_address
from tenants.wake import RECOMPUTE, wake


@transaction.atomic
def hand_over_request(*, request: Request, name: str, email: str, by: User, note: str = "") -> Request:
    """The person hands this one request to somebody else, who answers it for them. Only they may, and only once deep.

    Raises NotTheirs, NotOpen, ValidationError if the other could not answer any of it either.
    """
    project, request = open_request(request, by)
    email = normal_address(email)
    if by.email != request.email:
        raise NotTheirs(request.code)
    if request.handed_to == email:
        return request
    if not email or email == request.email:
        raise ValidationError({"email": refusal_words(Refusal.THEMSELVES if email else Refusal.NOBODY)})
    user = account_of(project, email, name)
    request.handed_to, request.handed_to_name, request.handed_at = email, user.name or name or email, clock.now()
    if set(bars_of(request, user)) >= set(request.open_sections()):
        raise ValidationError(
            {
                "email": _(
                    "They cannot sign any of it either: they wrote it, asked for it, or you may not sign it yourself."
                )
            }
        )
    request.save(update_fields=["handed_to", "handed_to_name", "handed_at"])
    end_substitutes(project, by=by)
    let_in_for_others(project, user, by=by)
    ledger.record(
        project, by=by, verb="request handed on", request=request.code, role=request.role,
        person={"name": request.handed_to_name, "email": email}, why=note,
    )  # fmt: skip
    emails.tell_handed_over(request, by=by, note=note)
    wake(RECOMPUTE, project.pk)
    return request


@transaction.atomic
def take_request_back(*, request: Request, by: User) -> Request:
    """The person answers a request themselves after all."""
    project, request = open_request(request, by)
    if by.email != request.email:
        raise NotTheirs(request.code)
    if request.handed_to:
        was = request.handed_to_name
        request.handed_to, request.handed_to_name, request.handed_at = "", "", None
        request.save(update_fields=["handed_to", "handed_to_name", "handed_at"])
        end_substitutes(project, by=by)
        ledger.record(project, by=by, verb="request kept", request=request.code, instead_of=was)
        wake(RECOMPUTE, project.pk)
    return request


def rows_of(person: User, tenant: Tenant) -> QuerySet[Stakeholder]:
    """The rows of the matrix in which a person stands, as themselves or as a substitute, in the projects of a tenant."""
    found = Stakeholder.objects.filter(Q(email=person.email) | Q(substitute_email=person.email))
    return found.filter(project__tenant=tenant).select_related("project__tenant").order_by("project__name", "position")


@transaction.atomic
def succeed(*, person: User, successor: User, tenant: Tenant, by: User, why: str) -> list[Stakeholder]:
    """Put a successor on every row of somebody who left. What waits for them is asked of the successor, by one mail each.

    Past decisions stand with the name of whoever made them; what they signed does not carry over to somebody else.
    """
    rows = list(rows_of(person, tenant).filter(project__archived_at=None))
    for row in rows:
        if row.email != person.email:
            _nobody_stands_in(row, by=by, why=why)
            continue
        project = Project.objects.locked(row.project_id)
        waiting = list(
            Request.objects.open().filter(round__project=project, stakeholder_key=row.key, email=person.email)
        )
        values = {"name": successor.name, "email": successor.email, **NO_SUBSTITUTE}
        change_stakeholder(project=project, key=row.key, values=values, by=by, why=why)
        ledger.record(
            Project.objects.locked(project.pk), by=by, verb=SUCCESSION, role=row.role,
            person={"name": row.name or person.name, "email": person.email},
            successor={"name": successor.name, "email": successor.email},
        )  # fmt: skip
        asked = [request for request in waiting if _readdress(request, project, successor, by=by)]
        if not asked:
            placed = Stakeholder.objects.select_related("project__tenant").get(pk=row.pk)
            emails.tell_successor(placed, before=row.name or person.name, by=by)
    return rows


def _nobody_stands_in(row: Stakeholder, *, by: User, why: str) -> None:
    change_stakeholder(project=row.project, key=row.key, values=NO_SUBSTITUTE, by=by, why=why)


def _readdress(request: Request, project: Project, successor: User, *, by: User) -> bool:
    """The same request, to somebody else, as if they had been asked first; who had answered part of it keeps that.

    False, and nobody is asked, if the successor may sign nothing of what is left: they wrote it, or asked for it.
    """
    request.refresh_from_db()
    request.email, request.name = successor.email, successor.name
    if not emails.answerable(request, request.open_sections(), by=successor.email):
        Request.objects.filter(pk=request.pk, closed_at=None).update(closed_at=clock.now())
        return False
    request.closed_at = request.first_opened_at = request.reminded_at = request.remind_on = request.handed_at = None
    request.handed_to = request.handed_to_name = ""
    request.disowned_at, request.disowned_says = None, ""
    request.escalated_at, request.escalated_to = None, ""
    request.save()
    let_in(project, Stakeholder.objects.get(project=project, key=request.stakeholder_key), by=by)
    document = load([project])[project.pk]
    emails.mail_anew(request, standings([project], {project.pk: document})[project.pk])
    ledger.record(
        project, by=by, verb="request passed on", request=request.code, role=request.role,
        person={"name": successor.name, "email": successor.email},
    )  # fmt: skip
    return True
