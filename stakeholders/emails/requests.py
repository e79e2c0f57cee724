"""The mails of a request for approval: one per person, frozen with the change that causes them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from projects.models import Project
from stakeholders.document import Part, StakeholderRow
from stakeholders.models import Decision, Request, Round, StandIn
from stakeholders.rules.standing import CHANGES, WITHDRAWN, Standing, Vote, sections_of
from stakeholders.rules.summary import change_lines, headline
from stakeholders.words import section_title
from tenants import clock, emails, signing
from tenants.emails import at_place, long_day, short_day
from tenants.models import User

PARTS = {Part.SO: "approve", Part.R: "input", Part.I: "informed"}


def minutes_for(sections: int, *, is_again: bool) -> int:
    """How long an answer takes, about: what changed is read in two minutes, two whole sections in one."""
    return 2 if is_again else max(2, ceil(sections / 2))


def answerable(request: Request, sections: Collection[str], *, by: str) -> list[str]:
    """Those of the sections that this address may answer: nobody signs what they wrote or asked for, nor another for
    them."""
    authors = request.round.project.authors
    return [
        name
        for name in sections
        if request.part != Part.SO or {by, request.email}.isdisjoint({*authors.get(name, ()), *request.asked_by(name)})
    ]


def whom_to_remind(
    request: Request, sections: Collection[str], instead: tuple[str, str] | None
) -> tuple[str, str] | None:
    """Address and name of whoever is reminded of what is left of a request: whoever has it `instead` of the person, if
    they may answer any of it; else the person. None if neither may. Nobody is reminded of what they sent themselves."""
    for email, name in filter(None, (instead, (request.email, request.name))):
        if email != request.round.opened_by_email and answerable(request, sections, by=email):
            return email, name
    return None


def link(request: Request) -> str:
    return f"{settings.PUBLIC_URL}/d/{request.code}"


def signed_by(name: str, project: Project) -> str:
    return f"{name} ({project.tenant.name})"


def language_of(email: str) -> str:
    return User.objects.filter(email=email).values_list("language", flat=True).first() or "en"


def mail_all(round_: Round, asked: Collection[Request], standing: Standing, briefing: dict[str, Any]) -> None:
    """One mail per person, however many rows of the matrix they stand in; none to the sender, who knows."""
    by_person: dict[str, list[Request]] = defaultdict(list)
    for request in sorted(asked, key=lambda r: list(PARTS).index(Part(r.part))):
        if request.email != round_.opened_by_email:
            by_person[request.email].append(request)
    for email, requests in by_person.items():
        theirs = {section for request in requests for section in request.sections}
        others = _approvers_of(theirs, [request for request in asked if request.email != email])
        _mail_request(round_, requests[0], requests, standing, briefing, others)


def mail_anew(request: Request, standing: Standing, *, slot: str = "") -> None:
    """The mail of a request once more, or to somebody else: of what they may still answer, with the briefing of then."""
    round_, still_open = request.round, request.open_sections()
    still_open = answerable(request, still_open, by=request.email) or still_open
    names = _approvers_of(still_open, Request.objects.open().filter(round=round_).exclude(pk=request.pk))
    _mail_request(
        round_,
        request,
        [request],
        standing,
        json.loads(round_.briefing),
        names,
        slot=slot or f"to-{request.email}"[:40],
        still_open=still_open,
    )


def _approvers_of(sections: Collection[str], requests: Iterable[Request]) -> list[str]:
    """Names of those who are asked to approve one of these sections too, each once."""
    found = (r.name for r in requests if r.part == Part.SO and not set(sections).isdisjoint(r.sections))
    return list(dict.fromkeys(found))


def _mail_request(
    round_: Round,
    first: Request,
    requests: list[Request],
    standing: Standing,
    briefing: dict[str, Any],
    others: list[str],
    slot: str = "asked",
    still_open: Collection[str] | None = None,
) -> None:
    project = round_.project
    asked = {s for request in requests for s in request.sections} if still_open is None else still_open
    sections = [s for s in sections_of(standing.document) if s in asked]
    row = next(r for r in standing.document.stakeholders.rows if r.key == first.stakeholder_key)
    before = {
        s: vote
        for s in sections
        if (vote := standing.latest_vote(row, s)) and vote.answers[s] not in (CHANGES, WITHDRAWN)
    }
    is_again = first.part == Part.SO and len(before) == len(sections)
    lines = [
        line
        for section, vote in before.items()
        for line in change_lines(
            standing.compared(vote, section), standing.signed(vote.revision_id), standing.document, section
        )
    ]
    mine = [
        name for name in sections_of(standing.document) if name not in sections and _stands(standing, row.key, name)
    ]
    emails.queue(
        recipient=first.email,
        kind="decision_request",
        about=f"request-{first.pk}",
        slot=slot,
        tenant=project.tenant,
        language=language_of(first.email),
        reply_to=round_.opened_by_email,
        from_name=signed_by(round_.opened_by_name, project),
        context={
            "name": first.name.split(" ")[0],
            "by": round_.opened_by_name,
            "by_short": round_.opened_by_name.split(" ")[0],
            "project": project.name,
            "part": PARTS[Part(first.part)],
            "role": row.role,
            "url": link(first),
            "code": first.code,
            "sections": [section_title(s) for s in sections],
            "sections_total": len(sections_of(standing.document)),
            "again": is_again,
            "signed_on": _signed_on(before.values(), project) if is_again else "",
            "headline": headline(lines, sections) if is_again else "",
            "due": short_day(round_.due_on),
            "due_long": long_day(round_.due_on),
            "minutes": minutes_for(len(sections), is_again=is_again),
            "changes": [{"what": x.what, "was": x.was, "now": x.now, "note": x.note} for x in lines]
            if is_again
            else [],
            "nothing_else": bool(lines),
            "means": briefing.get("means", []) if first.part == Part.SO and is_again else [],
            "standing": [section_title(s) for s in mine],
            "open_changes": _open_changes(standing, mine),
            "also_asked": others,
            "substitute": _substitute(row),
            "can_hand_over": True,
            "note": round_.note,
        },
    )


def _substitute(row: StakeholderRow) -> dict[str, str] | None:
    if not (row.substitute and row.substitute_from and row.substitute_until):
        return None
    return {
        "name": row.substitute,
        "from": short_day(row.substitute_from)[4:],
        "until": short_day(row.substitute_until)[4:],
    }


def _stands(standing: Standing, key: str, section: str) -> bool:
    return any(s.row.key == key and s.covers for s in standing.signatures[section])


def _signed_on(votes: Collection[Vote], project: Project) -> str:
    day = max(vote.at for vote in votes).astimezone(ZoneInfo(project.tenant.time_zone))
    return f"{day.day} {day:%B}"


def _open_changes(standing: Standing, signed: Collection[str]) -> list[dict[str, str]]:
    """Who has asked for changes to a section that the reader has signed: only they would be asked for it again."""
    return [
        {"who": signature.row.name, "section": section_title(section)}
        for section in signed
        for signature in standing.signatures[section]
        if signature.state == "changes"
    ]


def standing_in(request: Request) -> list[StandIn]:
    """Who stands in today for the person of a request; nobody, or one."""
    project = request.round.project
    today = clock.today(project.tenant.time_zone)
    rows = StandIn.objects.counting().on(today).select_related("stakeholder")
    return list(
        rows.filter(
            stakeholder__project=project, stakeholder__key=request.stakeholder_key, for_email=request.email
        )
    )  # fmt: skip


def mail_withdrawn(round_: Round, requests: Collection[Request], *, waiting: Collection[int], by: User) -> None:
    """Once to everybody who was asked to decide or to give input: the person, and whoever has it instead of them; not to
    whoever takes it back.

    `waiting` are the ids of those that nobody has answered. Whoever was informed had nothing to do, and has not now.
    """
    asked = [request for request in requests if request.part != Part.I]
    in_turn = sorted(asked, key=lambda request: request.pk in waiting)  # of two, the one that waits
    told = {request.email: (request, request.name) for request in in_turn}
    told |= {request.handed_to: (request, request.handed_to_name) for request in in_turn if request.handed_to}
    told |= {
        found.email: (request, found.stakeholder.substitute)
        for request in in_turn
        for found in standing_in(request)
        if request.pk in waiting and not request.handed_to
    }
    told.pop(by.email, None)
    for email, (request, name) in told.items():
        emails.queue(
            recipient=email,
            kind="request_withdrawn",
            about=f"request-{request.pk}",
            slot="withdrawn",
            tenant=round_.project.tenant,
            language=language_of(email),
            reply_to=by.email,
            from_name=signed_by(str(by), round_.project),
            context={
                "name": name.split(" ")[0],
                "by": str(by),
                "project": round_.project.name,
                "sections": [section_title(s) for s in request.sections],
                "reason": round_.withdrawn_because,
                "has_answered": request.pk not in waiting,
            },
        )


RECEIPT_WORDS = {"approve": "approved", "conditions": "conditional", "object": "objection"}


def mail_receipt(decision: Decision, request: Request, *, by: User, entry: tuple[int, str], shown: list[str]) -> None:
    """The decider's own witness: fingerprints of what was decided, at once, to their own mailbox."""
    project = request.round.project
    by_answer: dict[str, list[str]] = defaultdict(list)
    for section, answer in decision.answers.items():
        by_answer[answer].append(section)
    answer = max(by_answer, key=lambda a: len(by_answer[a]))
    emails.queue(
        recipient=decision.email,
        kind="receipt",
        about=f"request-{request.pk}",
        slot=f"decision-{decision.pk}",
        tenant=project.tenant,
        language=by.language,
        reply_to=request.round.opened_by_email,
        from_name=signed_by(request.round.opened_by_name, project),
        context={
            "name": decision.name.split(" ")[0],
            "by_short": request.round.opened_by_name.split(" ")[0],
            "project": project.name,
            "role": decision.role,
            "part": PARTS[Part(decision.part)],
            "sections": [section_title(s) for s in by_answer[answer]],
            "answer": RECEIPT_WORDS.get(answer, answer),
            "others": [
                {"answer": RECEIPT_WORDS.get(other, other), "sections": [section_title(s) for s in names]}
                for other, names in by_answer.items()
                if other != answer
            ],
            "at": at_place(decision.decided_at, project.tenant.time_zone),
            "on_behalf_of": decision.for_name,
            "signed_in_with": decision.authenticated_by,
            "comment": decision.comment,
            "conditions": _condition(decision),
            "shown": shown,
            "fingerprints": [{"section": section_title(s), "digest": d} for s, d in decision.digests.items()],
            "briefing_digest": decision.briefing_digest,
            "entry": entry[0],
            "entry_digest": entry[1],
            "key_fingerprint": signing.fingerprint(),
            "not_me_url": "" if answer == WITHDRAWN else link(request),
        },
    )


def _condition(decision: Decision) -> list[str]:
    if decision.condition is None or decision.ends_on is None:
        return []
    words = {"who": decision.condition["who"], "what": decision.condition["what"], "day": short_day(decision.ends_on)}
    told = _(
        "On condition that %(who)s does this until %(day)s: %(what)s. If it is not done by then, your approval ends."
    )
    return [told % words]
