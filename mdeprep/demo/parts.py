"""What the plans of the smaller customers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mdeprep.demo.days import Days
from mdeprep.demo.pen import Pen, Values
from projects import catalog

EVERY_SECTION = (
    "stakeholders",
    "environment",
    "licences",
    "access",
    "connectivity",
    "adoption",
    "migration",
    "timeline",
)
OF_DEPLOYMENT = tuple(section for section in EVERY_SECTION if section != "migration")
ELIGIBLE = {"held": "eligible", "hours": 8}
ALWAYS = {"held": "active"}

RUN_FROM_LISBON: dict[str, Values] = {
    "cdoc-tier-1": {"tier": 1, "run_by": "provider", "provider": "Northwind Security", "place": "Lisbon", "people": 9,
                    "cover": "always", "hours": "24 x 7"},
    **{f"cdoc-tier-{tier}": {"tier": tier, "run_by": "provider", "provider": "Northwind Security", "place": "Lisbon",
                             "people": people, "cover": "on_call", "hours": "on call"}
       for tier, people in ((2, 3), (3, 1))},
}  # fmt: skip


def intune_for(what: str, count: int) -> dict[str, Values]:
    """The one management engine of a small customer."""
    return {
        "engine-intune": {"engine": "intune", "version": "current service", "manages": what, "devices": count},
    }


def devices(counts: Mapping[str, int], source: str, counted_on: date) -> dict[str, Values]:
    """Rows of the inventory, by system; what kind of device it is, the catalogue says."""
    return {
        f"os-{system}": {
            "system": system,
            "kind": catalog.system(system).kind,
            "count": count,
            "source": source,
            "counted_on": counted_on,
        }
        for system, count in counts.items()
    }


def write_access(pen: Pen, days: Days, *, analysts: str, reviewer: str, administrators: tuple[str, str]) -> None:
    """Unified roles, everything that is privileged eligible, every tier able to do its duty."""
    settings: Values = {
        "today": "basic",
        "planned": "unified",
        "planned_on": days.day(20),
        "has_pim": True,
        "break_glass": 2,
        "global_administrators": 3,
        "review_by": reviewer,
        "review_months": 6,
        "review_first_on": days.day(120),
        "administrators": [f"{name} (SEC-Admins)" for name in administrators],
        "existing_groups": ["SEC-Admins", analysts, "EUC-Admins", "NET-Admins"],
    }
    pen.change("access.settings", "access-settings", **settings)
    pen.add("access.assignments", assignments(analysts))
    pen.set_aside("access.personas", {"persona-business-owner": "Reads the plan here, needs no portal access."})
    for tier in catalog.standard_template().tiers:
        permissions = list(dict.fromkeys([*tier.unified, "alerts.manage"]))
        pen.change("access.tiers", f"tier-{tier.number}", groups=[analysts], permissions=permissions)


def assignments(analysts: str) -> dict[str, Values]:
    #   Persona: (role, Entra role, group, people, how it is held)
    table: tuple[tuple[str, str, str, str, int, Mapping[str, Any]], ...] = (
        ("Security Administrator", "", "security-administrator", "SEC-Admins", 2, ELIGIBLE),
        ("Security Analyst", "Tiers 1 to 3", "", analysts, 6, ALWAYS),
        ("Endpoint Administrator", "", "intune-administrator", "EUC-Admins", 2, ELIGIBLE),
        (
            "Infrastructure Administrator",
            "rights on proxy and name resolution, no Entra role",
            "",
            "NET-Admins",
            2,
            ALWAYS,
        ),
    )
    return {
        f"role-{group.lower()}": {
            "persona": persona, "role": role, "entra_role": entra, "assignee": group, "people": people, **how
        }
        for persona, role, entra, group, people, how in table
    }  # fmt: skip


def write_connectivity(pen: Pen, days: Days, *, systems: tuple[str, ...], by: str) -> None:
    """Streamlined, no proxy, every row tried."""
    pen.change("connectivity.network", "network", approach="streamlined")
    for system in systems:
        pen.change(
            "connectivity.routes",
            f"route-{system}",
            route="Streamlined, directly",
            status="verified",
            verified_by=by,
            verified_on=days.day(-20),
        )


def write_all_components(pen: Pen, days: Days) -> None:
    """Everything that was bought, on Microsoft's order."""
    for number, component in enumerate(("edr", "mdvm", "ngp", "asr", "air")):
        pen.change("adoption.components", f"component-{component}", is_in=True, starts_on=days.day(40 + 14 * number))
    pen.change("adoption.components", "component-mte", is_in=False, reason="Not bought")


def write_timeline(pen: Pen, *, ends_on: date, answered_on: date, passive_on: date | None = None) -> None:
    """The template's dates, the network request answered; and, beside another antivirus, the day for passive mode."""
    pen.place_timeline(ends_on)
    pen.change_titled("Network request answered", done_on=answered_on)
    if passive_on:
        task = {"title": "Set ForceDefenderPassiveMode before onboarding", "kind": "task", "phase": "setup"}
        pen.add("timeline.items", {"task-passive-mode": {**task, "due_on": passive_on}})
