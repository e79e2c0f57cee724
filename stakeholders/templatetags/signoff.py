"""Signatures on pages of other apps: the strip above a section, and what an edit would do to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from projects.actions import RowGone
from projects.document import Row
from projects.models import Project
from stakeholders.deeds import deeds_since
from stakeholders.preview import effect_of, effect_of_rows, effect_of_section, row_as_stored, tables_of
from stakeholders.rules.standing import State
from stakeholders.shown import called, story_of, word_of
from stakeholders.states import section_standing

register = template.Library()


@register.inclusion_tag("stakeholders/signatures.html", takes_context=True)
def signatures(context: template.Context, project: Project, section: str) -> dict[str, Any]:
    """{% signatures project section %}: who signs this section, and whether that covers what is written now.

    A small constant number of queries: five while every signature stands, the section's tables besides where one
    is out of date. The page may pass `can`, for the deeds of whoever sends requests.
    """
    request = context.get("request")
    if request is not None and request.method == "POST":  # the deed that this page answers has moved them
        project.refresh_from_db(fields=["digests", "authors", "signed_off"])
    standing = section_standing(project, section)
    found = standing.of_section(section)
    stale = [s.vote.at for s in found if s.state == State.OUT_OF_DATE and s.vote]
    deeds = deeds_since(project, min(stale, default=None))
    is_approved = standing.is_signed(section)
    missing = [] if is_approved else [s for s in standing.able(section) if not s.covers]
    asks = [signature.ask for signature in found if signature.ask]
    return {
        "project": project,
        "section": section,
        "people": [
            {
                "signature": s,
                "word": word_of(s, is_approved=is_approved),
                "story": story_of(s, deeds, is_approved=is_approved),
                "name": called(s.row),
                "is_waited_for": s in missing and s.ask is not None,
            }
            for s in found
        ],
        "asked": max(asks, key=lambda ask: ask.asked_at, default=None),
        "any_wanted": any(not signature.ask for signature in missing),
        "may_submit": "submit_project" in (context.get("can") or ()),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("stakeholders/effect.html")
def signature_effect_of_rows(project: Project, section: str, table: str, rows: tuple[Row, ...]) -> dict[str, Any]:
    """{% signature_effect_of_rows project "environment" "devices" rows %}: what having these rows would end."""
    found = tables_of(section).get(table)
    return {"effect": effect_of_rows(project, found, rows) if found else None}


@register.inclusion_tag("stakeholders/effect.html")
def signature_effect_of_section(
    project: Project, section: str, tables: Mapping[str, tuple[Row, ...]]
) -> dict[str, Any]:
    """{% signature_effect_of_section project "access" tables %}: what a change of several tables would end."""
    return {"effect": effect_of_section(project, section, tables)}


@register.inclusion_tag("stakeholders/effect.html")
def signature_effect(project: Project, section: str, table: str, key: str, **values: Any) -> dict[str, Any]:
    """{% signature_effect project "environment" "devices" row.key count=190 %}: what saving this would end.

    For a page that tells the edit itself: "141 → 190" is repeated only where something else than 141 was signed.
    """
    found = tables_of(section).get(table)
    if found is None:
        return {"effect": None}
    try:
        row = row_as_stored(found, project, key)
    except RowGone:
        return {"effect": None}
    row.project = project
    present = {getattr(row, name) for name in values}
    effect = effect_of(project, found, row, values)
    if effect and effect.measured_from in present:
        effect = effect._replace(bold="", words=effect.words[:1].upper() + effect.words[1:])
    return {"effect": effect}
