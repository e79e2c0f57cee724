"""The standard template: every row that a new project starts with."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from projects.catalog._load import read


class TemplateRole(NamedTuple):
    """A role of the stakeholder matrix. `part` is SO, R or I; `sections` are those in scope, empty for all."""

    key: str
    title: str
    description: str
    question: str
    part: str
    sections: tuple[str, ...]
    shown_first: tuple[str, ...]


class Topic(NamedTuple):
    """A row of the environment table."""

    key: str
    what: str
    description: str


class Persona(NamedTuple):
    """A persona of the access table: what it needs to do (`tasks`), the Entra roles that we suggest, and why (`note`)."""

    key: str
    name: str
    entra_roles: tuple[str, ...]
    note: str
    tasks: tuple[str, ...]


class Tier(NamedTuple):
    """A tier of the operations centre.

    `tasks` is what its description says it does. `classic` and `unified` are the recommended permission keys,
    everything that the tier holds; `seed_value` is what the table of 2023 printed, which was garbled; `team` is who it is.
    """

    key: str
    name: str
    number: int
    team: str
    description: str
    classic: tuple[str, ...]
    unified: tuple[str, ...]
    seed_value: tuple[str, ...]
    note: str
    source: str
    tasks: tuple[str, ...]


class ComponentPart(NamedTuple):
    """A part of a component that is planned by itself."""

    key: str
    name: str
    description: str


class Component(NamedTuple):
    """A component of the adoption order; `microsoft_rank` is None where Microsoft gives none."""

    key: str
    name: str
    current_name: str
    microsoft_rank: int | None
    description: str
    parts: tuple[ComponentPart, ...]
    source: str


class MigrationItem(NamedTuple):
    """A thing to do in phase 1 of a migration.

    `platform` and `resource`/`resource_url` for updates; `methods` are (key, name) of the ways to choose from.
    """

    key: str
    step: int
    title: str
    help: str
    source: str
    optional: bool
    platform: str
    resource: str
    resource_url: str
    methods: tuple[tuple[str, str], ...]


class TemplateMilestone(NamedTuple):
    """A date of the default timeline; `days_before_end` counts back from the end of Onboard (negative: after it)."""

    key: str
    title: str
    phase: str
    days_before_end: int


class TemplateTask(NamedTuple):
    """A task that a check proposes: it must be done before the first device is onboarded."""

    key: str
    title: str
    phase: str
    done_when: str
    source: str


class TemplateRing(NamedTuple):
    """A deployment ring; `devices` is the usual size, None for all the rest."""

    key: str
    name: str
    rank: int
    devices: int | None
    description: str
    exit_criteria: tuple[str, ...]
    source: str


class StandardTemplate(NamedTuple):
    """Every row of the standard template, in the order of the documents it follows."""

    version: str
    roles: tuple[TemplateRole, ...]
    topics: tuple[Topic, ...]
    personas: tuple[Persona, ...]
    tiers: tuple[Tier, ...]
    components: tuple[Component, ...]
    migration_items: tuple[MigrationItem, ...]
    milestones: tuple[TemplateMilestone, ...]
    tasks: tuple[TemplateTask, ...]
    rings: tuple[TemplateRing, ...]

    @property
    def migration_steps(self) -> Mapping[int, tuple[MigrationItem, ...]]:
        """The migration items by step."""
        numbers = dict.fromkeys(item.step for item in self.migration_items)
        return {step: tuple(item for item in self.migration_items if item.step == step) for step in numbers}


@cache
def standard_template() -> StandardTemplate:
    """The standard template as of this version of the catalogue."""
    data = read("standard_template")
    return StandardTemplate(
        version=data["version"],
        roles=tuple(TemplateRole(**_tuples(row, "sections", "shown_first")) for row in data["roles"]),
        topics=tuple(Topic(**row) for row in data["topics"]),
        personas=tuple(Persona(**_tuples(row, "entra_roles", "tasks")) for row in data["personas"]),
        tiers=tuple(Tier(**_tuples(row, "tasks", "classic", "unified", "seed_value")) for row in data["tiers"]),
        components=tuple(_component(row) for row in data["components"]),
        migration_items=tuple(_migration_item(row) for row in data["migration_items"]),
        milestones=tuple(TemplateMilestone(**row) for row in data["milestones"]),
        tasks=tuple(TemplateTask(**row) for row in data["tasks"]),
        rings=tuple(TemplateRing(**_tuples(row, "exit_criteria")) for row in data["rings"]),
    )


def _tuples(row: dict[str, Any], *fields: str) -> dict[str, Any]:
    """The row with its lists made immutable."""
    return {**row, **{field: tuple(row[field]) for field in fields}}


def _component(row: dict[str, Any]) -> Component:
    parts = tuple(ComponentPart(**part) for part in row["parts"])
    return Component(**{**row, "parts": parts})


def _migration_item(row: dict[str, Any]) -> MigrationItem:
    return MigrationItem(
        key=row["key"],
        step=row["step"],
        title=row["title"],
        help=row["help"],
        source=row["source"],
        optional=row.get("optional", False),
        platform=row.get("platform", ""),
        resource=row.get("resource", ""),
        resource_url=row.get("resource_url", ""),
        methods=tuple((key, name) for key, name in row.get("methods", ())),
    )
