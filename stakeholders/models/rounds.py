"""Requests for approval: what was frozen, who was asked, what they decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce, NullIf

from projects.document import has_counts
from projects.models import Project
from stakeholders.models.matrix import StandIn
from stakeholders.models.policy import ApprovalPolicy
from stakeholders.rules.chasing import link_ends_on
from stakeholders.rules.standing import APPROVE, CONDITIONS, WITHDRAWN
from tenants import clock
from tenants.models import Mail, RefusedAddress, User
from tenants.triggers import insert_only


class InsertOnly(models.Model):
    """A row that is written once. Guarded by the model and by triggers; points at nothing that can be deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError(f"{type(self).__name__} is insert only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{type(self).__name__} is insert only.")


class Revision(InsertOnly):
    """A whole document, frozen. `text` is canonical JSON; `digests` are the fingerprints of its sections."""

    project_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    ledger_seq = models.PositiveBigIntegerField()
    text = models.TextField()
    digests = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_revision_per_number", fields=["project_id", "number"])]

    def __str__(self) -> str:
        return f"revision {self.number} of project {self.project_id}"


class RoundQuerySet(models.QuerySet["Round"]):
    def open(self) -> RoundQuerySet:
        return self.filter(withdrawn_at=None)


class Round(models.Model):
    """A request for approval: a frozen revision and briefing, put to people."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    revision_id = models.BigIntegerField()
    sections = models.JSONField()
    briefing = models.TextField()
    briefing_digest = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    opened_by_name = models.CharField(max_length=200)
    opened_by_email = models.EmailField(max_length=254)
    opened_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_round_per_number", fields=["project", "number"])]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"request {self.number}"


HANDED_ON = Q(handed_to__gt="")
"""Few requests are; said with the question, so that databases look into the index of those few."""


def _addressed_to(email: str) -> Q:
    return Q(email=email) | (Q(handed_to=email) & HANDED_ON)


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> RequestQuerySet:
        """Asked, not answered, not withdrawn, and not replaced by a newer request for the same."""
        return self.filter(answered_at=None, closed_at=None, round__withdrawn_at=None)

    def of_person(self, user: User, today: date | None = None) -> RequestQuerySet:
        """What was put to a person: to themselves, handed to them, or to somebody for whom they stand in today."""
        if StandIn.objects.filter(email=user.email).exists():
            return self.put_to(user.email, today or clock.today("UTC"))
        return self.addressed_to(user.email)  # as for nearly everybody: the large question is not put

    def addressed_to(self, email: str) -> RequestQuerySet:
        """What was put to a person themselves, or handed to them: all of it, for whoever stands in for nobody."""
        return self.filter(_addressed_to(email))

    def put_to(self, email: str, today: date) -> RequestQuerySet:
        """The same in one query, for whoever has only a few requests to look through."""
        away = (
            StandIn.objects.filter(email=email)
            .counting()
            .on(today)
            .filter(
                stakeholder__project=models.OuterRef("round__project"),
                stakeholder__key=models.OuterRef("stakeholder_key"),
                for_email=models.OuterRef("email"),
            )
        )
        return self.filter(_addressed_to(email) | Q(models.Exists(away)))

    def with_refusals(self) -> RequestQuerySet:
        """Each with `is_refused`: whether the address of whoever is to answer takes no mail."""
        refused = RefusedAddress.objects.filter(
            email=Coalesce(NullIf(OuterRef("handed_to"), Value("")), OuterRef("email"))
        )
        return self.annotate(is_refused=Exists(refused))

    def to_remind(self, today: date) -> RequestQuerySet:
        """Open requests of which somebody may be reminded: no question waits, no later day was chosen."""
        return (
            self.open()
            .filter(Q(remind_on=None) | Q(remind_on__lte=today), disowned_at=None)
            .exclude(questions__answered_at=None, questions__isnull=False)
        )


class Request(models.Model):
    """One row of the matrix, asked in one round. Who it is, is copied: the matrix may change."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="requests")
    code = models.CharField(max_length=12, unique=True)
    stakeholder_key = models.CharField(max_length=60)
    role = models.CharField(max_length=200)
    part = models.CharField(max_length=2)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=200)
    question = models.TextField(blank=True)
    sections = models.JSONField()
    asked_anew = models.JSONField(default=list, help_text="Sections that a newer request asks the person for instead.")
    first_opened_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    remind_on = models.DateField(null=True, help_text="Reminders pause until this day: the person chose it.")
    handed_to = models.EmailField(max_length=200, blank=True, default="")
    handed_to_name = models.CharField(max_length=200, blank=True, default="")
    handed_at = models.DateTimeField(null=True)
    disowned_at = models.DateTimeField(null=True, help_text="The person said that somebody else should be asked.")
    disowned_says = models.TextField(blank=True, default="")
    escalated_at = models.DateTimeField(null=True, help_text="The contact of the row was told: reminders have ended.")
    escalated_to = models.CharField(max_length=200, blank=True, default="")

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_request_per_row", fields=["round", "stakeholder_key"])]
        indexes = [
            models.Index(name="open_request", fields=["email"], condition=Q(answered_at=None, closed_at=None)),
            models.Index(name="request_of_person", fields=["email"]),
            models.Index(name="request_handed_on", fields=["handed_to"], condition=HANDED_ON),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code

    def link_is_over(self) -> bool:
        """Whether the link of the mails has ended; the page behind it is still there for the signed-in person."""
        tenant = self.round.project.tenant
        zone = ZoneInfo(tenant.time_zone)
        today, days = clock.today(tenant.time_zone), ApprovalPolicy.objects.of(tenant).link_days

        def is_over(mailed: Iterable[datetime | None]) -> bool:
            newest = max(moment for moment in mailed if moment).astimezone(zone).date()
            return today > link_ends_on(due_on=self.round.due_on, mailed_on=newest, days=days)

        known = [self.round.opened_at, self.handed_at, self.reminded_at]
        if not is_over(known):
            return False
        mails = Mail.objects.filter(subject_of=f"request-{self.pk}")  # a new link, the mail once more, a receipt
        return is_over([*known, *mails.order_by("-created_at").values_list("created_at", flat=True)[:1]])

    def asked_by(self, section: str) -> set[str]:
        """Addresses of whoever asked for the approval of a section: by this request, or by the newest that did."""
        return {self.round.opened_by_email, self.round.project.askers.get(section, self.round.opened_by_email)}

    @property
    def still_asked(self) -> list[str]:
        """The sections that no newer request asks the person for."""
        return [name for name in self.sections if name not in self.asked_anew]

    def open_sections(self) -> list[str]:
        """The sections of this request that are not answered yet, and still asked by it."""
        return open_sections_of([self])[self.pk]


def open_sections_of(requests: Collection[Request]) -> dict[int, list[str]]:
    """The sections that are not answered yet, and still asked, by the id of the request; one query."""
    newest: dict[tuple[int, str], str] = {}
    given = Decision.objects.filter(request_id__in=[request.pk for request in requests]).order_by("number")
    for pk, answers in given.values_list("request_id", "answers"):
        newest.update({(pk, section): answer for section, answer in answers.items()})
    return {
        request.pk: [name for name in request.still_asked if newest.get((request.pk, name), WITHDRAWN) == WITHDRAWN]
        for request in requests
    }


class Decision(InsertOnly):
    """What a person answered to a request, section by section, and what they had before them."""

    project_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    round_number = models.PositiveIntegerField()
    request_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField(
        default=1, help_text="Of the answers to this request: sections may be left for later."
    )
    revision_id = models.BigIntegerField()
    stakeholder_key = models.CharField(max_length=60)
    role = models.CharField(max_length=200)
    part = models.CharField(max_length=2)
    person_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=200)
    for_name = models.CharField(max_length=200, blank=True, default="", help_text="For whom; empty: for oneself.")
    for_email = models.CharField(max_length=200, blank=True, default="")
    reported = models.JSONField(
        null=True, help_text="Made elsewhere and confirmed here: reported by whom, when, where."
    )
    answers = models.JSONField(help_text="Section: answer.")
    comment = models.TextField(blank=True)
    condition = models.JSONField(null=True, help_text="What must be done, by whom, until when.")
    tolerance = models.PositiveSmallIntegerField(default=0, help_text="Per cent that a count may drift.")
    digests = models.JSONField(help_text="Section: fingerprint that was decided on.")
    briefing_digest = models.CharField(max_length=64)
    authenticated_by = models.CharField(max_length=40)
    decided_at = models.DateTimeField(default=clock.now)
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_decision_per_number", fields=["request_id", "number"])]
        indexes = [models.Index(name="decision_of_project", fields=["project_id", "decided_at"])]

    def __str__(self) -> str:
        return f"{self.name}: {self.answers}"

    @property
    def approves(self) -> bool:
        """Whether something of it is an approval, be it on conditions."""
        return not {APPROVE, CONDITIONS}.isdisjoint(self.answers.values())

    @property
    def may_drift(self) -> bool:
        """Whether counts that it approves may move within its tolerance."""
        return any(answer in {APPROVE, CONDITIONS} and has_counts(name) for name, answer in self.answers.items())


insert_only(Revision._meta.db_table)
insert_only(Decision._meta.db_table)
