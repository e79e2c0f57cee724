"""What an entry of the history tells, as values that a page can show: pure, from the entry's own text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from projects.document import ProjectFacts, Row, fields_of
from projects.rules.labels import value_of


class FieldChange(NamedTuple):
    """A field before and after, in words and as plain values."""

    name: str
    label: str
    before: str
    after: str
    was: Any = None
    now: Any = None


class Told(NamedTuple):
    """Who did what, when and why, with the fields that moved."""

    seq: int
    at: datetime
    who: str
    verb: str
    what: Mapping[str, Any]
    why: str
    is_material: bool
    changes: tuple[FieldChange, ...]


def changes_of(kind: type[Row] | type[ProjectFacts], what: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The fields that an entry says moved. An added row moves from nothing, a removed one to nothing."""
    before, after = what.get("before") or {}, what.get("after") or {}
    names = [name for name in kind.__struct_fields__ if name in before or name in after]
    both = isinstance(before, Mapping) and isinstance(after, Mapping)
    if not both:
        return ()
    found = (
        FieldChange(
            name=name,
            label=_(fields_of(kind)[name].title or name),
            before=said(kind, name, before.get(name)),
            after=said(kind, name, after.get(name)),
            was=before.get(name),
            now=after.get(name),
        )
        for name in names
    )
    return tuple(change for change in found if change.before != change.after or change.was != change.now)


def about(what: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The part of an entry that is about the row of this key: an entry may tell of several rows."""
    return next((row for row in what.get("rows") or () if row["key"] == key), what)


def each_row(what: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What an entry tells of each row: of several, or of the one that it is about."""
    return tuple(what["rows"]) if "rows" in what else (what,)


def said(kind: type[Row] | type[ProjectFacts], name: str, value: Any) -> str:
    """A value of an entry in words; a value that this version no longer knows is shown as it was written."""
    try:
        if value and fields_of(kind)[name].kind == date | None:
            value = date.fromisoformat(str(value))
        return value_of(kind, name, value)  # type: ignore[arg-type]
    except (ValueError, KeyError):
        return str(value)


def parsed(body: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    return found
