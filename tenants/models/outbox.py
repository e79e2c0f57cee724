"""A mail is a row before it is sent: what it says is frozen with the change that causes it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from tenants import clock
from tenants.models.people import Tenant


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self) -> MailQuerySet:
        """Not sent, not given up, its time has come, and claimed by nobody (or the claim has run out)."""
        now = clock.now()
        return self.filter(sent_at=None, given_up_at=None, due_at__lte=now).filter(
            Q(claimed_until=None) | Q(claimed_until__lt=now)
        )

    def waiting(self) -> MailQuerySet:
        return self.filter(sent_at=None, given_up_at=None)


class Mail(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, null=True, related_name="mails")
    recipient = models.EmailField()
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10, default="en")
    subject_of = models.CharField(max_length=80, help_text="What the mail is about, for example request-12.")
    slot = models.CharField(max_length=40, help_text="When it is due: the same mail is sent once per slot.")
    context = models.JSONField(help_text="All that the templates need; delivery reads nothing else.")
    from_name = models.CharField(max_length=120, blank=True)
    reply_to = models.EmailField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True, help_text="When the mail service said so; few do.")
    bounced_at = models.DateTimeField(null=True, help_text="When it came back after it was sent.")
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_mail_per_slot", fields=["recipient", "kind", "subject_of", "slot"]),
            models.CheckConstraint(name="sent_or_given_up", condition=Q(sent_at=None) | Q(given_up_at=None)),
        ]
        indexes = [
            models.Index(name="mail_due", fields=["due_at"], condition=Q(sent_at=None, given_up_at=None)),
            models.Index(name="mail_of_subject", fields=["subject_of"]),
        ]
        ordering = [F("created_at").desc()]

    def __str__(self) -> str:
        return gettext("Mail to %(recipient)s") % {"recipient": self.recipient}

    @property
    def state(self) -> str:
        """In words: waiting, sent, delivered (where a mail service says so), came back, given up."""
        if self.bounced_at:
            return gettext("came back")
        if self.sent_at:
            return gettext("delivered") if self.delivered_at else gettext("sent")
        return gettext("given up") if self.given_up_at else gettext("waiting")


class RefusedAddress(models.Model):
    """An address that was refused for good. Nothing is sent there until somebody says that it works again."""

    email = models.EmailField(unique=True)
    why = models.CharField(max_length=300)
    since = models.DateTimeField(default=clock.now)
    noted_at = models.DateTimeField(null=True, help_text="When the histories of the projects that it touches said so.")

    class Meta:
        verbose_name_plural = "refused addresses"

    def __str__(self) -> str:
        return self.email
