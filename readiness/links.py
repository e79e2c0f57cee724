"""Addresses of the deeds that findings propose."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from django.urls import reverse

NEEDS = {
    "projects:ask_about_table": "change_project",
    "projects:row_new": "change_project",
    "projects:row_edit": "change_project",
    "projects:propose_task": "change_project",
    "readiness:ask": "submit_project",
    "readiness:keep_finding": "change_project",
    "readiness:remedy": "change_project",
    "stakeholders:address_works": "submit_project",
    "stakeholders:remind": "submit_project",
}
"""What somebody must hold to be shown a deed; the others only lead to pages that everybody with the plan may read."""


def address(deed: Mapping[str, Any], slug: str) -> str:
    """Where a stored deed is done in the project with this slug, with the row to land on."""
    anchor = f"#row-{deed['row']}" if deed["row"] else ""
    return path(deed["to"], slug=slug, **deed["args"]) + anchor


@lru_cache(maxsize=4096)
def path(to: str, **args: str) -> str:
    """The path of a page: looked up once, for a page of findings asks dozens of times."""
    return reverse(to, kwargs=args)


def deeds(finding: Mapping[str, Any], slug: str, can: Collection[str]) -> list[dict[str, Any]]:
    """The deeds of a finding that somebody who holds `can` may do, each with its address."""
    return [
        {"label": deed["label"], "url": address(deed, slug), "is_post": deed["is_post"]}
        for deed in finding["deeds"]
        if NEEDS.get(deed["to"], "view_project") in can
    ]
