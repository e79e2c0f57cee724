"""Which document governs the connection of which system on which plan, and the addresses that must be reachable."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from projects.catalog._load import look_up, read
from projects.catalog.operating_systems import PLANS, UnknownSystem, systems

APPROACHES = (
    ("streamlined", "Streamlined"),
    ("standard", "Standard"),
    ("monitoring_agent", "Monitoring Agent"),
)

NEEDS = ("required", "optional")

WORLDWIDE = "ww"


class ConnectivityDocument(NamedTuple):
    """A page of Microsoft's on proxy and connectivity settings."""

    key: str
    title: str
    url_path: str
    source: str


class ConnectivityGroup(NamedTuple):
    """Systems that share one row of the connectivity table; `systems` are keys of systems."""

    key: str
    name: str
    systems: tuple[str, ...]


class ConnectivityRule(NamedTuple):
    """What governs a group of systems on a plan. `systems` are keys of groups.

    `inferred`: Microsoft's table has no such row, the rule is our conclusion. `streamlined`: the single consolidated
    address can be used. `current_document` is the page that Microsoft points to today, where it is another one.
    """

    plan: str
    systems: tuple[str, ...]
    document: ConnectivityDocument
    needs_unified: bool
    inferred: bool
    streamlined: bool
    note: str
    source: str
    current_document: ConnectivityDocument | None


class Destination(NamedTuple):
    """An address that must be, or may be, reachable from a device.

    `need` is "required" or "optional"; `systems` are words such as "all", "windows", "macos", "linux",
    "windows-down-level"; `geography` is "ww" (everywhere) or a key of GEOGRAPHIES.
    """

    host: str
    port: int
    need: str
    systems: tuple[str, ...]
    purpose: str
    geography: str
    approach: str
    note: str
    source: str


class ProxyMethod(NamedTuple):
    """A way in which devices learn of a proxy; `families` are those of systems that support it, `how` the setting."""

    key: str
    name: str
    families: tuple[str, ...]
    how: str
    note: str


# None of them may ask the device to authenticate, nor look into TLS (proxy_settings).
PROXY_METHODS = (
    ("none", "No proxy"),
    ("transparent", "Transparent proxy"),
    ("wpad", "Automatic discovery (WPAD)"),
    ("pac", "Automatic configuration file (PAC)"),
    ("registry_static", "Static proxy for the sensor, by policy"),
    ("netsh", "System-wide WinHTTP proxy"),
    ("defender_av", "Proxy policy of Defender Antivirus"),
    ("static", "Static proxy in the product's settings"),
    ("mma", "Proxy of the Monitoring Agent or gateway"),
)


@cache
def connectivity_documents() -> Mapping[str, ConnectivityDocument]:
    """Every document of the table by its key."""
    return MappingProxyType({row["key"]: ConnectivityDocument(**row) for row in read("connectivity")["documents"]})


@cache
def connectivity_groups() -> Mapping[str, ConnectivityGroup]:
    """Every group by its key, in the order of display."""
    return MappingProxyType(
        {
            row["key"]: ConnectivityGroup(key=row["key"], name=row["name"], systems=_members(row))
            for row in read("connectivity")["groups"]
        }
    )


def _members(row: dict[str, Any]) -> tuple[str, ...]:
    """The systems that a group names, or all of its family that some plan supports."""
    if "systems" in row:
        return tuple(row["systems"])
    return tuple(key for key, one in systems().items() if one.family == row["family"] and one.plans)


@cache
def _group_of() -> Mapping[str, str]:
    return {key: group.key for group in connectivity_groups().values() for key in group.systems}


def connectivity_group(system_key: str) -> str | None:
    """The group in whose row the system stands; None for phones and for what cannot be onboarded on any plan.

    Raises UnknownSystem.
    """
    look_up(systems(), system_key, UnknownSystem)
    return _group_of().get(system_key)


@cache
def _rules() -> Mapping[tuple[str, str], ConnectivityRule]:
    documents = connectivity_documents()
    rules = {}
    for row in read("connectivity")["rules"]:
        rule = ConnectivityRule(
            plan=row["plan"],
            systems=tuple(row["groups"]),
            document=documents[row["document"]],
            needs_unified=row.get("needs_unified", False),
            inferred=row.get("inferred", False),
            streamlined=row.get("streamlined", True),
            note=row.get("note", ""),
            source=row["source"],
            current_document=documents[row["current_document"]] if "current_document" in row else None,
        )
        rules.update({(rule.plan, group): rule for group in rule.systems})
    return rules


def connectivity_rules() -> tuple[ConnectivityRule, ...]:
    """Every rule once, Plan 1 first."""
    return tuple(dict.fromkeys(_rules().values()))


def connectivity_rule(plan: str, system_key: str) -> ConnectivityRule | None:
    """What governs that system, or group of systems, on that plan; None if the plan has no row for it.

    Raises UnknownSystem for a key that is neither a system nor a group.
    """
    if plan not in PLANS:
        raise ValueError(f"{plan!r} is no plan: {' or '.join(PLANS)}.")
    group = system_key if system_key in connectivity_groups() else connectivity_group(system_key)
    return _rules().get((plan, group)) if group else None


def connectivity_document(plan: str, system_key: str) -> ConnectivityDocument | None:
    """The document to read for that system on that plan, or None."""
    rule = connectivity_rule(plan, system_key)
    return rule.document if rule else None


@cache
def _destinations() -> tuple[Destination, ...]:
    return tuple(
        Destination(
            host=host,
            port=port,
            need=need,
            systems=tuple(on),
            purpose=purpose,
            geography=geography,
            approach=approach,
            note=note,
            source=source,
        )
        for approach, (source, rows) in read("destinations").items()
        for host, port, need, on, purpose, geography, note in rows
    )


def destinations(approach: str, geography: str | None = None) -> tuple[Destination, ...]:
    """The addresses of that approach: those for everywhere, and those of the geography (all of them if None).

    `approach` is a key of APPROACHES, or "portal" for the workstations of the people who use the portal.
    """
    known = [key for key, _ in APPROACHES] + ["portal"]
    if approach not in known:
        raise ValueError(f"{approach!r} is no approach: {', '.join(known)}.")
    return tuple(
        one
        for one in _destinations()
        if one.approach == approach and (geography is None or one.geography in (WORLDWIDE, geography))
    )


@cache
def proxy_methods() -> Mapping[str, ProxyMethod]:
    """The details of every method by its key."""
    details = read("connectivity")["proxy_methods"]
    return MappingProxyType(
        {
            key: ProxyMethod(
                key=key,
                name=name,
                families=tuple(details[key]["families"]),
                how=details[key].get("how", ""),
                note=details[key].get("note", ""),
            )
            for key, name in PROXY_METHODS
        }
    )
