"""Mails about the conditions of approvals: set, met, not met yet, lapsed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, gettext_noop

from stakeholders.emails.told import DECIDED, LEADS, OWNS, leads_of, page, tell
from stakeholders.models import Condition, Decision
from stakeholders.words import titles
from tenants.emails import short_day
from tenants.models import User


def _setters(condition: Condition) -> dict[str, str]:
    """Address -> name of who may accept it: whoever set it, and the person for whom a substitute did."""
    found = {condition.set_by_email: condition.set_by_name}
    decision = Decision.objects.filter(pk=condition.decision_id).exclude(for_email="").first()
    return {decision.for_email: decision.for_name, **found} if decision else found


def tell_evidence(condition: Condition, *, by: User) -> None:
    """To whoever set the condition: look, and accept it."""
    for email, name in _setters(condition).items():
        tell(
            condition.project, to=email, name=name, by=by,
            slot=f"evidence-{condition.pk}-{condition.project.ledger_seq}",
            subject=gettext_noop("Is your condition met? %(project)s"),
            lines=[gettext_noop("%(setter)s approved on condition that %(who)s does this by %(day)s: %(what)s"),
                   gettext_noop("%(by)s says how it was done. Accept it, or say what is missing: "
                                "if it is not accepted by that day, the approval lapses.")],
            setter=condition.set_by_name, who=condition.who, what=condition.what, day=short_day(condition.due_on),
            quote=condition.evidence, url=page("condition", condition.project.slug, condition.pk),
            deed=gettext_lazy("Look and accept"), why=DECIDED,
        )  # fmt: skip


def _owners(condition: Condition) -> list[tuple[str, str]]:
    """Who sees to a condition: its owner if they have an address here, else the leads."""
    if condition.who_email:
        return [(condition.who_email, condition.who)]
    return [(lead.email, lead.name) for lead in leads_of(condition.project)]


def tell_condition_set(condition: Condition, *, by: User) -> None:
    for email, name in _owners(condition):
        tell(
            condition.project, to=email, name=name, slot=f"condition-{condition.pk}", by=by,
            subject=gettext_noop("A condition to meet by %(day)s: %(project)s"),
            lines=[gettext_noop("%(by)s approved on condition that %(who)s does this by %(day)s: %(what)s"),
                   gettext_noop("Say on the page how it was done; %(by)s accepts it there.")],
            who=condition.who, what=condition.what, day=short_day(condition.due_on),
            url=page("condition", condition.project.slug, condition.pk), deed=gettext_lazy("Open the condition"),
            why=OWNS,
        )  # fmt: skip


def tell_returned(condition: Condition, *, by: User) -> None:
    for email, name in _owners(condition):
        tell(
            condition.project, to=email, name=name, by=by,
            slot=f"returned-{condition.pk}-{condition.project.ledger_seq}",
            subject=gettext_noop("Not met yet: a condition of %(project)s"),
            lines=[gettext_noop("%(by)s does not accept it yet. Due %(day)s: %(what)s")],
            what=condition.what, day=short_day(condition.due_on), quote=condition.returned_because,
            url=page("condition", condition.project.slug, condition.pk), deed=gettext_lazy("Open the condition"),
            why=OWNS,
        )  # fmt: skip


def tell_condition_met(condition: Condition, *, by: User) -> None:
    """To its owner: it was accepted."""
    _tell_owners(
        condition, by=by, slot=f"met-{condition.pk}", subject=gettext_noop("A condition is met: %(project)s"),
        line=gettext_noop("%(by)s accepted it, and the approval stands without a condition: %(what)s"),
    )  # fmt: skip


def tell_condition_over(condition: Condition, *, by: User) -> None:
    """To its owner: the answer that set it was taken back."""
    _tell_owners(
        condition, by=by, slot=f"over-{condition.pk}",
        subject=gettext_noop("A condition is not asked for any more: %(project)s"),
        line=gettext_noop("%(by)s took back the approval that was given on this condition: %(what)s"),
    )  # fmt: skip


def _tell_owners(condition: Condition, *, by: User, slot: str, subject: str, line: str) -> None:
    for email, name in _owners(condition):
        if email != by.email:
            tell(
                condition.project, to=email, name=name, by=by, slot=slot, subject=subject, lines=[line],
                what=condition.what, why=OWNS,
            )  # fmt: skip


def tell_lapsed(condition: Condition) -> None:
    """To both, once: the day is over, and the approval with it. To the leads too: they must ask for it again."""
    setters, owners = _setters(condition), dict(_owners(condition))
    leads = {lead.email: lead.name for lead in leads_of(condition.project)}
    for email, name in {**leads, **setters, **owners}.items():
        tell(
            condition.project, to=email, name=name, slot=f"lapsed-{condition.pk}",
            subject=gettext_noop("An approval lapsed: %(project)s"),
            lines=[gettext_noop("%(setter)s approved %(sections)s on condition that %(who)s does this by %(day)s: "
                                "%(what)s"),
                   gettext_noop("It was not accepted as done by then, so the approval lapsed. "
                                "When it is done, it must be asked for again.")],
            setter=condition.set_by_name, sections=titles(condition.sections), who=condition.who, what=condition.what,
            day=short_day(condition.due_on), url=page("condition", condition.project.slug, condition.pk),
            deed=gettext_lazy("Open the condition"),
            why=DECIDED if email in setters else OWNS if email in owners and condition.who_email else LEADS,
        )  # fmt: skip
