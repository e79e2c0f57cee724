"""What is done to the stakeholder matrix. It cannot be gamed: whoever approves is told when that list changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import access, catalog, ledger
from projects import actions as plan_actions
from projects.models import Grant, PlanRow, Project
from projects.rules.roles import Role
from stakeholders.actions.absence import absence_of, end_substitutes, follow_row
from stakeholders.actions.talk import NotTheirs
from stakeholders.document import Part
from stakeholders.models import MatrixSettings, Request, Stakeholder
from stakeholders.placings import CONFIRMED, placed_by
from stakeholders.tables import ROWS, SETTINGS
from tenants import clock, emails
from tenants.models import User
from tenants.models.people import normal_address
from tenants.wake import RECOMPUTE, wake


def lay_matrix(project: Project) -> None:
    """The template's rows of the matrix: roles with their questions, and no names."""
    MatrixSettings.objects.create(project=project, key="matrix-settings", changed_seq=1)
    Stakeholder.objects.bulk_create(
        Stakeholder(
            project=project,
            key=f"role-{role.key.replace('_', '-')}",
            position=position,
            changed_seq=1,
            role=role.title,
            description=role.description,
            question=role.question,
            part=role.part,
            scope=list(role.sections),
        )
        for position, role in enumerate(catalog.standard_template().roles, start=1)
    )


def _weakens(row: Stakeholder, values: Mapping[str, Any]) -> bool:
    """Whether a change replaces, lowers or narrows somebody who approves."""
    if row.part != Part.SO or row.does_not_apply:
        return False
    email = normal_address(values.get("email", row.email))
    scope = list(values.get("scope", row.scope))
    narrowed = bool(scope) and (not row.scope or not set(row.scope) <= set(scope))
    replaced = bool(row.email) and email != row.email
    return bool(row.email) and (
        replaced or narrowed or values.get("part", row.part) != Part.SO or bool(values.get("does_not_apply"))
    )


def want_reason(why: str) -> None:
    if not why.strip():
        raise ValidationError({"why": _("Say why: everybody who approves is told, with this reason.")})


def approvers_of(project: Project) -> list[Stakeholder]:
    """Everybody who approves something at present."""
    return list(Stakeholder.objects.filter(project=project, part=Part.SO, does_not_apply="").exclude(email=""))


def tell_approvers(
    project: Project, *, by: User | None, change: str, why: str, who: Collection[Stakeholder] | None = None
) -> None:
    """Mail everybody who approves: at present, or those of `who`."""
    at = clock.now()
    for row in approvers_of(project) if who is None else who:
        emails.queue(
            recipient=row.email,
            kind="sponsor_matrix_changed",
            about=f"project-{project.pk}",
            slot=f"matrix-{project.ledger_seq + 1}",
            tenant=project.tenant,
            reply_to=by.email if by else "",
            from_name=f"{by} ({project.tenant.name})" if by else "",
            context={
                "name": row.name.split(" ")[0],
                "project": project.name,
                "by": str(by) if by else "mdeprep",
                "at": f"{at:%a} {at.day} {at:%b %Y}",
                "changes": [change],
                "reason": why,
                "url": f"{settings.PUBLIC_URL}/projects/{project.slug}/plan/stakeholders/",
            },
        )


@transaction.atomic
def add_stakeholder(
    *, project: Project, values: Mapping[str, Any], by: User | None, why: str = "", key: str = ""
) -> PlanRow:
    """Add a row. Nobody is mailed before a request for approval is sent."""
    return plan_actions.add_row(project=project, table=ROWS, values=values, by=by, why=why, key=key)


