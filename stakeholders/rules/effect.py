"""What an edit would do to the signatures of its section, said before it is saved."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import COUNTED
from projects.rules.diff import FieldChange
from stakeholders.rules.standing import Signature, State


class Effect(NamedTuple):
    """`bold` is the arithmetic, if a count moved; `words` is what happens; `ends` whether a signature ends."""

    words: str
    bold: str = ""
    ends: bool = False
    measured_from: int | None = None
    """The count that was signed, from which `bold` is reckoned."""

    @property
    def in_one_line(self) -> str:
        if not self.bold:
            return self.words
        return f"{self.bold}, {self.words}" if self.ends else f"{self.bold}: {self.words}"


def effect(
    before: Collection[Signature], after: Collection[Signature], *, key: str, title: str, is_signed: bool
) -> Effect:
    """Compare the signatures of a section before and after an edit of the row `key`.

    `title` is the section's name; `is_signed` whether the edit touches anything that is signed.
    """
    if not is_signed:
        return Effect(_("Wording or progress: no signature is touched."))
    then = {signature.row.key: signature for signature in after}
    covered = [then.get(s.row.key, s) for s in before if s.covers]
    stale = [then.get(s.row.key, s) for s in before if s.state == State.OUT_OF_DATE]
    gone = {s.row.key for s in before} - set(then)
    ending = [s for s in covered if not s.covers or s.row.key in gone]
    staying = [s for s in covered if s not in ending]
    back, still = [s for s in stale if s.covers], [s for s in stale if not s.covers]
    if ending:
        return _ending(ending, key, title)
    if back:
        covers = ngettext("%(who)s covers %(title)s again.", "%(who)s cover %(title)s again.", len(back))
        return Effect(covers % {"who": _whose(back), "title": title})
    if staying:
        return _staying(staying, key, title)
    if still:
        names = get_text_list([_name(s) for s in still], _("and"))
        drift = _drift(still, key)
        words = _("%(who)s must look at %(title)s again in any case.") % {"who": names, "title": title}
        return Effect(words, drift.words, measured_from=drift.measured_from)
    return Effect(_("Nobody has signed %(title)s yet, so nothing ends.") % {"title": title})


def effect_of_rows(
    before: Collection[Signature], after: Collection[Signature], *, title: str, is_signed: bool
) -> Effect:
    """Compare the signatures of a section before and after an edit of many rows, such as an import.

    `title` is the section's name; `is_signed` whether the edit touches anything that is signed.
    """
    if not is_signed:
        return Effect(_("No count changes, so no signature is touched."))
    then = {signature.row.key: signature for signature in after}
    covered = [then.get(s.row.key, s) for s in before if s.covers]
    stale = [then.get(s.row.key, s) for s in before if s.state == State.OUT_OF_DATE]
    ending = [s for s in covered if not s.covers]
    if ending:
        end = ngettext(
            "%(who)s on %(title)s ends, because %(why)s.", "%(who)s on %(title)s end, because %(why)s.", len(ending)
        )
        words = end % {"who": _whose(ending), "title": title, "why": _why_it_ends(ending)}
        return Effect(words, ends=True)
    if back := [s for s in stale if s.covers]:
        covers = ngettext("%(who)s covers %(title)s again.", "%(who)s cover %(title)s again.", len(back))
        return Effect(covers % {"who": _whose(back), "title": title})
    if stale:
        names = get_text_list([_name(s) for s in stale], _("and"))
        return Effect(_("%(who)s must look at %(title)s again in any case.") % {"who": names, "title": title})
    if covered:
        words = _("%(title)s stays approved, because no count moves by more than %(n)s %% and no system is new.")
        return Effect(words % {"title": title, "n": min(s.vote.tolerance for s in covered if s.vote)})
    return Effect(_("Nobody has signed %(title)s yet, so nothing ends.") % {"title": title})


_NAMED = 3
"""So many rows are called by their names; of more, their number is said."""


def _why_it_ends(ending: Collection[Signature]) -> str:
    """What is outside of what was signed: "Windows 10 is new and Windows 11 4,122 → 5,000 is +21.3 %"."""
    changes = {c.key: c for s in ending if s.vote for c in s.comparison.changes if c.ends_signature(s.vote.tolerance)}
    said = []
    for kind, one, many in (
        ("added", _("%(names)s is new"), _("%(n)s systems are new")),
        ("removed", _("%(names)s is gone"), _("%(n)s systems are gone")),
    ):
        found = [change.title for change in changes.values() if change.kind == kind]
        if found:
            said.append(one % {"names": found[0]} if len(found) == 1 else many % {"n": len(found)})
    counts = [
        (change.title, field)
        for change in changes.values()
        if change.kind == "changed"
        for field in change.fields
        if field.signature == COUNTED
    ]
    counts.sort(key=lambda one: -one[1].drift)
    said += [f"{name} {_arithmetic(field)}" for name, field in counts[:_NAMED]]
    if more := len(counts) - _NAMED if len(counts) > _NAMED else 0:
        said.append(ngettext("%(n)s more count moved too far", "%(n)s more counts moved too far", more) % {"n": more})
    if any(s.comparison.turns_short for s in ending):
        said.append(_("the licences are no longer enough"))
    return get_text_list(said, _("and")) or _("it is part of what was signed")


def _ending(ending: list[Signature], key: str, title: str) -> Effect:
    drift = _drift(ending, key)
    bold = drift.words
    if any(s.comparison.turns_short for s in ending):
        why = _("With this count the licences are no longer enough.")
    elif bold and not drift.is_within:
        why = _("more than the %(n)s %% that was approved.") % {"n": drift.tolerance}
    else:
        bold, why = "", _("It is part of what was signed.")
    end = ngettext("%(who)s on %(title)s ends.", "%(who)s on %(title)s end.", len(ending))
    words = end % {"who": _whose(ending), "title": title}
    return Effect(f"{why} {words}", bold, ends=True, measured_from=drift.measured_from)


def _staying(staying: list[Signature], key: str, title: str) -> Effect:
    drift = _drift(staying, key)
    if drift.words and drift.is_within:
        return Effect(_("within what was approved."), drift.words, measured_from=drift.measured_from)
    stay = ngettext("%(who)s on %(title)s stays.", "%(who)s on %(title)s stay.", len(staying))
    return Effect(stay % {"who": _whose(staying), "title": title})


class _Drift(NamedTuple):
    """How far a count is from what was signed, in words; whether everybody allowed that; what they allowed."""

    words: str = ""
    is_within: bool = True
    tolerance: int = 0
    measured_from: int | None = None


def _drift(found: Collection[Signature], key: str) -> _Drift:
    moved = [
        (change, s.vote.tolerance)
        for s in found
        if s.vote
        for row in s.comparison.changes
        if row.key == key and row.kind == "changed"
        for change in row.fields
        if change.signature == COUNTED
    ]
    if not moved:
        return _Drift()
    change, tolerance = max(moved, key=lambda one: one[0].drift - one[1])
    is_within = all(one.drift <= allowed for one, allowed in moved)
    return _Drift(_arithmetic(change), is_within, tolerance, int(change.before or 0))


def _arithmetic(change: FieldChange) -> str:
    before, after = int(change.before or 0), int(change.after or 0)
    if not before:
        return _("0 → %(after)s") % {"after": f"{after:,}"}
    percent = f"{(after - before) * 100 / before:+.1f}"
    return _("%(before)s → %(after)s is %(percent)s %%") % {
        "before": f"{before:,}",
        "after": f"{after:,}",
        "percent": percent,
    }


def _name(signature: Signature) -> str:
    return signature.row.name or signature.row.role


def _whose(found: Collection[Signature]) -> str:
    """ "The signature of Dana Reyes", "Both signatures", "3 signatures"."""
    if len(found) == 1:
        return _("The signature of %(who)s") % {"who": _name(next(iter(found)))}
    return _("Both signatures") if len(found) == 2 else _("%(n)s signatures") % {"n": len(found)}
