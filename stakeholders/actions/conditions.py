"""Approved on conditions: what must be done by a day, the evidence, and the acceptance of whoever set it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from projects import ledger
from projects.models import Project
from stakeholders import emails
from stakeholders.models import Condition, Decision, Stakeholder
from stakeholders.plan import load
from stakeholders.rules.standing import CONDITIONS, State
from stakeholders.states import standings
from tenants import clock
from tenants.models import User
from tenants.wake import RECOMPUTE, wake


class ConditionIsOver(Exception):
    """It was accepted already, its day has passed, or the answer that set it was taken back or given anew."""


class NotYourCondition(Exception):
    """Only whoever set a condition, or the person for whom it was set, accepts it."""


def set_condition(project: Project, decision: Decision, what: str, who: str, until: date) -> Condition:
    """The condition of a decision, as a thing of its own; its owner is told. In the caller's transaction."""
    name, address = _owner(project, who)
    row = Condition.objects.create(
        project=project,
        decision_id=decision.pk,
        stakeholder_key=decision.stakeholder_key,
        set_by_name=decision.name,
        set_by_email=decision.email,
        sections=[name for name, answer in decision.answers.items() if answer == CONDITIONS],
        what=what,
        who=name,
        who_email=address,
        due_on=until,
    )
    emails.tell_condition_set(row, by=User.objects.get(pk=decision.person_id))
    return row


def _owner(project: Project, who: str) -> tuple[str, str]:
    """Name and address of somebody of this project by either; as it was typed, without address, if nobody is called
    that, or more than one."""
    is_meant = Q(name__iexact=who.strip()) | Q(email__iexact=who.strip())
    people = User.objects.filter(is_meant, grants__project=project, is_active=True)
    rows = Stakeholder.objects.filter(is_meant, project=project).exclude(email="")
    names = dict([*rows.values_list("email", "name"), *people.values_list("email", "name")])
    if len(names) != 1:
        return who, ""
    [(address, name)] = names.items()
    return name or who, address


def replaced(conditions: Collection[Condition], *, whenever: bool = False) -> set[int]:
    """The keys of those whose answer counts no more: it was taken back, or that role has answered all of it anew.

    By the day of the condition, or `whenever`: what is answered after that replaces an approval that had lapsed already.
    """
    first = min((row.decision_id for row in conditions), default=0)
    later = Decision.objects.filter(project_id__in={row.project_id for row in conditions}, pk__gt=first)
    answered: dict[tuple[int, str, str], list[tuple[int, datetime]]] = defaultdict(list)
    for pk, project, role, answers, at in later.values_list(
        "pk", "project_id", "stakeholder_key", "answers", "decided_at"
    ):
        for name in answers:
            answered[project, role, name].append((pk, at))

    def is_replaced(row: Condition, section: str) -> bool:
        zone = ZoneInfo(row.project.tenant.time_zone)
        found = answered[row.project_id, row.stakeholder_key, section]
        return any(pk > row.decision_id and (whenever or at.astimezone(zone).date() <= row.due_on) for pk, at in found)

    return {row.pk for row in conditions if all(is_replaced(row, name) for name in row.sections)}


def may_accept(condition: Condition, user: User) -> bool:
    """Whoever set it, or the person for whom a substitute set it."""
    return Condition.objects.accepted_by(user).filter(pk=condition.pk).exists()


def _open(condition: Condition) -> tuple[Project, Condition]:
    project = Project.objects.locked(condition.project_id)
    condition = Condition.objects.get(pk=condition.pk)
    condition.project = project
    is_late = condition.due_on < clock.today(project.tenant.time_zone)
    if condition.accepted_at is not None or is_late or replaced([condition]):
        raise ConditionIsOver(condition.what)
    return project, condition


@transaction.atomic
def record_evidence(*, condition: Condition, evidence: str, by: User) -> Condition:
    """Say how a condition was met; whoever set it is asked to accept. Raises ConditionIsOver, ValidationError."""
    if not evidence.strip():
        raise ValidationError({"evidence": _("Say how it was done, or where one can see it.")})
    project, condition = _open(condition)
    if condition.evidence == evidence and condition.evidence_at is not None:
        return condition
    condition.evidence, condition.evidence_by, condition.evidence_at = evidence, str(by), clock.now()
    condition.returned_because = ""
    condition.save(update_fields=["evidence", "evidence_by", "evidence_at", "returned_because"])
    ledger.record(project, by=by, verb="condition evidence", condition=condition.what, evidence=evidence)
    emails.tell_evidence(condition, by=by)
    return condition


@transaction.atomic
def accept_condition(*, condition: Condition, by: User) -> Condition:
    """It was met: the approval stands without it. Raises NotYourCondition, ConditionIsOver."""
    if not may_accept(condition, by):
        raise NotYourCondition(by.email)
    project, condition = _open(condition)
    condition.accepted_at, condition.accepted_on = clock.now(), clock.today(project.tenant.time_zone)
    condition.save(update_fields=["accepted_at", "accepted_on"])
    ledger.record(
        project, by=by, verb="condition met", condition=condition.what, evidence=condition.evidence,
        asked_for=condition.sections,
    )  # fmt: skip
    emails.tell_condition_met(condition, by=by)
    wake(RECOMPUTE, project.pk)
    return condition


@transaction.atomic
def return_condition(*, condition: Condition, because: str, by: User) -> Condition:
    """The evidence is not enough: its owner reads why. Raises NotYourCondition, ConditionIsOver, ValidationError."""
    if not may_accept(condition, by):
        raise NotYourCondition(by.email)
    if not because.strip():
        raise ValidationError({"because": _("Say what is missing.")})
    project, condition = _open(condition)
    condition.returned_because, condition.evidence_at = because, None
    condition.save(update_fields=["returned_because", "evidence_at"])
    ledger.record(project, by=by, verb="condition not met yet", condition=condition.what, why=because)
    emails.tell_returned(condition, by=by)
    return condition


def tell_lapsed() -> None:
    """Tell both, once, that an approval lapsed with its condition; a condition of an answer that was replaced is passed over."""
    wanted = Condition.objects.filter(
        accepted_at=None, lapse_told_at=None, due_on__lt=clock.today("Pacific/Kiritimati")
    )
    for pk in list(wanted.values_list("pk", flat=True)):
        _tell_lapsed(pk)


@transaction.atomic
def _tell_lapsed(pk: int) -> None:
    condition = Condition.objects.select_related("project__tenant").get(pk=pk)
    project = Project.objects.locked(condition.project_id)
    condition.refresh_from_db(fields=["accepted_at", "lapse_told_at"])
    is_over = condition.due_on < clock.today(project.tenant.time_zone)
    if condition.accepted_at is not None or condition.lapse_told_at is not None or not is_over:
        return
    standing = standings([project], load([project]))[project.pk]
    lapsed = [
        section
        for section, found in standing.signatures.items()
        for each in found
        if each.state == State.LAPSED and each.vote and each.vote.decision_id == condition.decision_id
    ]
    condition.lapse_told_at = clock.now()
    condition.save(update_fields=["lapse_told_at"])
    if not lapsed:
        return
    ledger.record(
        project, by=None, verb="approval lapsed", condition=condition.what, who=condition.set_by_name, asked_for=lapsed
    )
    emails.tell_lapsed(condition)
    wake(RECOMPUTE, project.pk)
