"""Phase 1 of a migration, step by step. None of it applies to a new deployment."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.rows import MigrationItem
from projects.rules.labels import migration_title
from readiness.rules.findings import Look, Result, Severity, Subject, check, does_not_apply, failed, passed, to_row


def _items(subject: Subject, keys: Sequence[str]) -> list[MigrationItem]:
    return [row for row in subject.document.migration.items if row.item in keys and not row.does_not_apply]


def _step(name: str, title: str, wrong: str, keys: Sequence[str]) -> Look:
    def look(subject: Subject) -> Result:
        if not subject.is_migration:
            return does_not_apply(_(title), _("This is a new deployment, not a migration."))
        open_ = [row for row in _items(subject, keys) if row.state != "done"]
        if not open_:
            return passed(_(title))
        return failed(
            _(wrong),
            ", ".join(migration_title(row.item) for row in open_) + ".",
            deeds=(to_row(_("Record it"), "migration", "items", open_[0].key),),
        )

    look.__name__ = name
    return check("migration", Severity.BLOCKER, "migrate_phase_1")(look)


def _keys(step: int, *, without: Sequence[str] = (), only: Sequence[str] = ()) -> list[str]:
    items = catalog.standard_template().migration_items
    return [
        item.key
        for item in items
        if item.step == step and not item.optional and item.key not in without and (not only or item.key in only)
    ]


EXISTING, TRIED = "existing_solution_current", "access_tried"

existing_protection_is_current = _step(
    "existing_protection_is_current",
    "The existing protection is up to date", "The existing protection is not up to date",
    [EXISTING],
)  # fmt: skip
systems_are_current = _step(
    "systems_are_current",
    "Systems and apps are up to date",
    "Systems or apps are not up to date",
    _keys(1, without=[EXISTING]),
)
service_is_provisioned = _step(
    "service_is_provisioned", "Defender for Endpoint is bought and provisioned",
    "Defender for Endpoint is not provisioned yet", _keys(2),
)  # fmt: skip
portal_access_is_granted = _step(
    "portal_access_is_granted",
    "Access to the portal is granted, and was tried",
    "Portal access not tried yet",
    _keys(3),
)
connectivity_is_reviewed = _step(
    "connectivity_is_reviewed", "Connectivity settings are reviewed", "Connectivity settings are not reviewed", _keys(4)
)
