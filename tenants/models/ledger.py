"""The history: a chain of entries per tenant and per project, insert only, by model and by trigger."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenants.triggers import insert_only


class Chained(models.Model):
    """Something that has a history. The head makes a cut tail visible; it is written under the row's lock only."""

    ledger_seq = models.PositiveBigIntegerField(default=0, editable=False)
    ledger_head = models.CharField(max_length=64, default="", blank=True, editable=False)
    ledger_checked_at = models.DateTimeField(null=True, editable=False)
    ledger_fault = models.CharField(max_length=300, default="", blank=True, editable=False)
    """What the last verification found; empty when the history was unbroken."""

    chain_kind: str

    class Meta:
        abstract = True


class EntryQuerySet(models.QuerySet["LedgerEntry"]):
    def of(self, owner: Chained) -> EntryQuerySet:
        return self.filter(chain_kind=owner.chain_kind, chain_id=owner.pk)

    def update(self, **kwargs: Any) -> int:
        raise TypeError("The history is insert only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The history is insert only.")


class LedgerEntry(models.Model):
    """One change. `body` is the canonical text that is hashed; the columns beside it repeat it for searching.

    No column points at a row that can be deleted: a history outlives the people and projects it tells of.
    """

    chain_kind = models.CharField(max_length=10)
    chain_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=40)
    sections = models.CharField(max_length=200, blank=True, help_text="Names between spaces, for searching.")
    is_material = models.BooleanField()
    at = models.DateTimeField()
    body = models.TextField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the history")
        verbose_name_plural = _("history")
        constraints = [
            models.UniqueConstraint(name="one_entry_per_place_in_a_chain", fields=["chain_kind", "chain_id", "seq"]),
        ]
        indexes = [models.Index(name="entry_of_tenant", fields=["tenant_id", "at"])]

    def __str__(self) -> str:
        return gettext("Entry %(number)s: %(verb)s") % {"number": self.seq, "verb": self.verb}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The history is insert only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The history is insert only.")


insert_only(LedgerEntry._meta.db_table)
