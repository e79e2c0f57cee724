"""Mails about who stands in for whom, and what is theirs to decide."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, gettext_noop

from stakeholders.document import Part
from stakeholders.emails.requests import link
from stakeholders.emails.told import APPROVES, ASKED, SUBSTITUTE, page, tell, titles
from stakeholders.models import Decision, Request, Stakeholder
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
        due_long=long_day(request.round.due_on), quote=note, url=link(request),
        deed=gettext_lazy("Read and decide"), why=SUBSTITUTE,
    )  # fmt: skip


def tell_stands_in(request: Request, *, email: str, name: str, slot: str) -> None:
    """To a substitute whose days have begun: this request is open."""
    project = request.round.project
    tell(
        project, to=email, name=name, slot=f"{slot}-{request.pk}",
        subject=gettext_noop("Decide for %(other)s by %(due)s: %(project)s"),
        lines=[gettext_noop("You stand in for %(other)s, who was asked about %(sections)s as %(role)s, due %(due_long)s. "
                            "What you decide is recorded as yours, for %(other)s.")],
        other=request.name, sections=titles(request.open_sections()), role=request.role,
        due=short_day(request.round.due_on), due_long=long_day(request.round.due_on), url=link(request),
        deed=gettext_lazy("Read and decide"), why=SUBSTITUTE,
    )  # fmt: skip


def tell_substitute_named(row: Stakeholder, *, by: User | None, is_confirmed: bool) -> None:
    """To everybody who approves: who stands in for whom; and, before it counts, that somebody must confirm it."""
    project = row.project
    told = row.substitute_from and row.substitute_until
    words = {
        "substitute": row.substitute or row.substitute_email,
        "other": row.name or row.email,
        "first": short_day(row.substitute_from) if row.substitute_from else "–",
        "last": short_day(row.substitute_until) if row.substitute_until else "–",
    }
    lines = [gettext_noop("%(substitute)s stands in for %(other)s from %(first)s to %(last)s.")]
    if not is_confirmed:
        lines = [gettext_noop("%(by)s named %(substitute)s as the substitute of %(other)s, from %(first)s to %(last)s. "
                              "It counts once %(other)s, or another who approves, confirms it.")]  # fmt: skip
    rows = Stakeholder.objects.filter(project=project, does_not_apply="").exclude(email="")
    for each in rows:
        if told and (each.part == Part.SO or each.pk == row.pk) and (by is None or each.email != by.email):
            tell(
                project, to=each.email, name=each.name or each.email, by=by,
                slot=f"stands-in-{row.pk}-{project.ledger_seq}",
                subject=gettext_noop("A substitute for %(other)s: %(project)s"), lines=lines,
                url="" if is_confirmed else page("substitute", project.slug, row.key),
                deed=gettext_lazy("Look and confirm"), why=APPROVES, **words,
            )  # fmt: skip


def tell_decided_for(decision: Decision, request: Request) -> None:
    """To the person themselves: somebody answered in their place."""
    project = request.round.project
    by = User.objects.filter(email=decision.email).first()
    tell(
        project, to=decision.for_email, name=decision.for_name, slot=f"decided-for-you-{decision.pk}", by=by,
        subject=gettext_noop("%(by)s decided for you: %(project)s"),
        lines=[gettext_noop("%(by)s answered for you about %(sections)s, as %(role)s. "
                            "You can take it back on the page until the request closes.")],
        sections=titles(list(decision.answers)), role=decision.role, quote=decision.comment, url=link(request),
        deed=gettext_lazy("Read what was decided"), why=ASKED,
    )  # fmt: skip
