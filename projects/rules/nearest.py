"""Which systems of the catalogue a name that no rule places is most like: the first ones to offer, never a decision."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from projects import catalog
from projects.catalog import System

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_SHORT_FOR = {"srv": "server", "svr": "server", "win": "windows", "os": "", "x": ""}


def nearest(text: str, most: int = 4) -> tuple[System, ...]:
    """The systems whose names have most in common with a text, the most alike first."""
    words = _words(text)
    known = [one for one in catalog.systems().values() if one.key != catalog.OTHER]
    return tuple(sorted(known, key=lambda one: -_likeness(words, text.lower(), one.name))[:most])


def _words(text: str) -> set[str]:
    return {_SHORT_FOR.get(word, word) for word in _WORD.findall(text.lower())} - {""}


def _likeness(words: set[str], text: str, name: str) -> float:
    other = _words(name)
    numbers = sum(1 for word in words & other if word[0].isdigit())
    is_other_kind = ("server" in words) != ("server" in other)
    return len(words & other) + numbers - 2 * is_other_kind + SequenceMatcher(None, text, name.lower()).ratio()
