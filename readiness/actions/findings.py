"""What is done about a finding: its remedy, or that it stays as it is, with a reason."""

from __future__ import annotations

from django.db import transaction

from projects import actions as plan_actions
from projects.models import PlanRow, Project
from projects.tables import TABLES, Table
from readiness.judge import judgements
from readiness.rules.findings import Finding, Remedy
from tenants.models import User

KEPT = TABLES["access", "kept"]
LONGEST_LINE = 200


class FindingGone(Exception):
    """It is not found any more: somebody mended it meanwhile, or there never was such a finding."""


def finding_of(project: Project, finding_id: str) -> Finding:
    """The finding as the plan is now, be it told beside another. Raises FindingGone."""
    _subject, judgement = judgements([project])[project.pk]
    for finding in judgement.findings:
        for each in (finding, *finding.also):
            if each.id == finding_id and each.is_failed:
                return each
    raise FindingGone(finding_id)


def _table_of(remedy: Remedy) -> Table:
    return TABLES[remedy.section, remedy.table]


@transaction.atomic
def mend(*, project: Project, finding_id: str, by: User) -> Remedy:
    """Apply the remedy of a finding, as it is found under the lock. Raises FindingGone, also where it has no remedy."""
    project = Project.objects.locked(project.pk)
    finding = finding_of(project, finding_id)
    remedy = finding.result.remedy
    if remedy is None:
        raise FindingGone(finding_id)
    table = _table_of(remedy)
    if remedy.values is None:
        plan_actions.remove_row(project=project, table=table, key=remedy.key, by=by, why=finding.result.title)
    else:
        plan_actions.change_row(
            project=project, table=table, key=remedy.key, values=remedy.values, by=by, why=finding.result.title
        )
    return remedy


@transaction.atomic
def keep_finding(*, project: Project, finding_id: str, because: str, by: User) -> PlanRow:
    """Leave what was found as it is: those who approve read the reason. Raises FindingGone, also for a blocker."""
    project = Project.objects.locked(project.pk)
    finding = finding_of(project, finding_id)
    if not finding.result.may_be_kept or finding.is_blocker:
        raise FindingGone(finding_id)
    values = {
        "finding": finding.check.name,
        "about": finding.result.about,
        "what": finding.result.title[:LONGEST_LINE],
        "because": because,
    }
    return plan_actions.add_row(project=project, table=KEPT, values=values, by=by, why=because)


def take_back_kept(*, project: Project, key: str, by: User) -> None:
    """What was kept with a reason is a finding again. Raises RowGone."""
    plan_actions.remove_row(project=project, table=KEPT, key=key, by=by)
