"""Small exports for tests, and the way of one into a plan."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from projects import actions
from projects.models import DeviceImport, Project
from tenants.models import User

HEADERS = "Device ID,Device name,Last check-in,OS,OS version,Ownership"
CANARY = "CANARY-LAPTOP-7731"
SYSTEMS = {
    "windows-11": ("Windows", "10.0.22631.1"),
    "windows-10": ("Windows", "10.0.19045.1"),
    "ios": ("iOS/iPadOS", "18.1"),
    "server-2019": ("Windows Server 2019 Standard", "10.0.17763.1"),
    "unknown": ("Windows Embedded POSReady 7", ""),
    "nameless": ("", ""),
    "person": ("ada@contoso.example", ""),
}


def intune(*, seen: str = "", extra: str = "", **counts: int) -> bytes:
    """An Intune export with so many devices of each system: intune(windows_11=3)."""
    lines = [HEADERS]
    for name, count in counts.items():
        key = name.replace("_", "-")
        system, version = SYSTEMS[key]
        lines += [f"{key}-{n},{CANARY}-{key}-{n},{seen},{system},{version},Corporate" for n in range(count)]
    return "\n".join([*lines, extra]).encode()


def uploaded(project: Project, by: User, data: bytes, **options: Any) -> DeviceImport:
    """An export that was read, at the point where somebody looks at it."""
    row = actions.start_import(project=project, file=ContentFile(data, "export.csv"), by=by, **options)
    actions.read_import(row.pk)
    return DeviceImport.objects.select_related("project__tenant").get(pk=row.pk)


def applied(project: Project, by: User, data: bytes, **options: Any) -> DeviceImport:
    return actions.apply_import(device_import=uploaded(project, by, data, **options), by=by)
