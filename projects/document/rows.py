"""The rows of the plan's sections."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop as _

from projects.document import choices
from projects.document.fields import Count, Frozen, Line, Row, Text, counted, material, progress, wording


class ProjectFacts(Frozen):
    """What the whole plan rests on: its material fields enter every section's fingerprint."""

    name: Line = wording(_("Name"))
    kind: choices.ProjectKind = material(_("Kind"))
    plan: choices.Plan = material(_("Plan"))
    architecture: choices.Architecture = material(_("Architecture"), "")
    geography: choices.Geography = material(_("Where data is kept"), "")
    microsoft_tenant: Line = material(_("Microsoft tenant"), "")
    tenant_created_on: date | None = material(_("Microsoft tenant created on"), None)
    terminology: choices.Terminology = wording(_("Names of Microsoft's products"), "current")


# Environment ----------------------------------------------------------------------------------------------------------
class Topic(Row):
    """One of the five questions of the environment table; the rows of the tables below answer it."""

    topic: Line = material(_("What"))
    note: Text = wording(_("Description"), "")


class DeviceCount(Row):
    system: Line = material(_("Operating system"))
    other_name: Line = material(_("Name of another system"), "")
    kind: choices.DeviceKind = material(_("Kind"))
    count: Count = counted(_("Count"))
    source: Line = wording(_("Source"), "")
    counted_on: date | None = progress(_("Counted on"), None)
    typed_because: Text = wording(_("Typed instead of the source's count, because"), "")
    note: Text = wording(_("Remark"), "")


class ManagementEngine(Row):
    engine: choices.Engine = material(_("Engine"))
    other_name: Line = material(_("Name of another engine"), "")
    version: Line = material(_("Version"), "")
    manages: Line = material(_("Manages"), "")
    devices: Count = counted(_("Devices"), 0)


class CdocTeam(Row):
    """A team of the Cyber Defense Operations Center; the access tiers give permissions to the same people."""

    tier: int = material(_("Tier"))
    run_by: choices.RunBy = material(_("Run by"))
    provider: Line = material(_("Provider"), "")
    place: Line = material(_("Place"))
    region: Line = material(_("Region"), "")
    people: Count = counted(_("People"), 0)
    cover: choices.Cover = material(_("Cover"), "")
    hours: Line = material(_("Hours of cover"), "")


class Siem(Row):
    product: Line = material(_("Product"))
    version: Line = material(_("Version"), "")
    data_path: Line = material(_("How Defender data gets in"), "")
    connected_by: Line = wording(_("Connected by"), "")
    due_on: date | None = progress(_("By when"), None)
    tested_on: date | None = progress(_("Tested on"), None)
    note: Text = wording(_("Description"), "")


class ExistingProtection(Row):
    platform: choices.Platform = material(_("Platform"))
    product: Line = material(_("Product"), "")
    kind: choices.ProtectionKind = material(_("Kind"), "antivirus")
    version: Line = progress(_("Version"), "")
    up_to_date_on: date | None = progress(_("Up to date on"), None)
    fate: choices.Fate = material(_("What happens to it"), "")
    exclusions: Text = material(_("Exclusions needed"), "")
    note: Text = wording(_("Remark"), "")


class Impact(Row):
    """`cause` names the row that causes it, as `rules.causes` writes it; `caused_by` is what that row was called."""

    what: Line = material(_("Dependency or change"))
    area: choices.ImpactArea = material(_("In"))
    cause: Line = wording(_("Caused by the row"), "")
    caused_by: Line = wording(_("Caused by"), "")
    owner: Line = wording(_("Owner"), "")
    due_on: date | None = progress(_("Due on"), None)
    done_on: date | None = progress(_("Done on"), None)


