"""Mails about how far a project is."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from projects.document.choices import Phase
from projects.models import Project
from stakeholders.document import Part
from stakeholders.emails import APPROVES, ASKED, LEADS, leads_of, tell
from stakeholders.models import Stakeholder
from tenants.models import User


def tell_phase_started(project: Project, phase: Phase, *, by: User) -> None:
    """Once to everybody in the matrix and to the other leads: it has started, in spite of what if that was so, and what
    was answered stands from now on.
    """
    stood = project.in_spite_of
    started = (
        gettext_noop("%(by)s started %(phase)s in spite of what stood against it (%(blockers)s), with this reason:")
        if stood
        else gettext_noop("%(by)s started %(phase)s. Nothing stood against it.")
    )
    rows = Stakeholder.objects.filter(project=project, does_not_apply="").exclude(email="")
    told = {row.email: (row.name or row.email, APPROVES if row.part == Part.SO else ASKED) for row in rows}
    told |= {lead.email: (lead.name, LEADS) for lead in leads_of(project)}
    for email, (name, why) in told.items():
        if email == by.email:
            continue
        tell(
            project, to=email, name=name, slot=f"phase-{phase}", by=by,
            subject=gettext_noop("%(phase)s has started: %(project)s"),
            lines=[started,
                   gettext_noop("What was answered before stands, and cannot be taken back any more. "
                                "A request that is still open stays open.")],
            phase=str(phase.label), blockers="; ".join(stood["blockers"]) if stood else "",
            quote=stood["why"] if stood else "", why=why, deed=gettext_lazy("Open the project"),
            url=settings.PUBLIC_URL + reverse("readiness:overview", args=[project.slug]) if why is LEADS else "",
        )  # fmt: skip
