"""What a name must not contain. Quotation marks, `$()` and backticks are letters like others: they are kept, and escaped
where they are shown or exported.

Characters that turn the reading direction are refused, not shown: a name with one looks like another name on a screen, in
a mail and in a script, and the two are compared letter by letter. Hebrew and Arabic need none of them: their letters are
kept, and every page sets the direction of a text by its letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks, embeddings, overrides and isolates of the bidirectional algorithm."""
WITHOUT_WIDTH = frozenset("\u200b\u2060\ufeff")
BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
NUL = "\x00"
"""Refused everywhere, in words of its own."""


def wrong_in_text(text: str) -> str:
    """Why this cannot be kept as a text of several lines, in a sentence; empty if it can."""
    return _unseen(character for character in text if character not in "\n\r\t")


def wrong_in_line(text: str) -> str:
    """Why this cannot be kept as one line, in a sentence; empty if it can."""
    if BREAKS & set(text):
        return _("This is one line: take the line break out.")
    return _unseen(text)


def _unseen(text: Iterable[str]) -> str:
    for character in text:
        if character == NUL:
            continue
        code = f"U+{ord(character):04X}"
        if character in TURNING:
            said = _(
                "It contains a character that cannot be seen and turns the reading direction (%(code)s): take it out."
            )
            return said % {"code": code}
        if character in WITHOUT_WIDTH or unicodedata.category(character) == "Cc":
            return _("It contains a character that cannot be seen (%(code)s): take it out.") % {"code": code}
    return ""


def same_name(text: str) -> str:
    """What two spellings of one name have in common: letter case and spaces aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
