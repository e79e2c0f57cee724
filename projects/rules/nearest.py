"""Which systems of the catalogue a name that no rule places is most like: the first ones to offer, never a decision."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from projects import catalog
from projects.catalog import System

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_NO_LIKENESS = ("os", "x", "nt", "linux", "gnu", "bit", "64", "32", "or", "later", "version", "edition", "other")
"""Words that tell no system from another."""
_SHORT_FOR = dict.fromkeys(_NO_LIKENESS, "") | {
    "srv": "server",
    "svr": "server",
    "win": "windows",
    "posready": "windows",
    "embedded": "windows",
    "6.1": "7",
    "6.2": "8",
    "6.3": "8.1",
    "10.0": "10",
}
"""What a word is short for; the numbers are those of Windows NT."""
_LONG_NUMBER = 4
"""With so many characters (22.04, 2019) a number alone is a likeness; 7 or 11 many systems have in their names."""


def nearest(text: str, most: int = 4) -> tuple[System, ...]:
    """The systems whose names have most in common with a text, the most alike first. None if none has a word of it."""
    words = _words(text)
    known = [
        one for one in catalog.systems().values() if one.key != catalog.OTHER and _has_a_word(words & _words(one.name))
    ]
    return tuple(sorted(known, key=lambda one: -_likeness(words, text.lower(), one.name))[:most])


def _has_a_word(common: set[str]) -> bool:
    return any(word.isalpha() or len(word) >= _LONG_NUMBER for word in common)


def _words(text: str) -> set[str]:
    return {_SHORT_FOR.get(word, word) for word in map(_shortened, _WORD.findall(text.lower()))} - {""}


def _shortened(word: str) -> str:
    """Of 6.1.7601 what tells the system."""
    return ".".join(word.split(".")[:2])


def _likeness(words: set[str], text: str, name: str) -> float:
    other = _words(name)
    numbers = sum(1 for word in words & other if word[0].isdigit())
    is_other_kind = ("server" in words) != ("server" in other)
    likeness = SequenceMatcher(None, text, name.lower()).ratio()
    return len(words & other) + numbers - 2 * is_other_kind + round(likeness, 1)
