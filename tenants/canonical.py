"""Canonical JSON and its fingerprint: one spelling for one content, on every machine and in every year."""

from __future__ import annotations

import hashlib
import json
from typing import IO, Any


def text(value: Any) -> str:
    """Canonical JSON of plain values: keys sorted, no spaces, no escapes beyond what JSON needs."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(value: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(value.encode("utf-8")).hexdigest()


def fingerprint_of_file(file: IO[bytes]) -> str:
    """SHA-256 of an uploaded file, which is read and not kept."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
