"""The rows that a new project starts with: every row of the standard template, for its kind and plan."""

from __future__ import annotations

from typing import Any

from projects import catalog


def standard_rows(kind: str, plan: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(section, table) -> values of the rows, in order. Keys are fixed, so that every project can be compared."""
    template = catalog.standard_template()
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {
        ("environment", "topics"): [
            {"key": f"topic-{_slug(topic.key)}", "topic": topic.what, "note": ""} for topic in template.topics
        ],
        ("licences", "licensing"): [{"key": "licensing"}],
        ("access", "settings"): [{"key": "access-settings"}],
        ("access", "personas"): [
            {"key": f"persona-{_slug(persona.key)}", "name": persona.name, "tasks": list(persona.tasks)}
            for persona in template.personas
        ],
        ("access", "tiers"): [
            {
                "key": f"tier-{tier.number}",
                "number": tier.number,
                "name": tier.team,
                "description": tier.description,
                "tasks": list(tier.tasks),
                "permissions": list(tier.unified),
            }
            for tier in template.tiers
        ],
        ("adoption", "components"): [
            {
                "key": f"component-{component.key}",
                "component": component.key,
                "rank": component.microsoft_rank if catalog.component_available(component.key, plan) else None,
            }
            for component in template.components
        ],
        ("connectivity", "network"): [{"key": "network"}],
    }
    if kind == "migration":
        rows["migration", "items"] = [
            {"key": f"step-{_slug(item.key)}", "item": item.key} for item in template.migration_items
        ]
    return rows


def _slug(key: str) -> str:
    return key.replace("_", "-")
