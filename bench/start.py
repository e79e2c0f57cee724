"""What every measurement needs before Django is there: its settings, its sizes, and a place for its rows."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TypeVar

T = TypeVar("T")
IS_QUICK = os.environ.get("QUICK", "") not in {"", "0", "no"}


@dataclass(frozen=True)
class Row:
    """One line of the table. `limit` is the most that is accepted; without it the number is only told."""

    what: str
    unit: str
    value: float
    limit: float | None = None
    note: float | str = ""

    @property
    def is_met(self) -> bool:
        return self.limit is None or self.value <= self.limit


def sizes(*, full: T, quick: T) -> T:
    return quick if IS_QUICK else full


def django() -> None:
    """Start Django with the settings of the bench; DATA_DIR and DATABASE_URL come from the environment."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django as it

    it.setup()


def report(rows: Iterable[Row]) -> None:
    """Hand the rows to the process that prints the table."""
    json.dump([asdict(row) for row in rows], sys.stdout)
