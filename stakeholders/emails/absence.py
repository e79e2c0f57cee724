"""Mails about who stands in for whom, and what is theirs to decide."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, gettext_noop

from stakeholders.document import Part
from stakeholders.emails.requests import answerable, link
from stakeholders.emails.told import APPROVES, ASKED, SUBSTITUTE, page, tell
from stakeholders.models import Decision, Request, Stakeholder, StandIn
from stakeholders.rules.standing import APPROVE, CHANGES, CONDITIONS, OBJECT
from stakeholders.words import titles
from tenants.emails import long_day, short_day
from tenants.models import User


def tell_handed_over(request: Request, *, by: User, note: str) -> None:
    """To the substitute: this one request is yours."""
    project = request.round.project
    tell(
        project, to=request.handed_to, name=request.handed_to_name, slot=f"handed-{request.pk}-{request.handed_at}"[:40],
        by=by,
        subject=gettext_noop("Decide for %(by)s by %(due)s: %(project)s"),
        lines=[gettext_noop("%(by)s hands you one request: %(sections)s, as %(role)s, due %(due_long)s. "
                            "What you decide is recorded as yours, for %(by)s."),
               gettext_noop("Nobody signs what they wrote, nor for somebody who wrote it.")],
        sections=titles(request.open_sections()), role=request.role, due=short_day(request.round.due_on),
        due_long=long_day(request.round.due_on), quote=note, url=link(request), code=request.code,
        deed=gettext_lazy("Read and decide"), why=SUBSTITUTE,
    )  # fmt: skip


STANDS_IN = "stands-"
"""How the slots of the mails begin that tell a substitute what waits."""


def tell_stands_in(request: Request, *, email: str, name: str, slot: str) -> bool:
    """To a substitute whose days have begun: this request is open. Not, if nobody signs it for the person."""
    project = request.round.project
    sections = answerable(request, request.open_sections(), by=email)
    if not sections:
        return False
    tell(
        project, to=email, name=name, slot=f"{slot}-{request.pk}",
        subject=gettext_noop("Decide for %(other)s by %(due)s: %(project)s"),
        lines=[gettext_noop("You stand in for %(other)s, who was asked about %(sections)s as %(role)s, due %(due_long)s. "
                            "What you decide is recorded as yours, for %(other)s.")],
        other=request.name, sections=titles(sections), role=request.role,
        due=short_day(request.round.due_on), due_long=long_day(request.round.due_on), url=link(request), code=request.code,
        deed=gettext_lazy("Read and decide"), why=SUBSTITUTE,
    )  # fmt: skip
    return True


def tell_substitute_named(row: Stakeholder, *, by: User | None, is_confirmed: bool) -> None:
    """To everybody who approves: who stands in for whom; and, before it counts, that somebody must confirm it.

    Nobody gets a mail of a project before they were asked for something in it: they read it then, on their home page.
    """
    project = row.project
    told = row.substitute_from and row.substitute_until
    words: dict[str, Any] = {
        "substitute": row.substitute or row.substitute_email,
        "other": row.name or row.email,
        "first": short_day(row.substitute_from) if row.substitute_from else "–",
        "last": short_day(row.substitute_until) if row.substitute_until else "–",
    }
    others = [gettext_noop("%(substitute)s stands in for %(other)s from %(first)s to %(last)s. Said by %(by)s.")]
    theirs = [gettext_noop("%(substitute)s stands in for you from %(first)s to %(last)s. Confirmed by %(by)s.")]
    if not is_confirmed:
        others = [gettext_noop("%(by)s named %(substitute)s as the substitute of %(other)s, from %(first)s to %(last)s. "
                               "It counts once %(other)s, or another who approves, confirms it.")]  # fmt: skip
        theirs = [gettext_noop("%(by)s named %(substitute)s as your substitute, from %(first)s to %(last)s. "
                               "It counts once you, or another who approves, confirm it.")]  # fmt: skip
    asked = Request.objects.filter(round__project=project).values("email")
    for each in Stakeholder.objects.filter(project=project, does_not_apply="", email__in=asked):
        if told and (each.part == Part.SO or each.pk == row.pk) and (by is None or each.email != by.email):
            tell(
                project, to=each.email, name=each.name or each.email, by=by,
                slot=f"stands-in-{row.pk}-{project.ledger_seq}",
                subject=gettext_noop("A substitute for %(other)s: %(project)s"),
                lines=theirs if each.pk == row.pk else others,
                url="" if is_confirmed else page("substitute", project.slug, row.key),
                deed=gettext_lazy("Look and confirm"), why=APPROVES, **words,
            )  # fmt: skip


def tell_substitute_of_their_days(stand_in: StandIn, *, by: User) -> None:
    """To the substitute: from when to when they stand in, before anything is asked."""
    row = stand_in.stakeholder
    tell(
        row.project, to=stand_in.email, name=row.substitute or stand_in.email, by=by,
        slot=f"days-{row.pk}-{stand_in.starts_on}-{stand_in.ends_on}"[:40],
        subject=gettext_noop("You stand in for %(other)s: %(project)s"),
        lines=[gettext_noop("You stand in for %(other)s (%(role)s) from %(first)s to %(last)s. What is asked on these "
                            "days comes to you by mail, and what you decide is recorded as yours, for %(other)s.")],
        other=row.name or row.email, role=row.role, first=short_day(stand_in.starts_on),
        last=short_day(stand_in.ends_on), why=SUBSTITUTE,
    )  # fmt: skip


def tell_no_longer_stands_in(stand_in: StandIn, *, by: User) -> None:
    """To the substitute and to everybody who approves: the person decides themselves again."""
    row = stand_in.stakeholder
    rows = Stakeholder.objects.filter(project=row.project, part=Part.SO, does_not_apply="").exclude(email="")
    told = {each.email: (each.name or each.email, APPROVES) for each in rows}
    told[stand_in.email] = (row.substitute or stand_in.email, SUBSTITUTE)
    for email, (name, why) in told.items():
        if email != by.email:
            tell(
                row.project, to=email, name=name, by=by, slot=f"days-over-{row.pk}-{row.project.ledger_seq}",
                subject=gettext_noop("No substitute for %(other)s any more: %(project)s"),
                lines=[gettext_noop("%(substitute)s does not stand in for %(other)s any more. Said by %(by)s.")],
                substitute=row.substitute or stand_in.email, other=row.name or row.email, why=why,
            )  # fmt: skip


def tell_successor(row: Stakeholder, *, before: str, by: User) -> None:
    """To whoever was put in the place of somebody who left, where nothing waits for them yet."""
    tell(
        row.project, to=row.email, name=row.name, by=by, slot=f"successor-{row.pk}-{row.project.ledger_seq}",
        subject=gettext_noop("You take the place of %(before)s: %(project)s"),
        lines=[gettext_noop("%(by)s put you in the place of %(before)s as %(role)s. Nothing is asked of you now; "
                            "when something is, it comes by mail.")],
        before=before, role=row.role, why=ASKED,
    )  # fmt: skip


ANSWERED_FOR = {
    APPROVE: gettext_noop("%(by)s approved %(sections)s for you, as %(role)s."),
    CONDITIONS: gettext_noop("%(by)s approved %(sections)s on conditions for you, as %(role)s."),
    CHANGES: gettext_noop("%(by)s requested changes to %(sections)s for you, as %(role)s."),
    OBJECT: gettext_noop("%(by)s objected to %(sections)s for you, as %(role)s."),
}


def tell_decided_for(decision: Decision, request: Request) -> None:
    """To the person themselves: somebody answered in their place."""
    project = request.round.project
    by = User.objects.filter(email=decision.email).first()
    line = gettext_noop("%(by)s answered for you about %(sections)s, as %(role)s.")
    if len(said := set(decision.answers.values())) == 1:
        line = ANSWERED_FOR.get(said.pop(), line)
    tell(
        project, to=decision.for_email, name=decision.for_name, slot=f"decided-for-you-{decision.pk}", by=by,
        subject=gettext_noop("%(by)s decided for you: %(project)s"),
        lines=[line, gettext_noop("You can take it back on the page until the request closes.")],
        sections=titles(list(decision.answers)), role=decision.role, quote=decision.comment, url=link(request),
        deed=gettext_lazy("Read what was decided"), why=ASKED,
    )  # fmt: skip
