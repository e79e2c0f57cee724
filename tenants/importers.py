"""Read what people paste. Pure: text in, values and problems out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LONGEST_NAME = 120
LONGEST_ADDRESS = 254


class Person(NamedTuple):
    line: int
    address: str
    name: str = ""


class Problem(NamedTuple):
    line: int
    text: str
    why: str

    def __str__(self) -> str:
        return _("Line %(line)s, “%(text)s”: %(why)s") % {"line": self.line, "text": self.text, "why": self.why}


def read_people(text: str) -> tuple[list[Person], list[Problem]]:
    """One person per line: `Name <address>`, `address; name` (or a tab or comma between), or an address alone."""
    people: list[Person] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, line in _lines(text):
        name, address = _parts(line)
        why = _problem(name, address)
        if not why and address in seen:
            why = _("the same address stands in line %(line)s.") % {"line": seen[address]}
        if why:
            problems.append(Problem(number, line[:80], why))
            continue
        seen[address] = number
        people.append(Person(number, address, name))
    return people, problems


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.strip()


def _parts(line: str) -> tuple[str, str]:
    """Name and address, in whichever order they stand."""
    if "<" in line:
        name, _open, rest = line.partition(
            "<"
        )  # names have commas, quoted or not: no parser of mail headers reads them
        address = rest.partition(">")[0]
        return " ".join(name.strip(' "').split()), address.strip().lower()
    parts = [part.strip(' "') for part in re.split(r"[;\t,]", line, maxsplit=1)]
    first, second = parts if len(parts) == 2 else (parts[0], "")
    address, name = (second, first) if "@" in second and "@" not in first else (first, second)
    return " ".join(name.split()), address.lower()


def _problem(name: str, address: str) -> str:
    if len(address) > LONGEST_ADDRESS:
        return _("an address has at most 254 characters.")
    try:
        validate_email(address)
    except ValidationError:
        return _("no e-mail address. Write Name <address>, or address; name.")
    if len(name) > LONGEST_NAME:
        return _("a name has at most 120 characters.")
    return ""
