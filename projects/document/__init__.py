"""The one shape in which projects leave the database: frozen values, canonical JSON, a published schema."""

from projects.document.fields import COUNTED, MATERIAL, PROGRESS, SIGNED, WORDING, Frozen, Row, classes, fields_of
from projects.document.rows import ProjectFacts
from projects.document.sections import (
    SECTIONS,
    Plan,
    Section,
    applies,
    as_json,
    content_tables,
    digest,
    has_counts,
    plain,
    signed_content,
    signed_fields,
    signed_values,
)

__all__ = [
    "COUNTED",
    "MATERIAL",
    "PROGRESS",
    "SECTIONS",
    "SIGNED",
    "WORDING",
    "Frozen",
    "Plan",
    "ProjectFacts",
    "Row",
    "Section",
    "applies",
    "as_json",
    "classes",
    "content_tables",
    "digest",
    "fields_of",
    "has_counts",
    "plain",
    "signed_content",
    "signed_fields",
    "signed_values",
]
