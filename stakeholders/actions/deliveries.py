"""What became of mails: an address that takes none stops further mail and stops the gate, until somebody mends it."""

from __future__ import annotations

import re
import uuid

from django.db import transaction
from django.db.models import Q

from projects import ledger
from projects.models import Project
from stakeholders import emails
from stakeholders.actions.rounds import new_code
from stakeholders.models import Request, Stakeholder
from stakeholders.plan import load
from stakeholders.states import LINK_ENDED, standings
from tenants import clock, outbox
from tenants.models import Mail, RefusedAddress, User
from tenants.models.people import normal_address
from tenants.rules import bounced_for_good
from tenants.wake import RECOMPUTE, wake

OUR_MESSAGE = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


@transaction.atomic
def record_delivery(*, recipient: str, event: str, message_id: str, told: str) -> None:
    """What a mail service says about one mail: delivered, or that the address takes none. Anything else is not kept."""
    email = normal_address(recipient)
    ours = OUR_MESSAGE.match(message_id)
    mail = Mail.objects.filter(pk=uuid.UUID(ours[1]), recipient=email).first() if ours else None
    if event == "delivered" and mail is not None and mail.delivered_at is None:
        Mail.objects.filter(pk=mail.pk).update(delivered_at=clock.now())
    if not bounced_for_good(event, told):
        return
    if mail is not None:
        Mail.objects.filter(pk=mail.pk).update(bounced_at=clock.now(), last_error=told[:300])
    if _is_known(email) and outbox.refuse(email, told or event):
        note_refused_addresses()


def _is_known(email: str) -> bool:
    """Somebody to whom mail went: a service may report addresses of others who use it too."""
    return Mail.objects.filter(recipient=email).exists()


def _touched(email: str) -> list[Project]:
    """The projects in which somebody with this address is asked, or stands in the matrix."""
    rows = Stakeholder.objects.filter(Q(email=email) | Q(substitute_email=email), does_not_apply="")
    asked = Request.objects.open().filter(Q(email=email) | Q(handed_to=email))
    found = Project.objects.filter(
        Q(pk__in=rows.values("project_id")) | Q(pk__in=asked.values("round__project_id")), archived_at=None
    )
    return list(found.order_by("pk"))


def note_refused_addresses() -> int:
    """Write every newly refused address into the histories of the projects that it touches; how many entries."""
    waiting = list(RefusedAddress.objects.filter(noted_at=None).values_list("pk", flat=True))
    return sum(_note(pk) for pk in waiting)


@transaction.atomic
def _note(key: int) -> int:
    row = RefusedAddress.objects.select_for_update(of=("self",), no_key=True).filter(pk=key, noted_at=None).first()
    if row is None:
        return 0
    projects = _touched(row.email)
    for each in projects:
        project = Project.objects.locked(each.pk)
        ledger.record(project, by=None, verb="address refused", address=row.email, why=row.why)
        wake(RECOMPUTE, project.pk)
    row.noted_at = clock.now()
    row.save(update_fields=["noted_at"])
    return len(projects)


@transaction.atomic
def address_works(*, request: Request, by: User) -> bool:
    """A lead says that an address takes mail again: what is open there is mailed once more. False if nothing is refused.

    The histories of projects of other tenants say it without a name.
    """
    own = Project.objects.locked(request.round.project_id)
    request = Request.objects.get(pk=request.pk)
    email = request.handed_to or request.email
    is_open = Request.objects.open().filter(pk=request.pk).exists()
    last = Mail.objects.filter(subject_of=f"request-{request.pk}").order_by("created_at").last()
    marks = RefusedAddress.objects.filter(email=email)
    was_lost = last is not None and bool(last.given_up_at or last.bounced_at)
    if not is_open or not (was_lost or marks.exists()):
        return False
    marks.delete()
    for key in sorted({own.pk, *(project.pk for project in _touched(email))}):
        project = Project.objects.locked(key)
        who = by if project.tenant_id == own.tenant_id else None
        ledger.record(project, by=who, verb="address works", address=email)
        _mail_again(project, email)
        wake(RECOMPUTE, project.pk)
    return True


def _mail_again(project: Project, email: str, only: Request | None = None) -> None:
    """Everything that is open at this address, once more; or `only` one of it."""
    slot = f"works-{project.ledger_seq}"
    today = clock.today(project.tenant.time_zone)
    rows = Request.objects.open().filter(Q(email=email) | Q(handed_to=email), round__project=project)
    document = load([project])[project.pk]
    standing = standings([project], {project.pk: document})[project.pk]
    keys = {row.key for row in document.stakeholders.rows}
    for request in [only] if only else rows.select_related("round"):
        request.round.project = project
        if request.handed_to == email:
            emails.mail_reminder([request], to=email, name=request.handed_to_name, slot=slot, today=today)
        elif not request.handed_to and request.stakeholder_key in keys:
            emails.mail_anew(request, standing, slot=slot)


@transaction.atomic
def renew_link(*, request: Request, by: User) -> bool:
    """The reference in the mails opens nothing from now on; a new one goes out. False if the request is not open."""
    project = Project.objects.locked(request.round.project_id)
    found = Request.objects.open().select_related("round").filter(pk=request.pk).first()
    if found is None:
        return False
    found.round.project = project
    before, found.code = found.code, new_code(project)
    found.save(update_fields=["code"])
    ledger.record(project, by=by, verb=LINK_ENDED, before=before, request=found.code, name=found.name)
    _mail_again(project, found.handed_to or found.email, only=found)
    wake(RECOMPUTE, project.pk)
    return True
