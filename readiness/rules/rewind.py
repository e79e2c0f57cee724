"""A plan as it was: the changes that came after are taken back, one by one. Pure: entries and documents in, values out."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from typing import Any

Plain = dict[str, Any]
"""A document as `stakeholders.plan.as_plain` writes it: section -> table -> rows, and the facts under "project"."""

WITHOUT_CONTENT = {"moved", "owner set"}
"""Verbs that name a section and change nothing that a document keeps, or only the order of rows."""


class CannotUndo(Exception):
    """An entry that replaced more than it tells: the template laid down, a whole plan imported."""


def undone(now: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> Plain:
    """The document before `entries` (bodies of the history, newest first). Raises CannotUndo."""
    then: Plain = copy.deepcopy(dict(now))
    for entry in entries:
        _undo(then, entry)
    return then


def _undo(document: Plain, entry: Mapping[str, Any]) -> None:
    what, sections = entry["what"], list(entry["sections"])
    if not sections or entry["verb"] in WITHOUT_CONTENT:
        return
    for row in reversed(what.get("rows") or ()):
        _undo(document, {**entry, "what": row})
    if "rows" in what:
        return
    if "before" not in what or "after" not in what:
        raise CannotUndo(entry["verb"])
    if "table" not in what:
        document["project"].update(what["before"] or {})
        return
    if len(sections) != 1 or sections[0] not in document:
        raise CannotUndo(entry["verb"])
    rows = document[sections[0]].setdefault(what["table"], [])
    found = next((row for row in rows if row["key"] == what["key"]), None)
    if what["before"] is None:
        rows[:] = [row for row in rows if row is not found]
    elif what["after"] is None:
        rows.append({**what["before"], "key": what["key"]})
    elif found is None:
        raise CannotUndo(entry["verb"])
    else:
        found.update(what["before"])


def digests_at(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Section -> its fingerprint after `entries`, the whole history up to a moment, oldest first."""
    found: dict[str, str] = {}
    for entry in entries:
        found.update(entry["what"].get("moved") or {})
    return found


def kept_at(entries: Iterable[Mapping[str, Any]], laying: Collection[str]) -> tuple[dict[str, dict[str, str]], Plain]:
    """(section -> its authors by address, section -> fingerprint when it was fully signed last) after `entries`.

    What is kept with a project is told by its history: this reckons it for another day. `laying` are the verbs that make
    nobody an author.
    """
    authors: dict[str, dict[str, str]] = {}
    digests: dict[str, str] = {}
    signed_off: Plain = {}
    for entry in entries:
        moved, actor = entry["what"].get("moved") or {}, entry["actor"]
        for name in moved:
            if actor and entry["verb"] not in laying:
                is_first = name in signed_off and signed_off[name] == digests.get(name)
                before = {} if is_first else authors.get(name, {})
                authors[name] = {**before, actor["email"]: actor["name"]}
        digests.update(moved)
        signed_off.update({name: digests[name] for name in entry["what"].get("fully_signed", ())})
    return authors, signed_off
