"""How the rows of a plan are shown: cells in words, by table. Pages and the print view share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects import catalog
from projects.document import Row, rows
from projects.forms import label_of
from projects.rules import device_rules
from projects.rules.labels import items_of, title_of, value_of
from projects.tables import Table
from tenants.templatetags.look import day

STATUS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("status", "verified"): ("good", ""),
    ("status", "open"): ("calm", ""),
    ("status", "requested"): ("wait", ""),
    ("status", "unknown"): ("unknown", ""),
    ("state", "done"): ("good", ""),
    ("state", "open"): ("calm", ""),
    ("state", "bought"): ("good", ""),
    ("state", "trial"): ("calm", "clock"),
    ("state", "quoted"): ("wait", ""),
    ("fate", "replace"): ("calm", "changes"),
}
"""(field, value) -> the state and icon of `{% status %}`."""


ROW_TEMPLATES: Mapping[tuple[str, str], str] = {
    ("environment", "topics"): "topic",
    ("environment", "devices"): "device",
    ("licences", "entitlements"): "entitlement",
    ("access", "personas"): "persona",
    ("access", "assignments"): "assignment",
    ("access", "tiers"): "tier",
    ("access", "device_groups"): "device_group",
    ("adoption", "components"): "component",
    ("connectivity", "routes"): "route",
    ("migration", "items"): "step",
    ("timeline", "items"): "date",
}
"""Tables whose rows have a template of their own, under templates/projects/rows/."""

HEADS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("environment", "topics"): (gettext_noop("What"), gettext_noop("Description")),
    ("adoption", "components"): (
        gettext_noop("Component"),
        gettext_noop("In use"),
        gettext_noop("Rank"),
        gettext_noop("How, by whom"),
    ),
    ("connectivity", "routes"): (
        gettext_noop("Operating system, and the page to read"),
        gettext_noop("Route, proxy"),
        gettext_noop("Status"),
    ),
    ("migration", "items"): (gettext_noop("Step"), gettext_noop("What, which version, how"), gettext_noop("State")),
    ("timeline", "items"): (
        gettext_noop("What"),
        gettext_noop("Due"),
        gettext_noop("When, in the whole"),
        gettext_noop("State"),
    ),
}
"""Heads of tables whose rows join several fields in a cell."""

MOVABLE = {"engines", "cdoc", "siem", "protections", "impacts", "entitlements", "personas", "partners"}
"""Tables whose order is the reader's; the others are ordered by rank, number, day or the catalogue."""


NOT_TOLD = {"does_not_apply", "cause", "rule_on", "rule_how", "more_rules"}
"""Fields that are told by another part of the row."""


class Cell(NamedTuple):
    name: str
    label: str
    text: str
    is_count: bool = False
    items: tuple[str, ...] = ()
    state: str = ""
    symbol: str = ""
    url: str = ""

    @property
    def is_empty(self) -> bool:
        return self.text == "–" and not self.items


@dataclass
class ShownRow:
    """A row in words. `more` is what a table's own template needs beside the cells."""

    row: Row
    title: str
    cells: list[Cell]
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def because(self) -> str:
        return self.row.does_not_apply

    @property
    def words(self) -> dict[str, str]:
        """What each cell says, by its field."""
        return {cell.name: cell.text for cell in self.cells}

    def cell(self, name: str) -> Cell:
        return next(cell for cell in self.cells if cell.name == name)


@dataclass
class ShownTable:
    table: Table
    title: str
    row_name: str
    empty: str
    columns: list[Cell]
    rows: list[ShownRow]
    hides_empty: str = ""
    """Why the table may stay empty: the question that it answers was said not to apply."""
    own_row_template: str = ""
    is_movable: bool = False
    """Of a table that belongs to an app above."""
    total: int = 0
    """How many rows there are in all, where only some are shown; 0: all are."""
    oob: str = ""
    """What of the page around it is refreshed when it is swapped as a whole."""

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def heads(self) -> list[Cell]:
        joined = HEADS.get((self.table.section, self.name))
        return [Cell("", _(head), "") for head in joined] if joined else self.columns

    @property
    def labels(self) -> dict[str, str]:
        """The name of each column, by its field."""
        return {column.name: column.label for column in self.columns}

    @property
    def span(self) -> int:
        return len(self.heads) + 1

    @property
    def row_template(self) -> str:
        if self.own_row_template:
            return self.own_row_template
        if self.table.is_single:
            return "projects/rows/setting.html"
        return f"projects/rows/{ROW_TEMPLATES.get((self.table.section, self.name), 'row')}.html"

    @property
    def may_be_asked(self) -> bool:
        """Whether the table as a whole can be a question: rows can be added to it, by whoever edits the plan."""
        return not self.table.is_fixed and self.table.row_type is None

    @property
    def may_move(self) -> bool:
        return self.is_movable or self.name in MOVABLE or self.table.is_ranked


