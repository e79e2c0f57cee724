"""Absence: who stands in for whom, on which days, and when that counts."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import access, ledger
from projects import actions as plan_actions
from projects.models import Grant, Project
from projects.rules.roles import Role
from stakeholders import emails
from stakeholders.actions.talk import NotTheirs
from stakeholders.document import Part
from stakeholders.models import ApprovalPolicy, Request, Stakeholder, StandIn
from stakeholders.placings import placed_by, substitute_named_by
from stakeholders.rules.absence import Absence, Refusal, refusal
from stakeholders.tables import ROWS
from tenants import clock
from tenants.models import User
from tenants.models.people import normal_address
from tenants.wake import RECOMPUTE, wake

AFTER_DUE = timedelta(days=30)
"""Whoever got one request may still read it so long after it was due."""
NO_SUBSTITUTE = {"substitute": "", "substitute_email": "", "substitute_from": None, "substitute_until": None}


def refusal_words(why: Refusal) -> str:
    return {
        Refusal.NOBODY: _("Name somebody with an address; the row needs a person too."),
        Refusal.THEMSELVES: _("Nobody stands in for themselves."),
        Refusal.NO_DAYS: _("Say from which day to which: a substitute without an end is a successor."),
        Refusal.BACKWARDS: _("It ends before it starts."),
        Refusal.OVER: _("These days are over."),
        Refusal.CIRCLE: _("They are away on the same days, and you stand in for each other. Choose somebody else."),
        Refusal.CHAIN: _("A substitute has no substitute: on these days somebody already stands in for one of you."),
    }[why]


def absence_of(row: Stakeholder) -> Absence:
    return Absence(row.email, row.substitute_email, row.substitute_from, row.substitute_until)


def _counting(project: Project) -> list[Absence]:
    rows = StandIn.objects.counting().filter(stakeholder__project=project)
    return [Absence(each.for_email, each.email, each.starts_on, each.ends_on) for each in rows]


def counts(row: Stakeholder) -> bool:
    """Whether the substitute that the row names now was confirmed."""
    return StandIn.objects.counting().filter(stakeholder=row).exists()


@transaction.atomic
def name_substitute(*, row: Stakeholder, name: str, email: str, first: date, last: date, by: User) -> Stakeholder:
    """The stakeholder names who stands in for them: it counts at once, and every approver is told.

    Raises NotTheirs for others (a lead changes the row of the matrix, and it is confirmed), ValidationError.
    """
    project = Project.objects.locked(row.project_id)
    row = Stakeholder.objects.get(pk=row.pk)
    if by.email != row.email:
        raise NotTheirs(row.role)
    email = normal_address(email)
    if (row.substitute_email, row.substitute_from, row.substitute_until) != (email, first, last) or not counts(row):
        wanted = Absence(row.email, email, first, last)
        why = refusal(wanted, _counting(project), clock.today(project.tenant.time_zone))
        if why is not None:
            raise ValidationError({"email": refusal_words(why)})
        values = {
            "substitute": name, "substitute_email": email, "substitute_from": first, "substitute_until": last,
        }  # fmt: skip
        plan_actions.change_row(project=project, table=ROWS, key=row.key, values=values, by=by)
        _count(Stakeholder.objects.get(pk=row.pk), project, by=by)
    return Stakeholder.objects.get(pk=row.pk)


@transaction.atomic
def end_substitute(*, row: Stakeholder, by: User) -> Stakeholder:
    """The stakeholder decides themselves again, before the last day: the substitute and every approver are told.

    Raises NotTheirs for others.
    """
    project = Project.objects.locked(row.project_id)
    row = Stakeholder.objects.get(pk=row.pk)
    if by.email != row.email:
        raise NotTheirs(row.role)
    if row.substitute_email:
        counted = StandIn.objects.counting().filter(stakeholder=row).select_related("stakeholder").first()
        plan_actions.change_row(project=project, table=ROWS, key=row.key, values=NO_SUBSTITUTE, by=by)
        end_substitutes(project, by=by)
        if counted is not None:
            counted.stakeholder.project = Project.objects.get(pk=project.pk)
            emails.tell_no_longer_stands_in(counted, by=by)
    return Stakeholder.objects.get(pk=row.pk)


@transaction.atomic
def confirm_substitute(*, row: Stakeholder, by: User) -> StandIn:
    """A substitute whom the lead named counts from now on: said by the stakeholder, or by another who approves.

    Raises NotTheirs for whoever is neither, and for the substitute; ValidationError where it could not count.
    """
    project = Project.objects.locked(row.project_id)
    row = Stakeholder.objects.get(pk=row.pk)
    if not may_confirm(row, by):
        raise NotTheirs(row.role)
    why = refusal(absence_of(row), _counting(project), clock.today(project.tenant.time_zone))
    if why is not None:
        raise ValidationError(refusal_words(why))
    if counts(row):
        return row.stand_in
    return _count(row, project, by=by)


def may_confirm(row: Stakeholder, by: User) -> bool:
    """The stakeholder, or somebody else who approves in this project; never who would stand in, nor who named them.

    Who put themselves into the matrix is nobody else: a second row of theirs would confirm what they did in the first.
    """
    if by.email == row.email:
        return True
    rows = Stakeholder.objects.filter(project=row.project_id, part=Part.SO, does_not_apply="", email=by.email)
    others = list(rows.values_list("key", flat=True)) if by.email != row.substitute_email else []
    if not others or substitute_named_by(row.project, row.key) == by.email:
        return False
    return any(by.email not in placed_by(row.project, key) for key in others)


def _count(row: Stakeholder, project: Project, *, by: User) -> StandIn:
    assert row.substitute_from is not None
    assert row.substitute_until is not None
    found, _is_new = StandIn.objects.update_or_create(
        stakeholder=row,
        defaults={
            "for_email": row.email,
            "email": row.substitute_email,
            "starts_on": row.substitute_from,
            "ends_on": row.substitute_until,
            "confirmed_by_name": str(by),
            "confirmed_by_email": by.email,
            "confirmed_at": clock.now(),
        },
    )
    end_substitutes(project, by=by)
    let_in_for_others(project, account_of(project, found.email, row.substitute), by=by)
    ledger.record(
        project, by=by, verb="substitute counts", person={"name": row.substitute, "email": found.email},
        stands_for={"name": row.name, "email": row.email}, since=found.starts_on.isoformat(),
        until=found.ends_on.isoformat(),
    )  # fmt: skip
    row.project = project
    found.stakeholder = row
    emails.tell_substitute_named(row, by=by, is_confirmed=True)
    has_begun = found.starts_on <= clock.today(project.tenant.time_zone)
    if not (has_begun and _tell_what_waits(found)):
        emails.tell_substitute_of_their_days(found, by=by)
    wake(RECOMPUTE, project.pk)
    return found


def account_of(project: Project, email: str, name: str) -> User:
    """An account that signs in by code, if the address has none yet."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, name=name, language=project.tenant.language)
        user.set_unusable_password()
        user.save()
    return user


