"""Device groups pasted as text, one condition to a line: read as a whole, with every problem and its line.

Columns: rank, name, matches, how, value, remediation, granted to. Lines with the name of a group above add a condition to
it, and may leave the other columns empty. Several Entra groups are separated by a bar (|).
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.document.choices import Remediation, RuleHow, RuleOn
from projects.rules import known
from projects.rules.device_rules import MOST_VALUES, Condition, stored
from projects.rules.granted import twice, wrong_grant
from projects.rules.writing import same_name, wrong_in_line

COLUMNS = ("rank", "name", "matches", "how", "value", "remediation", "granted to")
LONGEST, HIGHEST = 200, 9_999
BETWEEN_GROUPS = "|"
DEFAULT_GROUP = "Ungrouped devices"
"""What no group matches: last, and not to be changed (device_groups)."""


class Problem(NamedTuple):
    """What is wrong in which line; line 0 is the text as a whole."""

    line: int
    what: str


@dataclass
class Pasted:
    """One device group out of the lines that name it. A rank of 0 was not said."""

    line: int
    name: str
    rank: int = 0
    conditions: list[Condition] = field(default_factory=list)
    remediation: str = "none"
    granted: dict[str, int] = field(default_factory=dict)
    """Entra group -> the line that names it."""

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the row but its rank."""
        return {
            "name": self.name,
            "remediation": self.remediation,
            "granted_to": list(self.granted),
            **stored(self.conditions),
        }


def _things() -> known.Known:
    names = {str(key): str(label) for key, label in RuleOn.choices}
    return known.Known(gettext_noop("Nothing can match on “%(text)s”."), names, {"device": "name", "os platform": "os"})


def _ways() -> known.Known:
    names = {str(key): str(label) for key, label in RuleHow.choices}
    more = {"equals": "is", "starts": "starts", "begins with": "starts", "ends": "ends"}
    return known.Known(gettext_noop("“%(text)s” is no way to match."), names, more)


def _levels() -> known.Known:
    names = {str(key): str(label) for key, label in Remediation.choices}
    return known.Known(gettext_noop("“%(text)s” is no level of remediation."), names, {})


