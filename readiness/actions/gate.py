"""The gate between two phases: it opens where nothing stands, or in spite of what does, by whoever answers for that."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from projects import actions as plan_actions
from projects import ledger
from projects.access import permissions_of
from projects.document.choices import Phase
from projects.models import Project
from readiness.emails import tell_phase_started
from readiness.judge import as_payload, blockers_of, judgements
from tenants.models import User

NEXT = {Phase.PREPARE: Phase.SETUP}
"""The gate that this product keeps; those of Setup and Onboard are not kept yet."""


class GateIsShut(Exception):
    """Blockers stand between the project and its next phase."""

    def __init__(self, blockers: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(blockers)} blockers")
        self.blockers = blockers


class NoNextPhase(Exception):
    """The project is in the last phase that is gated."""


class NotAllowed(Exception):
    """Only an administrator of the tenant goes on in spite of blockers, and only with a reason."""


class NothingStands(Exception):
    """There is no blocker in spite of which one could go on."""


def leave_phase(*, project: Project, by: User) -> Project:
    """Start the next phase, if nothing stands against it as the plan is at this moment.

    Everybody in the matrix is told. Raises GateIsShut with the blockers, which is on the history too, or NoNextPhase.
    """
    with transaction.atomic():
        project, wanted, refused = _at_the_gate(project)
        if not refused:
            project = plan_actions.move_phase(project=project, to=wanted, by=by)
            tell_phase_started(project, wanted, by=by)
            return project
        ledger.record(
            project,
            by=by,
            verb="phase refused",
            phase=str(wanted),
            blockers=[{"id": f["id"], "title": f["title"]} for f in refused],
        )
    raise GateIsShut(refused)


@transaction.atomic
def leave_phase_in_spite(*, project: Project, by: User, why: str) -> Project:
    """Start the next phase although blockers stand. It is told to everybody, and stays visible with its reason.

    Raises NotAllowed, NothingStands or NoNextPhase.
    """
    if "override_gate" not in permissions_of(project, by) or not why.strip():
        raise NotAllowed(project.name)
    project, wanted, stood = _at_the_gate(project)
    if not stood:
        raise NothingStands(project.name)
    titles = [finding["title"] for finding in stood]
    project = plan_actions.move_phase(project=project, to=wanted, by=by, why=why.strip(), in_spite_of=titles)
    tell_phase_started(project, wanted, by=by)
    return project


def _at_the_gate(project: Project) -> tuple[Project, Phase, list[dict[str, Any]]]:
    """(the project, locked; the phase that comes next; the blockers that stand at this moment)."""
    project = Project.objects.locked(project.pk)
    wanted = NEXT.get(Phase(project.phase))
    if wanted is None:
        raise NoNextPhase(project.phase)
    subject, judgement = judgements([project])[project.pk]
    payload = as_payload(subject, judgement, {}) if judgement.blockers else {"findings": []}
    return project, wanted, blockers_of(payload)