class Source(Row):
    """An export that was read: how its rows were counted, merged, left out, not placed and not readable.

    `counts` says what it counts of each system, also where another source is of record; a system is a key of the
    catalogue, or "other:server:Solaris 11" for one that it does not have. `unknown_times` goes with `unknown`. `of_record_for`
    names the kinds and systems for which somebody chose it.
    """

    name: Line = wording(_("Source"))
    imported_on: date | None = progress(_("Read on"), None)
    read: Count = progress(_("Rows read"), 0)
    counted: Count = progress(_("Counted"), 0)
    duplicates: Count = progress(_("Duplicates merged"), 0)
    left_out: Count = progress(_("Left out"), 0)
    not_placed: Count = progress(_("Not placed"), 0)
    not_readable: Count = progress(_("Not readable"), 0)
    unknown: tuple[Line, ...] = progress(_("Not placed, as written"), ())
    unknown_times: tuple[Count, ...] = progress(_("Not placed, how often"), ())
    counts: tuple[tuple[Text, Count], ...] = progress(_("Counts by system"), ())
    of_record_for: tuple[Text, ...] = progress(_("Source of record for"), ())
    file_hash: Line = progress(_("Fingerprint of the file"), "")


# Licences -------------------------------------------------------------------------------------------------------------
class Licensing(Row):
    is_mixed: bool = material(_("Plan 1 and Plan 2 in one tenant"), False)
    switch_set_on: date | None = progress(_("Mixed-licence setting switched on"), None)
    note: Text = wording(_("Remark"), "")


class Entitlement(Row):
    product: Line = material(_("Product"))
    quantity: Count = material(_("Quantity"))
    state: choices.Bought = material(_("State"), "bought")
    until: date | None = material(_("Ends on"), None)
    note: Text = wording(_("Remark"), "")


# Access ---------------------------------------------------------------------------------------------------------------
class AccessSettings(Row):
    today: choices.AccessModel = material(_("Management model today"), "")
    planned: choices.AccessModel = material(_("Planned management model"), "")
    planned_on: date | None = progress(_("Switched on"), None)
    has_pim: bool | None = material(_("Privileged Identity Management is licensed (Entra ID P2)"), None)
    break_glass: Count | None = material(_("Break-glass accounts"), None)
    global_administrators: Count | None = material(_("Global Administrators"), None)
    administrators: tuple[Line, ...] = wording(_("Administrators who are present when it is switched on"), ())
    existing_groups: tuple[Line, ...] = progress(_("Entra groups that exist"), ())
    review_by: Line = material(_("Access review by"), "")
    review_months: Count | None = material(_("Every … months"), None)
    review_first_on: date | None = material(_("First review on"), None)
    review_last_on: date | None = progress(_("Last reviewed on"), None)


class Persona(Row):
    """`tasks` are keys of the catalogue: what the people of this persona need to do."""

    name: Line = material(_("Persona"))
    duties: Text = wording(_("What they do"), "")
    tasks: tuple[Line, ...] = material(_("Need to do"), ())


class Assignment(Row):
    """A role, who holds it and for how long; of a role that ends, who removes it, and the proof that it is gone.

    `evidence` is a reference or the name of a file, `evidence_hash` the SHA-256 of that file; whoever confirmed the
    removal is somebody else than whoever recorded it.
    """

    persona: Line = material(_("Persona"))
    role: Line = material(_("Role"), "")
    entra_role: Line = material(_("Entra role"), "")
    assignee: Line = material(_("Assigned to"))
    assignee_kind: choices.AssigneeKind = material(_("Group or person"), "group")
    people: Count = counted(_("People"), 0)
    held: choices.HeldHow = material(_("Eligible or active"), "eligible")
    duration: choices.HeldFor = material(_("For how long"), "permanent")
    starts_on: date | None = material(_("Starts on"), None)
    ends_on: date | None = material(_("Ends on"), None)
    hours: Count | None = material(_("Hours per activation"), None)
    approver: Line = material(_("Activation approved by"), "")
    justification: Text = material(_("Justification"), "")
    remover: Line = wording(_("Removed by whom when it ends"), "")
    removed_on: date | None = progress(_("Removed on"), None)
    removed_by: Line = progress(_("Removed by"), "")
    evidence: Line = progress(_("Proof of removal"), "")
    evidence_hash: Line = progress(_("Fingerprint of the proof"), "")
    confirmed_on: date | None = progress(_("Removal confirmed on"), None)
    confirmed_by: Line = progress(_("Removal confirmed by"), "")


class PartnerAccess(Row):
    """Delegated administration (GDAP): it ends by itself, unless it extends automatically."""

    partner: Line = material(_("Partner"))
    entra_roles: tuple[Line, ...] = material(_("Entra roles"), ())
    roles: Line = material(_("Other roles"), "")
    ends_on: date | None = material(_("Ends on"), None)
    is_extended: bool = material(_("Extends automatically"), False)


