"""The two access tables of Microsoft's preparation document, as rows of texts for a spreadsheet."""

from __future__ import annotations

from django.utils.translation import gettext as _

from projects import catalog
from projects.document import rows
from projects.document.sections import Access
from projects.rules.labels import permission_name, value_of

Lines = list[list[str]]


def personas_table(access: Access, terminology: str) -> Lines:
    """Personas, roles, Entra role, assigned to; the first line are the headers, in the names that the project uses."""
    role = _("%(role)s (if necessary)") % {"role": catalog.terminology("entra_role", terminology)}
    found = [[_("Personas"), _("Roles"), role, _("Assign to"), _("Eligible or active"), _("Until")]]
    for persona in access.personas:
        mine = [row for row in access.assignments if row.persona == persona.name and _is_held(row)]
        if persona.does_not_apply:
            found.append(
                [persona.name, _("Does not apply: %(because)s") % {"because": persona.does_not_apply}] + [""] * 4
            )
        elif not mine:
            found.append([persona.name] + [""] * 5)
        found += [_line(row, terminology) for row in mine]
    known = {persona.name for persona in access.personas}
    found += [_line(row, terminology) for row in access.assignments if row.persona not in known and _is_held(row)]
    return found


def _is_held(row: rows.Assignment) -> bool:
    return row.removed_on is None and not row.does_not_apply


def _line(row: rows.Assignment, terminology: str) -> list[str]:
    held = value_of(rows.Assignment, "held", row.held)
    until = row.ends_on.isoformat() if row.ends_on else ""
    return [row.persona, row.role, entra_role_in(row.entra_role, terminology), row.assignee, held, until]


def entra_role_in(key: str, terminology: str) -> str:
    """The name of an Entra role in the names that the project uses."""
    known = catalog.entra_roles().get(key)
    if known is None:
        return key
    return known.older_name if terminology == "seed" and known.older_name else known.name


def tiers_table(access: Access) -> Lines:
    """Tier, description, permission required; beside it who they are and which groups carry it."""
    found = [[_("Tier"), _("Team"), _("Description"), _("Permission required"), _("Entra groups"), _("Escalates when")]]
    for tier in access.tiers:
        name = _("Tier %(tier)s") % {"tier": tier.number}
        if tier.does_not_apply:
            aside = _("Does not apply: %(because)s") % {"because": tier.does_not_apply}
            found.append([name, tier.name, aside, "", "", ""])
            continue
        permissions = "\n".join(map(permission_name, tier.permissions))
        called = f"{tier.name} ({tier.region})" if tier.region else tier.name
        found.append([name, called, tier.description, permissions, "\n".join(tier.groups), tier.escalates_when])
    return found
