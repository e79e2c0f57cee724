"""Who may sign what: the one function that decides, on every path."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any


class Bar(StrEnum):
    """Why somebody cannot sign."""

    WROTE_IT = "wrote_it"
    ASKED_FOR_IT = "asked_for_it"
    ADDED_OWN_ROW = "added_own_row"
    NOT_ADDRESSED = "not_addressed"
    FOR_SOMEBODY_BARRED = "for_somebody_barred"
    HANDED_ON = "handed_on"


def bar(
    email: str,
    *,
    addressed_to: str,
    part: str,
    authors: Collection[str],
    asked_by: Collection[str],
    placed_by: Collection[str],
    handed_to: str = "",
    stands_in: str | None = None,
) -> Bar | None:
    """Why the person with this address may not answer for one section, or None.

    `authors` are the people with a material change on the section since its last full sign-off; `asked_by` asked for
    its approval; `placed_by` put the person into the matrix, or gave them more to approve. Input and notes (R, I) are
    free of the last three. `handed_to` has this one request instead of the person; `stands_in` is the substitute who
    counts today. What keeps a person from signing keeps everybody from signing for them.
    """
    if email == addressed_to:
        if handed_to:
            return Bar.HANDED_ON
    elif email not in {handed_to, stands_in}:
        return Bar.NOT_ADDRESSED
    if part != "SO":
        return None
    why = _own_hand(email, authors, asked_by, placed_by)
    if why is None and email != addressed_to and _own_hand(addressed_to, authors, asked_by, placed_by):
        return Bar.FOR_SOMEBODY_BARRED
    return why


def _own_hand(
    email: str, authors: Collection[str], asked_by: Collection[str], placed_by: Collection[str]
) -> Bar | None:
    if email in asked_by:
        return Bar.ASKED_FOR_IT
    if email in placed_by:
        return Bar.ADDED_OWN_ROW
    if email in authors:
        return Bar.WROTE_IT
    return None


def gives_more(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change of a row of the matrix gives whoever stands in it more to approve than they had."""
    scope, had = after.get("scope", ()), before.get("scope", ())
    is_wider = "scope" in after and bool(had) and (not scope or not set(scope) <= set(had))
    return is_wider or after.get("part") == "SO" or ("does_not_apply" in after and not after["does_not_apply"])
