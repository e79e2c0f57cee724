"""Make the rows that are measured: one project of the demonstration, multiplied by bulk."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection, models

from projects.models import (
    Grant,
    PlanRow,
    Project,
    ProjectGroupPermission,
    ProjectUserPermission,
    SectionOwner,
)
from projects.rules.roles import PERMISSIONS, Role
from projects.tables import TABLES
from readiness.models import Verdict
from stakeholders.models import Decision, Request, Revision, Round
from stakeholders.tables import TABLES as MATRIX
from tenants.actions import create_team, create_tenant, invite
from tenants.models import Mail, Tenant, User

PATTERN = "Contoso Endpoint 2027"
LEAD = "Lena Fischer"
"""Named as the lead of the pattern: what its findings leave to her waits for the person who is measured."""
A_BATCH = 5_000
VIEWER = "viewer@crowd.example"
VISIBLE = 100


def in_batches(model: type[models.Model], rows: Iterable[models.Model], size: int = A_BATCH) -> None:
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        model._default_manager.bulk_create(batch)  # type: ignore[arg-type]


def copy_of(row: models.Model, **changed: Any) -> models.Model:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    values.pop(row._meta.pk.attname)
    return type(row)(**{**values, **changed})


def pattern_project() -> Project:
    return Project.objects.select_related("tenant", "lead").get(name=PATTERN)


def saved_pattern(path: Path) -> None:
    """Keep what lists show of the pattern, for databases that do not hold the demonstration."""
    project = pattern_project()
    verdict = Verdict.objects.get(project=project)
    kept = {
        "project": {
            n: getattr(project, n) for n in ("kind", "plan", "architecture", "geography", "digests", "authors")
        },
        "verdict": _plain(verdict),
    }
    path.write_text(json.dumps(kept, default=str), encoding="utf-8")


def _plain(verdict: Verdict) -> dict[str, Any]:
    left_out = {"id", "project_id", "ledger_seq"}
    return {f.attname: getattr(verdict, f.attname) for f in Verdict._meta.concrete_fields if f.attname not in left_out}


def tenant_with_lead(name: str) -> tuple[Tenant, User]:
    tenant = create_tenant(name=name, by=None)
    address = f"lead@{tenant.slug}.example"
    lead = invite(tenant=tenant, email=address, name=LEAD, role="member", by=None, is_mailed=False).user
    return tenant, lead


def multiply(pattern: Project, tenant: Tenant, lead: User, count: int) -> list[Project]:
    """Copies of a whole project: plan, matrix, owners, requests, mails, decisions, verdict; led by `lead`."""
    at = Project.objects.count()
    made = Project.objects.bulk_create(
        copy_of(
            pattern,
            tenant_id=tenant.pk,
            lead_id=lead.pk,
            slug=f"{tenant.slug}-{at + n}",
            name=f"Endpoint {at + n:05}",
            ledger_head="",
        )  # type: ignore[misc]
        for n in range(count)
    )
    for table in [*TABLES.values(), *MATRIX.values()]:
        _copy_rows(table.model, pattern, made)
    _copy_rows(SectionOwner, pattern, made)
    _copy_rows(Verdict, pattern, made)
    _copy_requests(pattern, made)
    in_batches(Grant, (Grant(project=p, user=lead, role=Role.LEAD) for p in made))
    permit(ProjectUserPermission, "user_id", lead.pk, Role.LEAD, [p.pk for p in made])
    return made


def _copy_rows(model: type[PlanRow] | type[models.Model], pattern: Project, projects: Sequence[Project]) -> None:
    rows = list(model._default_manager.filter(project=pattern).order_by("pk"))
    in_batches(model, (copy_of(row, project_id=project.pk) for project in projects for row in rows))


def _copy_requests(pattern: Project, projects: Sequence[Project]) -> None:
    """Rounds with their revisions, requests, mails and decisions: each knows its copy by the order they are made in."""
    revisions = _copied(
        Revision, Revision.objects.filter(project_id=pattern.pk), projects, lambda _row, p: {"project_id": p.pk}
    )
    rounds = _copied(
        Round,
        Round.objects.filter(project=pattern),
        projects,
        lambda row, p: {"project_id": p.pk, "revision_id": revisions[row.revision_id, p.pk]},
    )
    requests = _copied(
        Request,
        Request.objects.filter(round__project=pattern),
        projects,
        lambda row, p: {"round_id": rounds[row.round_id, p.pk], "code": f"{row.pk}-{p.pk}"},
    )
    decisions = Decision.objects.filter(project_id=pattern.pk)
    _copied(
        Decision,
        decisions,
        projects,
        lambda row, p: {
            "project_id": p.pk,
            "tenant_id": p.tenant_id,
            "request_id": requests[row.request_id, p.pk],
            "revision_id": revisions[row.revision_id, p.pk],
        },
    )
    about = {f"request-{pk}": pk for pk in Request.objects.filter(round__project=pattern).values_list("pk", flat=True)}
    mails = Mail.objects.filter(subject_of__in=about)
    _copied(Mail, mails, projects, lambda row, p: {"subject_of": f"request-{requests[about[row.subject_of], p.pk]}"})


def _copied(
    model: type[models.Model],
    rows: Collection[Any],
    projects: Sequence[Project],
    changed: Callable[[Any, Project], dict[str, Any]],
) -> dict[tuple[Any, int], Any]:
    """The keys of the copies, by key of the original and project."""
    originals = list(rows)
    pairs = [(row, project) for project in projects for row in originals]
    made = [copy_of(row, **changed(row, project)) for row, project in pairs]
    for start in range(0, len(made), A_BATCH):
        model._default_manager.bulk_create(made[start : start + A_BATCH])  # type: ignore[arg-type]
    return {(row.pk, project.pk): copy.pk for (row, project), copy in zip(pairs, made, strict=True)}


def permit(model: Any, holder: str, holder_id: int, role: str, ids: Collection[int]) -> None:
    """Guardian's rows of a role, as projects.access would write them."""
    codes = Permission.objects.filter(content_type__app_label="projects", codename__in=PERMISSIONS[role])
    permissions = list(codes.values_list("pk", flat=True))
    rows = (
        model(content_object_id=pk, permission_id=code, **{holder: holder_id}) for pk in ids for code in permissions
    )
    in_batches(model, rows)


