"""Roles that end: for how long, who removes them, and whether they are gone."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document.choices import Phase
from projects.document.rows import Assignment
from projects.rules import temporary as rules
from projects.rules.labels import role_of, some_names
from projects.rules.temporary import State, day_in_words
from readiness.rules.findings import (
    Deed,
    Result,
    Severity,
    Subject,
    check,
    does_not_apply,
    failed,
    passed,
    to_row,
)


def _to_removal(label: str, row: Assignment) -> Deed:
    return Deed(label, "projects:removal", {"key": row.key})


def _roles(subject: Subject, *states: State) -> list[Assignment]:
    """The dated assignments in one of these states, the first to end first."""
    found = rules.temporary(subject.document.access.assignments)
    return [row for row in found if rules.state_of(row, subject.today, soon=0) in states]


def _named(row: Assignment) -> dict[str, str]:
    return {"role": role_of(row), "who": row.assignee}


@check("access", Severity.BLOCKER, "pim")
def temporary_roles_are_removed_in_time(subject: Subject) -> Iterator[Result]:
    overdue = _roles(subject, State.OVERDUE)
    if not overdue:
        yield passed(_("No temporary role is overdue for removal"))
    for row in overdue:
        assert row.ends_on is not None
        yield failed(
            _("%(role)s of %(who)s should have been removed") % _named(row),
            _("It ended on %(day)s.") % {"day": f"{row.ends_on:%d %b %Y}"},
            about=row.key,
            owner=row.remover,
            since=row.ends_on,
            deeds=(_to_removal(_("Record the removal"), row),),
        )


@check("access", Severity.WARNING, "pim")
def temporary_roles_are_removed_on_their_day(subject: Subject) -> Iterator[Result]:
    due = _roles(subject, State.DUE)
    if not due:
        yield passed(_("No temporary role is due for removal today"))
    for row in due:
        yield failed(
            _("%(role)s of %(who)s is due for removal today") % _named(row),
            _("From tomorrow on it stops the project."),
            about=row.key,
            owner=row.remover,
            since=row.ends_on,
            deeds=(_to_removal(_("Record the removal"), row),),
        )


@check("access", Severity.WARNING, "pim")
def temporary_roles_are_short(subject: Subject) -> Iterator[Result]:
    found = rules.temporary(subject.document.access.assignments)
    long = [row for row in found if rules.is_too_long(row, subject.today, subject.longest_days)]
    if not long:
        yield passed(_("No temporary role is held for longer than the tenant allows"))
    for row in long:
        assert row.ends_on is not None
        last = rules.last_day_allowed(row, subject.today, subject.longest_days)
        words = {"end": day_in_words(row.ends_on), "days": subject.longest_days, "last": day_in_words(last)}
        yield failed(
            _("%(role)s of %(who)s is planned for longer than %(days)s days") % {**_named(row), **words},
            (
                _("It ends on %(end)s; %(days)s days after its start are %(last)s.")
                if row.starts_on
                else _("It ends on %(end)s; %(days)s days from today are %(last)s.")
            )
            % words,
            about=row.key,
            deeds=(to_row(_("Set an earlier end"), "access", "assignments", row.key),),
        )


@check("access", Severity.WARNING, "own_practice")
def temporary_roles_have_a_remover(subject: Subject) -> Iterator[Result]:
    held = _roles(subject, State.STARTS, State.HELD, State.ENDS, State.DUE, State.OVERDUE)
    nobodys = [row for row in held if not row.remover]
    if not nobodys:
        yield passed(_("Somebody is named to remove each temporary role"))
    for row in nobodys:
        yield failed(
            _("Nobody is named to remove %(role)s of %(who)s") % _named(row),
            _("Whoever is named is reminded before it ends, and on the day."),
            about=row.key,
            deeds=(to_row(_("Name somebody"), "access", "assignments", row.key),),
        )


@check("access", Severity.WARNING, "own_practice")
def removals_are_confirmed(subject: Subject) -> Iterator[Result]:
    waiting = _roles(subject, State.REMOVED)
    if not waiting:
        yield passed(_("Every recorded removal was confirmed by a second person"))
    for row in waiting:
        assert row.removed_on is not None
        yield failed(
            _("The removal of %(role)s of %(who)s waits for a second person") % _named(row),
            _("Removed on %(day)s by %(by)s: %(proof)s")
            % {"day": day_in_words(row.removed_on), "by": row.removed_by, "proof": row.evidence},
            about=row.key,
            since=row.removed_on,
            deeds=(_to_removal(_("Look and confirm"), row),),
        )


@check("access", Severity.WARNING, "prepare_deployment", "pim")
def temporary_access_is_closed(subject: Subject) -> Result:
    """The closing gate of Setup and of Onboard lists what is still open."""
    title = _("Temporary access is removed and confirmed")
    if subject.phase == Phase.PREPARE:
        return does_not_apply(title, _("It is asked when Setup and Onboard are closed."))
    open_ = _roles(subject, *rules.OPEN)
    if not open_:
        return passed(title)
    told = [f"{role_of(row)}, {row.assignee} ({rules.state_in_words(row, subject.today, soon=0)})" for row in open_]
    n = len(open_)
    return failed(
        ngettext("%(n)s temporary role is still open", "%(n)s temporary roles are still open", n) % {"n": n},
        _("%(what)s. Those for this phase are removed and confirmed before it is closed.")
        % {"what": some_names(told, 10)},
        deeds=(Deed(_("See temporary access"), "projects:temporary"),),
    )
