"""A section in a few plain numbers, and what changed in it in a few plain lines: for mails and the decision page."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import rows
from projects.rules.diff import RowChange
from projects.rules.estate import Estate, Line, Sums, estate_of, group_title
from projects.rules.labels import component_name, permission_name, title_of
from projects.rules.licences import coverage
from stakeholders.document import Document, Part
from stakeholders.rules.signoff import Comparison


class Figure(NamedTuple):
    """A number that the section is about, and what it says."""

    number: str
    name: str
    text: str


class ChangeLine(NamedTuple):
    what: str
    was: str
    now: str
    note: str = ""
    is_total: bool = False


def estate(document: Document) -> Estate:
    return estate_of(document.environment, str(document.project.plan))


def listed(lines: tuple[Line, ...]) -> str:
    """ "15 Macs on macOS 14, 2 Windows Server 2008"."""
    return ", ".join(
        _("%(n)s Macs on %(name)s") % {"n": f"{line.count:,}", "name": line.name}
        if line.family == "macos"
        else f"{line.count:,} {line.name}"
        for line in lines
    )


def in_short(document: Document, section: str) -> list[Figure]:
    """What a section says, in plain numbers."""
    return {
        "environment": _environment,
        "licences": _licences,
        "access": _access,
        "connectivity": _connectivity,
        "adoption": _adoption,
        "migration": _migration,
        "timeline": _timeline,
        "stakeholders": _stakeholders,
    }[section](document)


def _environment(document: Document) -> list[Figure]:
    all_of = estate(document)
    servers, clients = all_of.servers.extra_step, all_of.extra_step - all_of.servers.extra_step
    steps = [
        text
        for text in (
            ngettext("%(n)s server", "%(n)s servers", servers) % {"n": f"{servers:,}"} if servers else "",
            ngettext("%(n)s old computer", "%(n)s old computers", clients) % {"n": f"{clients:,}"} if clients else "",
        )
        if text
    ]
    figures = [
        Figure(
            f"{all_of.total:,}",
            _("devices"),
            _("%(computers)s computers, %(mobiles)s phones and tablets, %(servers)s servers.")
            % {
                "computers": f"{all_of.computers.total:,}",
                "mobiles": f"{all_of.mobiles.total:,}",
                "servers": f"{all_of.servers.total:,}",
            },
        ),
        Figure(
            f"{all_of.can_be_onboarded:,}",
            _("can be onboarded"),
            _("%(steps)s of them need an extra step first.") % {"steps": _(" and ").join(steps)} if steps else "",
        ),
    ]
    if all_of.cannot:
        figures.append(Figure(f"{all_of.cannot:,}", _("cannot"), f"{listed(all_of.cannot_lines)}."))
    if all_of.unplaced:
        figures.append(
            Figure(f"{all_of.unplaced:,}", _("not placed"), _("Their operating system is not known to mdeprep."))
        )
    return figures


def _licences(document: Document) -> list[Figure]:
    found = coverage(document)
    names = {"users": _("devices of users"), "servers": _("servers")}
    return [
        Figure(
            f"{pool.have:,}",
            _("licences for %(what)s") % {"what": names[pool.name]},
            _("%(need)s are needed, %(gap)s are missing.") % {"need": f"{pool.need:,}", "gap": f"{pool.gap:,}"}
            if pool.gap
            else _("%(need)s are needed; enough.") % {"need": f"{pool.need:,}"},
        )
        for pool in (found.users, found.servers)
    ]


def _access(document: Document) -> list[Figure]:
    access = document.access
    held = [role for role in access.assignments if role.removed_on is None and not role.does_not_apply]
    return [
        *_entra_roles([role for role in held if role.entra_role]),
        *_other_roles([role for role in held if not role.entra_role]),
        *_partners([row for row in access.partners if not row.does_not_apply]),
        *[
            Figure(
                title_of(tier), tier.name, ", ".join(map(permission_name, tier.permissions)) or _("no permission yet")
            )
            for tier in sorted(access.tiers, key=lambda tier: (tier.number, tier.region))
            if not tier.does_not_apply
        ],
        *_device_groups([row for row in access.device_groups if not row.does_not_apply]),
    ]


def _entra_roles(held: list[rows.Assignment]) -> list[Figure]:
    standing = [title_of(role) for role in held if role.held == "active" and role.duration == "permanent"]
    text = (
        _("Always on, without an end: %(roles)s.") % {"roles": _some(standing)}
        if standing
        else _("None is always on without an end.")
    )
    name = ngettext("Entra role is given", "Entra roles are given", len(held))
    return [Figure(str(len(held)), name, text if held else "")]


def _other_roles(held: list[rows.Assignment]) -> list[Figure]:
    """Roles of the portal, and whatever is said of a persona that needs no Entra role."""
    if not held:
        return []
    name = ngettext("assignment needs no Entra role", "assignments need no Entra role", len(held))
    return [Figure(str(len(held)), name, f"{_some([role.assignee for role in held])}.")]


def _partners(found: list[rows.PartnerAccess]) -> list[Figure]:
    if not found:
        return []
    name = ngettext("partner has access", "partners have access", len(found))
    return [Figure(str(len(found)), name, f"{_some([row.partner for row in found])}.")]


def _device_groups(found: list[rows.DeviceGroup]) -> list[Figure]:
    if not found:
        return []
    open_to_all = [group.name for group in found if not group.granted_to]
    text = _("Granted to nobody, so that everybody sees it: %(names)s.") % {"names": _some(open_to_all)}
    name = ngettext("device group", "device groups", len(found))
    return [Figure(f"{len(found):,}", name, text if open_to_all else "")]


def _some(names: list[str], most: int = 4) -> str:
    """The first few names, and how many more there are."""
    found = list(dict.fromkeys(names))
    if len(found) <= most + 1:
        return ", ".join(found)
    return _("%(names)s and %(n)s more") % {"names": ", ".join(found[:most]), "n": len(found) - most}


def _connectivity(document: Document) -> list[Figure]:
    routes = [route for route in document.connectivity.routes if not route.does_not_apply]
    verified = sum(1 for route in routes if route.status == "verified")
    return [
        Figure(str(len(routes)), _("systems need a way to the service"), _("%(n)s are verified.") % {"n": verified})
    ]


def _adoption(document: Document) -> list[Figure]:
    chosen = sorted((c for c in document.adoption.components if c.is_in), key=lambda c: c.rank or 99)
    names = ", ".join(component_name(c.component) for c in chosen)
    return [Figure(str(len(chosen)), _("components are used"), f"{names}." if names else "")]


def _migration(document: Document) -> list[Figure]:
    items = [item for item in document.migration.items if not item.does_not_apply]
    done = sum(1 for item in items if item.state == "done")
    return [Figure(f"{done}", _("of %(n)s steps are done") % {"n": len(items)}, "")]


def _timeline(document: Document) -> list[Figure]:
    items = [item for item in document.timeline.items if item.due_on and not item.does_not_apply]
    if not items:
        return [Figure("0", _("dates"), "")]
    last = max(item.due_on for item in items if item.due_on)
    return [Figure(str(len(items)), _("dates"), _("the last on %(day)s.") % {"day": f"{last.day} {last:%b %Y}"})]


def _stakeholders(document: Document) -> list[Figure]:
    words = {Part.SO: _("approve"), Part.R: _("give input"), Part.I: _("are informed")}
    return [
        Figure(str(len(found)), word, ", ".join(row.name or row.role for row in found) + ".")
        for part, word in words.items()
        if (found := [row for row in document.stakeholders.rows if row.part == part and not row.does_not_apply])
    ]


def change_lines(comparison: Comparison, signed: Document, current: Document, section: str) -> list[ChangeLine]:
    """What changed, for a reader in a hurry: sums of the inventory, else one line per row."""
    lines = [ChangeLine(f.title, f.before_text, f.after_text) for f in comparison.facts]
    if section == "environment":
        before, after = estate(signed), estate(current)
        lines += sum_lines(before, after)
    rest = [c for c in comparison.changes if not (section == "environment" and isinstance(c.row, rows.DeviceCount))]
    return lines + [line for change in rest for line in _row_lines(change)]


def sum_lines(before: Estate, after: Estate) -> list[ChangeLine]:
    """The groups of devices whose sum moved, then the totals."""
    pairs: list[tuple[str, Sums, Sums]] = [
        (group_title(name), before.group(name), after.group(name)) for name in {**before.groups, **after.groups}
    ]
    pairs.append((_("Servers in all"), before.servers, after.servers))
    pairs.append((_("Devices in all"), before, after))
    moved = [(name, old.total, new.total) for name, old, new in pairs if old.total != new.total]
    names = {name for name, _old, _new in moved}
    skip = {_("Devices in all")} if _("Servers in all") in names or len(moved) <= 2 else set()
    return [
        ChangeLine(
            name,
            f"{old:,}" if old else _("none"),
            f"{new:,}" if new else _("none"),
            is_total=name in {_("Servers in all"), _("Devices in all")},
        )
        for name, old, new in moved
        if name not in skip
    ]


def _row_lines(change: RowChange) -> list[ChangeLine]:
    if change.kind == "added":
        return [ChangeLine(change.title, _("not there"), _("added"))]
    if change.kind == "removed":
        return [ChangeLine(change.title, _("there"), _("removed"))]
    signed = [field for field in change.fields if field.signature in {"material", "counted"}]
    return [ChangeLine(f"{change.title}, {field.title}", field.before_text, field.after_text) for field in signed]


def headline(lines: list[ChangeLine], sections: list[str]) -> str:
    """A few words for the subject of the mail; empty where the number of sections says it better."""
    if sections == ["environment"] and lines:
        if any(line.what == _("Servers in all") for line in lines):
            return _("server counts changed")
        return _("device counts changed")
    return ""