@transaction.atomic
def change_stakeholder(
    *, project: Project, key: str, values: Mapping[str, Any], by: User | None, why: str = "", seen: int | None = None
) -> PlanRow:
    """Change a row. Weakening an approver (SO) needs a reason, and everybody who approves is told.

    Raises ValidationError (`why`) without one, and RowMoved as any row.
    """
    project = Project.objects.locked(project.pk)
    row = plan_actions.find(ROWS, project, key)
    assert isinstance(row, Stakeholder)
    before, is_weaker, approvers = row.email, _weakens(row, values), approvers_of(project)
    absence = absence_of(row)
    told = _("%(role)s (%(name)s) was changed") % {"role": row.role, "name": row.name or row.email}
    changed = plan_actions.change_row(project=project, table=ROWS, key=key, values=values, by=by, why=why, seen=seen)
    if is_weaker:
        want_reason(why)
        tell_approvers(project, by=by, change=told, why=why, who=approvers)
    assert isinstance(changed, Stakeholder)
    if before and changed.email != before:
        end_matrix_grant(project, before, by=by)
    follow_row(changed, absence, by=by)
    return changed


def assign(*, project: Project, key: str, email: str, by: User | None, name: str = "", why: str = "") -> PlanRow:
    """Put a person on a row. The same address again changes nothing; nobody is mailed before a request."""
    return change_stakeholder(
        project=project, key=key, values={"email": normal_address(email), "name": name}, by=by, why=why
    )


@transaction.atomic
def confirm_person(*, project: Project, key: str, by: User) -> Stakeholder:
    """Somebody else says that a person who put themselves into a row belongs there: from then on they may sign.

    Raises NotTheirs for the person themselves. Once is enough.
    """
    project = Project.objects.locked(project.pk)
    row = plan_actions.find(ROWS, project, key)
    assert isinstance(row, Stakeholder)
    if by.email == row.email:
        raise NotTheirs(row.role)
    if row.email in placed_by(project, key):
        ledger.record(project, by=by, verb=CONFIRMED, key=key, role=row.role, after={"email": row.email},
                      person={"name": row.name, "email": row.email})  # fmt: skip
        wake(RECOMPUTE, project.pk)
    return row


@transaction.atomic
def remove_stakeholder(*, project: Project, key: str, by: User | None, why: str = "") -> None:
    """Remove a row. An approver's removal needs a reason, and everybody who approves is told."""
    project = Project.objects.locked(project.pk)
    row = plan_actions.find(ROWS, project, key)
    assert isinstance(row, Stakeholder)
    if row.part == Part.SO and row.email:
        want_reason(why)
        told = _("%(role)s (%(name)s) was removed") % {"role": row.role, "name": row.name or row.email}
        tell_approvers(project, by=by, change=told, why=why)
    plan_actions.remove_row(project=project, table=ROWS, key=key, by=by, why=why)
    end_substitutes(project, by=by)
    if row.email:
        end_matrix_grant(project, row.email, by=by)


@transaction.atomic
def set_quorum(*, project: Project, quorum: str, by: User | None, why: str = "", seen: int | None = None) -> PlanRow:
    """Say who must approve a section. Any one instead of all is weaker: it needs a reason, and all are told."""
    project = Project.objects.locked(project.pk)
    row = plan_actions.find(SETTINGS, project, "matrix-settings")
    if getattr(row, "quorum", "") == "all" and quorum == "any":
        want_reason(why)
        tell_approvers(project, by=by, change=_("One approval is now enough for a section"), why=why)
    return plan_actions.change_row(
        project=project, table=SETTINGS, key="matrix-settings", values={"quorum": quorum}, by=by, why=why, seen=seen
    )


def end_matrix_grant(project: Project, email: str, *, by: User | None) -> None:
    """Nobody keeps access through a row that is no longer theirs; their open requests are closed."""
    if Stakeholder.objects.filter(project=project, email=email).exists():
        return
    Request.objects.open().filter(round__project=project, email=email).update(closed_at=clock.now())
    for grant in Grant.objects.filter(project=project, user__email=email, reason=Grant.Reason.MATRIX):
        access.revoke(row=grant, by=by)


def let_in(project: Project, stakeholder: Stakeholder, *, by: User | None) -> User:
    """An account for the address in the matrix (signing in by code), and the right to read what is asked."""
    return access.let_in(
        project=project,
        email=stakeholder.email,
        name=stakeholder.name,
        role=Role.STAKEHOLDER,
        reason=Grant.Reason.MATRIX,
        by=by,
    )
