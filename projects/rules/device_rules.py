"""The rules of device groups: conditions on one thing are alternatives, those on different things must all hold.

Matching ignores case, as the portal does. Limits: 2,000 groups, ten values for each thing (device_groups).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from projects.document.choices import RuleHow, RuleOn
from projects.document.rows import DeviceGroup

MOST_GROUPS, MOST_VALUES = 2_000, 10


class Condition(NamedTuple):
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
    first = (group.rule_on, group.rule_how, group.rule_value)
    return tuple([Condition(on, how, value) for on, how, value in (first, *group.more_rules) if value])


def has_rule(group: DeviceGroup) -> bool:
    return bool(group.rule_value) or any(value for _on, _how, value in group.more_rules)


def rule_of(group: DeviceGroup) -> Rule:
    rule: dict[str, tuple[Condition, ...]] = {}
    for condition in conditions_of(group):
        rule[condition.on] = (*rule[condition.on], condition) if condition.on in rule else (condition,)
    return rule


class Shadow(NamedTuple):
    """A group that no device can ever be in, and the groups of better rank that take all of its devices."""

    group: DeviceGroup
    by: tuple[DeviceGroup, ...]


def shadowed(groups: Iterable[DeviceGroup]) -> list[Shadow]:
    """The groups that can never match, best rank first: a device belongs to the first group whose rule it fulfils."""
    better, found = _Better(), []
    for group in sorted(groups, key=lambda each: (each.rank, each.name)):
        rule = rule_of(group)
        if rule:
            by = better.take(rule)
            if by:
                found.append(Shadow(group, by))
            better.add(group, rule)
    return found


Places = dict[str, dict[str, list[tuple[DeviceGroup, Rule]]]]


class _Better:
    """Groups of better rank, found by the conditions of one thing that their rules look at."""

    def __init__(self) -> None:
        self._places: dict[str, Places] = {}
        self._lengths: dict[tuple[str, str], set[int]] = {}

    def add(self, group: DeviceGroup, rule: Rule) -> None:
        for condition in next(iter(rule.values())):
            value = condition.value.casefold()
            places = self._places.setdefault(condition.on, {}).setdefault(condition.how, {})
            places.setdefault(value, []).append((group, rule))
            self._lengths.setdefault((condition.on, condition.how), set()).add(len(value))

    def take(self, rule: Rule) -> tuple[DeviceGroup, ...]:
        """The groups that together take all devices of a rule; none if some are left over."""
        if whole := self._one(rule):
            return (whole,)
        for on, alternatives in rule.items():
            if len(alternatives) > 1:
                parts: dict[str, DeviceGroup] = {}
                for condition in alternatives:
                    part = self._one({**rule, on: (condition,)})
                    if part is None:
                        break
                    parts[part.key] = part
                else:
                    return tuple(parts.values())
        return ()

    def _one(self, rule: Rule) -> DeviceGroup | None:
        for on, alternatives in rule.items():
            if on in self._places:
                for group, theirs in self._near(alternatives[0]):
                    if _takes(theirs, rule):
                        return group
        return None

    def _near(self, condition: Condition) -> Iterator[tuple[DeviceGroup, Rule]]:
        """The groups with a condition that may cover this one: looked up by the lengths that there are, not by all."""
        on, value = condition.on, condition.value.casefold()
        for how, places in self._places[on].items():
            for part in self._parts(on, how, condition.how, value):
                if part in places:
                    yield from places[part]

    def _parts(self, on: str, how: str, narrower: str, value: str) -> Iterable[str]:
        """What a condition of the kind `how` must say to cover one of the kind `narrower` that says `value`."""
        if how == "is":
            return (value,) if narrower == "is" else ()
        lengths = self._lengths[on, how]
        if how == "contains":
            return [value[at : at + length] for length in lengths for at in range(len(value) - length + 1)]
        if narrower not in {"is", how}:
            return ()
        return [value[:length] if how == "starts" else value[-length:] for length in lengths]


def _takes(wider: Rule, rule: Rule) -> bool:
    """Whether every device that fulfils `rule` fulfils `wider`, which may look at fewer things, never at others."""
    return all(
        on in rule and all(any(one.covers(other) for one in alternatives) for other in rule[on])
        for on, alternatives in wider.items()
    )


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
