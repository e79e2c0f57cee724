"""The rules of device groups: conditions on one thing are alternatives, those on different things must all hold.

Matching ignores case, as the portal does. Limits: 2,000 groups, ten values for each thing (device_groups).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from projects.document.choices import RuleHow, RuleOn
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


ORDER = ("name", "domain", "tag", "os")
"""The things that a rule looks at, as the portal asks for them."""


def in_words(conditions: Iterable[Condition]) -> str:
    """A rule as a sentence without its end: "Tag is T0, and domain ends with emea.example or apac.example"."""
    by_thing: dict[str, list[Condition]] = {}
    for condition in conditions:
        by_thing.setdefault(condition.on, []).append(condition)
    said = _(", and ").join(_of_thing(on, found) for on, found in by_thing.items())
    return f"{said[:1].upper()}{said[1:]}"


def _of_thing(on: str, found: list[Condition]) -> str:
    by_how: dict[str, list[str]] = {}
    for condition in found:
        by_how.setdefault(condition.how, []).append(condition.value)
    ways = [f"{_label(RuleHow, how)} {_(' or ').join(values)}" for how, values in by_how.items()]
    return f"{_label(RuleOn, on)} {_(', or ').join(ways)}"


def _label(kind: type[RuleOn] | type[RuleHow], key: str) -> str:
    return str(kind(key).label) if key in kind.values else key


def stored(conditions: Sequence[Condition]) -> dict[str, Any]:
    """The fields of a device group that hold these conditions."""
    first, *more = conditions or [Condition("tag", "is", "")]
    return {
        "rule_on": first.on,
        "rule_how": first.how,
        "rule_value": first.value,
        "more_rules": [[one.on, one.how, one.value] for one in more],
    }
