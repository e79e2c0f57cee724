"""What a reading tells, and what is left out of it: plain values, which can be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

DISABLED, PERSONAL, TEMPLATE, REGISTERED = "disabled", "personal", "template", "registered"
NOT_SEEN, MAPPED = "not_seen", "mapped"
REASONS = (DISABLED, PERSONAL, TEMPLATE, REGISTERED, NOT_SEEN, MAPPED)
PICKED = "picked"
"""The format of a file whose columns somebody picked."""
PLAIN = "plain_list"
"""The format of a list that has a column of operating systems by its header alone: almost any file could be one."""

NOT_SHOWN = "\u2026"
"""Stands for names of systems that may name a person or a device."""

MOST_PROBLEMS = 1_000
MOST_UNKNOWN = 200


@dataclass(frozen=True)
class LeaveOut:
    """Which devices are not counted. `days`: not seen for longer than this; 0 = however long."""

    days: int = 90
    personal: bool = True
    disabled: bool = True
    templates: bool = True
    registered: bool = True

    @property
    def reasons(self) -> frozenset[str]:
        """The reasons that a column of the file tells."""
        asked = {
            PERSONAL: self.personal,
            DISABLED: self.disabled,
            TEMPLATE: self.templates,
            REGISTERED: self.registered,
        }
        return frozenset(reason for reason, is_asked in asked.items() if is_asked)


@dataclass(frozen=True)
class Problem:
    """A line that could not be read. `value` quotes systems, versions and days only, never a name."""

    line: int
    code: str
    column: str = ""
    value: str = ""
    found: int = 0
    wanted: int = 0


@dataclass(frozen=True)
class Result:
    """What a file told. read = counted + duplicates + left out + not placed + not readable, always."""

    format: str
    read: int
    duplicates: int
    not_readable: int
    left_out: Mapping[str, int]
    """Reason -> devices, of REASONS."""
    counts: Mapping[str, int]
    """System -> devices, in the order of the catalogue; last what it does not have (`other_of`)."""
    not_placed: int
    unknown: tuple[tuple[str, int], ...]
    """Names that no rule places, as written, and how often; the commonest first, MOST_UNKNOWN at most."""
    problems: tuple[Problem, ...]
    """The first MOST_PROBLEMS, by line."""
    file_hash: str
    versions: tuple[tuple[str, str, int], ...] = ()
    """System, version as people call it ("22H2"; "" if nobody says), devices. Per system they add up to `counts`."""

    @property
    def counted(self) -> int:
        return sum(self.counts.values())

    @property
    def adds_up(self) -> bool:
        parts = (self.counted, self.duplicates, sum(self.left_out.values()), self.not_placed, self.not_readable)
        return self.read == sum(parts)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Result:
        problems = tuple(Problem(**one) for one in told["problems"])
        unknown = tuple((text, times) for text, times in told["unknown"])
        versions = tuple((system, version, count) for system, version, count in told.get("versions", ()))
        return cls(**{**told, "problems": problems, "unknown": unknown, "versions": versions})
