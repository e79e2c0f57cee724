"""What changed in a section since it was signed, in the words of a sentence: "added 109 Linux servers"."""

from __future__ import annotations

from django.utils.translation import gettext as _

from projects.document.rows import DeviceCount
from projects.rules.diff import RowChange
from projects.rules.estate import Line, group_name
from stakeholders.document import Document
from stakeholders.rules.signoff import Comparison
from stakeholders.rules.summary import estate


def what_changed(comparison: Comparison, current: Document) -> str:
    """The changes of a comparison as what somebody did; "changed it" where there is too much to name."""
    changes = comparison.ends or comparison.changes
    if comparison.facts:
        return _("changed what the whole plan rests on")
    if not changes:
        return _("changed it")
    added = _added_devices(changes, current)
    if added or len(changes) > 1:
        return added or _("changed %(n)s rows") % {"n": len(changes)}
    return _one(changes[0])


def _one(change: RowChange) -> str:
    words = {"title": change.title}
    if change.kind == "added":
        return _("added %(title)s") % words
    if change.kind == "removed":
        return _("removed %(title)s") % words
    counts = [field for field in change.fields if field.name == "count"]
    if counts and isinstance(change.row, DeviceCount):
        moved = {"was": counts[0].before_text, "now": counts[0].after_text}
        return _("changed %(title)s from %(was)s to %(now)s") % {**words, **moved}
    return _("changed %(title)s") % words


def _added_devices(changes: tuple[RowChange, ...], current: Document) -> str:
    """ "added 109 Linux servers", if all that happened is that one kind of devices came."""
    if any(change.kind != "added" or not isinstance(change.row, DeviceCount) for change in changes):
        return ""
    came = {change.key for change in changes}
    lines: list[Line] = [line for line in estate(current).lines if line.key in came]
    groups = {line.group for line in lines}
    if len(groups) != 1:
        return ""
    count = sum(line.count for line in lines)
    return _("added %(n)s %(what)s") % {"n": f"{count:,}", "what": group_name(groups.pop())}
