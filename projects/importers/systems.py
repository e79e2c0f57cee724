"""What operating system a raw text means: a key of the catalogue, or nothing. By a table; it never guesses."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from projects import catalog
from projects.catalog.exports import Ranges, Reading
from projects.importers.learned import other

LONGEST = 200
_MARKS = re.compile(r"[®™©]|\((?:r|tm|c)\)")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Characters without a width, as copied texts have them: they part no words."""
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
_WINDOWS = re.compile(r"\bwindows\b(?!.*server)")


class Normal(NamedTuple):
    """What a raw text means. `system`: of the catalogue, or `other_of` it; "" if no rule places it.

    `version` as people call it ("22H2", "8.6"), `edition` ("Enterprise"); "" where nobody says.
    """

    system: str = ""
    version: str = ""
    edition: str = ""


def place(name: str, version: str = "") -> str:
    """The key of the system, or "" if it cannot be placed. `name` is what the export calls it, `version` what follows."""
    return normalise(name, version).system


def normalise(name: str, version: str = "", kind: str = "") -> Normal:
    """What a raw text means; it never fails. `kind`: what the export says that the device is, if it does.

    Whether it is a client or a server is said by the name, never by the build: both have many builds in common.
    """
    name, version = _clean(name), _clean(version)
    if _clean(kind) in catalog.system_names().kinds["server"]:
        name = _WINDOWS.sub("windows server", name, count=1)
    text = f"{name} ; {version}"
    system = _system(name, version, text)
    if system not in catalog.systems():
        return Normal(system)
    family = catalog.system(system).family
    return Normal(system, _release(family, system, name, version), _edition(family, text))


def _clean(text: str) -> str:
    """In small letters, without marks, each letter in its plainest form."""
    plain = unicodedata.normalize("NFKC", _MARKS.sub("", text[:LONGEST].lower()))
    return _SPACE.sub(" ", _UNSEEN.sub("", plain)).strip().lower()


def _system(name: str, version: str, text: str) -> str:
    for rule in catalog.system_names().rules:
        found = rule.pattern.search(text)
        if found is None:
            continue
        if rule.other:
            return other(rule.other, rule.called)
        if rule.by_build:
            return _by_build(rule.by_build, text, rule.otherwise)
        if rule.by_version:
            return _by_version(rule.by_version, version or name)
        key = rule.then.replace("{1}", found[1]) if "{1}" in rule.then else rule.then
        if not key or key in catalog.systems():
            return key
    return ""


def _build(text: str) -> int | None:
    return next((int(found[1]) for pattern in _BUILDS if (found := pattern.search(text))), None)


def _by_build(table: str, text: str, otherwise: str) -> str:
    names = catalog.system_names()
    build = _build(text)
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


def _release(family: str, system: str, name: str, version: str) -> str:
    names = catalog.system_names()
    for one in names.releases:
        if family not in one.families:
            continue
        if one.by_build:
            return names.release_builds[one.by_build].get(str(_build(f"{name} ; {version}")), "")
        for text in (version, name):
            if found := _read(one, system, text):
                return found
    return ""


def _read(one: Reading, system: str, text: str) -> str:
    for found in one.pattern.finditer(text):
        if one.fits and not f"{found[1]}.".startswith(f"{system.rpartition('-')[2]}."):
            continue
        if not one.then:
            return str(found[1]).upper()
        return one.then.replace("{1}", found[1]).replace("{2}", found[2])
    return ""


def _edition(family: str, text: str) -> str:
    matching = (
        one.then for one in catalog.system_names().editions if family in one.families and one.pattern.search(text)
    )
    return next(matching, "")
