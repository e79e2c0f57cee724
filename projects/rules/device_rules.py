"""The rules of device groups: conditions on one thing are alternatives, those on different things must all hold.

Matching ignores case, as the portal does. Limits: 2,000 groups, ten values for each thing (device_groups).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from projects.document.rows import DeviceGroup

MOST_GROUPS, MOST_VALUES = 2_000, 10


@dataclass(frozen=True, slots=True)
class Condition:
    """For example Condition("domain", "ends", "contoso.example"). `on` and `how` are RuleOn and RuleHow."""

    on: str
    how: str
    value: str

    def covers(self, other: Condition) -> bool:
        """Whether every device that fulfils `other` fulfils this one."""
        if self.on != other.on:
            return False
        mine, theirs = self.value.casefold(), other.value.casefold()
        match self.how:
            case "is":
                return other.how == "is" and mine == theirs
            case "starts":
                return other.how in {"is", "starts"} and theirs.startswith(mine)
            case "ends":
                return other.how in {"is", "ends"} and theirs.endswith(mine)
        return mine in theirs


Rule = Mapping[str, tuple[Condition, ...]]
"""Thing that is looked at (RuleOn) -> its alternatives. A rule without conditions matches nothing."""


def conditions_of(group: DeviceGroup) -> tuple[Condition, ...]:
    """The conditions in the order in which they were written; those without a value say nothing."""
    found = [(str(group.rule_on), str(group.rule_how), group.rule_value), *group.more_rules]
    return tuple(Condition(on, how, value) for on, how, value in found if value)


def rule_of(group: DeviceGroup) -> Rule:
    rule: dict[str, tuple[Condition, ...]] = {}
    for condition in conditions_of(group):
        rule[condition.on] = (*rule.get(condition.on, ()), condition)
    return rule
