"""The tables of the stakeholder matrix, in the same shape as those of the plan."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from projects.tables import Table
from stakeholders import models
from stakeholders.document import MatrixSettings, StakeholderRow

SECTION = "stakeholders"
ROWS = Table(
    SECTION,
    "rows",
    models.Stakeholder,
    _("Stakeholders and approval"),
    _("stakeholder"),
    ("role", "name", "email", "part", "scope", "substitute"),
    _("Five roles, no names. Who pays and decides? Start with the CISO's mail address."),
    row_type=StakeholderRow,
)
SETTINGS = Table(
    SECTION,
    "settings",
    models.MatrixSettings,
    _("Who must approve"),
    _("setting"),
    ("quorum",),
    is_fixed=True,
    is_single=True,
    row_type=MatrixSettings,
)
TABLES = {table.name: table for table in (SETTINGS, ROWS)}
