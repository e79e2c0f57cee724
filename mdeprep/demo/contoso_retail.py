"""Contoso Retail stores: a migration on Plan 1, almost ready. One blocker is left: nobody has tried the access yet.

The project in which a visitor clears a blocker, starts Setup and sees it happen.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from mdeprep.demo.days import Days
from mdeprep.demo.parts import (
    EVERY_SECTION,
    RUN_FROM_LISBON,
    devices,
    intune_for,
    write_access,
    write_connectivity,
    write_timeline,
)
from mdeprep.demo.pen import Pen, Values, step
from mdeprep.demo.people import Cast
from projects import access
from projects.models import Project
from projects.rules.roles import Role
from stakeholders import actions as stakeholders
from stakeholders.rules.standing import APPROVE, NO_OBJECTION, NOTED

NAME, SLUG = "Contoso Retail stores", "contoso-retail-stores"

DEVICES = {
    "windows-10-iot": 1_120,  # tills
    "windows-11": 310,
    "macos-26": 48,
}  # 1,478
SERVERS = {
    "windows-server-2019": 26,
    "windows-server-2022": 12,
}  # 38
ENTITLEMENTS = {
    "licence-e3": {"product": "microsoft-365-e3", "quantity": 1_400},  # x 5 = 7,000
    "licence-servers": {"product": "defender-for-servers-p1", "quantity": 38, "note": "On the subscription."},
}
NOT_IN_PLAN_1 = dict.fromkeys(("component-edr", "component-mdvm", "component-air", "component-mte"), "Not in Plan 1")
IN_ORDER = {"component-ngp": 1, "component-asr": 2}

NO_SUCH_DEVICES = {
    "step-ios-updates": "There are no iPhones or iPads in the stores.",
    "step-android-updates": "There are no Android devices in the stores.",
    "step-linux-updates": "There are no Linux devices in the stores.",
}
#   Step of the checklist: what, which version, how
STEPS = {
    "step-existing-solution-current": "Symantec Endpoint Protection 14.3, current content; vendor's page checked",
    "step-windows-updates": "Tills and office computers, monthly rollup",
    "step-macos-updates": "macOS 26, newest update",
    "step-apps-updates": "Cash desk software 8.2, Microsoft 365 Apps, Edge",
    "step-get-plan": "Microsoft 365 E3 contains Plan 1; servers by Defender for Servers Plan 1",
    "step-licences-provisioned": "Seen in the admin centre under Billing, Your products",
    "step-cloud-instance": "Opened Assets, Devices; data is kept in the European Union",
    "step-proxy-ready": "Stores go out directly",
    "step-roles-planned": "Section Access",
    "step-rbac-set-up": "Unified RBAC",
    "step-access-granted": "SEC-Admins, Retail-Operations, EUC-Admins",
    "step-access-tried": "One person of each role signs in and looks",
    "step-connectivity-reviewed": "Section Connectivity",
    "step-performance-baseline": "Ten tills, one week",
}
NOT_TRIED = "step-access-tried"
UP_TO_DATE: dict[str, dict[str, Any]] = {
    "step-windows-updates": {"devices_done": 1_412, "devices_total": 1_430, "build": "19045.5131"},
    "step-macos-updates": {"devices_done": 48, "devices_total": 48, "build": "26.1"},
}


def make(cast: Cast, days: Days) -> Project:
    with step(days.at(-42, "10:00")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Contoso"),
            lead=cast.lena,
            by=cast.lena,
            name=NAME,
            slug=SLUG,
            kind="migration",
            plan="P1",
            architecture="co_management",
            geography="eu",
            microsoft_tenant="contosoretail.onmicrosoft.com",
            tenant_created_on=date(2019, 5, 14),
        )
    _begin(Pen(project, cast.lena), cast, days)
    _plan(Pen(project, cast.lena), cast, days)
    _steps(Pen(project, cast.tomas), days)
    _approve(Pen(project, cast.lena), cast, days)
    return project


def _begin(lena: Pen, cast: Cast, days: Days) -> None:
    project = lena.project
    with step(days.at(-42, "10:15")):
        access.grant(project=project, user=cast.noah, role=Role.LEAD, by=cast.lena)
        for editor in (cast.priya, cast.tomas):
            access.grant(project=project, user=editor, role=Role.EDITOR, by=cast.lena)
        lena.name(
            {
                "role-ciso": cast.dana,
                "role-head-of-cdoc": cast.marcus,
                "role-security-architect": cast.priya,
                "role-workplace-architect": cast.tomas,
                "role-security-analyst": cast.sofia,
            }
        )
        owned_by_tomas = dict.fromkeys(("environment", "connectivity", "migration"), cast.tomas)
        lena.own(owned_by_tomas | {"access": cast.priya, "adoption": cast.priya})
    with step(days.at(-20, "08:40")):
        access.grant(project=project, user=cast["auditor"], role=Role.AUDITOR, by=cast.lena, ends_on=days.day(30))


def _plan(lena: Pen, cast: Cast, days: Days) -> None:
    tomas, priya = lena.of(cast.tomas), lena.of(cast.priya)
    with step(days.at(-20, "10:30")):
        tomas.add("environment.devices", devices(DEVICES, "Intune", days.day(-20)))
        tomas.add("environment.devices", devices(SERVERS, "Configuration Manager", days.day(-20)))
        tomas.add("environment.engines", _engines())
        tomas.add("environment.protections", _protections(days))
    with step(days.at(-20, "14:00")):
        lena.add("environment.cdoc", RUN_FROM_LISBON)
        lena.add("environment.siem", {"siem-splunk": {"product": "Splunk Enterprise", "version": "9.3",
                                                      "data_path": "streaming API"}})  # fmt: skip
        lena.add("licences.entitlements", ENTITLEMENTS)
        write_timeline(
            lena, ends_on=days.day(152), answered_on=days.day(-20), passive_on=days.day(15)
        )  # Setup starts on D+8
    with step(days.at(-19, "09:30")):
        write_access(
            priya,
            days,
            analysts="SOC-Tier1-Lisbon",
            reviewer=cast.priya.name,
            administrators=(cast.priya.name, cast.tomas.name),
        )
        priya.set_aside("adoption.components", NOT_IN_PLAN_1)
        for key, rank in IN_ORDER.items():
            priya.change("adoption.components", key, is_in=True, rank=rank, starts_on=days.day(40))
    with step(days.at(-19, "15:00")):
        systems = ("windows-11", "windows-10", "macos", "windows-server-2022", "windows-server-2019")
        write_connectivity(tomas, days, systems=systems, by=cast.tomas.name)


def _engines() -> dict[str, Values]:
    return {
        **intune_for("Tills, Windows 11, macOS", sum(DEVICES.values())),
        "engine-configuration-manager": {"engine": "configuration_manager", "version": "current branch 2503",
                                         "manages": "Servers", "devices": 38},
    }  # fmt: skip


def _protections(days: Days) -> dict[str, Values]:
    symantec: Values = {"product": "Symantec Endpoint Protection", "version": "14.3", "up_to_date_on": days.day(-20),
                        "fate": "replace"}  # fmt: skip
    return {
        f"protection-{platform.replace('_', '-')}": {"platform": platform, **symantec}
        for platform in ("windows_clients", "windows_servers", "macos")
    }


def _steps(tomas: Pen, days: Days) -> None:
    with step(days.at(-18, "11:00")):
        tomas.set_aside("migration.items", NO_SUCH_DEVICES)
        for key, detail in STEPS.items():
            tomas.change("migration.items", key, detail=detail)
    with step(days.at(-17, "15:30"), tomas.project):
        for key in STEPS:
            if key != NOT_TRIED:
                done: dict[str, Any] = {"state": "done", "done_on": days.day(-17), "done_by": tomas.by.name}
                tomas.change("migration.items", key, **(done | UP_TO_DATE.get(key, {})))


def _approve(lena: Pen, cast: Cast, days: Days) -> None:
    project = lena.project
    with step(days.at(-16, "09:00"), project):
        lena.ask(EVERY_SECTION, days.day(-9))
    with step(days.at(-15, "10:20")):
        lena.of(cast.tomas).answer(NO_OBJECTION)
        lena.of(cast.priya).answer(NO_OBJECTION, comment="Tier 1 may change alerts here: good.")
        lena.of(cast.sofia).answer(NOTED)
    with step(days.at(-14, "11:10"), project):
        lena.of(cast.marcus).answer(APPROVE, signed_in_by="password")
    with step(days.at(-13, "16:40"), project):
        lena.of(cast.dana).answer(APPROVE)
