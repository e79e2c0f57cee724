"""One decision in full: the text as it was shown, what changed before it, what stood open, the mail, the history."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404

from projects.models import Project
from projects.views.base import ProjectPage
from projects.views.history import told
from readiness.evidence.contents import delivery, entries_of_decisions, text_of
from readiness.register import lines_of
from stakeholders.deeds import deeds_since
from stakeholders.models import Decision, Round
from stakeholders.revisions import revision_document
from stakeholders.rules.changes import Difference, difference
from stakeholders.rules.signoff import compare
from stakeholders.states import LINK_ENDED
from stakeholders.views.reading import Briefing, whole
from stakeholders.words import in_order, section_title
from tenants.models import LedgerEntry, Mail


class RegisterLine(ProjectPage):
    permission = "audit_project"
    template_name = "readiness/register_line.html"
    tab = "evidence"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = get_object_or_404(Decision, pk=kwargs.pop("decision"), project_id=self.project.pk)
        round_ = Round.objects.filter(project=self.project, number=decision.round_number).first()
        told_then = round_.briefing if round_ else "{}"
        return super().get_context_data(
            decision=decision,
            line=lines_of([decision])[0],
            round=round_,
            briefing=Briefing.of(told_then),
            versions=json.loads(told_then).get("versions", ""),
            sections=_sections(self.project, decision),
            entries=_entries(self.project, decision),
            mails=_mails(decision),
            **kwargs,
        )


def _sections(project: Project, decision: Decision) -> list[dict[str, Any]]:
    """Each section that was answered, as it was frozen then, and what had changed since the person's answer before."""
    frozen = revision_document(decision.revision_id)
    return [
        {
            "name": name,
            "title": section_title(name),
            "digest": decision.digests[name],
            "tables": whole(frozen, name),
            **_before(project, decision, name),
        }
        for name in in_order(decision.digests)
    ]


def _before(project: Project, decision: Decision, section: str) -> dict[str, Any]:
    earlier = Decision.objects.filter(
        project_id=project.pk, stakeholder_key=decision.stakeholder_key, email=decision.email,
        decided_at__lt=decision.decided_at, answers__has_key=section,
    )  # fmt: skip
    last = earlier.order_by("-decided_at", "-pk").first()
    if last is None:
        return {"earlier": None, "difference": None}
    return {"earlier": last, "difference": _difference(project, last, decision, section)}


def _difference(project: Project, earlier: Decision, decision: Decision, section: str) -> Difference:
    signed, then = revision_document(earlier.revision_id), revision_document(decision.revision_id)
    deeds = [
        deed
        for deed in deeds_since(project, earlier.decided_at)
        if section in deed.sections and deed.at <= decision.decided_at
    ]
    found = compare(signed, then, section, earlier.tolerance)
    return difference(found, deeds, signed=signed, current=then, section=section)


def _entries(project: Project, decision: Decision) -> list[dict[str, Any]]:
    """The entry of the decision, between the one before and the one after."""
    about = Q(body__contains='"answers":{') | Q(verb=LINK_ENDED)
    siblings = Decision.objects.filter(request_id=decision.request_id)
    own = entries_of_decisions(siblings, LedgerEntry.objects.of(project).filter(about).order_by("seq")).get(decision.pk)
    if own is None:
        return []
    around = LedgerEntry.objects.of(project).filter(seq__range=(own.seq - 1, own.seq + 1)).order_by("seq")
    return [
        {**told(project, entry), "is_own": entry.seq == own.seq, "body": entry.body, "before": entry.previous_hash}
        for entry in around
    ]


def _mails(decision: Decision) -> list[dict[str, Any]]:
    """The request and the receipt as they were sent, and what is known of them."""
    rows = (
        Mail.objects.filter(subject_of=f"request-{decision.request_id}").select_related("tenant").order_by("created_at")
    )
    wanted = [mail for mail in rows if mail.context and mail.slot in ("asked", f"decision-{decision.pk}")]
    return [
        {"mail": mail, "delivery": delivery(mail), "subject": subject, "text": text}
        for mail in wanted
        for subject, text in [text_of(mail)]
    ]
