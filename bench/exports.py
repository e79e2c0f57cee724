"""Large exports as the real ones are written: seeded, 20 % awkward texts, 5 % devices that come twice."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bench.workbook import write_rows

AWKWARD, TWICE = 0.20, 0.05  # shares of all rows
NEWEST = datetime(2026, 11, 22, 7, 0, 0)  # noqa: DTZ001 - exports say no time zone

PLAIN = (
    ("Windows 11 Enterprise", "10.0 (22631)", "10.0.22631.4317"),
    ("Windows 11 Pro", "10.0 (26100)", "10.0.26100.2033"),
    ("Windows 10 Enterprise", "10.0 (19045)", "10.0.19045.4291"),
    ("Windows 10 Pro", "10.0 (19044)", "10.0.19044.3086"),
    ("Windows Server 2019 Standard", "10.0 (17763)", "10.0.17763.1"),
    ("Windows Server 2022 Datacenter", "10.0 (20348)", "10.0.20348.1"),
)
ODD = (
    ("Windows Server® 2008 Enterprise", "6.0 (6002)", "6.0.6002"),
    ("Windows Server 2016 Standard (Évaluation)", "10.0 (14393)", "10.0.14393"),
    ("WindowsServer2012R2", "9600", "6.3.9600"),
    ("Windows 10 Entreprise", "10.0 (19045)", "10.0.19045.1"),
    ("Windows 10 Famille", "10.0 (19045)", "10.0.19045.2"),
    ("Windows 11 Professionnel pour les Stations de travail", "10.0 (22621)", "10.0.22621.1"),
    ("Microsoft Windows NT Workstation 6.1 (Tablet Edition)", "6.1 (7601)", "6.1.7601"),
    ("Windows Embedded POSReady 7", "6.1 (7601)", "6.1.7601"),
    ("Red Hat Enterprise Linux 8.6 (Ootpa)", "", ""),
    ("Linux, “Ubuntu” 22.04 LTS", "", ""),
    ('Windows 7 "Ultimate"', "6.1 (7601)", "6.1.7601"),
    ("macOS", "15.1", "15.1"),
    ("Mac OS X", "10.14.6", "10.14.6"),
    ("  windows 10   IoT Enterprise LTSC ", "10.0 (19044)", "10.0.19044"),
    ("", "", ""),
)
REMARKS = ('Büro Zürich, 2. Stock; "Müller"', "Comptabilité\nbâtiment B", "=1+1", "前台")

INTUNE = [
    "Device ID",
    "Device name",
    "Enrollment date",
    "Last check-in",
    "Microsoft Entra Device ID",
    "OS version",
    "Microsoft Entra registered",
    "EAS activation ID",
    "Serial number",
    "Manufacturer",
    "Model",
    "EAS activated",
    "IMEI",
    "Last EAS sync time",
    "EAS reason",
    "EAS status",
    "Compliance grace period expiration",
    "Security patch level",
    "Wi-Fi MAC",
    "MEID",
    "Subscriber carrier",
    "Total storage",
    "Free storage",
    "Management name",
    "Category",
    "UserId",
    "Primary user UPN",
    "Primary user email address",
    "Primary user display name",
    "WiFiIPv4Address",
    "WiFiSubnetID",
    "Compliance",
    "Managed by",
    "Ownership",
    "Device state",
    "Intune registered",
    "Supervised",
    "Encrypted",
    "OS",
    "SkuFamily",
    "JoinType",
]
DIRECTORY = [
    "Name",
    "DNSHostName",
    "OperatingSystem",
    "OperatingSystemServicePack",
    "OperatingSystemVersion",
    "IPv4Address",
    "LastLogonDate",
    "Description",
    "DistinguishedName",
    "Enabled",
    "whenChanged",
    "PasswordLastSet",
]
PORTAL = [
    "Device ID",
    "Device Name",
    "Domain",
    "First Seen",
    "Last device update",
    "OS Platform",
    "OS Distribution",
    "OS Version",
    "OS Build",
    "Tags",
    "Risk Level",
    "Exposure Level",
    "Health Status",
    "Onboarding Status",
    "Device AAD id",
    "Managed By",
    "Is Internet Facing",
    "Antivirus status",
    "IP addresses",
    "Criticality Level",
    "Device Category",
    "Device Type",
    "Vendor",
    "Model",
    "Group",
]


def intune(number: int, draw: random.Random, seen: datetime, odd: bool) -> list[str]:
    system, _directory, version = draw.choice(ODD if odd else PLAIN)
    if not odd:
        system = "Windows Server" if "Server" in system else "Windows"
    own, other = _id(number, 1), _id(number, 2)
    name, user = f"NB-{number:07}", f"user{number}@contoso.example"
    row = [own, name, "2024-03-01 08:00:00.0000000", f"{seen}.0000000", other, version, "True", "", f"SN{number:09}"]
    row += ["LENOVO", draw.choice(REMARKS) if odd else "ThinkPad T14 Gen 4", "False", "", "", "None", "Unknown", ""]
    row += ["", "", "", "", "474.72", "301.55", f"{user}_Windows_{number}", "", other, user, user, f"User {number}"]
    row += ["10.1.2.3", "", "Compliant", "Intune", "Personal" if number % 37 == 0 else "Corporate", "Managed"]
    return [*row, "True", "False", "True", system, "Enterprise", "Hybrid Azure AD joined"]


def directory(number: int, draw: random.Random, seen: datetime, odd: bool) -> list[str]:
    system, version, _build = draw.choice(ODD if odd else PLAIN)
    name = f"PC-{number:07}"
    half, hour = ("PM" if seen.hour > 11 else "AM"), seen.hour % 12 or 12
    logon = f"{seen.month}/{seen.day}/{seen.year} {hour}:{seen:%M:%S} {half}"
    row = [name, f"{name}.corp.contoso.example", system, "", version, "10.4.5.6", logon]
    row += [draw.choice(REMARKS) if odd else "", f"CN={name},OU=Clients,DC=corp,DC=contoso,DC=example"]
    return [*row, "False" if number % 41 == 0 else "True", "11/1/2026 3:15:02 AM", "10/30/2026 8:01:44 AM"]


def portal(number: int, draw: random.Random, seen: datetime, odd: bool) -> list[str]:
    system, _version, build = draw.choice(ODD if odd else PLAIN)
    platform = system if odd else system.replace(" ", "").replace("Standard", "").replace("Datacenter", "")
    row = [_id(number, 3).replace("-", "") + "0a1b2c3d", f"nb-{number:07}.corp.contoso.example", "corp"]
    row += ["2024-05-06T07:08:09.0000000Z", f"{seen:%Y-%m-%dT%H:%M:%S}.0000000Z", platform, "", "", build]
    row += [draw.choice(REMARKS) if odd else "", "Low", "Medium", "Active", "Onboarded", _id(number, 4), "Intune"]
    return [*row, "No", "Updated", "10.7.8.9", "Low", "Endpoint", "Workstation", "HP", "EliteBook 840", "Clients"]


KINDS = {
    "intune_all_devices": (INTUNE, intune),
    "ad_get_adcomputer": (DIRECTORY, directory),
    "mde_portal_devices": (PORTAL, portal),
}


def rows(kind: str, count: int, seed: int = 7) -> Iterator[Sequence[str]]:
    """The headers, then so many rows. One in twenty is a device that came before, seen at another time."""
    headers, one = KINDS[kind]
    draw = random.Random(f"{kind} {seed}")
    yield headers
    for number in range(count):
        is_twice = number > 20 and draw.random() < TWICE
        device = draw.randrange(number) if is_twice else number
        seen = NEWEST - timedelta(seconds=draw.randrange(120 * 86_400))
        yield one(device, draw, seen, draw.random() < AWKWARD)


def write(path: Path, kind: str, count: int) -> Path:
    """As the real ones: Active Directory's quotes every cell and ends lines as Windows does."""
    quoting = csv.QUOTE_ALL if kind == "ad_get_adcomputer" else csv.QUOTE_MINIMAL
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=quoting).writerows(rows(kind, count))
    return path


def write_workbook(path: Path, kind: str, count: int) -> Path:
    write_rows(path, rows(kind, count))
    return path


def _id(number: int, salt: int) -> str:
    digits = f"{(number * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03) % 2**128:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
