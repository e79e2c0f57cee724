"""A role that somebody holds now, as an export says it. No part of the plan: compared with it."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)


class Held(NamedTuple):
    """`role` is the key of an Entra role, or the name of a role of the portal. `address` is empty for groups.

    `kind`: "group", "person" or "" where the export does not say. `is_end_told`: whether the export says when its
    assignments end; without, `ends_on` says nothing.
    """

    role: str
    holder: str
    address: str = ""
    kind: str = ""
    held: str = "active"
    ends_on: date | None = None
    is_end_told: bool = True

    @property
    def called(self) -> str:
        return self.holder or self.address

    @property
    def is_named(self) -> bool:
        """Whether the export says who it is, not only an ID."""
        return not _ID.match(self.called)

    def as_row(self) -> list[str | None]:
        """As it is stored: a day, "" for "does not end", None for "not told"."""
        ends = (self.ends_on.isoformat() if self.ends_on else "") if self.is_end_told else None
        return [self.role, self.holder, self.address, self.kind, self.held, ends]

    @classmethod
    def from_row(cls, row: list[str | None]) -> Held:
        role, holder, address, kind, held, ends = row
        day = date.fromisoformat(ends) if ends else None
        return cls(str(role), str(holder), str(address), str(kind), str(held), day, ends is not None)
