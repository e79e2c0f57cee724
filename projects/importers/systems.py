"""What operating system a raw text means: a key of the catalogue, or nothing. By a table; it never guesses."""

from __future__ import annotations

import re

from projects import catalog
from projects.catalog.exports import Ranges

LONGEST = 200
_MARKS = re.compile(r"[®™©]|\((?:r|tm|c)\)")
_SPACE = re.compile(r"[\s_]+")
_BUILDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b10\.0[.\s(]+(\d{5})\b",
        r"\b[56]\.[0-4][.\s(]+(\d{4})\b",
        r"(?:^|[\s;(])(\d{5})(?:\.\d+)*\)?(?=$|[\s;)])",
        r"(?:^|[\s;(])(2600|3790|600[0-3]|760[01]|9200|9600)(?:\.\d+)*\b",
    )
)
_NT_VERSION = re.compile(r"\b(10\.0|6\.[0-3]|5\.[0-2])\b")
_NUMBER = re.compile(r"\d+")


def place(name: str, version: str = "") -> str:
    """The key of the system, or "" if it cannot be placed. `name` is what the export calls it, `version` what follows.

    Whether it is a client or a server is said by the name, never by the build: both have many builds in common.
    """
    name, version = _clean(name), _clean(version)
    text = f"{name} ; {version}"
    for rule in catalog.system_names().rules:
        found = rule.pattern.search(text)
        if found is None:
            continue
        if rule.by_build:
            return _by_build(rule.by_build, text, rule.otherwise)
        if rule.by_version:
            return _by_version(rule.by_version, version or name)
        key = rule.then.replace("{1}", found[1]) if "{1}" in rule.then else rule.then
        if not key or key in catalog.systems():
            return key
    return ""


def _clean(text: str) -> str:
    return _SPACE.sub(" ", _MARKS.sub("", text[:LONGEST].lower())).strip()


def _by_build(table: str, text: str, otherwise: str) -> str:
    names = catalog.system_names()
    build = next((int(found[1]) for pattern in _BUILDS if (found := pattern.search(text))), None)
    if build is not None:
        return _in_ranges(names.builds[table], build) or otherwise
    version = _NT_VERSION.search(text)
    return names.without_build[table].get(version[1], otherwise) if version else otherwise


def _by_version(table: str, text: str) -> str:
    number = _NUMBER.search(text)
    return _in_ranges(catalog.system_names().versions[table], int(number[0])) if number else ""


def _in_ranges(ranges: Ranges, number: int) -> str:
    for low, high, key in ranges:
        if low <= number <= high:
            return key.replace("{1}", str(number))
    return ""
