"""What all rows of a plan share."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.project import Project

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class PlanRow(models.Model):
    """A row of a section. Field names are those of its document type; `projects.plan` carries them over."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    key = models.SlugField(max_length=60, editable=False)
    position = models.IntegerField(default=0, editable=False)
    changed_seq = models.PositiveBigIntegerField(default=0, editable=False)
    does_not_apply = models.TextField(_("Does not apply, because"), blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(name="%(app_label)s_%(class)s_key", fields=["project", "key"])]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.key:
            self.key = new_key(type(self).__name__)
        super().save(*args, **kwargs)


def new_key(prefix: str) -> str:
    """A key that no other row of the project has: the kind of row and six random letters."""
    return f"{prefix.lower()}-{''.join(secrets.choice(ALPHABET) for _ in range(8))}"


def line(**options: Any) -> models.CharField[str, str]:
    return models.CharField(max_length=200, **options)


def optional_line() -> models.CharField[str, str]:
    return line(blank=True, default="")


def text() -> models.TextField[str, str]:
    return models.TextField(blank=True, default="")


def day() -> models.DateField[Any, Any]:
    return models.DateField(null=True, blank=True)


def count(**options: Any) -> models.PositiveIntegerField[Any, Any]:
    return models.PositiveIntegerField(**options)


def choice(choices: type[models.TextChoices], **options: Any) -> models.CharField[str, str]:
    if "" in choices.values:
        options.setdefault("blank", True)
    return models.CharField(max_length=30, choices=choices.choices, **options)


def names() -> models.JSONField[Any, Any]:
    """A list of names, numbers or pairs; the document has it as a tuple."""
    return models.JSONField(default=list, blank=True)