def a_crowd(count: int, kept: dict[str, Any]) -> User:
    """`count` projects of 20 tenants, led by 500 people, read by 50 teams; the person returned may see 100 of them."""
    tenants = [create_tenant(name=f"Customer {n:02}", by=None) for n in range(20)]
    people = User.objects.bulk_create(
        User(email=f"p{n}@crowd.example", name=f"Person {n}", password="!") for n in range(500)
    )
    teams = [create_team(tenant=tenants[n % 20], name=f"Team {n}", by=None) for n in range(50)]
    viewer = invite(tenant=tenants[0], email=VIEWER, name="Vera Lund", role="member", by=None,
                    is_mailed=False).user  # fmt: skip
    own = create_team(tenant=tenants[0], name="Those who see", by=None, members=[viewer])
    every = count // VISIBLE
    in_batches(
        Project,
        (
            Project(
                tenant=tenants[n % 20], lead=people[n % 500], slug=f"p-{n}", name=f"Endpoint {n:06}", ledger_seq=7,
                **kept["project"],
            )
            for n in range(count)
        ),
    )  # fmt: skip
    ids = list(Project.objects.order_by("name").values_list("pk", flat=True))
    seen = ids[::every][:VISIBLE]
    _verdicts(ids, set(seen), kept["verdict"])
    _permit_crowd(people, teams)
    Grant.objects.bulk_create(Grant(project_id=pk, user=viewer, role=Role.VIEWER) for pk in seen[::2])
    Grant.objects.bulk_create(Grant(project_id=pk, team=own, role=Role.VIEWER) for pk in seen[1::2])
    permit(ProjectUserPermission, "user_id", viewer.pk, Role.VIEWER, seen[::2])
    permit(ProjectGroupPermission, "group_id", own.group_id, Role.VIEWER, seen[1::2])
    analyse()
    return viewer


def _verdicts(ids: Sequence[int], seen: set[int], values: dict[str, Any]) -> None:
    """Whole verdicts for what is seen; those of the others are only there, without their findings."""
    short = {**values, "payload": {"findings": [], "sections": [], "waits": [], "dates": []}}
    in_batches(Verdict, (Verdict(project_id=pk, ledger_seq=7, **(values if pk in seen else short)) for pk in ids))


def _permit_crowd(people: Sequence[User], teams: Sequence[Any]) -> None:
    """A lead and a team of viewers on every project: 11 rows each, made inside the database."""
    codes = {
        role: list(
            Permission.objects.filter(content_type__app_label="projects", codename__in=PERMISSIONS[role]).values_list(
                "pk", flat=True
            )
        )
        for role in (Role.LEAD, Role.VIEWER)
    }
    lead_codes, view_codes = ", ".join(map(str, codes[Role.LEAD])), ", ".join(map(str, codes[Role.VIEWER]))
    groups = [team.group_id for team in teams]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO projects_projectuserpermission (content_object_id, permission_id, user_id) "
            f"SELECT p.id, c.id, p.lead_id FROM projects_project p, auth_permission c WHERE c.id IN ({lead_codes})"
        )
        for place, group in enumerate(groups):
            cursor.execute(
                "INSERT INTO projects_projectgrouppermission (content_object_id, permission_id, group_id) "
                f"SELECT p.id, c.id, {group} FROM projects_project p, auth_permission c "
                f"WHERE c.id IN ({view_codes}) AND p.id % {len(groups)} = {place}"
            )


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
