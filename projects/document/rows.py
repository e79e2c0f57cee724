"""The rows of the plan's sections."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.utils.translation import gettext_noop as _

from projects.document import choices
from projects.document.fields import Count, Frozen, Line, Row, Text, counted, material, progress, wording


class ProjectFacts(Frozen):
    """What the whole plan rests on: its material fields enter every section's fingerprint."""

    name: Annotated[Line, wording(_("Name"))]
    kind: Annotated[choices.ProjectKind, material(_("Kind"))]
    plan: Annotated[choices.Plan, material(_("Plan"))]
    architecture: Annotated[choices.Architecture, material(_("Architecture"))] = choices.Architecture.NOT_CHOSEN
    geography: Annotated[choices.Geography, material(_("Where data is kept"))] = choices.Geography.NOT_CHOSEN
    microsoft_tenant: Annotated[Line, material(_("Microsoft tenant"))] = ""
    tenant_created_on: Annotated[date | None, material(_("Microsoft tenant created on"))] = None
    terminology: Annotated[choices.Terminology, wording(_("Names of Microsoft's products"))] = (
        choices.Terminology.CURRENT
    )


# Environment ----------------------------------------------------------------------------------------------------------
class Topic(Row):
    """One of the five questions of the environment table; the rows of the tables below answer it."""

    topic: Annotated[Line, material(_("What"))]
    note: Annotated[Text, wording(_("Description"))] = ""


class DeviceCount(Row):
    system: Annotated[Line, material(_("Operating system"))]
    other_name: Annotated[Line, material(_("Name of another system"))] = ""
    kind: Annotated[choices.DeviceKind, material(_("Kind"))]
    count: Annotated[Count, counted(_("Count"))]
    source: Annotated[Line, wording(_("Source"))] = ""
    counted_on: Annotated[date | None, progress(_("Counted on"))] = None
    typed_because: Annotated[Text, wording(_("Typed instead of the source's count, because"))] = ""
    note: Annotated[Text, wording(_("Remark"))] = ""


class ManagementEngine(Row):
    engine: Annotated[choices.Engine, material(_("Engine"))]
    other_name: Annotated[Line, material(_("Name of another engine"))] = ""
    version: Annotated[Line, material(_("Version"))] = ""
    manages: Annotated[Line, material(_("Manages"))] = ""
    devices: Annotated[Count, counted(_("Devices"))] = 0


class CdocTeam(Row):
    """A team of the Cyber Defense Operations Center; the access tiers give permissions to the same people."""

    tier: Annotated[int, material(_("Tier"))]
    run_by: Annotated[choices.RunBy, material(_("Run by"))]
    provider: Annotated[Line, material(_("Provider"))] = ""
    place: Annotated[Line, material(_("Place"))]
    region: Annotated[Line, material(_("Region"))] = ""
    people: Annotated[Count, counted(_("People"))] = 0
    cover: Annotated[choices.Cover, material(_("Cover"))] = choices.Cover.NOT_SAID
    hours: Annotated[Line, material(_("Hours of cover"))] = ""


class Siem(Row):
    product: Annotated[Line, material(_("Product"))]
    version: Annotated[Line, material(_("Version"))] = ""
    data_path: Annotated[Line, material(_("How Defender data gets in"))] = ""
    connected_by: Annotated[Line, wording(_("Connected by"))] = ""
    due_on: Annotated[date | None, progress(_("By when"))] = None
    tested_on: Annotated[date | None, progress(_("Tested on"))] = None
    note: Annotated[Text, wording(_("Description"))] = ""


class ExistingProtection(Row):
    platform: Annotated[choices.Platform, material(_("Platform"))]
    product: Annotated[Line, material(_("Product"))] = ""
    kind: Annotated[choices.ProtectionKind, material(_("Kind"))] = choices.ProtectionKind.ANTIVIRUS
    version: Annotated[Line, progress(_("Version"))] = ""
    up_to_date_on: Annotated[date | None, progress(_("Up to date on"))] = None
    fate: Annotated[choices.Fate, material(_("What happens to it"))] = choices.Fate.UNDECIDED
    exclusions: Annotated[Text, material(_("Exclusions needed"))] = ""
    note: Annotated[Text, wording(_("Remark"))] = ""


