"""Exports of devices that people already have: the columns of each, and what names of systems in them mean."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from projects.catalog._load import UnknownKey, look_up, read


class ExportFormat(NamedTuple):
    """One kind of export.

    `columns`: what a column tells (id, merged for the id of the device that this one became, name, system, fallback for
    an empty system, edition, distribution, version, release, build, seen, ownership, enabled, joined, template) -> the
    headers by which it is known.
    `leave_out`: reason -> (what the column tells, its values in small letters).
    """

    key: str
    name: str
    called: str
    source_name: str
    source: str
    confidence: str
    needs: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    leave_out: Mapping[str, tuple[str, frozenset[str]]]
    headers: frozenset[str]
    """Every header that is known of it, in small letters: the more are found, the surer it is."""


class UnknownFormat(UnknownKey):
    """No kind of export has this key."""

    what = "kind of export"


@cache
def export_formats() -> Mapping[str, ExportFormat]:
    """Every kind of export by its key; the last is a plain list, which almost any file could be."""
    return MappingProxyType({row["key"]: _format(row) for row in read("import_formats")["formats"]})


def _format(row: Mapping[str, object]) -> ExportFormat:
    data: Mapping[str, dict[str, list[str]]] = row  # type: ignore[assignment]
    columns = {role: tuple(names) for role, names in data["columns"].items()}
    leave_out = {why: (role, frozenset(values)) for why, (role, values) in data.get("leave_out", {}).items()}
    known = {name.casefold() for names in (*columns.values(), data["headers"]) for name in names}
    texts = {name: str(row[name]) for name in ("key", "name", "called", "source_name", "source", "confidence")}
    return ExportFormat(
        **texts,
        needs=tuple(data["needs"]),
        columns=MappingProxyType(columns),
        leave_out=MappingProxyType(leave_out),  # type: ignore[arg-type]
        headers=frozenset(known),
    )


def export_format(key: str) -> ExportFormat:
    """The kind of export of that key; raises UnknownFormat."""
    return look_up(export_formats(), key, UnknownFormat)


@cache
def never_days() -> frozenset[str]:
    """Days that stand for "never" in a column of days."""
    return frozenset(read("import_formats")["never"])


@cache
def licence_headers() -> frozenset[str]:
    """Headers, in small letters, of a list of licences, which is sometimes taken for one of devices."""
    return frozenset(name.casefold() for name in read("import_formats")["licences"])


class NameRule(NamedTuple):
    """What a matching text is: `then` (a system; {1} = what was matched; "" = not placed), or by a table.

    `other`: a kind of device that Defender for Endpoint does not protect, and how it is `called`.
    """

    pattern: re.Pattern[str]
    then: str
    by_build: str
    by_version: str
    otherwise: str
    other: str
    called: str


class Reading(NamedTuple):
    """How a version or an edition of a system of these families is read from a text: by a pattern or by its build.

    `fits`: only what belongs to the key of the system ("8.6" to rhel-8) is its version.
    """

    families: frozenset[str]
    pattern: re.Pattern[str]
    by_build: str
    then: str
    fits: bool


Ranges = tuple[tuple[int, int, str], ...]


class SystemNames(NamedTuple):
    """How raw names of operating systems are placed. The first rule that matches decides."""

    rules: tuple[NameRule, ...]
    builds: Mapping[str, Ranges]
    without_build: Mapping[str, Mapping[str, str]]
    versions: Mapping[str, Ranges]
    releases: tuple[Reading, ...]
    release_builds: Mapping[str, Mapping[str, str]]
    editions: tuple[Reading, ...]
    kinds: Mapping[str, frozenset[str]]
    source: str


@cache
def system_names() -> SystemNames:
    data = read("system_names")
    rules = (
        NameRule(
            pattern=re.compile(row["if"]),
            then=row.get("then", ""),
            by_build=row.get("by_build", ""),
            by_version=row.get("by_version", ""),
            otherwise=row.get("else", ""),
            other=row.get("other", ""),
            called=row.get("called", ""),
        )
        for row in data["rules"]
    )
    return SystemNames(
        rules=tuple(rules),
        builds=_ranges(data["builds"]),
        without_build=MappingProxyType(data["without_build"]),
        versions=_ranges(data["versions"]),
        releases=tuple(map(_reading, data["releases"])),
        release_builds=MappingProxyType(data["release_builds"]),
        editions=tuple(map(_reading, data["editions"])),
        kinds=MappingProxyType({kind: frozenset(words) for kind, words in data["kinds"].items()}),
        source=data["source"],
    )


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(
        families=frozenset(row["families"]),
        pattern=re.compile(row.get("if", "")),
        by_build=row.get("by_build", ""),
        then=row.get("then", ""),
        fits=row.get("fits", False),
    )


def _ranges(data: Mapping[str, list[tuple[int, int, str]]]) -> Mapping[str, Ranges]:
    return MappingProxyType({name: tuple((low, high, key) for low, high, key in rows) for name, rows in data.items()})
