"""Replace a project's plan by a document, or make a project from one. All is checked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction

from projects import actions as plan_actions
from projects import catalog, ledger
from projects.actions import as_recorded_here, refused_end
from projects.document import Row, as_json, rows
from projects.document.choices import RuleHow, RuleOn
from projects.document.faults import faults
from projects.models import Assignment, PlanRow, Project
from projects.plan import section_names
from projects.rules import known
from projects.rules.known import Known
from projects.rules.labels import system_name
from projects.rules.temporary import BY_ITS_HOLDER, is_removed_by_holder
from projects.rules.writing import wrong_in_line
from projects.tables import TABLES as PLAN_TABLES
from projects.tables import Table, of_section
from stakeholders.actions.absence import end_substitutes
from stakeholders.actions.matrix import end_matrix_grant, tell_approvers, want_reason
from stakeholders.actions.projects import start_project
from stakeholders.document import Document, Part
from stakeholders.plan import from_plain, load
from stakeholders.tables import TABLES as MATRIX_TABLES
from tenants.models import Tenant, User
from tenants.wake import RECOMPUTE, wake

TEXTS = {"duties", "justification", "description", "escalates_when", "because", "does_not_apply"}
"""Fields of the access plan that hold several lines."""

FACTS = ("name", "kind", "plan", "architecture", "geography", "microsoft_tenant", "tenant_created_on", "terminology")


class Problem(NamedTuple):
    """Where in the document something is wrong, and what."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