class Impact(Row):
    """`cause` names the row that causes it, as `rules.causes` writes it; `caused_by` is what that row was called."""

    what: Annotated[Line, material(_("Dependency or change"))]
    area: Annotated[choices.ImpactArea, material(_("In"))]
    cause: Annotated[Line, wording(_("Caused by the row"))] = ""
    caused_by: Annotated[Line, wording(_("Caused by"))] = ""
    owner: Annotated[Line, wording(_("Owner"))] = ""
    due_on: Annotated[date | None, progress(_("Due on"))] = None
    done_on: Annotated[date | None, progress(_("Done on"))] = None


class Source(Row):
    """An export that was read: how its rows were counted, merged, left out, not placed and not readable.

    `counts` says what it counts of each system, also where another source is of record; a system is a key of the
    catalogue, or "other:server:Solaris 11" for one that it does not have. `unknown_times` goes with `unknown`. `of_record_for`
    names the kinds and systems for which somebody chose it.
    """

    name: Annotated[Line, wording(_("Source"))]
    imported_on: Annotated[date | None, progress(_("Read on"))] = None
    read: Annotated[Count, progress(_("Rows read"))] = 0
    counted: Annotated[Count, progress(_("Counted"))] = 0
    duplicates: Annotated[Count, progress(_("Duplicates merged"))] = 0
    left_out: Annotated[Count, progress(_("Left out"))] = 0
    not_placed: Annotated[Count, progress(_("Not placed"))] = 0
    not_readable: Annotated[Count, progress(_("Not readable"))] = 0
    unknown: Annotated[tuple[Line, ...], progress(_("Not placed, as written"))] = ()
    unknown_times: Annotated[tuple[Count, ...], progress(_("Not placed, how often"))] = ()
    counts: Annotated[tuple[tuple[Text, Count], ...], progress(_("Counts by system"))] = ()
    of_record_for: Annotated[tuple[Text, ...], progress(_("Source of record for"))] = ()
    file_hash: Annotated[Line, progress(_("Fingerprint of the file"))] = ""


# Licences -------------------------------------------------------------------------------------------------------------
class Licensing(Row):
    is_mixed: Annotated[bool, material(_("Plan 1 and Plan 2 in one tenant"))] = False
    switch_set_on: Annotated[date | None, progress(_("Mixed-licence setting switched on"))] = None
    note: Annotated[Text, wording(_("Remark"))] = ""


class Entitlement(Row):
    product: Annotated[Line, material(_("Product"))]
    quantity: Annotated[Count, material(_("Quantity"))]
    state: Annotated[choices.Bought, material(_("State"))] = choices.Bought.BOUGHT
    until: Annotated[date | None, material(_("Ends on"))] = None
    note: Annotated[Text, wording(_("Remark"))] = ""


# Access ---------------------------------------------------------------------------------------------------------------
class AccessSettings(Row):
    today: Annotated[choices.AccessModel, material(_("Management model today"))] = choices.AccessModel.UNDECIDED
    planned: Annotated[choices.AccessModel, material(_("Planned management model"))] = choices.AccessModel.UNDECIDED
    planned_on: Annotated[date | None, progress(_("Switched on"))] = None
    has_pim: Annotated[bool | None, material(_("Privileged Identity Management is licensed (Entra ID P2)"))] = None
    break_glass: Annotated[Count | None, material(_("Break-glass accounts"))] = None
    global_administrators: Annotated[Count | None, material(_("Global Administrators"))] = None
    administrators: Annotated[
        tuple[Line, ...], wording(_("Administrators who are present when it is switched on"))
    ] = ()
    existing_groups: Annotated[tuple[Line, ...], progress(_("Entra groups that exist"))] = ()
    review_by: Annotated[Line, material(_("Access review by"))] = ""
    review_months: Annotated[Count | None, material(_("Every … months"))] = None
    review_first_on: Annotated[date | None, material(_("First review on"))] = None
    review_last_on: Annotated[date | None, progress(_("Last reviewed on"))] = None


