"""What waits for a person by name: asked of them, to be accepted, met or confirmed by them, or said to them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from projects.models import Project, Proposal
from stakeholders.actions.conditions import replaced
from stakeholders.models import Condition, Decision, Question, Request, Stakeholder
from stakeholders.models.look_for import LookFor
from stakeholders.models.rounds import RequestQuerySet, open_sections_of
from stakeholders.rules.eligibility import bar
from stakeholders.words import titles
from tenants import clock
from tenants.compiled import CompiledQuery
from tenants.models import User

MOST_ANSWERED = 5
_OF_A_REQUEST = (
    "code", "part", "name", "email", "handed_to", "handed_to_name", "sections", "asked_anew", "round__number", "round__due_on",
    "round__opened_by_name", "round__opened_by_email", "round__project__name", "round__project__slug", "round__project__authors",
    "round__project__askers",
)  # fmt: skip
_OF_A_CONDITION = (
    "decision_id", "stakeholder_key", "sections", "what", "who", "who_email", "set_by_name", "set_by_email", "due_on",
    "evidence_by", "returned_because", "project__name", "project__slug", "project__tenant__time_zone",
)  # fmt: skip


class ByName(NamedTuple):
    """What waits for a person by name, whether or not they may read the plan."""

    requests: list[Request]
    """To decide, give input on, or note."""
    to_accept: list[Condition]
    """Conditions that were told as met."""
    to_meet: list[Condition]
    to_confirm: list[Stakeholder]
    """Their rows of a matrix with a substitute whom somebody else named."""

    @property
    def how_many(self) -> int:
        return len(self.requests) + len(self.to_accept) + len(self.to_meet) + len(self.to_confirm)


def asked_by_name(user: User, look: LookFor) -> ByName:
    conditions = Condition.objects
    mine = list(_by_day(_put_to(user, look))) if look.stands_in else _addressed_to.rows(user.email)
    return ByName(
        requests=[request for request in _with_what_is_left(mine) if _may_answer(request, user.email)],
        to_accept=_that_count(conditions.told_as_met().accepted_by(user), user) if look.may_accept else [],
        to_meet=_that_count(conditions.to_meet(user), user) if look.is_to_meet else [],
        to_confirm=_to_confirm(user) if look.is_to_confirm else [],
    )


def _by_day(requests: RequestQuerySet) -> RequestQuerySet:
    """The open ones among them, the earliest due first, with what home tells of each."""
    found = requests.open().filter(round__project__archived_at=None).select_related("round__project")
    begun = Exists(Decision.objects.filter(request_id=OuterRef("pk")))
    return found.only(*_OF_A_REQUEST).order_by(F("round__due_on"), "pk").annotate(is_begun=begun)


_addressed_to = CompiledQuery(lambda email: _by_day(Request.objects.addressed_to(email)))


def _may_answer(request: Request, email: str) -> bool:
    """Whether there is anything in it that the person may answer: nobody signs what they wrote or
    asked for, nor others for them."""
    authors = request.round.project.authors
    return not all(
        bar(
            email,
            addressed_to=request.email,
            part=request.part,
            authors=authors.get(section, {}),
            asked_by=request.asked_by(section),
            placed_by=(),
            handed_to="" if email == request.email else request.handed_to,
            stands_in=email,
        )
        for section in request.sections
    )


def _put_to(user: User, look: LookFor) -> RequestQuerySet:
    """All that was put to a person; who stands in for nobody is asked the small question."""
    requests, email = Request.objects.all(), user.email
    return requests.put_to(email, clock.today("UTC")) if look.stands_in else requests.addressed_to(email)


def _to_confirm(user: User) -> list[Stakeholder]:
    readable = Project.objects.permitting(user, "view_revision").filter(archived_at=None)
    rows = Stakeholder.objects.to_confirm(user, clock.today("UTC")).filter(project__in=readable)
    return list(rows.select_related("project").order_by("substitute_from", "pk"))


def said_to(user: User, look: LookFor) -> list[dict[str, Any]]:
    """What waits for the lead of a project to answer or to settle: questions before an answer, suggested values."""
    found: list[dict[str, Any]] = []
    if look.is_to_answer:
        led = Request.objects.filter(round__project__lead=user, round__project__archived_at=None)
        led = led.filter(answered_at=None, round__withdrawn_at=None)  # asking again answers no question
        asked = Question.objects.filter(answered_at=None, request__in=led).select_related("request__round__project")
        found += [
            {"kind": "question", "who": each.asked_by_name, "about": each.request.sections,
             "project": each.request.round.project}
            for each in asked
        ]  # fmt: skip
    if look.is_to_settle:
        led_by = Proposal.objects.filter(project__lead=user, project__archived_at=None)
        suggested = led_by.filter(state=Proposal.State.OPEN, question=None).select_related("project")
        found += [
            {"kind": "suggestion", "who": each.made_by_name, "about": [each.section], "project": each.project}
            for each in suggested
        ]
    return [{**each, "about": titles(each["about"])} for each in found]


def _with_what_is_left(requests: list[Request]) -> list[Request]:
    """Each says as its sections only those that are open; decisions are read only where one was answered in part."""
    begun = [request for request in requests if request.is_begun]  # type: ignore[attr-defined]
    left = open_sections_of(begun) if begun else {}
    for request in requests:
        request.sections = left.get(request.pk, request.still_asked)
    return requests


def _that_count(conditions: QuerySet[Condition], user: User) -> list[Condition]:
    """Those whose day is not over and whose approval still counts, the earliest first."""
    readable = Project.objects.permitting(user, "view_revision").filter(archived_at=None)
    rows = conditions.filter(project__in=readable).select_related("project__tenant").only(*_OF_A_CONDITION)
    waiting = [row for row in rows if row.due_on >= clock.today(row.project.tenant.time_zone)]
    over = replaced(waiting) if waiting else ()
    return [row for row in waiting if row.pk not in over]


def answered_by(user: User, look: LookFor) -> list[Request]:
    """What the person has answered, or somebody for them, the newest first."""
    if not (look.has_answered or look.stands_in):
        return []
    readable = Project.objects.permitting(user, "view_revision").filter(archived_at=None)
    found = _put_to(user, look).filter(round__project__in=readable).exclude(answered_at=None)
    found = found.select_related("round__project").only("answered_at", *_OF_A_REQUEST)
    return list(found.order_by("-answered_at", "-pk")[:MOST_ANSWERED])
