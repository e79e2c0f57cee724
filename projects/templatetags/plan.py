"""Values of a plan in words."""

from __future__ import annotations

from django import template

from projects.document import Row
from projects.rules.labels import value_of

register = template.Library()


@register.filter
def words(row: Row, field: str) -> str:
    """A field of a row in words: {{ row|words:"kind" }}."""
    return value_of(type(row), field, getattr(row, field))