class Persona(Row):
    """`tasks` are keys of the catalogue: what the people of this persona need to do."""

    name: Annotated[Line, material(_("Persona"))]
    duties: Annotated[Text, wording(_("What they do"))] = ""
    tasks: Annotated[tuple[Line, ...], material(_("Need to do"))] = ()


class Assignment(Row):
    """A role, who holds it and for how long; of a role that ends, who removes it, and the proof that it is gone.

    `evidence` is a reference or the name of a file, `evidence_hash` the SHA-256 of that file; whoever confirmed the
    removal is somebody else than whoever recorded it.
    """

    persona: Annotated[Line, material(_("Persona"))]
    role: Annotated[Line, material(_("Role"))] = ""
    entra_role: Annotated[Line, material(_("Entra role"))] = ""
    assignee: Annotated[Line, material(_("Assigned to"))]
    assignee_kind: Annotated[choices.AssigneeKind, material(_("Group or person"))] = choices.AssigneeKind.GROUP
    people: Annotated[Count, counted(_("People"))] = 0
    held: Annotated[choices.HeldHow, material(_("Eligible or active"))] = choices.HeldHow.ELIGIBLE
    duration: Annotated[choices.HeldFor, material(_("For how long"))] = choices.HeldFor.PERMANENT
    starts_on: Annotated[date | None, material(_("Starts on"))] = None
    ends_on: Annotated[date | None, material(_("Ends on"))] = None
    hours: Annotated[Count | None, material(_("Hours per activation"))] = None
    approver: Annotated[Line, material(_("Activation approved by"))] = ""
    justification: Annotated[Text, material(_("Justification"))] = ""
    remover: Annotated[Line, wording(_("Removed by whom when it ends"))] = ""
    removed_on: Annotated[date | None, progress(_("Removed on"))] = None
    removed_by: Annotated[Line, progress(_("Removed by"))] = ""
    evidence: Annotated[Line, progress(_("Proof of removal"))] = ""
    evidence_hash: Annotated[Line, progress(_("Fingerprint of the proof"))] = ""
    confirmed_on: Annotated[date | None, progress(_("Removal confirmed on"))] = None
    confirmed_by: Annotated[Line, progress(_("Removal confirmed by"))] = ""


class PartnerAccess(Row):
    """Delegated administration (GDAP): it ends by itself, unless it extends automatically."""

    partner: Annotated[Line, material(_("Partner"))]
    entra_roles: Annotated[tuple[Line, ...], material(_("Entra roles"))] = ()
    roles: Annotated[Line, material(_("Other roles"))] = ""
    ends_on: Annotated[date | None, material(_("Ends on"))] = None
    is_extended: Annotated[bool, material(_("Extends automatically"))] = False


class Tier(Row):
    """A tier of the CDOC, or its part for one region. The teams of the environment with its number are its people."""

    number: Annotated[int, material(_("Tier"))]
    name: Annotated[Line, material(_("Team"))]
    region: Annotated[Line, material(_("Region"))] = ""
    description: Annotated[Text, wording(_("Description"))] = ""
    tasks: Annotated[tuple[Line, ...], material(_("Needs to do"))] = ()
    permissions: Annotated[tuple[Line, ...], material(_("Permissions"))] = ()
    groups: Annotated[tuple[Line, ...], material(_("Entra groups"))] = ()
    escalates_when: Annotated[Text, material(_("Escalates when"))] = ""


class DeviceGroup(Row):
    """Devices that match a rule: conditions on one thing are alternatives, those on different things all hold.

    The first condition is `rule_on`, `rule_how`, `rule_value`; `more_rules` are further ones, as such triples.
    """

    rank: Annotated[int, material(_("Rank"))]
    name: Annotated[Line, material(_("Name"))]
    rule_on: Annotated[choices.RuleOn, material(_("Matches on"))] = choices.RuleOn.TAG
    rule_how: Annotated[choices.RuleHow, material(_("How"))] = choices.RuleHow.IS
    rule_value: Annotated[Line, material(_("Value"))] = ""
    more_rules: Annotated[tuple[tuple[Line, Line, Line], ...], material(_("Further conditions"))] = ()
    remediation: Annotated[choices.Remediation, material(_("Remediation"))] = choices.Remediation.NONE
    granted_to: Annotated[tuple[Line, ...], material(_("Granted to"))] = ()


