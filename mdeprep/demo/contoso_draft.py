"""What the partner filled into the exported plan of Contoso Endpoint 2027, out of its assessment, before it was begun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mdeprep.demo.days import Days
from mdeprep.demo.parts import ALWAYS, ELIGIBLE
from mdeprep.demo.pen import Filled, Values
from mdeprep.demo.people import Cast

PROXY = "proxy.contoso.example:8080"
CDOC = {
    "cdoc-tier-1": {"tier": 1, "run_by": "provider", "provider": "Northwind Security", "place": "Lisbon", "people": 9,
                    "cover": "always", "hours": "24 x 7"},
    "cdoc-tier-2-emea": {"tier": 2, "run_by": "in_house", "place": "Dublin", "region": "EMEA", "people": 4,
                         "cover": "working_hours", "hours": "08:00 to 20:00 local"},
    "cdoc-tier-2-apac": {"tier": 2, "run_by": "in_house", "place": "Singapore", "region": "APAC", "people": 3,
                         "cover": "working_hours", "hours": "08:00 to 20:00 local"},
    "cdoc-tier-3": {"tier": 3, "run_by": "in_house", "place": "Dublin", "people": 3, "cover": "on_call",
                    "hours": "on call"},
}  # fmt: skip
SIEM = {
    "siem-splunk": {"product": "Splunk Enterprise", "version": "9.3", "data_path": "streaming API",
                    "connected_by": "Priya Nair", "note": "Alerts go to Splunk."},
}  # fmt: skip

PERSONAS: Mapping[str, Values] = {
    "persona-infrastructure-administrator": {"tasks": ["onboard_devices", "switch_access"]},
    "persona-business-owner": {"does_not_apply": "Reads the plan here, needs no portal access."},
}
TIERS = {
    "tier-1": {"groups": ["SOC-Tier1-Lisbon"],
               "escalates_when": "Active remediation is needed, or two locations are concerned."},
    "tier-2": {"groups": ["SOC-Tier2-EMEA", "SOC-Tier2-APAC"],
               "escalates_when": "A server of tier 0 is concerned, or a setting must change."},
    "tier-3": {"groups": ["SOC-Tier3"],
               "escalates_when": "To Microsoft's support, and to the CISO when data has left."},
}  # fmt: skip
#   Group of the tier: (tier, people)
ANALYSTS = {"SOC-Tier1-Lisbon": (1, 9), "SOC-Tier2-EMEA": (2, 4), "SOC-Tier2-APAC": (2, 3), "SOC-Tier3": (3, 3)}
ASSIGNMENTS: Mapping[str, Values] = {
    "role-sec-mde-admins": {"persona": "Security Administrator", "entra_role": "security-administrator",
                            "assignee": "SEC-MDE-Admins", "people": 3, **ELIGIBLE,
                            "justification": "Sets up the portal, its roles and device groups."},
    **{f"role-{group.lower()}": {"persona": "Security Analyst", "role": f"Tier {tier}", "assignee": group,
                                 "people": people, **ALWAYS} for group, (tier, people) in ANALYSTS.items()},
    "role-euc-engineers": {"persona": "Endpoint Administrator", "entra_role": "intune-administrator",
                           "assignee": "EUC-Engineers", "people": 4, **ELIGIBLE,
                           "justification": "Onboards computers and phones by policy."},
    "role-srv-operations": {"persona": "Infrastructure Administrator",
                            "role": "rights in Configuration Manager and on the proxy, no Entra role",
                            "assignee": "SRV-Operations", "people": 6, **ALWAYS},
}  # fmt: skip

STREAMLINED, BY_TOOL, AGENT = "Streamlined", "Streamlined, by the deployment tool", "Addresses of the Monitoring Agent"
#   Row: (route, what the assessment found)
ROUTES = {
    "windows-11": (STREAMLINED, "open"),
    "windows-10": (STREAMLINED, "open"),
    "windows-server-2022": (STREAMLINED, "open"),
    "macos": (STREAMLINED, "open"),
    "windows-server-2025": (STREAMLINED, "open"),
    "windows-7-sp1": (BY_TOOL, "open"),
    "windows-server-2008-r2-sp1": (BY_TOOL, "open"),
    "windows-server-2019": (STREAMLINED, "unknown"),
    "windows-server-2016": (STREAMLINED, "unknown"),
    "windows-server-2012-r2": (STREAMLINED, "unknown"),
    "linux": (STREAMLINED, "unknown"),
    "windows-8.1": (AGENT, "unknown"),
}


def draft(cast: Cast, days: Days) -> Filled:
    return {
        "stakeholders.rows": _matrix(cast),
        "environment.cdoc": CDOC,
        "environment.siem": SIEM,
        "access.personas": PERSONAS,
        "access.tiers": TIERS,
        "access.assignments": ASSIGNMENTS,
        "connectivity.routes": {
            f"route-{system}": {"system": system, "route": route, "proxy": PROXY, "status": status}
            for system, (route, status) in ROUTES.items()
        },
        "adoption.components": _components(days),
    }


def _matrix(cast: Cast) -> dict[str, dict[str, Any]]:
    people = {
        "role-ciso": cast.dana,
        "role-head-of-cdoc": cast.marcus,
        "role-security-architect": cast.priya,
        "role-workplace-architect": cast.tomas,
        "role-security-analyst": cast.sofia,
    }
    return {key: {"name": person.name, "email": person.email} for key, person in people.items()}


def _components(days: Days) -> dict[str, dict[str, Any]]:
    block = days.day(120)
    return {
        "component-edr": {"is_in": True, "starts_on": days.day(50)},
        "component-mdvm": {"is_in": True, "starts_on": days.day(50)},
        "component-ngp": {"is_in": True, "starts_on": days.day(64)},
        "component-asr": {"is_in": True, "parts": f"Audit first, block from {block.day} {block:%b %Y}",
                          "starts_on": days.day(64)},
        "component-air": {"is_in": True, "parts": "Full on EMEA clients, semi on APAC clients",
                          "starts_on": days.day(85)},
        "component-mte": {"is_in": False, "reason": "Not bought"},
    }  # fmt: skip