class Tier(Row):
    """A tier of the CDOC, or its part for one region. The teams of the environment with its number are its people."""

    number: int = material(_("Tier"))
    name: Line = material(_("Team"))
    region: Line = material(_("Region"), "")
    description: Text = wording(_("Description"), "")
    tasks: tuple[Line, ...] = material(_("Needs to do"), ())
    permissions: tuple[Line, ...] = material(_("Permissions"), ())
    groups: tuple[Line, ...] = material(_("Entra groups"), ())
    escalates_when: Text = material(_("Escalates when"), "")


class DeviceGroup(Row):
    """Devices that match a rule: conditions on one thing are alternatives, those on different things all hold.

    The first condition is `rule_on`, `rule_how`, `rule_value`; `more_rules` are further ones, as such triples.
    """

    rank: int = material(_("Rank"))
    name: Line = material(_("Name"))
    rule_on: choices.RuleOn = material(_("Matches on"), "tag")
    rule_how: choices.RuleHow = material(_("How"), "is")
    rule_value: Line = material(_("Value"), "")
    more_rules: tuple[tuple[Line, Line, Line], ...] = material(_("Further conditions"), ())
    remediation: choices.Remediation = material(_("Remediation"), "none")
    granted_to: tuple[Line, ...] = material(_("Granted to"), ())


class KeptFinding(Row):
    """A finding on the plan that stays as it is, with the reason: shown to those who approve, no warning any more."""

    finding: Line = material(_("Finding"))
    about: Line = material(_("About the row"), "")
    what: Line = wording(_("What was found"), "")
    because: Text = material(_("Kept, because"), "")


# Adoption order -------------------------------------------------------------------------------------------------------
class Component(Row):
    component: Line = material(_("Component"))
    is_in: bool | None = material(_("In use"), None)
    rank: int | None = material(_("Rank"), None)
    parts: Text = material(_("Parts"), "")
    replaces: Line = material(_("Replaces"), "")
    reason: Text = material(_("Reason"), "")
    owner: Line = wording(_("Owner"), "")
    starts_on: date | None = progress(_("Starts on"), None)


# Connectivity ---------------------------------------------------------------------------------------------------------
class NetworkSettings(Row):
    approach: choices.Approach = material(_("Approach"), "")
    proxy: Line = material(_("Proxy"), "")
    tls_inspection_off_on: date | None = progress(_("TLS inspection switched off on"), None)
    proxy_authentication_off_on: date | None = progress(_("Proxy authentication switched off on"), None)


class Route(Row):
    """A line of the connectivity table, generated from the inventory; signed once somebody sets a field of it."""

    system: Line = material(_("Operating system"))
    route: Line = material(_("Route"), "")
    proxy: Line = material(_("Proxy"), "")
    status: choices.RouteStatus = progress(_("Status"), "unknown")
    verified_by: Line = progress(_("Verified by"), "")
    verified_on: date | None = progress(_("Verified on"), None)


# Migration ------------------------------------------------------------------------------------------------------------
class MigrationItem(Row):
    item: Line = material(_("Step"))
    detail: Text = material(_("What, which version, how"), "")
    state: choices.StepState = progress(_("State"), "open")
    done_on: date | None = progress(_("Done on"), None)
    done_by: Line = progress(_("By"), "")
    devices_done: Count | None = progress(_("Devices up to date"), None)
    devices_total: Count | None = progress(_("of"), None)
    build: Line = progress(_("at or above build"), "")
    evidence: Line = progress(_("Evidence"), "")


# Timeline -------------------------------------------------------------------------------------------------------------
class TimelineItem(Row):
    title: Line = material(_("What"))
    kind: choices.TimelineKind = material(_("Kind"), "milestone")
    phase: choices.Phase = material(_("Phase"), "prepare")
    starts_on: date | None = material(_("Starts on"), None)
    due_on: date | None = material(_("Due on"), None)
    devices: Count | None = material(_("Devices"), None)
    exit_criteria: Text = material(_("Done when"), "")
    owner: Line = wording(_("Owner"), "")
    done_on: date | None = progress(_("Done on"), None)
