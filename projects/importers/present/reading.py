"""The lines of a list as roles that are held. Everything is read first, then everything that is wrong is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from projects import catalog
from projects.document.present import Held
from projects.importers.formats import plain
from projects.importers.present.days import NoDay, is_day_first, last_day
from projects.importers.present.problems import NoList, Problem
from projects.importers.present.tables import Cells, Table, table_of
from projects.importers.problems import CannotRead
from projects.importers.source import Bytes, Source

MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 50_000
MOST_PROBLEMS = 200
LONGEST = 200
INHERITED, ACTIVATED, SCOPED, UNREADABLE = "inherited", "activated", "scoped", "unreadable"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_GROUPS = re.compile(r"[;\n|]")
_SHOWN = 80


class Present(NamedTuple):
    """What a list says. `left_out`: why a line is not compared -> how many; `wrong` counts all lines that are wrong."""

    format: str
    rows: tuple[Held, ...]
    read: int
    left_out: Mapping[str, int]
    problems: tuple[Problem, ...]
    wrong: int
    file_hash: str


class _Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read(stream: Bytes, *, zone: str) -> Present:
    """Read a list to its end. Raises NoList for what is none."""
    try:
        source = Source(stream, MOST_BYTES)
        table = table_of(source)
    except CannotRead as error:
        raise NoList(error.code, **error.values) from None
    lines = list(_at_most(table.lines))
    if not lines:
        raise NoList("headers_only")
    reader = _Reader(table, lines, zone)
    return reader.present(source.fingerprint)


def _at_most(lines: Iterator[tuple[int, Cells] | Problem]) -> Iterator[tuple[int, Cells] | Problem]:
    for number, one in enumerate(lines):
        if number >= MOST_LINES:
            raise NoList("too_many", most=MOST_LINES)
        yield one


class _Reader:
    """The state of one reading."""

    def __init__(self, table: Table, lines: list[tuple[int, Cells] | Problem], zone: str) -> None:
        self._table, self._lines, self._zone = table, lines, zone
        ends = table.columns.get("ends")
        texts = (str(one[1].get(ends, "")) for one in lines if not isinstance(one, Problem)) if ends else ()
        self._day_first = is_day_first(texts)
        self._left_out: Counter[str] = Counter()

    def present(self, file_hash: str) -> Present:
        rows: dict[Held, None] = {}
        problems: list[Problem] = []
        wrong = 0
        for one in self._lines:
            try:
                if isinstance(one, Problem):
                    raise _Wrong(one)
                rows |= dict.fromkeys(self._rows(*one))
            except _Wrong as told:
                wrong += 1
                problems += [told.problem] if len(problems) < MOST_PROBLEMS else []
        return Present(
            self._table.format.key,
            tuple(rows),
            len(self._lines),
            dict(self._left_out),
            tuple(problems),
            wrong,
            file_hash,
        )

    # One line
    def _rows(self, line: int, cells: Cells) -> list[Held]:
        known = self._table.format
        reason = self._why_not(cells)
        if reason:
            self._left_out[reason] += 1
            return []
        role = self._role(line, cells)
        if known.about == "portal":
            return [Held(role, name, kind="group", is_end_told=False) for name in self._several(line, cells)]
        name, address = self._text(line, cells, "name"), self._text(line, cells, "address")
        if not (name or address):
            name = self._text(line, cells, "id")
        if not (name or address):
            raise _Wrong(Problem(line, "no_holder", self._header("address") or self._header("name")))
        if "@" in name and not address:
            name, address = "", name
        held = self._held(line, cells)
        ends = None if known.is_silent_about_ends else self._ends(line, cells)
        kind = self._kind(cells, address)
        return [Held(role, name, address if kind != "group" else "", kind, held, ends, not known.is_silent_about_ends)]

    def _why_not(self, cells: Cells) -> str:
        """Lines that are right and say nothing of their own: they follow from others, or hold for a part only."""
        if self._plain(cells, "member") in {"group", "inherited"}:
            return INHERITED
        if self._plain(cells, "assignment_type") == "activated":
            return ACTIVATED
        is_graph = self._table.columns.get("scope") == plain("DirectoryScopeId")
        return SCOPED if is_graph and self._plain(cells, "scope") not in {"", "/"} else ""

    def _role(self, line: int, cells: Cells) -> str:
        told = self._text(line, cells, "role")
        name = self._text(line, cells, "role_name")
        if not (told or name):
            raise _Wrong(Problem(line, "no_role", self._header("role")))
        if self._table.format.about == "portal":
            return told
        by_id, by_name = _known()
        found = by_id.get(told.casefold()) or by_name.get(plain(name or told))
        if found:
            return found
        if _ID.match(told) and not name:
            raise _Wrong(Problem(line, "unknown_id", self._header("role"), told))
        return self._no_role(line, "role_name" if name else "role", name or told)

    def _no_role(self, line: int, column: str, name: str) -> str:
        names = [role.name for role in catalog.entra_roles().values()]
        alike = {one.casefold(): one for one in names}
        nearest = [alike[one] for one in get_close_matches(name.casefold(), list(alike), n=2, cutoff=0.75)]
        raise _Wrong(Problem(line, "unknown_role", self._header(column), name[:_SHOWN], {"nearest": nearest}))

    def _several(self, line: int, cells: Cells) -> list[str]:
        column = next((c for c in ("several", "several_ids") if cells.get(self._table.columns.get(c, ""))), "several")
        told = cells.get(self._table.columns.get(column, ""), "")
        names = told if isinstance(told, list) else _GROUPS.split(told)
        found = [self._checked(line, column, str(name)) for name in names]
        if not any(found):
            self._left_out["nobody"] += 1
        return [name for name in dict.fromkeys(found) if name]

    def _held(self, line: int, cells: Cells) -> str:
        known = self._table.format
        if "state" not in self._table.columns:
            return known.tells[0]
        told = self._text(line, cells, "state")
        found = {"eligible": "eligible", "active": "active", "assigned": "active"}.get(plain(told))
        if not found:
            raise _Wrong(Problem(line, "state", self._header("state"), told[:_SHOWN]))
        return found

    def _ends(self, line: int, cells: Cells) -> date | None:
        told = self._text(line, cells, "ends")
        try:
            return last_day(told, self._zone, day_first=self._day_first)
        except NoDay:
            raise _Wrong(Problem(line, "day", self._header("ends"), told[:_SHOWN])) from None

    def _kind(self, cells: Cells, address: str) -> str:
        told = self._plain(cells, "kind").rpartition(".")[2]
        if told in {"group", "user"}:
            return "group" if told == "group" else "person"
        return "person" if "@" in address else ""

    # Cells
    def _header(self, column: str) -> str:
        return self._table.headers.get(self._table.columns.get(column, ""), "")

    def _plain(self, cells: Cells, column: str) -> str:
        return plain(str(cells.get(self._table.columns.get(column, ""), "")))

    def _text(self, line: int, cells: Cells, column: str) -> str:
        told = cells.get(self._table.columns.get(column, ""), "")
        return self._checked(line, column, ", ".join(told) if isinstance(told, list) else str(told))

    def _checked(self, line: int, column: str, told: str) -> str:
        text = " ".join(told.split())
        if "\x00" in text:
            raise _Wrong(Problem(line, "nul", self._header(column)))
        if len(text) > LONGEST:
            raise _Wrong(Problem(line, "too_long", self._header(column), text[:_SHOWN]))
        return text.encode("utf-8", "replace").decode()


def _known() -> tuple[dict[str, str], dict[str, str]]:
    """ID -> key, and name in small letters, the older one too -> key."""
    roles = catalog.entra_roles().values()
    names = {plain(name): role.key for role in roles for name in (role.older_name, role.name) if name}
    return {role.template_id: role.key for role in roles}, names
