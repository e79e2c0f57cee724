"""The rules of device groups: conditions on one thing are alternatives, those on different things must all hold.

Matching ignores case, as the portal does. Limits: 2,000 groups, ten values for each thing (device_groups).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Shadow:
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


class _Better:
    """Groups of better rank, found by the conditions of one thing that their rules look at."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str, str], list[tuple[DeviceGroup, Rule]]] = {}
        self._lengths: dict[tuple[str, str], set[int]] = {}

    def add(self, group: DeviceGroup, rule: Rule) -> None:
        for condition in next(iter(rule.values())):
            value = condition.value.casefold()
            self._places.setdefault((condition.on, condition.how, value), []).append((group, rule))
            self._lengths.setdefault((condition.on, condition.how), set()).add(len(value))

    def take(self, rule: Rule) -> tuple[DeviceGroup, ...]:
        """The groups that together take all devices of a rule; none if some are left over."""
        if whole := self._one(rule):
            return (whole,)
        for on, alternatives in rule.items():
            if len(alternatives) > 1:
                parts = [self._one({**rule, on: (condition,)}) for condition in alternatives]
                if all(parts):
                    return tuple({part.key: part for part in parts if part}.values())
        return ()

    def _one(self, rule: Rule) -> DeviceGroup | None:
        return next((group for group, theirs in self._near(rule) if _takes(theirs, rule)), None)

    def _near(self, rule: Rule) -> Iterator[tuple[DeviceGroup, Rule]]:
        for alternatives in rule.values():
            for place in self._wider(alternatives[0]):
                yield from self._places.get(place, ())

    def _wider(self, condition: Condition) -> Iterator[tuple[str, str, str]]:
        """The conditions that may cover this one: of the lengths that there are, not all."""
        on, value = condition.on, condition.value.casefold()
        if condition.how == "is":
            yield on, "is", value
        if condition.how in {"is", "starts"}:
            yield from ((on, "starts", value[:length]) for length in self._lengths.get((on, "starts"), ()))
        if condition.how in {"is", "ends"}:
            yield from ((on, "ends", value[-length:]) for length in self._lengths.get((on, "ends"), ()))
        for length in self._lengths.get((on, "contains"), ()):
            yield from ((on, "contains", value[at : at + length]) for at in range(len(value) - length + 1))


def _takes(wider: Rule, rule: Rule) -> bool:
    """Whether every device that fulfils `rule` fulfils `wider`, which may look at fewer things, never at others."""
    return all(
        on in rule and all(any(one.covers(other) for one in alternatives) for other in rule[on])
        for on, alternatives in wider.items()
    )
