"""What was found out about a project, and as of which change."""

from __future__ import annotations

from django.db import models
from django.db.models import CharField, F, Q
from django.db.models.functions import Cast, Coalesce

from projects import catalog
from projects.models import Project
from readiness.rules.findings import LONGEST_DAYS
from readiness.rules.version import RULES_VERSION
from tenants import clock
from tenants.compiled import CompiledQuery


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def of(self, project_id: int) -> Verdict | None:
        """What is stored of a project, if it was ever judged."""
        return _stored.first(project_id)

    def fresh(self) -> VerdictQuerySet:
        """Verdicts of the project as it is now, by the rules as they are now."""
        return self.alias(policy=policy_version_of("project__tenant")).filter(
            ledger_seq=F("project__ledger_seq"), rules_version=rules_version(), policy_version=F("policy")
        )


def policy_version_of(tenant: str) -> Cast:
    """`judge.policy_version` as the database says it; `tenant` is the way there from the row that is asked.

    As an alias: a filter alone would leave out the tenants that have no policy of their own.
    """
    return Cast(Coalesce(f"{tenant}__access_policy__longest_days", LONGEST_DAYS), CharField())


def rules_version() -> str:
    """Version of the checks together with that of Microsoft's facts."""
    return f"{RULES_VERSION}-{catalog.VERSION}"


class Verdict(models.Model):
    """The newest judgement. `ledger_seq` is that of the project before its first row was read, and again after."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="verdict")
    ledger_seq = models.PositiveBigIntegerField()
    day = models.DateField()
    rules_version = models.CharField(max_length=40)
    policy_version = models.CharField(max_length=40, blank=True)
    computed_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=20)
    blockers = models.PositiveIntegerField()
    warnings = models.PositiveIntegerField()
    sections_done = models.PositiveIntegerField()
    sections_all = models.PositiveIntegerField()
    payload = models.JSONField()
    line = models.JSONField(default=dict, help_text="What a list shows, out of the payload.")
    failing = models.JSONField(default=dict, help_text="What waits for somebody, out of the payload, for home.")

    objects = VerdictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="no_more_done_than_sections", condition=Q(sections_done__lte=F("sections_all")))
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.blockers} blockers"

    @property
    def completion(self) -> int:
        """Complete sections in per cent of those that apply."""
        return round(self.sections_done * 100 / self.sections_all) if self.sections_all else 0


class VerdictChange(models.Model):
    """The verdict became another one: state and blockers from then on, for "as of" a day."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="verdict_changes")
    at = models.DateTimeField(default=clock.now)
    ledger_seq = models.PositiveBigIntegerField()
    state = models.CharField(max_length=20)
    blockers = models.JSONField(help_text="Ids of the findings that stopped the project.")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(name="verdict_change_of", fields=["project", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.state}"


_stored = CompiledQuery(lambda project_id: Verdict.objects.filter(project=project_id))
