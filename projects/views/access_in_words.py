"""The rows of the access plan in sentences, for somebody who signs them and does not work in the portal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import Row, rows
from projects.document.choices import AssigneeKind, HeldHow
from projects.rules import device_rules
from projects.rules.labels import items_of, title_of, value_of
from projects.views.shown import ShownTable, without_empty_columns
from tenants.templatetags.look import day


class Told(NamedTuple):
    """A row as it is read. `under` is the heading that it shares with the rows beside it."""

    title: str
    lines: tuple[str, ...]
    under: str = ""


def told(row: Row, role: str = "") -> Told | None:
    """None for a kind of row that is read as a table. `role` is the Entra role in the project's names."""
    how = _TOLD.get(type(row))
    if how is None:
        return None
    title, lines = how(row, role) if isinstance(row, rows.Assignment) else how(row)
    if row.does_not_apply:
        lines = [_("Does not apply: %(why)s") % {"why": row.does_not_apply}, *lines]
    under = row.persona if isinstance(row, rows.Assignment) else ""
    return Told(title, tuple(filter(None, lines)), under)


def as_read(table: ShownTable, personas: Iterable[rows.Persona]) -> ShownTable:
    """A table of a section as somebody reads it who cannot edit it: in its order, in sentences where it has some."""
    order = _order_of(table.name, personas)
    if table.table.section == "access" and order:
        table.rows.sort(key=lambda row: order(row.row))
    for row in table.rows:
        row.more["told"] = told(row.row, row.words.get("entra_role", ""))
    return without_empty_columns(table)


def _order_of(table: str, personas: Iterable[rows.Persona]) -> Callable[[Any], Any] | None:
    """By rank, by number, or by persona; None where the order is the writer's."""
    places = {persona.name: place for place, persona in enumerate(personas)}
    orders: Mapping[str, Callable[[Any], Any]] = {
        "device_groups": lambda row: (row.rank, row.name),
        "tiers": lambda row: (row.number, row.region),
        "assignments": lambda row: (places.get(row.persona, len(places)), row.persona),
    }
    return orders.get(table)


def _persona(row: rows.Persona) -> tuple[str, list[str]]:
    return row.name, [row.duties, _needs(row.tasks)]


def _assignment(row: rows.Assignment, role: str) -> tuple[str, list[str]]:
    is_person = row.assignee_kind == AssigneeKind.PERSON
    if is_person:
        who = _("%(name)s, a person") % {"name": row.assignee}
    elif row.people:
        who = ngettext("%(name)s, a group of %(n)s person", "%(name)s, a group of %(n)s people", row.people)
        who %= {"name": row.assignee, "n": f"{row.people:,}"}
    else:
        who = _("%(name)s, a group; how many people is not said") % {"name": row.assignee}
    held = [row.role, _("Entra role %(role)s") % {"role": role} if row.entra_role else ""]
    what = ", ".join(filter(None, held)) or _("no Entra role")
    return who, [
        " ".join([f"{what}.", _how_held(row), _how_long(row)]),
        _("Activation is approved by %(name)s.") % {"name": row.approver} if row.approver else "",
        _why(row),
        *_end(row),
    ]


def _why(row: rows.Assignment) -> str:
    if row.justification:
        return _("Why: “%(text)s”") % {"text": row.justification}
    return _("No reason is given.") if row.entra_role else ""


def _how_held(row: rows.Assignment) -> str:
    if row.held == HeldHow.ACTIVE:
        return _("Always on.")
    if row.hours:
        said = ngettext(
            "Activated when needed, for %(n)s hour at most.",
            "Activated when needed, for %(n)s hours at most.",
            row.hours,
        )
        return said % {"n": row.hours}
    return _("Activated when needed.")


def _how_long(row: rows.Assignment) -> str:
    if row.ends_on and row.starts_on:
        return _("From %(start)s until %(end)s.") % {"start": day(row.starts_on), "end": day(row.ends_on)}
    if row.ends_on:
        return _("Until %(end)s.") % {"end": day(row.ends_on)}
    if row.starts_on:
        return _("From %(start)s, without an end date.") % {"start": day(row.starts_on)}
    return _("No end date.")


def _end(row: rows.Assignment) -> list[str]:
    """Who removes the role, or who did, with which proof."""
    lines = []
    if row.removed_on:
        lines.append(_by(_("Removed on %(day)s"), row.removed_on, row.removed_by))
    elif row.remover:
        lines.append(_("Removed by %(name)s when it ends.") % {"name": row.remover})
    if row.evidence:
        lines.append(_("Proof of removal: %(proof)s") % {"proof": row.evidence})
    if row.evidence_hash:
        shown = value_of(rows.Assignment, "evidence_hash", row.evidence_hash)
        lines.append(_("Fingerprint of the proof: %(hash)s") % {"hash": shown})
    if row.confirmed_on:
        lines.append(_by(_("Removal confirmed on %(day)s"), row.confirmed_on, row.confirmed_by))
    return lines


def _by(said: str, on: date, name: str) -> str:
    said %= {"day": day(on)}
    return _("%(said)s by %(name)s.") % {"said": said, "name": name} if name else f"{said}."


def _partner(row: rows.PartnerAccess) -> tuple[str, list[str]]:
    roles = [*items_of(rows.PartnerAccess, "entra_roles", row.entra_roles), *filter(None, [row.roles])]
    return row.partner, [
        _("Roles: %(roles)s.") % {"roles": ", ".join(roles)} if roles else _("No role is named."),
        _("Until %(end)s.") % {"end": day(row.ends_on)} if row.ends_on else _("No end date."),
        _("Extends automatically.") if row.is_extended else _("Does not extend by itself."),
    ]


def _tier(row: rows.Tier) -> tuple[str, list[str]]:
    permissions = ", ".join(items_of(rows.Tier, "permissions", row.permissions))
    return f"{title_of(row)}: {row.name}", [
        row.description,
        _needs(row.tasks),
        _("May: %(permissions)s.") % {"permissions": permissions} if permissions else _("Has no permission."),
        _("Held by: %(groups)s.") % {"groups": ", ".join(row.groups)} if row.groups else _("No group is in it."),
        _("Escalates when: %(when)s") % {"when": row.escalates_when} if row.escalates_when else "",
    ]


def _device_group(row: rows.DeviceGroup) -> tuple[str, list[str]]:
    rule = device_rules.in_words(device_rules.conditions_of(row)) or _("nothing: no device is in it")
    remediation = value_of(rows.DeviceGroup, "remediation", row.remediation)
    return f"{row.rank}. {row.name}", [
        _("Matches: %(rule)s.") % {"rule": rule},
        _("Remediation: %(level)s.") % {"level": remediation},
        _("Seen by: %(groups)s.") % {"groups": ", ".join(row.granted_to)}
        if row.granted_to
        else _("Granted to nobody: everybody with a role sees it."),
    ]


def _kept(row: rows.KeptFinding) -> tuple[str, list[str]]:
    return row.what or row.finding, [_("Kept, because: %(why)s") % {"why": row.because}]


def _needs(tasks: tuple[str, ...]) -> str:
    named = "; ".join(items_of(rows.Tier, "tasks", tasks))
    return _("Needs to: %(tasks)s.") % {"tasks": named} if named else ""


_TOLD: Mapping[type[Row], Callable[..., tuple[str, list[str]]]] = {
    rows.Persona: _persona,
    rows.Assignment: _assignment,
    rows.PartnerAccess: _partner,
    rows.Tier: _tier,
    rows.DeviceGroup: _device_group,
    rows.KeptFinding: _kept,
}
