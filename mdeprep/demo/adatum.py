"""Adatum, Move from Sophos: 12 Linux servers without a licence, and its CISO is asked to look again, for four days."""

from __future__ import annotations

from datetime import date

from mdeprep.demo.days import Days
from mdeprep.demo.parts import (
    EVERY_SECTION,
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
from projects import catalog
from projects.models import Project
from stakeholders import actions as stakeholders
from stakeholders.rules.standing import APPROVE, NO_OBJECTION

NAME, SLUG = "Move from Sophos", "adatum-move-from-sophos"

DEVICES = {
    "windows-11": 265,
    "ios": 92,
    "windows-server-2022": 6,
    "windows-server-2019": 14,
}
LINUX = {"ubuntu-22.04": 12}
ENTITLEMENTS = {
    "licence-e5": {"product": "microsoft-365-e5", "quantity": 240},
    "licence-servers": {"product": "mde-server", "quantity": 20},
}
SYSTEMS = ("windows-11", "windows-server-2022", "windows-server-2019", "linux")
NO_SUCH_DEVICES = {
    "step-macos-updates": "There are no Macs.",
    "step-android-updates": "There are no Android devices.",
}
NOBODY = {
    "role-head-of-cdoc": "Northwind Security runs the operations centre.",
    "role-workplace-architect": "The CISO looks after IT as well.",
    "role-security-analyst": "The analysts are Northwind Security's.",
}
PARTNER_ENDS = 20


def make(cast: Cast, days: Days) -> Project:
    noah, ciso = cast.noah, cast["ciso@adatum.example"]
    with step(days.at(-30, "13:00")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Adatum"),
            lead=noah,
            by=noah,
            name=NAME,
            slug=SLUG,
            kind="migration",
            plan="P2",
            architecture="cloud_native",
            geography="eu",
            microsoft_tenant="adatum.onmicrosoft.com",
            tenant_created_on=date(2020, 2, 10),
        )
    pen = Pen(project, noah)
    with step(days.at(-30, "13:20")):
        pen.name({"role-ciso": ciso, "role-security-architect": noah})
        pen.nobody(NOBODY)
        pen.own({"licences": ciso})
    with step(days.at(-24, "10:00")):
        _plan(pen, days)
    with step(days.at(-23, "11:00"), project):
        write_access(pen, days, analysts="NW-SOC", reviewer=ciso.name, administrators=(ciso.name, cast.noah.name))
        partner: Values = {"partner": "Northwind Security", "roles": "Security Administrator"}
        pen.add("access.partners", {"partner-northwind": {**partner, "ends_on": days.day(PARTNER_ENDS)}})
        write_connectivity(pen, days, systems=SYSTEMS, by=noah.name)
        _steps(pen, days)
    with step(days.at(-12, "09:40"), project):
        pen.ask(EVERY_SECTION, days.day(-5))
    with step(days.at(-11, "09:50")):
        pen.answer(NO_OBJECTION)
    with step(days.at(-9, "10:20"), project):
        pen.of(ciso).answer(APPROVE)
    with step(days.at(-4, "09:10"), project):
        why = "They stand at the hoster and were in no export."
        pen.add("environment.devices", devices(LINUX, "List of the hoster", days.day(-4)), why=why)
    with step(days.at(-4, "09:30"), project):
        pen.ask(["environment"], days.day(3))
    return project


def _plan(pen: Pen, days: Days) -> None:
    sophos: Values = {"product": "Sophos Intercept X", "version": "2025.2", "up_to_date_on": days.day(-24),
                      "fate": "replace"}  # fmt: skip
    pen.add("environment.devices", devices(DEVICES, "Intune", days.day(-24)))
    pen.add("environment.engines", intune_for("Computers, phones, servers", sum(DEVICES.values())))
    pen.add("environment.cdoc", RUN_FROM_LISBON)
    pen.set_aside("environment.topics", {"topic-siem": "We have no SIEM."})
    pen.add(
        "environment.protections",
        {f"protection-{p.replace('_', '-')}": {"platform": p, **sophos} for p in ("windows_clients", "windows_servers")}
        | {"protection-linux": {"platform": "linux", "kind": "none", "note": "None."}},
    )
    pen.add("licences.entitlements", ENTITLEMENTS)
    write_all_components(pen, days)
    write_timeline(pen, ends_on=days.day(156), answered_on=days.day(-10), passive_on=days.day(18))


def _steps(pen: Pen, days: Days) -> None:
    pen.set_aside("migration.items", NO_SUCH_DEVICES)
    for item in catalog.standard_template().migration_items:
        key = f"step-{item.key.replace('_', '-')}"
        if key not in NO_SUCH_DEVICES:
            pen.change(
                "migration.items", key, detail="Looked at together with the CISO", state="done",
                done_on=days.day(-23), done_by=pen.by.name,
            )  # fmt: skip
