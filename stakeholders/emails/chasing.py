"""Mails to who has not answered: reminders, the daily one, and the word to somebody else when there is still no answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from stakeholders.document import Part
from stakeholders.emails.requests import PARTS, answerable, language_of, link, signed_by
from stakeholders.emails.told import LEADS, Line, leads_of, page, tell
from stakeholders.models import Request
from stakeholders.models.rounds import open_sections_of
from stakeholders.words import section_title, titles
from tenants import emails
from tenants.emails import long_day, short_day
from tenants.models import Mail, Tenant, User

STOP_DIGEST = "stop-digest"
CONTACT = gettext_lazy("you are named as the contact for such a case in the project %(project)s.")


def mail_reminder(
    requests: Sequence[Request], *, to: str, name: str, slot: str, today: date, by: User | None = None,
    due_at: datetime | None = None,
) -> Mail | None:  # fmt: skip
    """One mail to one person: the first request in full, whatever else waits for them below. None if this slot is sent.

    `by` is who pressed the button; without, whoever asked. `due_at`: not before.
    """
    first = requests[0]
    round_ = first.round
    others = list(Request.objects.open().filter(round=round_, part=Part.SO).exclude(email=first.email))
    for other in others:
        other.round = round_
    still_open = open_sections_of([*requests, *others])
    missing = [
        other.name
        for other in others
        if set(still_open[first.pk]) & set(answerable(other, still_open[other.pk], by=other.email))
    ]
    by_name, by_email = (str(by), by.email) if by else (round_.opened_by_name, round_.opened_by_email)
    return emails.queue(
        recipient=to,
        kind="reminder",
        about=f"request-{first.pk}",
        slot=slot,
        tenant=round_.project.tenant,
        language=language_of(to),
        reply_to=by_email,
        from_name=signed_by(by_name, round_.project),
        due_at=due_at,
        context={
            "name": name.split(" ")[0],
            "by": by_name,
            "by_short": by_name.split(" ")[0],
            "project": round_.project.name,
            "part": PARTS[Part(first.part)],
            "role": first.role,
            "url": link(first),
            "code": first.code,
            "headline": "",
            "sections": [
                section_title(s) for s in answerable(first, still_open[first.pk], by=to) or still_open[first.pk]
            ],
            "days_left": (round_.due_on - today).days,
            "for_name": first.name if to != first.email else "",
            "can_hand_over": to == first.email,
            "due_long": long_day(round_.due_on),
            "missing": missing,
            "also": _waiting(requests[1:], to, still_open),
        },
    )


def _waiting(requests: Collection[Request], to: str, still_open: Mapping[int, Collection[str]]) -> list[dict[str, Any]]:
    return [
        {
            "for_name": request.name if to != request.email else "",
            "project": request.round.project.name,
            "sections": [section_title(s) for s in answerable(request, still_open[request.pk], by=to)],
            "due": short_day(request.round.due_on),
            "url": link(request),
        }
        for request in requests
    ]


def mail_digest(
    requests: Sequence[Request],
    *,
    tenant: Tenant,
    to: str,
    name: str,
    today: date,
    ended: Collection[dict[str, str]] = (),
) -> Mail | None:
    """Whatever waits for a person, once a day, for whoever chose that; the one mail that can be ended with one press.

    `ended` are signatures of theirs that no longer cover what is written, and of which they are not asked anew yet.
    """
    return emails.queue(
        recipient=to,
        kind="digest",
        about=f"tenant-{tenant.pk}",
        slot=today.isoformat(),
        tenant=tenant,
        language=language_of(to),
        context={
            "name": name.split(" ")[0],
            "tenant": tenant.name,
            "waiting": _waiting(requests, to, open_sections_of(requests)) if requests else [],
            "ended": list(ended),
            "url": settings.PUBLIC_URL + "/",
            "stop": stop_link(to),
        },
    )


def stop_link(email: str) -> str:
    """Where a digest is ended: signed for this one address, and good for nothing else."""
    return f"{settings.PUBLIC_URL}{reverse('stakeholders:stop_digest', args=[signing.dumps(email, salt=STOP_DIGEST)])}"


class NoAnswer(NamedTuple):
    """A request that nobody answered; `contact` is what the matrix says of whom to tell, where it gives no address."""

    request: Request
    contact: str


WAS_ASKED = gettext_noop(
    "%(who)s was asked about %(sections)s as %(role)s, due %(due_long)s, was reminded, and has not answered."
)
NAMES = gettext_noop("The matrix names %(contact)s for such a case, without an address. Speak to them.")


def tell_escalated(
    missing: Sequence[NoAnswer], *, email: str, name: str, today: date, due_at: datetime | None
) -> Mail | None:
    """To the contact of these rows of one project, or a lead: the reminders have ended without an answer."""
    first = missing[0].request
    project = first.round.project
    lines: list[Line] = []
    for request, contact in missing:
        words = {
            "who": request.name,
            "sections": titles(request.open_sections()),
            "role": request.role,
            "due_long": long_day(request.round.due_on),
        }
        lines += [(WAS_ASKED, words), *([(NAMES, {"contact": contact})] if contact else [])]
    lines.append(gettext_noop("No more reminders go out."))
    return tell(
        project, to=email, name=name, slot=f"escalated-{first.pk}-{today}", due_at=due_at,
        subject=gettext_noop("No answer from %(who)s: %(project)s"), lines=lines,
        who=get_text_list(list(dict.fromkeys(request.name for request, _contact in missing)), _("and")),
        url=page("approvals", project.slug), deed=gettext_lazy("Open the approvals"),
        why=LEADS if email in {lead.email for lead in leads_of(project)} else CONTACT,
    )  # fmt: skip
