"""What keeps a decoded file from being a value of the document: everything, each with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, cast, get_args, get_origin

import msgspec
from msgspec import inspect

from projects.document.fields import Frozen

Fault = tuple[str, str]
"""The path, with points between its parts, and what is wrong there."""


def faults(given: Any, kind: Any, *path: str) -> Iterator[Fault]:
    """msgspec stops at the first thing that is wrong; whoever mends a file wants to see all."""
    bare = kind.__origin__ if get_origin(kind) is Annotated else kind
    if isinstance(bare, type) and issubclass(bare, Frozen) and isinstance(given, Mapping):
        yield from _of_fields(given, bare, path)
    elif get_args(bare)[1:] == (...,) and isinstance(given, list):  # any number of one kind
        for place, each in enumerate(given):
            yield from faults(each, get_args(bare)[0], *path, str(place))
    else:
        try:
            msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError:
            yield ".".join(path), _in_words(given, kind)


def _of_fields(given: Mapping[str, Any], kind: type[Frozen], path: tuple[str, ...]) -> Iterator[Fault]:
    known = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    for name, each in known.items():
        if name in given:
            yield from faults(given[name], each.type, *path, name)
        elif each.required:
            yield ".".join((*path, name)), "is missing"
    for name in given:
        if name not in known:
            yield ".".join((*path, name)), "is not known"


def _in_words(given: Any, kind: Any) -> str:
    """What msgspec says less plainly."""
    if isinstance(given, str) and "\x00" in given:
        return "must not contain the character U+0000"
    return f"must be {_accepted(inspect.type_info(kind))}"


def _accepted(kind: inspect.Type) -> str:
    match kind:
        case inspect.CustomType():  # all that are not msgspec's own are choices
            return f"one of {', '.join(repr(each.value) for each in cast('type[Enum]', kind.cls))}"
        case inspect.UnionType():
            return " or ".join(map(_accepted, kind.types))
        case inspect.IntType(ge=int(), le=int()):
            return f"a whole number from {kind.ge:,} to {kind.le:,}"
        case inspect.StrType(max_length=int()):
            return f"a text of at most {kind.max_length:,} characters"
        case inspect.TupleType():
            return f"a list of {len(kind.item_types)}: {', '.join(map(_accepted, kind.item_types))}"
    return _NAMES[type(kind)]


_NAMES: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.DateType: "a day such as 2026-11-30",
    inspect.IntType: "a whole number",
    inspect.NoneType: "null",
    inspect.StrType: "at most 60 small letters, digits, points and hyphens",  # a key
    inspect.StructType: "an object",
    inspect.VarTupleType: "a list",
}
