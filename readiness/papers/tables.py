"""The tables of the two preparation documents, filled in from a plan as somebody would have typed them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from projects import catalog
from projects.document import choices, rows
from projects.exports.seed_tables import entra_role_in
from projects.rules.estate import Line, estate_of
from projects.rules.labels import group_name, migration_title, permission_name, title_of, value_of
from projects.views.shown import component_in
from stakeholders.document import Document, StakeholderRow
from stakeholders.rules.standing import Standing, sections_of
from stakeholders.shown import called, word_of
from stakeholders.words import section_title
from tenants.templatetags.look import day

NOTHING = "–"


class Cell(NamedTuple):
    """What stands in a cell: in bold, then as it is, then in italics; lines are parted by line breaks."""

    text: str = ""
    bold: str = ""
    italic: str = ""


class PaperTable(NamedTuple):
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Chapter(NamedTuple):
    title: str
    parts: tuple[PaperTable | str, ...]


def chapters(document: Document, standing: Standing) -> list[Chapter]:
    """Every chapter of the document, in the order of Microsoft's two."""
    found = [
        Chapter(_("Stakeholders and approval"), (*_legend(), _stakeholders(document))),
        Chapter(_("Environment"), (_environment(document),)),
        access_chapter(document),
        Chapter(_("Adoption order"), (_adoption(document), *_left_out(document))),
    ]
    if document.project.kind == "migration":
        found.append(Chapter(_("Checklist of the migration"), _migration(document)))
    found.append(Chapter(_("Device proxy and internet connectivity"), (_connectivity(document),)))
    found.append(Chapter(_("Timeline"), (_timeline(document),)))
    found.append(Chapter(_("Signatures"), (_signatures(standing),)))
    return found


def access_chapter(document: Document) -> Chapter:
    """The two tables of the access section."""
    return Chapter(_("Role-based access control"), (_roles(document), _tiers(document)))


def _legend() -> tuple[str, ...]:
    return (_("SO = approves the project · R = reviews it and gives input · I = is informed of it"),)


def _aside(because: str) -> Cell:
    return Cell(italic=_("Does not apply: %(because)s") % {"because": because})


def _stakeholders(document: Document) -> PaperTable:
    def named(row: StakeholderRow) -> Cell:
        if row.does_not_apply:
            return _aside(row.does_not_apply)
        return Cell("\n".join(filter(None, [row.name, row.email])) or _("Enter name and email"))

    return PaperTable(
        (_("Name"), _("Role"), _("Action")),
        tuple(
            (named(r), Cell(bold=r.role, italic=r.description), Cell(str(r.part))) for r in document.stakeholders.rows
        ),
    )


# Environment ----------------------------------------------------------------------------------------------------------
def _environment(document: Document) -> PaperTable:
    environment = document.environment
    estate = estate_of(environment, str(document.project.plan))
    answers = {
        "endpoint_count": _counts([line for line in estate.lines if line.kind != "server"]),
        "server_count": _counts([line for line in estate.lines if line.kind == "server"]),
        "management_engine": [f"{title_of(row)}: {row.manages}".strip(": ") for row in environment.engines],
        "cdoc_distribution": [_team(row) for row in environment.cdoc],
        "siem": [f"{title_of(row)}. {row.note}".strip(". ") for row in environment.siem],
    }
    aside = {row.key: row.does_not_apply for row in environment.topics}
    topics = catalog.standard_template().topics
    return PaperTable(
        (_("What"), _("Description")),
        tuple(
            (
                Cell(bold=topic.what),
                _aside(because)
                if (because := aside.get(f"topic-{topic.key.replace('_', '-')}"))
                else Cell(
                    "\n".join(answers.get(topic.key, ())), italic="" if answers.get(topic.key) else topic.description
                ),
            )
            for topic in topics
        ),
    )


def _counts(lines: Iterable[Line]) -> list[str]:
    found = list(lines)
    if not found:
        return []
    return [
        *(f"{line.name}: {line.count:,}" for line in found),
        _("In all: %(n)s") % {"n": f"{sum(line.count for line in found):,}"},
    ]


def _team(row: rows.CdocTeam) -> str:
    told = [choices.RunBy(row.run_by).label, row.provider, row.place, row.region]
    people = _("%(n)s people") % {"n": row.people} if row.people else ""
    return _("Tier %(tier)s: %(what)s") % {
        "tier": row.tier,
        "what": ", ".join(str(each) for each in [*told, people, row.hours] if each),
    }


# Access ---------------------------------------------------------------------------------------------------------------
def _roles(document: Document) -> PaperTable:
    style = str(document.project.terminology)
    found: list[tuple[Cell, ...]] = []
    for persona in document.access.personas:
        mine = [a for a in document.access.assignments if a.persona == persona.name and not a.does_not_apply]
        first = Cell(bold=persona.name)
        if persona.does_not_apply:
            found.append((first, _aside(persona.does_not_apply), Cell(), Cell()))
        for number, row in enumerate(mine):
            entra = Cell(entra_role_in(row.entra_role, style))
            found.append((Cell() if number else first, Cell(row.role), entra, Cell(_assigned(row))))
        if not mine and not persona.does_not_apply:
            found.append((first, Cell(), Cell(), Cell()))
    role = _("%(role)s (if necessary)") % {"role": catalog.terminology("entra_role", style)}
    return PaperTable((_("Personas"), _("Roles"), role, _("Assign to")), tuple(found))