def shown_table(table: Table, found: Iterable[Row], *, terminology: str = "current") -> ShownTable:
    """A table of the plan in words, in the project's names for Microsoft's products."""
    labels = {name: label_of(table, name, terminology) for name in table.fields}
    columns = [
        Cell(name, labels[name], "", is_count=_is_count(table, name)) for name in table.columns if name in table.fields
    ]
    return ShownTable(
        table=table,
        title=_(table.title),
        row_name=_(table.row_name),
        empty=_(table.empty) if table.empty else "",
        columns=columns,
        rows=[shown_row(table, row, labels, terminology) for row in found],
    )


def without_empty_columns(table: ShownTable) -> ShownTable:
    """Without the columns in which no row says anything. The first names the row and stays, as do tables of two."""
    if len(table.columns) <= 2:
        return table
    said = {cell.name for row in table.rows for cell in row.cells if not cell.is_empty}
    said |= {column.name for column in table.columns[:1]}
    table.columns = [column for column in table.columns if column.name in said]
    for row in table.rows:
        row.cells = [cell for cell in row.cells if cell.name in said]
    return table


def shown_row(table: Table, row: Row, labels: Mapping[str, str], terminology: str = "current") -> ShownRow:
    cells = [cell_of(table, row, name, labels[name], terminology) for name in table.columns if name in table.fields]
    others = [name for name in table.fields if name not in table.columns and name not in NOT_TOLD]
    more = [cell_of(table, row, name, labels[name], terminology) for name in others]
    return ShownRow(
        row=row,
        title=title_in(row, terminology),
        cells=cells,
        more={"others": [cell for cell in more if not cell.is_empty]},
    )


def title_in(row: Row, terminology: str) -> str:
    """The row's name, in the project's names for Microsoft's products."""
    if isinstance(row, rows.Component):
        return component_in(row.component, terminology)
    return title_of(row)


def component_in(key: str, terminology: str) -> str:
    known = next((c for c in catalog.standard_template().components if c.key == key), None)
    if known is None:
        return key
    return known.name if terminology == "seed" else known.current_name


def cell_of(table: Table, row: Row, name: str, label: str, terminology: str) -> Cell:
    value = getattr(row, name)
    if isinstance(value, tuple):
        items = items_of(table.row, name, value)
        return Cell(name, label, value_of(table.row, name, value), items=items)
    state, symbol = STATUS.get((name, str(value)), ("", ""))
    return Cell(
        name,
        label,
        in_words(table.row, row, name, value, terminology),
        is_count=_is_count(table, name),
        state=state,
        symbol=symbol,
    )


def in_words(kind: type[Row], row: Row, name: str, value: Any, terminology: str) -> str:
    own = WORDS.get((kind, name))
    if own is not None:
        return own(row, value, terminology)
    return day(value) if isinstance(value, date) else value_of(kind, name, value)


COUNTS = {"count", "devices", "people", "quantity"} | {
    *("read", "counted", "duplicates", "left_out", "not_placed", "not_readable"),  # of an import
}


def _is_count(table: Table, name: str) -> bool:
    return name in COUNTS and name in table.fields


def _entra(_row: Row, value: str, terminology: str) -> str:
    if not value:
        return _("none")
    role = catalog.entra_roles().get(value)
    if role is None:
        return value
    return role.older_name if terminology == "seed" and role.older_name else role.name


def _system(row: Row, _value: str, _terminology: str) -> str:
    return title_of(row)


def _rule(row: rows.DeviceGroup, _value: str, _terminology: str) -> str:
    return device_rules.in_words(device_rules.conditions_of(row)) or _("nothing: no device is in it")


WORDS: Mapping[tuple[type[Row], str], Callable[[Any, Any, str], str]] = {
    (rows.Assignment, "entra_role"): _entra,
    (rows.DeviceCount, "system"): _system,
    (rows.DeviceGroup, "rule_value"): _rule,
    (rows.Component, "component"): lambda _row, value, terminology: component_in(value, terminology),
    (rows.Component, "is_in"): lambda _row, value, _t: {True: _("in"), False: _("out"), None: _("not decided")}[value],
}
"""Fields that are told otherwise than by their choice or value."""