def let_in_for_others(project: Project, user: User, *, by: User) -> None:
    """One role for all in whose place a person answers, by days and by single requests: none takes another away."""
    named = StandIn.objects.counting().filter(stakeholder__project=project, email=user.email)
    days = list(named.values_list("starts_on", "ends_on"))
    handed = Request.objects.filter(round__project=project, handed_to=user.email)
    for handed_at, due_on in handed.values_list("handed_at", "round__due_on"):
        assert handed_at is not None
        since = handed_at.astimezone(ZoneInfo(project.tenant.time_zone)).date()
        days.append((since, max(due_on, since) + AFTER_DUE))
    access.grant(
        project=project, user=user, role=Role.STAKEHOLDER, reason=Grant.Reason.SUBSTITUTE, by=by,
        starts_on=min(first for first, _last in days), ends_on=max(last for _first, last in days),
    )  # fmt: skip


def end_substitutes(project: Project, *, by: User | None) -> None:
    """Nobody keeps access as a substitute who is none any more: neither by days nor by a request that was handed on."""
    named = StandIn.objects.counting().filter(stakeholder__project=project).values_list("email", flat=True)
    handed = Request.objects.filter(round__project=project).exclude(handed_to="").values_list("handed_to", flat=True)
    rows = Grant.objects.filter(project=project, reason=Grant.Reason.SUBSTITUTE)
    for row in rows.exclude(user__email__in={*named, *handed}):
        access.revoke(row=row, by=by)


@transaction.atomic
def follow_row(row: Stakeholder, before: Absence, *, by: User | None) -> None:
    """A row of the matrix was changed: another substitute counts once it is confirmed; the person's own word is enough."""
    now = absence_of(row)
    end_substitutes(row.project, by=by)
    if now == before or not now.email or now.starts_on is None or now.ends_on is None:
        return
    today = clock.today(row.project.tenant.time_zone)
    if by is not None and by.email == row.email and refusal(now, _counting(row.project), today) is None:
        _count(row, row.project, by=by)
    elif (now.email, now.starts_on, now.ends_on) != (before.email, before.starts_on, before.ends_on):
        emails.tell_substitute_named(row, by=by, is_confirmed=False)


def _tell_what_waits(stand_in: StandIn) -> int:
    """Mail the substitute each request that is open and that they may answer; how many these are."""
    row = stand_in.stakeholder
    rows = Request.objects.open().filter(
        round__project=row.project_id, stakeholder_key=row.key, email=stand_in.for_email, handed_to=""
    )
    slot = f"{emails.STANDS_IN}{stand_in.starts_on}"
    return sum(
        emails.tell_stands_in(request, email=stand_in.email, name=row.substitute, slot=slot)
        for request in rows.select_related("round__project__tenant")
    )


def tell_those_who_stand_in() -> None:
    """Every hour: whoever stands in from today gets what waits for the person, once, and not at night."""
    people = {user.email: user for user in User.objects.filter(email__in=StandIn.objects.values("email"))}
    for stand_in in StandIn.objects.counting().select_related("stakeholder__project__tenant"):
        tenant = stand_in.stakeholder.project.tenant
        if not stand_in.starts_on <= clock.today(tenant.time_zone) <= stand_in.ends_on:
            continue
        if not ApprovalPolicy.objects.of(tenant).is_quiet_for(people.get(stand_in.email)):
            with transaction.atomic():
                _tell_what_waits(stand_in)