def _assigned(row: rows.Assignment) -> str:
    until = _("until %(day)s") % {"day": day(row.ends_on)} if row.ends_on else ""
    held = value_of(rows.Assignment, "held", row.held)
    removed = _("removed %(day)s") % {"day": day(row.removed_on)} if row.removed_on else ""
    return "\n".join([row.assignee, ", ".join(filter(None, [held, until, removed]))])


def _tiers(document: Document) -> PaperTable:
    return PaperTable(
        (_("Tier"), _("Description"), _("Permission required")),
        tuple(
            (
                Cell(bold=_("Tier %(n)s") % {"n": tier.number}),
                _aside(tier.does_not_apply)
                if tier.does_not_apply
                else Cell("\n".join(filter(None, [tier.description, *tier.groups])), bold=tier.name),
                Cell("\n".join(map(permission_name, tier.permissions))),
            )
            for tier in document.access.tiers
        ),
    )


# Adoption order -------------------------------------------------------------------------------------------------------
def _adoption(document: Document) -> PaperTable:
    """Components that are not used are taken out of the table, as Microsoft's document says."""
    style, known = str(document.project.terminology), {c.key: c for c in catalog.standard_template().components}
    used = [row for row in document.adoption.components if row.is_in is not False and not row.does_not_apply]
    return PaperTable(
        (_("Component"), _("Description"), _("Adoption order rank")),
        tuple(
            (
                Cell(bold=component_in(row.component, style)),
                Cell(row.parts or (known[row.component].description if row.component in known else "")),
                Cell(str(row.rank) if row.rank else _("Not applicable")),
            )
            for row in sorted(used, key=lambda row: row.rank or 99)
        ),
    )


def _left_out(document: Document) -> tuple[str, ...]:
    style = str(document.project.terminology)
    return tuple(
        _("%(component)s is not used: %(because)s")
        % {"component": component_in(row.component, style), "because": row.does_not_apply or row.reason or NOTHING}
        for row in document.adoption.components
        if row.is_in is False or row.does_not_apply
    )


# Migration and connectivity -------------------------------------------------------------------------------------------
def _migration(document: Document) -> tuple[PaperTable | str, ...]:
    stored = {row.item: row for row in document.migration.items}
    found: list[PaperTable | str] = []
    for number, items in catalog.standard_template().migration_steps.items():
        mine = [stored[item.key] for item in items if item.key in stored]
        if mine:
            found.append(_("Step %(n)s") % {"n": number})
            found.append(PaperTable((_("What"), _("How, which version"), _("State")), tuple(map(_step, mine))))
    return tuple(found)


def _step(row: rows.MigrationItem) -> tuple[Cell, ...]:
    if row.does_not_apply:
        return (Cell(bold=migration_title(row.item)), _aside(row.does_not_apply), Cell())
    done = (
        _("done %(day)s") % {"day": day(row.done_on)}
        if row.done_on
        else value_of(rows.MigrationItem, "state", row.state)
    )
    counted = (
        _("%(n)s of %(all)s at or above %(build)s")
        % {"n": f"{row.devices_done:,}", "all": f"{row.devices_total:,}", "build": row.build or NOTHING}
        if row.devices_done is not None and row.devices_total is not None
        else ""
    )
    return (
        Cell(bold=migration_title(row.item)),
        Cell("\n".join(filter(None, [row.detail, counted]))),
        Cell("\n".join(filter(None, [done, row.done_by]))),
    )


def _connectivity(document: Document) -> PaperTable:
    plan = choices.Plan(document.project.plan)
    return PaperTable(
        (_("For this plan"), _("and this operating system"), _("Route"), _("State")),
        tuple(
            (
                Cell(str(plan.label)),
                Cell(bold=group_name(row.system)),
                _aside(row.does_not_apply)
                if row.does_not_apply
                else Cell(row.route or NOTHING, italic=_page(plan, row)),
                Cell(value_of(rows.Route, "status", row.status)),
            )
            for row in document.connectivity.routes
        ),
    )


def _page(plan: str, row: rows.Route) -> str:
    group = catalog.connectivity_groups().get(row.system)
    found = catalog.connectivity_document(plan, group.systems[0]) if group and group.systems else None
    return found.title if found else ""


def _timeline(document: Document) -> PaperTable:
    items = [row for row in document.timeline.items if not row.does_not_apply]
    return PaperTable(
        (_("What"), _("When"), _("Owner"), _("Done")),
        tuple(
            (
                Cell(row.title),
                Cell(day(row.due_on or row.starts_on)),
                Cell(row.owner or NOTHING),
                Cell(day(row.done_on)),
            )
            for row in sorted(items, key=lambda row: str(row.due_on or row.starts_on or "9"))
        ),
    )


def _signatures(standing: Standing) -> PaperTable:
    found = []
    for name in sections_of(standing.document):
        for number, signature in enumerate(standing.signatures[name]):
            found.append(
                (
                    Cell() if number else Cell(bold=section_title(name)),
                    Cell(called(signature.row), italic=signature.row.role),
                    Cell(word_of(signature, is_approved=standing.is_signed(name)).text),
                    Cell(day(signature.vote.at) if signature.vote else NOTHING),
                )
            )
    return PaperTable((_("Section"), _("Approver"), _("State"), _("Answered")), tuple(found))
