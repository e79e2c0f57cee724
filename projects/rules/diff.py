"""What changed between two states of a section, row by row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, NamedTuple

from projects.document import COUNTED, MATERIAL, SIGNED, Frozen, Row, Section, classes, fields_of, signed_values
from projects.document.sections import is_signed
from projects.rules.labels import title_of, value_of


class FieldChange(NamedTuple):
    """`before` and `after` are values of the document; `signature` is what the field means for a signature."""

    name: str
    title: str
    before: Any
    after: Any
    signature: str
    before_text: str
    after_text: str

    @property
    def drift(self) -> float:
        """How far a count moved, in per cent of what it was. From nothing, any move is without limit."""
        before, after = self.before or 0, self.after or 0
        return abs(after - before) * 100 / before if before else float("inf")


class RowChange(NamedTuple):
    table: str
    key: str
    title: str
    kind: Literal["added", "removed", "changed"]
    fields: tuple[FieldChange, ...]
    row: Row
    was: Row | None = None
    """What a changed row was: it may have been signed, and be no more (an approver who is only informed now)."""

    @property
    def _is_of_signed_row(self) -> bool:
        return is_signed(self.row) or (self.was is not None and is_signed(self.was))

    @property
    def is_signed(self) -> bool:
        """Whether it touches what a signature covers, be it a count."""
        return self._is_of_signed_row and any(field.signature in SIGNED for field in self.fields)

    @property
    def is_material(self) -> bool:
        return self._is_of_signed_row and (
            self.kind != "changed" or any(field.signature == MATERIAL for field in self.fields)
        )

    def ends_signature(self, tolerance: int) -> bool:
        """Whether a signature that allows counts to drift by `tolerance` per cent ends by this change."""
        if not self.is_signed:
            return False
        return self.is_material or any(f.signature == COUNTED and f.drift > tolerance for f in self.fields)


def fields_changed(before: Frozen, after: Frozen) -> tuple[FieldChange, ...]:
    kind = type(after)
    return tuple(
        FieldChange(
            name,
            fields_of(kind)[name].title,
            old,
            new,
            signature,
            value_of(kind, name, old),
            value_of(kind, name, new),
        )
        for name, signature in classes(kind).items()
        if (old := getattr(before, name, None)) != (new := getattr(after, name, None))
    )


def _appeared(row: Row) -> tuple[FieldChange, ...]:
    kind = type(row)
    defaults = {name: each.default for name, each in fields_of(kind).items() if not each.is_required}
    return tuple(
        FieldChange(name, fields_of(kind)[name].title, None, new, signature, "–", value_of(kind, name, new))
        for name, signature in classes(kind).items()
        if (new := getattr(row, name)) != defaults.get(name)
    )


def _turned(change: FieldChange) -> FieldChange:
    return FieldChange(
        change.name, change.title, change.after, change.before, change.signature, change.after_text, change.before_text
    )


def diff(before: Section, after: Section) -> tuple[RowChange, ...]:
    """The rows that were added, removed or changed, in the order of the page. `diff(a, a)` is empty.

    A row that was removed and added again with the same content is no change, nor are two whose contents changed places:
    keys are not part of the content.
    """
    changes: list[RowChange] = []
    for table in type(after).tables():
        were, gone = _paired(getattr(before, table), getattr(after, table))
        for row in getattr(after, table):
            old = were.get(row.key)
            if old is None:
                changes.append(RowChange(table, row.key, title_of(row), "added", _appeared(row), row))
            elif old.key == row.key and old != row and (fields := fields_changed(old, row)):
                changes.append(RowChange(table, row.key, title_of(row), "changed", fields, row, old))
        changes += [
            RowChange(table, row.key, title_of(row), "removed", tuple(map(_turned, _appeared(row))), row)
            for row in gone
        ]
    return tuple(changes)


def _paired(before: Collection[Row], after: Collection[Row]) -> tuple[dict[str, Row], list[Row]]:
    """(key of a row -> what it was, rows that are gone): by key where the content is the same, by content, by key."""
    left = {row.key: row for row in before}
    were: dict[str, Row] = {}
    for row in after:
        old = left.get(row.key)
        if old is not None and (old == row or signed_values(old) == signed_values(row)):
            were[row.key] = left.pop(row.key)
    alike: dict[tuple[Any, ...], list[Row]] = {}
    for old in left.values():
        alike.setdefault(signed_values(old), []).append(old)
    moved = [row for row in after if row.key not in were]
    for row in moved:
        if same := alike.get(signed_values(row)):
            were[row.key] = left.pop(same.pop(0).key)
    for row in moved:
        if row.key not in were and row.key in left:
            were[row.key] = left.pop(row.key)
    return were, list(left.values())
