"""Small exports, and the reading of them."""

from __future__ import annotations

import io
from datetime import date

import pytest

from projects import importers
from projects.importers import CannotRead, Result

TODAY = date(2026, 11, 22)
INTUNE = "Device ID,Device name,Last check-in,OS,OS version,Ownership\n"
SEEN = "2026-11-20 12:00:00.0000000"


def read(text: str | bytes, **options: object) -> Result:
    data = text.encode() if isinstance(text, str) else text
    return importers.read(lambda: io.BytesIO(data), **{"today": TODAY, **options})  # type: ignore[arg-type]


def refused(data: str | bytes, **options: object) -> str:
    with pytest.raises(CannotRead) as caught:
        read(data, **options)
    assert "%(" not in str(caught.value)
    assert str(caught.value) != caught.value.code
    return caught.value.code


def intune(*rows: str) -> Result:
    return read(INTUNE + "\n".join(rows))
