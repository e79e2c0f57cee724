"""The device groups as steps for whoever makes them by hand: in the order of their ranks, the default group last."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from projects.document import choices
from projects.document.rows import DeviceGroup
from projects.document.sections import Access
from projects.rules.device_rules import rule_of


class Step(NamedTuple):
    """`rule`: one sentence for each thing that is looked at; all must hold. `is_tied`: another has the same rank."""

    rank: int
    name: str
    rule: tuple[str, ...]
    remediation: str
    granted_to: tuple[str, ...]
    is_tied: bool
    is_after_gap: bool


def steps_of(access: Access) -> tuple[Step, ...]:
    groups = sorted(
        (one for one in access.device_groups if not one.does_not_apply), key=lambda each: (each.rank, each.name)
    )
    ranks = Counter(one.rank for one in groups)
    found, before = [], 0
    for one in groups:
        found.append(
            Step(
                one.rank,
                one.name,
                rule_in_words(one),
                str(choices.Remediation(one.remediation).label),
                one.granted_to,
                ranks[one.rank] > 1,
                one.rank > before + 1,
            )
        )
        before = one.rank
    return tuple(found)


def rule_in_words(group: DeviceGroup) -> tuple[str, ...]:
    """For example ("domain ends with emea.example or apac.example", "tag is T0"). Empty: it matches nothing."""
    return tuple(
        f"{choices.RuleOn(on).label} "
        + get_text_list([f"{choices.RuleHow(one.how).label} {one.value}" for one in conditions], _("or"))
        for on, conditions in rule_of(group).items()
    )