class NotAPlan(Exception):
    """The document is not one that may be taken over; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def read_document(body: Mapping[str, Any]) -> Document:
    """The document in a decoded file. Raises NotAPlan with every problem and its path."""
    given = {name: value for name, value in body.items() if name != "digests"}
    try:
        document = from_plain(given)
    except msgspec.ValidationError as error:
        raise NotAPlan([Problem(path or "document", what) for path, what in faults(given, Document)]) from error
    problems = [*_unknown_ids(document), *_unknown_names(document), *_unseen(document), *_repeated_keys(document)]
    problems += [*_too_many(document), *_counted_twice(document)]
    if problems:
        raise NotAPlan(problems)
    return document


def _tables() -> Iterable[Table]:
    return (*PLAN_TABLES.values(), *MATRIX_TABLES.values())


def _rows(document: Document, table: Table) -> tuple[Row, ...]:
    found: tuple[Row, ...] = getattr(document.section(table.section), table.name)
    return found


def _unknown_ids(document: Document) -> list[Problem]:
    known: dict[tuple[type[Row], str], Mapping[str, Any]] = {
        (rows.DeviceCount, "system"): catalog.systems(),
        (rows.Entitlement, "product"): catalog.products(),
        (rows.Component, "component"): {c.key: c for c in catalog.standard_template().components},
        (rows.MigrationItem, "item"): {i.key: i for i in catalog.standard_template().migration_items},
    }
    return [
        Problem(f"{table.section}.{table.name}.{place}.{field}", f"{value!r} is not known")
        for table in _tables()
        for place, row in enumerate(_rows(document, table))
        for (kind, field), ids in known.items()
        if isinstance(row, kind) and (value := getattr(row, field)) and value not in ids
    ]


def _named(row: Row) -> list[tuple[str, Known, tuple[str, ...]]]:
    """The fields of a row that hold keys out of the catalogue of access, with what they hold."""
    match row:
        case rows.Assignment():
            return [("entra_role", known.entra_roles(), (row.entra_role,))]
        case rows.PartnerAccess():
            return [("entra_roles", known.entra_roles(), row.entra_roles)]
        case rows.Persona():
            return [("tasks", known.tasks(), row.tasks)]
        case rows.Tier():
            return [("tasks", known.tasks(), row.tasks), ("permissions", known.permissions(), row.permissions)]
    return []


def _unknown_names(document: Document) -> list[Problem]:
    """Roles, permissions and tasks that the catalogue does not have, with the nearest ones; parts of a rule as well."""
    problems = [
        Problem(f"{table.section}.{table.name}.{place}.{field}", names.unknown(value))
        for table in _tables()
        for place, row in enumerate(_rows(document, table))
        for field, names, values in _named(row)
        for value in values
        if value and value not in names.names
    ]
    for place, group in enumerate(document.access.device_groups):
        for on, how, _value in group.more_rules:
            if on not in RuleOn.values or how not in RuleHow.values:
                where = f"access.device_groups.{place}.more_rules"
                problems.append(Problem(where, f"{on!r}, {how!r} is no condition of a device group"))
    return problems


def _unseen(document: Document) -> list[Problem]:
    """Line breaks in names of the access plan, and characters in them that cannot be seen."""
    return [
        Problem(f"{table.section}.{table.name}.{place}.{field}", wrong)
        for table in of_section("access")
        for place, row in enumerate(_rows(document, table))
        for field in table.fields
        for value in _lines_of(field, getattr(row, field))
        if (wrong := wrong_in_line(value))
    ]


def _lines_of(field: str, value: Any) -> Iterable[str]:
    """The texts of a field that are one line each."""
    if isinstance(value, tuple):
        for one in value:
            yield from _lines_of(field, one)
    elif isinstance(value, str) and field not in TEXTS:
        yield value


def _too_many(document: Document) -> list[Problem]:
    return [
        Problem(f"{table.section}.{table.name}", catalog.fact(table.most_because).text)
        for table in _tables()
        if table.most and len(_rows(document, table)) > table.most
    ]


def _repeated_keys(document: Document) -> list[Problem]:
    problems: list[Problem] = []
    for table in _tables():
        seen: set[str] = set()
        for place, row in enumerate(_rows(document, table)):
            if row.key in seen:
                problems.append(Problem(f"{table.section}.{table.name}.{place}.key", f"{row.key!r} stands here twice"))
            seen.add(row.key)
    return problems


def _counted_twice(document: Document) -> list[Problem]:
    """A system has one count: two rows of it would be added up by nobody who typed them."""
    problems: list[Problem] = []
    seen: dict[tuple[str, str, str], str] = {}
    for place, row in enumerate(document.environment.devices):
        first = seen.setdefault((row.system, row.other_name, row.kind), row.key)
        if first != row.key:
            name = system_name(row.system, row.other_name)
            problems.append(
                Problem(f"environment.devices.{place}.system", f"{name} is counted already, in the row {first!r}")
            )
    return problems


@transaction.atomic
def import_plan(
    *, document: Document, tenant: Tenant, by: User, project: Project | None = None, slug: str = "", why: str = ""
) -> Project:
    """Make a project from a document, or replace the plan of `project`. Mails nobody, unless who approves changes.

    Raises NotAPlan for rows that the database refuses, ValidationError (`why`) where an approver changes without a
    reason. Exporting the result gives the same fingerprints.
    """
    is_new = project is None
    if project is None:
        facts = {name: getattr(document.project, name) for name in FACTS if name not in {"name", "kind"}}
        project = start_project(
            tenant=tenant,
            by=by,
            lead=by,
            name=document.project.name,
            kind=str(document.project.kind),
            slug=slug,
            **facts,
        )
    project = plan_actions.editable(project)
    before = load([project])[project.pk]
    if not is_new:
        if _approvers(before) != _approvers(document):
            want_reason(why)
            tell_approvers(project, by=by, change="The plan was replaced, and with it who approves", why=why)
        for name in FACTS:
            setattr(project, name, getattr(document.project, name))
        project.save(update_fields=list(FACTS))
    problems: list[Problem] = []
    for table in _tables():
        problems += _replace(project, table, _rows(document, table))
    if problems:
        raise NotAPlan(problems)
    for address in sorted({row.email for row in before.stakeholders.rows if row.email}):
        end_matrix_grant(project, address, by=by)
    end_substitutes(project, by=by)
    doubted = _to_be_confirmed(project, document)
    ledger.record(
        project,
        by=by,
        verb="plan imported",
        people=_people_changed(before, document),
        sections={*section_names(project), *project.digests},
        why=why,
        is_new=is_new,
        **({"to_be_confirmed_again": doubted} if doubted else {}),
    )
    wake(RECOMPUTE, project.pk)
    return Project.objects.select_related("tenant", "lead").get(pk=project.pk)


def _approvers(document: Document) -> tuple[str, list[tuple[str, str, tuple[str, ...], str]]]:
    matrix = document.stakeholders
    found = [(r.role, r.email, tuple(sorted(r.scope)), r.does_not_apply) for r in matrix.rows if r.part == Part.SO]
    return str(matrix.quorum), sorted(found)


WHO = ("email", "part", "scope", "does_not_apply", "substitute_email", "substitute_from", "substitute_until")


def _people_changed(before: Document, after: Document) -> list[dict[str, Any]]:
    """Row by row of the matrix, what a replaced plan says otherwise of who approves: the history tells who did that."""
    had = {row.key: row for row in before.stakeholders.rows}
    found = []
    for row in after.stakeholders.rows:
        then, now = (
            {name: as_json(getattr(each, name)) for name in WHO} if each else {} for each in (had.get(row.key), row)
        )
        if moved := [name for name in WHO if then.get(name) != now[name]]:
            told = {"before": {name: then[name] for name in moved}} if then else {}
            found.append({"key": row.key, **told, "after": {name: now[name] for name in moved}})
    return found


def _replace(project: Project, table: Table, wanted: tuple[Row, ...]) -> list[Problem]:
    model = table.model
    stored: dict[str, PlanRow] = {row.key: row for row in model._default_manager.filter(project=project)}
    wanted = tuple(_as_imported(row, stored.get(row.key)) for row in wanted if not _is_untouched(row))
    model._default_manager.filter(project=project, key__in=stored.keys() - {row.key for row in wanted}).delete()
    problems: list[Problem] = []
    for position, row in enumerate(wanted, start=1):
        target = stored.get(row.key) or model(project=project, key=row.key)
        if isinstance(row, rows.Assignment) and _says_holder_removed_it(row, target):
            problems.append(Problem(f"{table.section}.{table.name}.{position - 1}.removed_by", str(BY_ITS_HOLDER)))
        if isinstance(target, Assignment) and (why := refused_end(target, msgspec.structs.asdict(row))):
            problems.append(Problem(f"{table.section}.{table.name}.{position - 1}.ends_on", why))
            continue
        target.position, target.changed_seq = position, project.ledger_seq + 1
        for field in table.fields:
            value = getattr(row, field)
            setattr(target, field, list(value) if isinstance(value, tuple) else value)
        try:
            target.full_clean(exclude=["project", "key"])
        except ValidationError as error:
            where = f"{table.section}.{table.name}.{position - 1}"
            problems += [Problem(f"{where}.{field}", " ".join(texts)) for field, texts in error.message_dict.items()]
        else:
            target.save()
    return problems


def _says_holder_removed_it(row: rows.Assignment, stored: PlanRow) -> bool:
    return row.removed_by != getattr(stored, "removed_by", "") and is_removed_by_holder(row, row.removed_by)


def _as_imported(row: Row, stored: PlanRow | None) -> Row:
    """A file confirms nothing: whoever imports it could have written the second person into it."""
    return as_recorded_here(row, stored) if isinstance(row, rows.Assignment) else row


def _to_be_confirmed(project: Project, document: Document) -> list[str]:
    """The removals that the file calls confirmed, and that wait for a second person here."""
    told = [row.key for row in document.access.assignments if row.confirmed_on]
    waiting = Assignment.objects.filter(project=project, key__in=told, confirmed_on=None) if told else ()
    return [f"{row.entra_role or row.role}: {row.assignee}" for row in waiting]


def _is_untouched(row: Row) -> bool:
    """A line of the connectivity table that was generated, and that nobody has written on."""
    return isinstance(row, rows.Route) and row == rows.Route(key=row.key, system=row.system)
