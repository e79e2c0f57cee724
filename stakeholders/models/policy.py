"""How a tenant wants its people to be asked: reminders, quiet hours, how long links work, and who must sign in anew."""

from __future__ import annotations

from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from stakeholders.rules.chasing import Steps
from tenants import clock
from tenants.models import Tenant, User
from tenants.quiet import Quiet

MOST_DAYS = [MaxValueValidator(90)]


class ApprovalPolicyManager(models.Manager["ApprovalPolicy"]):
    def of(self, tenant: Tenant) -> ApprovalPolicy:
        """The policy of a tenant; the usual one, not stored, where nobody has changed it."""
        try:
            return tenant.approval_policy
        except ApprovalPolicy.DoesNotExist:
            return ApprovalPolicy(tenant=tenant)


class ApprovalPolicy(models.Model):
    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="approval_policy")
    reminds = models.BooleanField(
        _("remind people by mail"), default=True, help_text=_("Off: only when a lead presses Remind.")
    )
    days_before = models.PositiveSmallIntegerField(
        _("days before it is due"), default=3, validators=MOST_DAYS, help_text=_("0: no reminder before.")
    )
    on_the_day = models.BooleanField(_("on the day on which it is due"), default=True)
    days_after = models.PositiveSmallIntegerField(
        _("days after it was due"), default=2, validators=MOST_DAYS, help_text=_("0: none.")
    )
    every_days = models.PositiveSmallIntegerField(
        _("then every so many days"), default=3, validators=MOST_DAYS, help_text=_("0: never again.")
    )
    times = models.PositiveSmallIntegerField(
        _("so many times"),
        default=3,
        validators=[MaxValueValidator(20)],
        help_text=_("After that the contact named in the row of the matrix is told, once, and reminders end."),
    )
    quiet_from = models.TimeField(
        _("no reminders from"), default=time(18), help_text=_("On the clock of the person, who may choose other hours.")
    )
    quiet_until = models.TimeField(_("no reminders until"), default=time(8))
    link_days = models.PositiveSmallIntegerField(
        _("days for which a link works after the due day"), default=30, validators=[MaxValueValidator(365)]
    )
    step_up_minutes = models.PositiveSmallIntegerField(
        _("who approves must have signed in so many minutes ago at most"),
        default=0,
        validators=[MaxValueValidator(24 * 60)],
        help_text=_("0: whoever is signed in may approve. Else a password or a mailed code is asked for again."),
    )

    objects = ApprovalPolicyManager()

    class Meta:
        verbose_name = _("reminders and approvals")
        verbose_name_plural = _("reminders and approvals")

    def __str__(self) -> str:
        return str(self.tenant)

    def clean(self) -> None:
        super().clean()
        if wrong := self.quiet.wrong:
            raise ValidationError({"quiet_until": wrong})

    @property
    def steps(self) -> Steps:
        return Steps(self.days_before, self.on_the_day, self.days_after, self.every_days, self.times)

    @property
    def quiet(self) -> Quiet:
        return Quiet(self.quiet_from, self.quiet_until)

    def quiet_over(self, user: User | None) -> datetime | None:
        """When this person may be reminded again, if they are left alone now: by their own hours and clock, or where they
        chose none the tenant's. None: they may be reminded now."""
        zone = user.time_zone if user else ""
        quiet = user.quiet if user else None
        return (quiet or self.quiet).over(clock.now(), zone or self.tenant.time_zone)

    def is_quiet_for(self, user: User | None) -> bool:
        """Whether nobody reminds this person now."""
        return self.quiet_over(user) is not None
