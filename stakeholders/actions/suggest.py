"""Suggest a value for a row that one is asked about: it is kept beside the plan until the lead takes it over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects import actions as plan_actions
from projects import ledger
from projects.models import PlanRow, Project, Proposal
from projects.rules.labels import title_of
from projects.tables import TABLES, Table
from stakeholders import emails
from stakeholders.actions.talk import NotTheirs, want
from stakeholders.document import Part
from stakeholders.models import Request
from stakeholders.words import section_title
from tenants import clock
from tenants.models import User
from tenants.wake import RECOMPUTE, wake


@transaction.atomic
def suggest(*, request: Request, table: Table, key: str, values: Mapping[str, Any], why: str, by: User) -> Proposal:
    """Suggest values of a row, with a reason. For whoever gives input (R) on its section; the leads are told.

    Raises NotTheirs, RowGone, ValidationError without a reason. The same suggestion twice is one.
    """
    why = want(why, "why", _("Say why: it is kept with the value."))
    project = Project.objects.locked(request.round.project_id)
    mine = Request.objects.of_person(by, clock.today(project.tenant.time_zone)).filter(
        pk=request.pk, part=Part.R, round__withdrawn_at=None
    )
    if table.section not in request.sections or not mine.exists():
        raise NotTheirs(request.code)
    row = plan_actions.find(table, project, key)
    values = plan_actions.as_written(values)
    open_ones = Proposal.objects.filter(
        project=project, section=table.section, table=table.name, key=key, made_by_email=by.email,
        state=Proposal.State.OPEN, question=None,
    )  # fmt: skip
    same = next((each for each in open_ones if (each.values, each.why) == (values, why)), None)
    if same is not None:
        return same
    open_ones.delete()
    title = title_of(plan_actions.as_document(table, row))
    found = plan_actions.propose(
        project=project, table=table, key=key, values=values, name=by.name or by.email, email=by.email, why=why
    )
    ledger.record(project, by=by, verb="value suggested", row=title, section=table.section, suggested=values, why=why)
    emails.tell_suggested(found, title, by=by)
    wake(RECOMPUTE, project.pk)
    return found


@transaction.atomic
def accept_suggestion(*, proposal: Proposal, by: User, seen: int | None) -> PlanRow:
    """Take a suggestion over as it is: its source is who suggested it. Raises AlreadySettled, RowMoved, RowGone."""
    who, address = proposal.made_by_name, proposal.made_by_email
    words = {"who": who if who == address else f"{who} ({address})", "why": proposal.why}
    row = plan_actions.accept_proposal(
        proposal=proposal, by=by, seen=seen, why=_("suggested by %(who)s: %(why)s") % words
    )
    emails.tell_suggestion_settled(proposal, _title_of(proposal), by=by, is_accepted=True)
    return row


@transaction.atomic
def decline_suggestion(*, proposal: Proposal, by: User) -> None:
    """Leave the plan as it is; who suggested it is told. Raises AlreadySettled."""
    plan_actions.decline_proposal(proposal=proposal, by=by)
    project = Project.objects.locked(proposal.project_id)
    ledger.record(project, by=by, verb="suggestion declined", person=proposal.made_by_name, suggested=proposal.values)
    emails.tell_suggestion_settled(proposal, _title_of(proposal), by=by, is_accepted=False)


def _title_of(proposal: Proposal) -> str:
    """What the row is called now; its section alone where it is not there any more."""
    table = TABLES[proposal.section, proposal.table]
    try:
        row = plan_actions.find(table, proposal.project, proposal.key)
    except plan_actions.RowGone:
        return section_title(proposal.section)
    return f"{section_title(proposal.section)}, {title_of(plan_actions.as_document(table, row))}"
