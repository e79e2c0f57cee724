"""What a tenant has said about its exports once, for all of its projects."""

from __future__ import annotations

from django.db import models

from tenants import clock
from tenants.models import Tenant, User


class LearnedName(models.Model):
    """What a name of an operating system means that no rule places.

    `means`: a key of the catalogue, "other:computer" (another system of that kind) or "leave_out".
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="learned_names")
    key = models.CharField(max_length=200)
    """Spellings that are the same name have the same key: `importers.unknown_key`."""
    text = models.CharField(max_length=200)
    means = models.CharField(max_length=60)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["text", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="a_name_means_one_thing", fields=["tenant", "key"])]

    def __str__(self) -> str:
        return f"{self.text}: {self.means}"


class LearnedColumns(models.Model):
    """Which column of a file tells what, for every file with the same set of headers."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="learned_columns")
    key = models.CharField(max_length=64)
    """The set of headers: `importers.header_key`."""
    columns = models.JSONField(default=dict)
    """What a column tells -> its header."""
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="headers_are_picked_once", fields=["tenant", "key"])]

    def __str__(self) -> str:
        return ", ".join(f"{role}: {header}" for role, header in self.columns.items())
