"""How rows are called in lists, differences and the history: in the words of the field, not by their keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from projects import catalog
from projects.document import Frozen, Row, choices, fields_of, rows
from projects.rules.device_rules import Condition, in_words
from projects.rules.story import section_name

SCOPE = "scope"
"""The sections that somebody is asked about, in a row of an app above; none named means all of them."""

NOT_COUNTED = {(rows.Assignment, "people"), (rows.CdocTeam, "people")}
"""Numbers of which 0 says that nobody counted yet."""


def system_name(key: str, other_name: str = "") -> str:
    """The name of an operating system; an unknown key is shown as it is."""
    if key == catalog.OTHER:
        return other_name or _("Another system")
    try:
        return catalog.system(key).name
    except catalog.UnknownSystem:
        return key


def _found(lookup: Any, key: str) -> str:
    try:
        return str(lookup(key).name)
    except LookupError:
        return key


def component_name(key: str) -> str:
    return next((c.name for c in catalog.standard_template().components if c.key == key), key)


def migration_title(key: str) -> str:
    return next((item.title for item in catalog.standard_template().migration_items if item.key == key), key)


def group_name(key: str) -> str:
    group = catalog.connectivity_groups().get(key)
    return group.name if group else key


def proxy_name(key: str) -> str:
    return dict(catalog.PROXY_METHODS).get(key, key)


def _some_row(_cause: str) -> str:
    return _("a row of this plan")


def _short_print(digest: str) -> str:
    """The first of a SHA-256, as fingerprints are shown: the whole of it stands beside the proof."""
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]} …" if len(digest) > 12 else digest


def permission_name(key: str) -> str:
    for model in ("unified", "classic"):
        known = catalog.permissions_for(model).get(key)
        if known:
            return known.label
    return key


def task_name(key: str) -> str:
    known = catalog.tasks().get(key)
    return known.label if known else key


def right_name(key: str) -> str:
    """A permission of the portal, or what an Entra role lets one do outside it."""
    known = catalog.rights().get(key)
    return known.label if known else permission_name(key)


def items_of(kind: type[Frozen], field: str, items: tuple[Any, ...] | list[Any]) -> tuple[str, ...]:
    """The items of a list in words."""
    if field == SCOPE:
        return tuple(section_name(str(item)) for item in items)
    if kind is not rows.Source:
        return tuple(_item(field, item) for item in items)
    if field == "counts":
        return tuple(f"{count_name(system)} {count:,}" for system, count in items)
    if field == "of_record_for":
        return tuple(
            str(choices.DeviceKind(item).label) if item in choices.DeviceKind.values else count_name(item)
            for item in items
        )
    return tuple(f"{item:,}" if isinstance(item, int) else str(item) for item in items)


def _item(field: str, item: Any) -> str:
    match field:
        case "tasks":
            return task_name(str(item))
        case "entra_roles":
            return _found(catalog.entra_role, str(item))
        case "more_rules":
            return in_words([Condition(*map(str, item))])
    return permission_name(str(item))


def count_name(system: str) -> str:
    """The name of a system as sources count it: a key of the catalogue, or "other:server:Solaris 11"."""
    return system.split(":", 2)[2] if system.startswith(f"{catalog.OTHER}:") else system_name(system)


def role_of(row: rows.Assignment) -> str:
    """What is held: the Entra role, or the role of the portal, or whatever the persona does."""
    return _found(catalog.entra_role, row.entra_role) or row.role or row.persona


def title_of(row: Row) -> str:  # noqa: C901 - one case per kind of row
    """The name of a row, for example "Windows Server 2019" or "Tier 1: Northwind Security, Lisbon"."""
    match row:
        case rows.Topic():
            return row.topic
        case rows.DeviceCount():
            return system_name(row.system, row.other_name)
        case rows.ManagementEngine():
            name = (
                row.other_name
                if row.engine == choices.Engine.OTHER and row.other_name
                else choices.Engine(row.engine).label
            )
            return f"{name} {row.version}".strip()
        case rows.CdocTeam():
            return _("Tier %(tier)s: %(who)s") % {
                "tier": row.tier,
                "who": ", ".join(filter(None, [row.provider, row.place])),
            }
        case rows.Siem():
            return f"{row.product} {row.version}".strip()
        case rows.ExistingProtection():
            return str(choices.Platform(row.platform).label)
        case rows.Source():
            return row.name
        case rows.Impact():
            return row.what
        case rows.Entitlement():
            return _found(catalog.product, row.product)
        case rows.Licensing():
            return _("Mixed licences")
        case rows.AccessSettings():
            return _("Management model")
        case rows.Persona() | rows.DeviceGroup():
            return row.name
        case rows.Assignment():
            return f"{role_of(row)}: {row.assignee}"
        case rows.PartnerAccess():
            return row.partner
        case rows.Tier():
            name = _("Tier %(tier)s") % {"tier": row.number}
            return f"{name}, {row.region}" if row.region else name
        case rows.KeptFinding():
            return _("the reason why this stays: %(what)s") % {"what": row.what or row.finding}
        case rows.Component():
            return component_name(row.component)
        case rows.NetworkSettings():
            return _("Network")
        case rows.Route():
            return group_name(row.system)
        case rows.MigrationItem():
            return migration_title(row.item)
        case rows.TimelineItem():
            return row.title
    return getattr(row, "role", "") or _(getattr(row, "called", row.key))


def value_of(row: type[Frozen], field: str, value: Any) -> str:
    """A value in words: the label of a choice, the name behind a key, "–" for nothing."""
    if field == SCOPE and not value:
        return _("all sections")
    if value in (None, "", (), []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value == 0 and (row, field) in NOT_COUNTED:
        return _("not said")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (tuple, list)):
        return ", ".join(items_of(row, field, value))
    named = {
        (rows.DeviceCount, "system"): system_name,
        (rows.Entitlement, "product"): lambda key: _found(catalog.product, key),
        (rows.Assignment, "entra_role"): lambda key: _found(catalog.entra_role, key),
        (rows.Component, "component"): component_name,
        (rows.MigrationItem, "item"): migration_title,
        (rows.Route, "system"): group_name,
        (rows.Route, "proxy"): proxy_name,
        (rows.NetworkSettings, "proxy"): proxy_name,
        (rows.Impact, "cause"): _some_row,
        (rows.Assignment, "evidence_hash"): _short_print,
    }.get((row, field))
    if named is not None:
        return named(str(value))
    kind = fields_of(row)[field].kind
    if isinstance(kind, type) and hasattr(kind, "labels"):
        return str(kind(value).label)
    if hasattr(value, "strftime"):
        return f"{value.day} {value:%b %Y}"
    return str(value)


def some_names(names: Collection[str], most: int = 3) -> str:
    """The first names, and how many more there are."""
    shown = list(names)[:most]
    more = len(names) - len(shown)
    return ", ".join(shown) + (" " + _("and %(n)s more") % {"n": more} if more else "")
