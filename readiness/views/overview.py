"""The page of a project: may we go on, and what do we do."""

from __future__ import annotations

from typing import Any

from projects.document.choices import Phase
from projects.models import owed
from projects.views.base import ProjectPage
from readiness import shown
from readiness.actions import NEXT, present_verdict
from tenants import clock


class Overview(ProjectPage):
    permission = "view_project"
    template_name = "readiness/overview.html"
    tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verdict = present_verdict(self.project)
        today = clock.today(self.project.tenant.time_zone)
        wanted = NEXT.get(Phase(self.project.phase))
        groups, waits = shown.findings(verdict, self.project, self.can), shown.waits(verdict.payload["waits"])
        shown.leave_out_reminders(groups["blockers"], waits, self.project)
        return super().get_context_data(
            verdict=verdict,
            changes_since=max(self.project.ledger_seq - verdict.ledger_seq, 0),
            groups=groups,
            sections=shown.sections(verdict, self.project),
            approved_by=shown.approved_by(verdict),
            not_signed=shown.not_signed(verdict),
            waits=waits,
            owed=owed([self.project.pk]),
            dates=shown.dates(verdict, today),
            phases=shown.phases(self.project, verdict),
            next_phase=wanted.label if wanted else "",
            today=today,
            **kwargs,
        )
