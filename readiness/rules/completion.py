"""How much is written down, section by section. It says nothing on whether one may go on: the blockers do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import Row, content_tables
from stakeholders.document import Document
from stakeholders.rules.standing import sections_of


def _every(_row: Any) -> bool:
    return True


TABLES_OF_TOPIC: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "topic-endpoint-count": ("devices", lambda row: row.kind != "server"),
    "topic-server-count": ("devices", lambda row: row.kind == "server"),
    "topic-management-engine": ("engines", _every),
    "topic-cdoc-distribution": ("cdoc", _every),
    "topic-siem": ("siem", _every),
}


class Filled(NamedTuple):
    """`text` as the overview shows it: "34 rows", "5 of 5"."""

    text: str
    is_complete: bool


def _live(rows: tuple[Row, ...]) -> list[Row]:
    return [row for row in rows if not row.does_not_apply]


def _stakeholders(document: Document) -> Filled:
    rows = document.stakeholders.rows
    done = sum(1 for row in rows if row.email or row.does_not_apply)
    return Filled(_("%(done)s of %(all)s") % {"done": done, "all": len(rows)}, bool(rows) and done == len(rows))


def _environment(document: Document) -> Filled:
    section = document.environment
    count = sum(len(getattr(section, name)) for name in content_tables(type(section)))
    answered = all(
        topic.does_not_apply or any(counts(row) for row in _live(getattr(section, table)))
        for topic in section.topics
        for table, counts in [TABLES_OF_TOPIC.get(topic.key, ("topics", _every))]
    )
    return Filled(ngettext("%(n)s row", "%(n)s rows", count) % {"n": count}, answered and count > 0)


def _licences(document: Document) -> Filled:
    count = len(document.licences.entitlements)
    return Filled(ngettext("%(n)s entitlement", "%(n)s entitlements", count) % {"n": count}, count > 0)


def _access(document: Document) -> Filled:
    access = document.access
    assigned = {row.persona for row in access.assignments}
    tiers = ngettext("%(n)s tier", "%(n)s tiers", len(access.tiers)) % {"n": len(access.tiers)}
    personas = ngettext("%(n)s persona", "%(n)s personas", len(access.personas)) % {"n": len(access.personas)}
    return Filled(
        f"{tiers}, {personas}",
        bool(access.personas)
        and all(row.does_not_apply or row.name in assigned for row in access.personas)
        and all(tier.groups or tier.does_not_apply for tier in access.tiers)
        and any(row.planned for row in access.settings),
    )


def _connectivity(document: Document) -> Filled:
    rows = [route for route in document.connectivity.routes if not route.does_not_apply]
    verified = sum(1 for row in rows if row.status == "verified")
    if not rows:
        return Filled(_("no rows yet"), is_complete=False)
    return Filled(
        _("%(done)s of %(all)s rows verified") % {"done": verified, "all": len(rows)},
        all(row.status != "unknown" for row in rows),
    )


def _adoption(document: Document) -> Filled:
    rows = document.adoption.components
    return Filled(
        ngettext("%(n)s component", "%(n)s components", len(rows)) % {"n": len(rows)},
        bool(rows) and all(row.is_in is not None or row.does_not_apply for row in rows),
    )


def _migration(document: Document) -> Filled:
    rows = _live(document.migration.items)
    done = sum(1 for row in rows if getattr(row, "state", "") == "done")
    written = all(getattr(row, "state", "") == "done" or getattr(row, "detail", "") for row in rows)
    return Filled(_("%(done)s of %(all)s steps done") % {"done": done, "all": len(rows)}, bool(rows) and written)


def _timeline(document: Document) -> Filled:
    rows = [item for item in document.timeline.items if not item.does_not_apply]
    milestones = [item for item in rows if item.kind != "task"]
    return Filled(
        ngettext("%(n)s milestone", "%(n)s milestones", len(milestones)) % {"n": len(milestones)},
        bool(milestones) and all(item.due_on for item in milestones),
    )


_FILLED: Mapping[str, Callable[[Document], Filled]] = {
    "stakeholders": _stakeholders,
    "environment": _environment,
    "licences": _licences,
    "access": _access,
    "connectivity": _connectivity,
    "adoption": _adoption,
    "migration": _migration,
    "timeline": _timeline,
}


def filled(document: Document) -> dict[str, Filled]:
    """How each section that applies is filled in."""
    return {name: _FILLED[name](document) for name in sections_of(document)}


def is_untouched(document: Document) -> bool:
    """Whether there is nothing but the template."""
    environment, access = document.environment, document.access
    return not (
        any(row.email for row in document.stakeholders.rows)
        or environment.devices
        or environment.engines
        or environment.cdoc
        or environment.siem
        or environment.protections
        or document.licences.entitlements
        or access.assignments
        or access.device_groups
        or document.timeline.items
        or any(row.is_in is not None for row in document.adoption.components)
    )
