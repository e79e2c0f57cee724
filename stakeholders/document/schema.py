"""The published schema of an exported plan: what `import_plan` reads, for whoever writes such a file."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from stakeholders.document import Document

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DIGESTS = {
    "description": "Fingerprint of each section, as it was exported; they are not read again.",
    "type": "object",
    "additionalProperties": {"type": "string"},
}


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `export_plan` prints."""
    found = msgspec.json.schema(Document, schema_hook=_choices)
    found["$defs"]["Document"]["properties"]["digests"] = DIGESTS
    # The end of a text is \\Z in Python's patterns, and $ in those of JSON Schema.
    readable: dict[str, Any] = json.loads(json.dumps(found).replace(r"\\Z", "$"))
    return {"$schema": DIALECT, "title": "Plan of a project", **readable}


def _choices(kind: Any) -> dict[str, Any]:
    return {"enum": list(kind.values)}
