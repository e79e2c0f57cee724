"""Values of a plan as literals of PowerShell.

In single quotes nothing is looked at but the quotation mark, of which PowerShell knows five; doubled, each stands for
itself. A value is written as nothing else, and never in a comment.
"""

from __future__ import annotations

from collections.abc import Mapping

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
_DOUBLED = str.maketrans({mark: mark * 2 for mark in SINGLE_QUOTES} | {"\x00": "\ufffd"})


def literal(value: str | bool) -> str:
    """`it's` is written 'it''s'. U+0000, which ends a text for many programs, becomes U+FFFD."""
    if isinstance(value, bool):
        return "$true" if value else "$false"
    return f"'{value.translate(_DOUBLED)}'"


def record(values: Mapping[str, str | bool]) -> str:
    """A custom object on one line. The names are ours, not of a plan."""
    inside = "; ".join(f"{name} = {literal(value)}" for name, value in values.items())
    return f"[pscustomobject]@{{ {inside} }}"


def array(records: list[str]) -> str:
    return "@(\n" + "".join(f"    {one}\n" for one in records) + ")"