class KeptFinding(Row):
    """A finding on the plan that stays as it is, with the reason: shown to those who approve, no warning any more."""

    finding: Annotated[Line, material(_("Finding"))]
    about: Annotated[Line, material(_("About the row"))] = ""
    what: Annotated[Line, wording(_("What was found"))] = ""
    because: Annotated[Text, material(_("Kept, because"))] = ""


# Adoption order -------------------------------------------------------------------------------------------------------
class Component(Row):
    component: Annotated[Line, material(_("Component"))]
    is_in: Annotated[bool | None, material(_("In use"))] = None
    rank: Annotated[int | None, material(_("Rank"))] = None
    parts: Annotated[Text, material(_("Parts"))] = ""
    replaces: Annotated[Line, material(_("Replaces"))] = ""
    reason: Annotated[Text, material(_("Reason"))] = ""
    owner: Annotated[Line, wording(_("Owner"))] = ""
    starts_on: Annotated[date | None, progress(_("Starts on"))] = None


# Connectivity ---------------------------------------------------------------------------------------------------------
class NetworkSettings(Row):
    approach: Annotated[choices.Approach, material(_("Approach"))] = choices.Approach.UNDECIDED
    proxy: Annotated[Line, material(_("Proxy"))] = ""
    tls_inspection_off_on: Annotated[date | None, progress(_("TLS inspection switched off on"))] = None
    proxy_authentication_off_on: Annotated[date | None, progress(_("Proxy authentication switched off on"))] = None


class Route(Row):
    """A line of the connectivity table, generated from the inventory; signed once somebody sets a field of it."""

    system: Annotated[Line, material(_("Operating system"))]
    route: Annotated[Line, material(_("Route"))] = ""
    proxy: Annotated[Line, material(_("Proxy"))] = ""
    status: Annotated[choices.RouteStatus, progress(_("Status"))] = choices.RouteStatus.UNKNOWN
    verified_by: Annotated[Line, progress(_("Verified by"))] = ""
    verified_on: Annotated[date | None, progress(_("Verified on"))] = None


# Migration ------------------------------------------------------------------------------------------------------------
class MigrationItem(Row):
    item: Annotated[Line, material(_("Step"))]
    detail: Annotated[Text, material(_("What, which version, how"))] = ""
    state: Annotated[choices.StepState, progress(_("State"))] = choices.StepState.OPEN
    done_on: Annotated[date | None, progress(_("Done on"))] = None
    done_by: Annotated[Line, progress(_("By"))] = ""
    devices_done: Annotated[Count | None, progress(_("Devices up to date"))] = None
    devices_total: Annotated[Count | None, progress(_("of"))] = None
    build: Annotated[Line, progress(_("at or above build"))] = ""
    evidence: Annotated[Line, progress(_("Evidence"))] = ""


# Timeline -------------------------------------------------------------------------------------------------------------
class TimelineItem(Row):
    title: Annotated[Line, material(_("What"))]
    kind: Annotated[choices.TimelineKind, material(_("Kind"))] = choices.TimelineKind.MILESTONE
    phase: Annotated[choices.Phase, material(_("Phase"))] = choices.Phase.PREPARE
    starts_on: Annotated[date | None, material(_("Starts on"))] = None
    due_on: Annotated[date | None, material(_("Due on"))] = None
    devices: Annotated[Count | None, material(_("Devices"))] = None
    exit_criteria: Annotated[Text, material(_("Done when"))] = ""
    owner: Annotated[Line, wording(_("Owner"))] = ""
    done_on: Annotated[date | None, progress(_("Done on"))] = None
