"""The exports that people of the demonstration import: invented devices, as many of each system as the story counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

#   System: (how Intune calls it, version)
IN_INTUNE = {
    "windows-11": ("Windows", "10.0.26100.4349"),
    "windows-10": ("Windows", "10.0.19045.5965"),
    "macos-27": ("macOS", "27.0"),
    "macos-26": ("macOS", "26.1"),
    "macos-15": ("macOS", "15.7"),
    "macos-14": ("macOS", "14.8"),
    "ios": ("iOS/iPadOS", "26.1"),
    "android": ("Android (fully managed)", "16"),
}
#   System: (how Configuration Manager calls it, build)
IN_CONFIGURATION_MANAGER = {
    "windows-8.1": ("Microsoft Windows NT Workstation 6.3", "6.3.9600"),
    "windows-7-sp1": ("Microsoft Windows NT Workstation 6.1", "6.1.7601"),
    "windows-server-2025": ("Microsoft Windows NT Server 10.0", "10.0.26100"),
    "windows-server-2022": ("Microsoft Windows NT Server 10.0", "10.0.20348"),
    "windows-server-2019": ("Microsoft Windows NT Server 10.0", "10.0.17763"),
    "windows-server-2016": ("Microsoft Windows NT Server 10.0", "10.0.14393"),
    "windows-server-2012-r2": ("Microsoft Windows NT Server 6.3", "6.3.9600"),
    "windows-server-2008-r2-sp1": ("Microsoft Windows NT Server 6.1", "6.1.7601"),
    "windows-server-2008": ("Microsoft Windows NT Server 6.0", "6.0.6003"),
}
CORPORATE, PERSONAL = "Corporate", "Personal"
NARROW_COLUMN = "########"
"""What is left of a day in a column that was too narrow when somebody saved the export out of Excel."""


class Told(NamedTuple):
    """How many rows of an export end where."""

    counted: Mapping[str, int]
    not_placed: Mapping[str, int]
    duplicates: int
    not_seen: int
    personal: int = 0
    not_readable: int = 0

    @property
    def read(self) -> int:
        placed = sum(self.counted.values()) + sum(self.not_placed.values())
        return placed + self.duplicates + self.not_seen + self.personal + self.not_readable


class Device(NamedTuple):
    name: str
    system: str
    version: str
    seen: str
    ownership: str = CORPORATE


def intune(told: Told, read_on: date) -> str:
    """All devices, as Intune exports them."""
    rows = ((one.name, one.name, one.system, one.version, one.seen, one.ownership)
            for one in _devices(told, IN_INTUNE, read_on))  # fmt: skip
    return _written(("Device ID", "Device name", "OS", "OS version", "Last check-in", "Ownership"), rows)


def configuration_manager(told: Told, read_on: date) -> str:
    """What Get-CMDevice answers."""
    rows = ((one.name, one.name, one.system, one.version, one.seen)
            for one in _devices(told, IN_CONFIGURATION_MANAGER, read_on))  # fmt: skip
    return _written(("ResourceID", "Name", "DeviceOS", "DeviceOSBuild", "LastActiveTime"), rows)


def _devices(told: Told, called: Mapping[str, tuple[str, str]], read_on: date) -> Iterator[Device]:
    numbers = iter(range(1, told.read + 1))
    lately, before, long_ago = ((read_on - timedelta(days=days)).isoformat() for days in (1, 30, 120))

    def some(
        count: int, system: str, version: str = "", seen: str = lately, ownership: str = CORPORATE
    ) -> list[Device]:
        return [Device(f"CON-{n:05}", system, version, seen, ownership) for n in islice(numbers, count)]

    counted = [device for key, count in told.counted.items() for device in some(count, *called[key])]
    commonest = called[max(told.counted, key=lambda key: told.counted[key])]
    yield from counted
    yield from (device._replace(seen=before) for device in counted[: told.duplicates])
    yield from some(told.not_seen, *commonest, seen=long_ago)
    yield from some(told.personal, *commonest, ownership=PERSONAL)
    yield from some(told.not_readable, *commonest, seen=NARROW_COLUMN)
    for name, count in told.not_placed.items():
        yield from some(count, name)


def _written(headers: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue()
