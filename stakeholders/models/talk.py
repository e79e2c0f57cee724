"""What follows an answer or takes its place: conditions, replies, questions, decisions reported from elsewhere."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from projects.models import Project
from stakeholders.models.rounds import Decision, Request
from tenants import clock
from tenants.models import User


class ConditionQuerySet(models.QuerySet["Condition"]):
    """`look_for` asks the same in its own words."""

    def told_as_met(self) -> ConditionQuerySet:
        """Somebody said how it was done, and nobody has accepted that yet, or sent it back."""
        return self.filter(accepted_at=None).exclude(evidence_at=None)

    def to_meet(self, user: User) -> ConditionQuerySet:
        """Those of which the person is to say how they were met: the owner, or the lead where that is nobody with an
        address here."""
        mine = Q(who_email=user.email) | Q(who_email="", project__lead=user)
        return self.filter(mine, accepted_at=None, evidence_at=None)

    def accepted_by(self, user: User) -> ConditionQuerySet:
        """Those that the person may accept: they set it, or a substitute did for them."""
        for_them = Decision.objects.filter(pk=models.OuterRef("decision_id"), for_email=user.email)
        return self.filter(Q(set_by_email=user.email) | Q(models.Exists(for_them)))


class Condition(models.Model):
    """What must be done by a day for an approval to stand. Whoever set it accepts that it was done."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="conditions")
    decision_id = models.BigIntegerField(unique=True)
    stakeholder_key = models.CharField(max_length=60)
    set_by_name = models.CharField(max_length=200)
    set_by_email = models.EmailField(max_length=200)
    sections = models.JSONField()
    what = models.CharField(max_length=500)
    who = models.CharField(max_length=200)
    who_email = models.EmailField(max_length=200, blank=True, help_text="Empty: nobody of the project is called that.")
    due_on = models.DateField()
    evidence = models.TextField(blank=True, default="")
    evidence_by = models.CharField(max_length=200, blank=True, default="")
    evidence_at = models.DateTimeField(null=True)
    returned_because = models.TextField(blank=True, default="")
    accepted_at = models.DateTimeField(null=True)
    accepted_on = models.DateField(null=True, help_text="The day of the acceptance, in the time zone of the tenant.")
    lapse_told_at = models.DateTimeField(null=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="accepted_at_and_on_go_together",
                condition=Q(accepted_at=None, accepted_on=None)
                | Q(accepted_at__isnull=False, accepted_on__isnull=False),
            )
        ]
        indexes = [
            models.Index(
                name="condition_to_accept",
                fields=["set_by_email"],
                condition=Q(accepted_at=None, evidence_at__isnull=False),
            ),
            models.Index(
                name="condition_to_meet", fields=["who_email"], condition=Q(accepted_at=None, evidence_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Reply(models.Model):
    """An answer to what somebody said with their decision. The thread is the decision; it points at nothing deletable."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="replies")
    decision_id = models.BigIntegerField()
    text = models.TextField()
    by_name = models.CharField(max_length=200)
    by_email = models.EmailField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    resolves = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(name="reply_to_decision", fields=["decision_id"])]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return self.text[:60]


class Question(models.Model):
    """Asked by somebody who cannot decide yet. Reminders pause until it is answered."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField()
    asked_by_name = models.CharField(max_length=200)
    asked_by_email = models.EmailField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True, default="")
    answered_by_name = models.CharField(max_length=200, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(name="question_to_answer", fields=["request"], condition=Q(answered_at=None))]

    def __str__(self) -> str:
        return self.text[:60]


class Report(models.Model):
    """A decision made elsewhere, told by somebody else. It counts only when the person has confirmed it themselves."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="reports")
    answers = models.JSONField(help_text="Section: answer.")
    digests = models.JSONField(help_text="Section: fingerprint when it was reported.")
    comment = models.TextField(blank=True)
    decided_on = models.DateField()
    place = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200, blank=True)
    file_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256. The file itself is not kept.")
    reported_by_name = models.CharField(max_length=200)
    reported_by_email = models.EmailField(max_length=200)
    reported_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    denied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="confirmed_or_denied_not_both", condition=Q(confirmed_at=None) | Q(denied_at=None)
            ),
            models.UniqueConstraint(
                name="one_open_report_per_request",
                fields=["request"],
                condition=Q(confirmed_at=None, denied_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}, {self.decided_on}"