def read(
    text: str,
    *,
    device_groups: Collection[str] = (),
    entra_groups: Collection[str] = (),
    most: int = HIGHEST,
) -> tuple[list[Pasted], list[Problem]]:
    """The groups in a text, and every problem by line.

    `device_groups` and `entra_groups` are the names that the plan has already; `most` groups may be added.
    """
    reader = _Reader(device_groups)
    try:
        for number, cells in _lines(text):
            reader.take(number, cells)
    except csv.Error as error:
        reader.problem(0, _("The text cannot be read as lines of columns: %(why)s.") % {"why": error})
    groups = list(reader.groups.values())
    names = [*device_groups, *(group.name for group in groups)]
    for group in groups:
        for name, line in group.granted.items():
            wrong = wrong_grant(name, own=group.name, device_groups=names, entra_groups=entra_groups)
            if wrong:
                reader.problem(line, wrong)
        if wrong := twice(group.granted):
            reader.problem(group.line, wrong)
    if not groups and not reader.problems:
        reader.problem(0, _("There is no device group in it."))
    if len(groups) > most:
        words = {"n": f"{len(groups):,}", "most": f"{most:,}"}
        reader.problem(0, _("These are %(n)s device groups; %(most)s more fit in.") % words)
    return groups, sorted(reader.problems, key=lambda problem: problem.line)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells, without empty lines and without a heading."""
    text = text.lstrip("\ufeff")
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    begins, is_first = 1, True
    for row in reader:
        cells = [cell.strip() for cell in row]
        is_heading = is_first and "name" in [cell.casefold() for cell in cells[:2]]
        if any(cells):
            is_first = False
            if not is_heading:
                yield begins, cells
        begins = reader.line_num + 1


class _Reader:
    def __init__(self, present: Collection[str]) -> None:
        self.present = {same_name(name): name for name in present}
        self.groups: dict[str, Pasted] = {}
        self.problems: list[Problem] = []
        self.things, self.ways, self.levels = _things(), _ways(), _levels()

    def take(self, line: int, cells: list[str]) -> None:
        self.line = line
        if len(cells) > len(COLUMNS):
            said = _("%(n)s columns, where there are %(most)s: %(names)s.")
            self._wrong(said % {"n": len(cells), "most": len(COLUMNS), "names": ", ".join(COLUMNS)})
            return
        told = dict(zip(COLUMNS, [*cells, *[""] * len(COLUMNS)], strict=False))
        for name, value in told.items():
            self._line(name, value)
        group = self._group(told["name"])
        if group is not None:
            self._rank(group, told["rank"])
            self._condition(group, told["matches"], told["how"], told["value"])
            self._rest(group, told["remediation"], told["granted to"])

    def problem(self, line: int, what: str) -> None:
        self.problems.append(Problem(line, what))

    def _wrong(self, what: str) -> None:
        self.problem(self.line, what)

    def _line(self, name: str, value: str) -> None:
        wrong = wrong_in_line(value)
        if wrong:
            self._wrong(f"{name}: {wrong}")
        if any(len(one) > LONGEST for one in value.split(BETWEEN_GROUPS)):
            self._wrong(_("%(column)s: longer than %(most)s characters.") % {"column": name, "most": LONGEST})

    def _group(self, name: str) -> Pasted | None:
        same = same_name(name)
        if not name:
            self._wrong(_("It has no name."))
            return None
        if same in self.present:
            self._wrong(_("There is a device group “%(name)s” in the plan already.") % {"name": self.present[same]})
            return None
        if same == same_name(DEFAULT_GROUP):
            self._wrong(
                _("“%(name)s” is the default group: it is there, last, and not to be changed.") % {"name": name}
            )
            return None
        group = self.groups.setdefault(same, Pasted(self.line, name))
        if group.name != name:
            words = {"name": name, "other": group.name, "line": group.line}
            self._wrong(_("“%(name)s” is written “%(other)s” in line %(line)s.") % words)
        return group

    def _rank(self, group: Pasted, text: str) -> None:
        if not text:
            return
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= HIGHEST:
            self._wrong(_("“%(text)s” is no rank: a whole number from 1.") % {"text": text[:60]})
        elif group.rank and group.rank != int(text):
            self._wrong(_("“%(name)s” has rank %(rank)s above.") % {"name": group.name, "rank": group.rank})
        else:
            group.rank = int(text)

    def _condition(self, group: Pasted, on: str, how: str, value: str) -> None:
        if not on and not how and not value:
            return
        thing, way = self.things.find(on), self.ways.find(how or "is")
        if thing is None:
            self._wrong(self.things.unknown(on))
        if way is None:
            self._wrong(self.ways.unknown(how))
        if not value:
            self._wrong(_("There is no value to match."))
        if thing is None or way is None or not value:
            return
        condition = Condition(thing, way, value)
        if condition in group.conditions:
            self._wrong(_("This condition stands there twice."))
        elif sum(one.on == thing for one in group.conditions) >= MOST_VALUES:
            words = {"most": MOST_VALUES, "what": self.things.names[thing]}
            self._wrong(_("More than %(most)s values for %(what)s: no rule takes more.") % words)
        else:
            group.conditions.append(condition)

    def _rest(self, group: Pasted, remediation: str, granted: str) -> None:
        if remediation:
            level = self.levels.find(remediation)
            if level is None:
                self._wrong(self.levels.unknown(remediation))
            elif group.line != self.line and level != group.remediation:
                self._wrong(_("“%(name)s” has another level of remediation above.") % {"name": group.name})
            else:
                group.remediation = level
        for name in filter(None, (one.strip() for one in granted.split(BETWEEN_GROUPS))):
            group.granted.setdefault(name, self.line)
