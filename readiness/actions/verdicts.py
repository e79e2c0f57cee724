"""Judge, remember, and ask for approval on what was judged."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from projects.document.choices import Phase
from projects.models import Grant, Project
from projects.rules.roles import Role
from readiness.judge import as_payload, blockers_of, briefing_of, failing_of, judgements, line_of, policy_version
from readiness.models import Verdict, VerdictChange
from readiness.models.verdict import policy_version_of, rules_version
from readiness.rules.verdict import Judgement, State
from stakeholders import actions as stakeholder_actions
from stakeholders.models import Round
from tenants import clock, emails
from tenants.models import User

TRIES = 3


def recompute(project_id: int) -> Verdict | None:
    """Judge a project and remember it, unless something newer is stored. Safe to run twice, or side by side.

    The sequence number is read before the first row and again after the last: if it moved the project is loaded anew,
    three times at most; then the older number is stored, and the sweep comes back. None if the project is gone.
    """
    for attempt in range(1, TRIES + 1):
        project = Project.objects.select_related("tenant__access_policy", "lead").filter(pk=project_id).first()
        if project is None:
            return None
        seq = project.ledger_seq
        before = Verdict.objects.of(project.pk)
        subject, judgement = judgements([project])[project.pk]
        payload = as_payload(subject, judgement, before.payload if before else {})
        moved = Project.objects.values_list("ledger_seq", flat=True).get(pk=project_id) != seq
        if not moved or attempt == TRIES:
            return _remember(project, seq, subject.today, judgement, payload)
    return None


@transaction.atomic
def _remember(project: Project, seq: int, day: date, judgement: Judgement, payload: dict[str, Any]) -> Verdict:
    version, policy = rules_version(), policy_version(project.tenant)
    stored = Verdict.objects.select_for_update().filter(project=project).first()
    is_of_these = stored and (stored.rules_version, stored.policy_version) == (version, policy)
    if stored and is_of_these and (stored.ledger_seq, stored.day) > (seq, day):
        return stored
    became = stored.state if stored else ""
    before = [finding["id"] for finding in blockers_of(stored.payload)] if stored else []
    values = {
        "ledger_seq": seq,
        "day": day,
        "rules_version": version,
        "policy_version": policy,
        "computed_at": clock.now(),
        "state": str(judgement.state),
        "blockers": len(judgement.blockers),
        "warnings": len(judgement.warnings),
        "sections_done": judgement.done,
        "sections_all": len(judgement.sections),
        "payload": payload,
        "line": line_of(payload),
        "failing": failing_of(payload),
    }
    verdict, _is_new = Verdict.objects.update_or_create(project=project, defaults=values)
    blockers = [finding.id for finding in judgement.blockers]
    if (became, sorted(before)) != (str(judgement.state), sorted(blockers)):
        VerdictChange.objects.create(
            project=project, at=clock.now(), ledger_seq=seq, state=str(judgement.state), blockers=blockers
        )
        if judgement.state == State.CAN_START and became:
            _tell_leads(project, seq, judgement, _signers(payload))
    return verdict


def _signers(payload: dict[str, Any]) -> list[str]:
    return sorted(
        {s["name"] for section in payload["sections"] for s in section["signatures"] if s["state"] == "approved"}
    )


def _tell_leads(project: Project, seq: int, judgement: Judgement, approved_by: list[str]) -> None:
    leads = User.objects.filter(
        grants__in=Grant.objects.filter(project=project, role=Role.LEAD), is_active=True
    ).distinct()
    for lead in leads:
        emails.queue(
            recipient=lead.email,
            kind="became_ready",
            about=f"project-{project.pk}",
            slot=f"change-{seq}",
            tenant=project.tenant,
            language=lead.language,
            context={
                "name": lead.short_name,
                "project": project.name,
                "phase": str(Phase.SETUP.label),
                "url": f"{settings.PUBLIC_URL}/projects/{project.slug}/",
                "passed": len(judgement.passed),
                "does_not_apply": len(judgement.not_applicable),
                "approved_by": approved_by,
            },
        )


def present_verdict(project: Project) -> Verdict:
    """The verdict for a project's page: recomputed once on the spot if what is stored is behind.

    Then `project.ledger_seq` is read again, so that the page can say how many changes there were since.
    """
    verdict = Verdict.objects.of(project.pk)
    today = clock.today(project.tenant.time_zone)
    is_fresh = (
        verdict is not None
        and verdict.ledger_seq == project.ledger_seq
        and verdict.day == today
        and verdict.rules_version == rules_version()
        and verdict.policy_version == policy_version(project.tenant)
    )
    if is_fresh and verdict is not None:
        return verdict
    found = recompute(project.pk)
    assert found is not None
    project.refresh_from_db(fields=["ledger_seq"])  # it may have moved again: the page says by how many changes
    return found


@transaction.atomic
def ask_for_approval(
    *,
    project: Project,
    sections: Collection[str],
    due_on: date,
    by: User,
    note: str = "",
    ask_again: Collection[str] = (),
    seen: int | None = None,
) -> Round:
    """Send sections for approval together with what approvers should know: judged now, under the lock."""
    project = Project.objects.locked(project.pk)
    subject, judgement = judgements([project])[project.pk]
    before = Verdict.objects.of(project.pk)
    payload = as_payload(subject, judgement, before.payload if before else {})
    briefing = briefing_of(payload, at=clock.now().isoformat(), versions=rules_version())
    return stakeholder_actions.open_round(
        project=project,
        sections=sections,
        due_on=due_on,
        briefing=briefing,
        by=by,
        note=note,
        ask_again=ask_again,
        seen=seen,
    )


def behind(*, limit: int) -> list[int]:
    """Ids of projects whose verdict is missing, of an older change, of older rules or policy, or of another day."""
    stale = (
        Q(verdict=None)
        | Q(verdict__ledger_seq__lt=F("ledger_seq"))
        | ~Q(verdict__rules_version=rules_version())
        | ~Q(verdict__policy_version=F("policy"))
        | ~Q(verdict__day__gte=clock.today("Etc/GMT+12"))
    )
    rows = Project.objects.alias(policy=policy_version_of("tenant")).filter(stale, archived_at=None)
    return list(rows.order_by("changed_at").values_list("pk", flat=True)[:limit])
