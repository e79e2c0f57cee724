"""Fabrikam, Defender rollout: everything is covered and signed. It can start Setup."""

from __future__ import annotations

from datetime import date

from mdeprep.demo.days import Days
from mdeprep.demo.parts import (
    OF_DEPLOYMENT,
    RUN_FROM_LISBON,
    devices,
    intune_for,
    write_access,
    write_all_components,
    write_connectivity,
    write_timeline,
)
from mdeprep.demo.pen import Pen, Values, step
from mdeprep.demo.people import Cast
from projects import access
from projects.models import Project
from projects.rules.roles import Role
from stakeholders import actions as stakeholders
from stakeholders.rules.standing import APPROVE, NO_OBJECTION

NAME, SLUG = "Defender rollout", "fabrikam-defender-rollout"

DEVICES = {
    "windows-11": 610,
    "macos-26": 44,
    "ios": 150,
    "android": 60,
    "windows-server-2022": 24,
    "windows-server-2019": 9,
    "ubuntu-24.04": 8,
}  # 905, of which 41 servers
ENTITLEMENTS = {
    "licence-e5": {"product": "microsoft-365-e5", "quantity": 820},
    "licence-servers": {"product": "mde-server", "quantity": 41},
}
SYSTEMS = ("windows-11", "macos", "windows-server-2022", "windows-server-2019", "linux")
#   Platform: what protects it today, and what happens to it
PROTECTIONS: dict[str, Values] = {
    "windows_clients": {"product": "Microsoft Defender Antivirus", "fate": "keep"},
    "windows_servers": {"product": "Microsoft Defender Antivirus", "fate": "keep"},
    "macos": {"product": "XProtect", "kind": "other", "fate": "keep"},
    "linux": {"kind": "none", "note": "None today; Defender comes with onboarding."},
}
RUN_BY_THE_PARTNER = {
    "role-head-of-cdoc": "Northwind Security runs the operations centre.",
    "role-security-analyst": "The analysts are Northwind Security's.",
}


def make(cast: Cast, days: Days) -> Project:
    jon, ciso = cast["lead@fabrikam.example"], cast["ciso@fabrikam.example"]
    with step(days.at(-35, "09:00")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Fabrikam"),
            lead=jon,
            by=jon,
            name=NAME,
            slug=SLUG,
            kind="deployment",
            plan="P2",
            architecture="cloud_native",
            geography="eu",
            microsoft_tenant="fabrikam.onmicrosoft.com",
            tenant_created_on=date(2018, 9, 3),
        )
    lead = Pen(project, jon)
    with step(days.at(-35, "09:30")):
        access.grant(project=project, user=cast.noah, role=Role.LEAD, by=jon)
        lead.name({"role-ciso": ciso, "role-security-architect": cast.noah, "role-workplace-architect": jon})
        lead.nobody(RUN_BY_THE_PARTNER)
        lead.own({"access": cast.noah, "connectivity": cast.noah})
    with step(days.at(-30, "10:00")):
        _plan(lead, days)
    with step(days.at(-29, "14:00"), project):
        write_access(
            lead.of(cast.noah), days, analysts="NW-SOC", reviewer=jon.name, administrators=(jon.name, cast.noah.name)
        )
        write_connectivity(lead.of(cast.noah), days, systems=SYSTEMS, by=cast.noah.name)
    with step(days.at(-6, "09:15"), project):
        lead.ask(OF_DEPLOYMENT, days.day(1))
    with step(days.at(-5, "10:30")):
        lead.answer(NO_OBJECTION)
        lead.of(cast.noah).answer(NO_OBJECTION)
    with step(days.at(-1, "16:30"), project):
        lead.of(ciso).answer(APPROVE)
    return project


def _plan(lead: Pen, days: Days) -> None:
    lead.add("environment.devices", devices(DEVICES, "Intune and asset list", days.day(-30)))
    lead.add("environment.engines", intune_for("Computers, phones, servers", sum(DEVICES.values())))
    lead.add("environment.cdoc", RUN_FROM_LISBON)
    lead.add("environment.siem", {"siem-sentinel": {"product": "Microsoft Sentinel", "data_path": "connector"}})
    lead.add(
        "environment.protections",
        {f"protection-{p.replace('_', '-')}": {"platform": p, **values} for p, values in PROTECTIONS.items()},
    )
    lead.add("licences.entitlements", ENTITLEMENTS)
    write_all_components(lead, days)
    write_timeline(lead, ends_on=days.day(154), answered_on=days.day(-9))
