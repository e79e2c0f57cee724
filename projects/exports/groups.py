"""The Entra groups that the access plan names: what each is for, whether it exists, whether it carries an Entra role."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import catalog
from projects.document.sections import Access

MOST_LETTERS = 40
_NO_LETTER = re.compile(r"[^A-Za-z0-9-]+")


@dataclass
class Group:
    """`has_entra_role`: it must be made as a role-assignable group, which cannot be changed afterwards (graph_groups)."""

    name: str
    exists: bool = False
    has_entra_role: bool = False
    tiers: list[int] = field(default_factory=list)
    entra_roles: list[str] = field(default_factory=list)
    other_roles: list[str] = field(default_factory=list)
    device_groups: int = 0

    @property
    def uses(self) -> list[str]:
        """What it is for, in words, each once."""
        found = [_("Tier %(tier)s") % {"tier": number} for number in self.tiers]
        found += [*self.entra_roles, *self.other_roles]
        if self.device_groups:
            found.append(
                ngettext("%(n)s device group", "%(n)s device groups", self.device_groups)
                % {"n": f"{self.device_groups:,}"}
            )
        return list(dict.fromkeys(found))

    @property
    def nickname(self) -> str:
        """A short name in letters that every directory takes; the same for the same group."""
        letters = _NO_LETTER.sub("-", self.name).strip("-")[:MOST_LETTERS]
        return f"{letters or 'group'}-{hashlib.sha256(self.name.casefold().encode('utf-8', 'replace')).hexdigest()[:8]}"


def groups_of(access: Access) -> tuple[Group, ...]:
    """Every group that holds a role or sees devices, in the order of the plan. The case of a name does not matter."""
    found: dict[str, Group] = {}
    exists = {_plain(name) for row in access.settings for name in row.existing_groups}

    def group(name: str) -> Group:
        return found.setdefault(_plain(name), Group(name.strip(), _plain(name) in exists))

    for row in access.assignments:
        is_given = row.assignee_kind == "group" and not row.does_not_apply and not row.removed_on
        if is_given and row.assignee.strip():
            mine = group(row.assignee)
            if row.entra_role in catalog.entra_roles():
                mine.has_entra_role = True
                mine.entra_roles.append(catalog.entra_role(row.entra_role).name)
            if row.role:
                mine.other_roles.append(row.role)
    for tier in access.tiers:
        for name in () if tier.does_not_apply else tier.groups:
            group(name).tiers.append(tier.number)
    for device_group in access.device_groups:
        for name in () if device_group.does_not_apply else device_group.granted_to:
            group(name).device_groups += 1
    return tuple(found.values())


def hidden_marks(text: str) -> bool:
    """Whether it holds line breaks, control characters or marks of direction, which look like nothing or deceive."""
    return any(unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp"} for letter in text)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
