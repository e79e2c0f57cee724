"""What is done to a project as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from projects import access, ledger
from projects.document import SECTIONS, as_json
from projects.document.choices import Phase
from projects.models import Project, SectionOwner
from projects.plan import section_names
from projects.rules.roles import Role
from projects.rules.template import standard_rows
from projects.tables import TABLES, of_section
from tenants import clock
from tenants.models import Team, Tenant, User
from tenants.wake import RECOMPUTE, wake

FACTS = ("name", "kind", "plan", "architecture", "geography", "microsoft_tenant", "tenant_created_on", "terminology")

TAKEN = {"new"}
"""Addresses under /projects/ that are pages of their own."""


class Archived(Exception):
    """The project is archived: it can be read and restored, not changed."""


def editable(project: Project) -> Project:
    """The project, locked. Raises Archived."""
    locked = Project.objects.locked(project.pk)
    if locked.archived_at:
        raise Archived(locked.name)
    return locked


def _free_slug(wanted: str) -> str:
    slug, number = wanted[:70] or "project", 1
    while slug in TAKEN or Project.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted[:70]}-{number}"
    return slug


@transaction.atomic
def create_project(
    *,
    tenant: Tenant,
    by: User | None,
    lead: User,
    name: str,
    kind: str,
    slug: str = "",
    is_hidden: bool = False,
    **facts: Any,
) -> Project:
    """Make a project with every row of the standard template. Its lead is granted the role."""
    project = Project(
        tenant=tenant,
        name=name,
        kind=kind,
        slug=_free_slug(slug or slugify(name)),
        lead=lead,
        is_hidden=is_hidden,
        created_at=clock.now(),
        changed_at=clock.now(),
        **facts,
    )
    project.full_clean(exclude=["tenant", "lead"])
    project.save()
    lay_template(project)
    locked = Project.objects.locked(project.pk)
    ledger.record(
        locked,
        by=by,
        verb="project created",
        sections=list(SECTIONS),
        facts={f: as_json(getattr(locked, f)) for f in FACTS},
    )
    access.grant(project=project, user=lead, role=Role.LEAD, by=by)
    wake(RECOMPUTE, project.pk)
    return Project.objects.select_related("tenant", "lead").get(pk=project.pk)


def lay_template(project: Project) -> None:
    """Lay down the template's rows of every section that applies."""
    for (section, table), wanted in standard_rows(project.kind, project.plan).items():
        model = TABLES[section, table].model
        model._default_manager.bulk_create(
            model(project=project, position=position, changed_seq=1, **values)
            for position, values in enumerate(wanted, start=1)
        )


@transaction.atomic
def edit_facts(*, project: Project, values: Mapping[str, Any], by: User | None, why: str = "") -> Project:
    """Change what the whole plan rests on. Material facts enter every section: every signature then looks again."""
    project = editable(project)
    before = {field: as_json(getattr(project, field)) for field in values}
    for field, value in values.items():
        if field not in FACTS:
            raise ValueError(f"{field} is not a fact of a project.")
        setattr(project, field, value)
    after = {field: as_json(getattr(project, field)) for field in values}
    moved = [field for field in values if before[field] != after[field]]
    if not moved:
        return project
    project.full_clean(exclude=["tenant", "lead"])
    project.save(update_fields=moved)
    if "kind" in moved and project.kind == "migration" and not _has_rows(project, "migration"):
        for (section, table), rows in standard_rows(project.kind, project.plan).items():
            if section == "migration":
                model = TABLES[section, table].model
                model._default_manager.bulk_create(
                    model(project=project, position=n, **row) for n, row in enumerate(rows, start=1)
                )
    ledger.record(
        project,
        by=by,
        verb="facts changed",
        sections={*section_names(project), *project.digests},
        before={field: before[field] for field in moved},
        after={field: after[field] for field in moved},
        why=why,
    )
    wake(RECOMPUTE, project.pk)
    return project


def _has_rows(project: Project, section: str) -> bool:
    return any(table.model._default_manager.filter(project=project).exists() for table in of_section(section))


@transaction.atomic
def set_owner(
    *, project: Project, section: str, by: User | None, person: User | None = None, team: Team | None = None
) -> None:
    """Say who looks after a section."""
    project = editable(project)
    row, _ = SectionOwner.objects.get_or_create(project=project, section=section)
    if (row.person, row.team) == (person, team):
        return
    row.person, row.team = person, team
    row.save()
    ledger.record(project, by=by, verb="owner set", section=section, **row.as_names())
    wake(RECOMPUTE, project.pk)


@transaction.atomic
def archive(*, project: Project, by: User | None, why: str = "") -> Project:
    """Hide a project from lists. Nothing is deleted; it can be restored."""
    return _set_archived(project, by=by, why=why, is_archived=True)


@transaction.atomic
def restore(*, project: Project, by: User | None) -> Project:
    return _set_archived(project, by=by, why="", is_archived=False)


def _set_archived(project: Project, *, by: User | None, why: str, is_archived: bool) -> Project:
    project = Project.objects.locked(project.pk)
    if (project.archived_at is not None) == is_archived:
        return project
    project.archived_at = clock.now() if is_archived else None
    project.save(update_fields=["archived_at"])
    ledger.record(project, by=by, verb="archived" if is_archived else "restored", why=why)
    return project


@transaction.atomic
def move_phase(*, project: Project, to: Phase, by: User, why: str = "", in_spite_of: Sequence[str] = ()) -> Project:
    """Write the phase down, and the titles of the blockers in spite of which it starts.

    Called by `readiness.actions` alone, which has judged and holds the lock.
    """
    before, project.phase = project.phase, to
    stood = {"phase": str(to), "blockers": list(in_spite_of), "why": why, "by": by.name or by.email,
             "at": clock.now().isoformat()}  # fmt: skip
    project.in_spite_of = stood if in_spite_of else None
    project.save(update_fields=["phase", "in_spite_of"])
    told = {"in_spite_of": list(in_spite_of)} if in_spite_of else {}
    ledger.record(project, by=by, verb="phase started", before=before, after=str(to), why=why, **told)
    wake(RECOMPUTE, project.pk)
    return project
