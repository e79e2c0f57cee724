"""The tables of a plan: which model keeps which rows of the document, and how a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from projects import models
from projects.document import SECTIONS, Row
from projects.models import PlanRow


class Table(NamedTuple):
    """One table of a section. `is_fixed`: its rows come from the template, none is added. `is_single`: one row.

    `is_ranked`: the order of its rows is a field of them, and shown in pages.
    """

    section: str
    name: str
    model: type[PlanRow]
    title: str
    row_name: str
    columns: tuple[str, ...]
    empty: str = ""
    is_fixed: bool = False
    is_single: bool = False
    is_ranked: bool = False
    most: int = 0
    """So many rows fit in; 0: there is no limit."""
    most_because: str = ""
    """The fact of the catalogue that sets the limit."""
    row_type: type[Row] | None = None
    """The document's type of the rows, where the section is not one of this app's."""

    @property
    def row(self) -> type[Row]:
        return self.row_type or SECTIONS[self.section].tables()[self.name]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row as the document has them, but `key`."""
        return tuple(name for name in self.row.__struct_fields__ if name != "key")


_ALL = (
    Table(
        "environment", "topics", models.Topic, _("What this section answers"), _("question"), ("topic", "note"),
        is_fixed=True,
    ),
    Table(
        "environment", "devices", models.DeviceCount, _("Endpoints and servers"), _("system"),
        ("system", "count", "source", "counted_on"),
        _("No devices counted yet. Drop an export here, or type the numbers."),
    ),
    Table(
        "environment", "engines", models.ManagementEngine, _("Management engines"), _("engine"),
        ("engine", "version", "manages", "devices"),
        _("What manages the devices? For example Intune, or Configuration Manager with its version."),
    ),
    Table(
        "environment", "cdoc", models.CdocTeam, _("CDOC distribution"), _("team"),
        ("tier", "run_by", "place", "people", "cover", "hours"),
        _("Who works in the Cyber Defense Operations Center, where, and when?"),
    ),
    Table(
        "environment", "siem", models.Siem, _("Security information and event management (SIEM)"), _("SIEM"),
        ("product", "version", "data_path", "connected_by", "due_on", "tested_on"),
        _("Which SIEM is in use, and how does Defender data get in?"),
    ),
    Table(
        "environment", "protections", models.ExistingProtection, _("Existing protection"), _("product"),
        ("platform", "product", "kind", "version", "up_to_date_on", "fate", "exclusions"),
        _("What protects the devices today, per platform, and what happens to it?"),
    ),
    Table(
        "environment", "impacts", models.Impact, _("Dependencies and changes needed"), _("impact"),
        ("what", "area", "caused_by", "owner", "due_on", "done_on"),
        _("Which technologies or processes depend on this or must change? Runbooks and helpdesk count too."),
    ),
    Table(
        "environment", "sources", models.Source, _("Sources"), _("source"),
        ("name", "imported_on", "read", "counted", "duplicates", "left_out", "not_placed", "not_readable"),
        _("No export was read yet."), is_fixed=True,
    ),
    Table("licences", "entitlements", models.Entitlement, _("Licences"), _("licence"),
          ("product", "quantity", "state", "until"), _("Nothing bought, tried or quoted yet.")),
    Table("licences", "licensing", models.Licensing, _("Mixed licences"), _("setting"),
          ("is_mixed", "switch_set_on"), is_fixed=True, is_single=True),
    Table("access", "settings", models.AccessSettings, _("Management model and review"), _("setting"),
          ("today", "planned", "planned_on", "has_pim", "break_glass", "global_administrators", "review_by",
           "review_months", "review_first_on", "review_last_on"), is_fixed=True, is_single=True),
    Table("access", "personas", models.Persona, _("Personas"), _("persona"), ("name", "duties", "tasks"),
          _("Who may do what in the portal? Start from the recommended personas.")),
    Table("access", "assignments", models.Assignment, _("Roles and who holds them"), _("assignment"),
          ("persona", "role", "entra_role", "assignee", "held", "duration", "ends_on", "removed_on"),
          _("No role is assigned yet. Start from the least that each persona needs.")),
    Table("access", "partners", models.PartnerAccess, _("Partner access (GDAP)"), _("partner"),
          ("partner", "entra_roles", "roles", "ends_on", "is_extended"), _("No partner has access.")),
    Table("access", "tiers", models.Tier, _("CDOC tiers"), _("tier"),
          ("number", "name", "region", "tasks", "permissions", "groups", "escalates_when"), _("No tiers yet.")),
    Table("access", "device_groups", models.DeviceGroup, _("Device groups"), _("device group"),
          ("rank", "name", "rule_value", "remediation", "granted_to"),
          _("No device groups: everybody with a role sees every device."), is_ranked=True, most=2_000,
          most_because="group_limits"),
    Table("access", "kept", models.KeptFinding, _("Kept as it is, with a reason"), _("finding"), ("what", "because"),
          is_fixed=True),
    Table("connectivity", "network", models.NetworkSettings, _("Network"), _("setting"),
          ("approach", "proxy", "tls_inspection_off_on", "proxy_authentication_off_on"), is_fixed=True, is_single=True),
    Table("connectivity", "routes", models.Route, _("Systems and their way to the service"), _("route"),
          ("system", "route", "proxy", "status", "verified_by", "verified_on"),
          _("The rows appear by themselves once devices are counted."), is_fixed=True),
    Table("adoption", "components", models.Component, _("Adoption order"), _("component"),
          ("component", "is_in", "rank", "parts", "replaces", "owner", "starts_on"), is_fixed=True),
    Table("migration", "items", models.MigrationItem, _("Migration checklist"), _("step"),
          ("item", "detail", "state", "done_on", "done_by", "evidence"), is_fixed=True),
    Table("timeline", "items", models.TimelineItem, _("Milestones, tasks and rings"), _("date"),
          ("title", "kind", "phase", "starts_on", "due_on", "owner", "done_on"),
          _("No dates yet. Say when Onboard should be finished; we place the rest backwards.")),
)  # fmt: skip

TABLES: Mapping[tuple[str, str], Table] = {(table.section, table.name): table for table in _ALL}


def of_section(section: str) -> tuple[Table, ...]:
    """The tables of a section, in the order of its page."""
    return tuple(table for table in _ALL if table.section == section)
