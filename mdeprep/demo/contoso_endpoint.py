"""Contoso Endpoint 2027: a new deployment, half way.

The first count forgot the Linux servers. Adding them did three things at once: it put two signatures out of date,
opened a gap of 101 licences, and showed 3 servers that cannot be onboarded.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from mdeprep.demo import exports
from mdeprep.demo.contoso_draft import PROXY, draft
from mdeprep.demo.days import Days
from mdeprep.demo.exports import Told
from mdeprep.demo.parts import devices
from mdeprep.demo.pen import Pen, step
from mdeprep.demo.people import NO_LOGIN, Cast
from projects import access
from projects.models import Project
from projects.rules.imports import NOBODYS
from projects.rules.roles import Role
from stakeholders import actions as stakeholders
from stakeholders.models import Stakeholder
from stakeholders.rules.standing import APPROVE, CHANGES, INPUT, NO_OBJECTION, NOTED

NAME, SLUG = "Contoso Endpoint 2027", "contoso-endpoint-2027"
INTUNE, CONFIGURATION_MANAGER = "Intune", "Configuration Manager"
ASSESSED = "Northwind Security filled in what it found in its assessment."

# System, count. ---------------------------------------------------------------------------- Intune: 8,173
COMPUTERS = {
    "windows-11": 4_180,
    "windows-10": 912,
    "macos-27": 31,
    "macos-26": 174,
    "macos-15": 66,
    "macos-14": 15,  # cannot: only the latest three are supported
}
MOBILES = {
    "ios": 2_140,
    "android": 655,
}
# --------------------------------------------------------------------------- Configuration Manager: 357
OLD_COMPUTERS = {
    "windows-8.1": 6,
    "windows-7-sp1": 14,
}
WINDOWS_SERVERS = {
    "windows-server-2025": 12,
    "windows-server-2022": 96,
    "windows-server-2019": 141,
    "windows-server-2016": 58,
    "windows-server-2012-r2": 23,
    "windows-server-2008-r2-sp1": 5,
    "windows-server-2008": 2,  # cannot
}
# ---------------------------------------------------------------------------------------- by hand: 109
LINUX_SERVERS = {
    "rhel-8": 34,
    "rhel-9": 22,
    "ubuntu-22.04": 41,
    "sles-15": 9,
    "centos-6": 3,  # cannot
}
FORGOTTEN = "First count came from Configuration Manager, which does not manage Linux."

# Where the rows of the two exports end: 9,412 of Intune, 402 of Configuration Manager.
FROM_INTUNE = Told(
    counted={**COMPUTERS, **MOBILES},
    duplicates=388,
    not_seen=611,
    personal=191,
    not_placed={"Android Zebra TC52 AOSP": 27, "Windows Embedded POSReady 7": 14},
    not_readable=8,
)
FROM_CONFIGURATION_MANAGER = Told(
    counted={**OLD_COMPUTERS, **WINDOWS_SERVERS},
    duplicates=19,
    not_seen=23,
    not_placed={"Microsoft Windows NT Server 10.0": 3},
)

ENGINES = {
    "engine-intune": {"engine": "intune", "version": "current service",
                      "manages": "Windows 10 and 11, macOS, phones and tablets", "devices": 8_173},
    "engine-configuration-manager": {"engine": "configuration_manager", "version": "current branch 2503",
                                     "manages": "337 servers and 20 old clients", "devices": 357},
    "engine-ansible": {"engine": "ansible", "version": "2.17", "manages": "Linux servers", "devices": 109},
}  # fmt: skip
SIEM_IN_BETTER_WORDS = "Splunk receives Defender's data through the streaming API; the analysts work in Splunk."

FOR_THE_ROLLOUT = {
    "role-ravi-menon": {"persona": "Infrastructure Administrator", "entra_role": "global-administrator",
                        "assignee": f"{NO_LOGIN} (Northwind Security)", "assignee_kind": "person", "people": 1,
                        "held": "active", "duration": "permanent", "justification": "for the rollout"},
}  # fmt: skip
DEVICE_GROUPS = """\
rank,name,matches,how,value,remediation,granted to
1,"Servers, tier 0",tag,is,T0,none,SOC-Tier3
2,EMEA clients,domain,is,emea.contoso.example,full,SOC-Tier1-Lisbon|SOC-Tier2-EMEA
3,APAC clients,domain,is,apac.contoso.example,semi,
"""
VERIFIED = ("windows-11", "windows-10", "windows-server-2022")
REQUESTED = ("windows-server-2019", "windows-server-2016", "windows-server-2012-r2")

ALL_BUT_TIMELINE = ("stakeholders", "environment", "licences", "access", "connectivity", "adoption")


def protections(days: Days) -> dict[str, dict[str, Any]]:
    return {
        "protection-windows-clients": {"platform": "windows_clients", "product": "Microsoft Defender Antivirus",
                                       "up_to_date_on": days.day(-17), "fate": "keep"},
        "protection-windows-servers": {"platform": "windows_servers", "product": "Trellix Endpoint Security",
                                       "version": "10.7", "up_to_date_on": days.day(-16), "fate": "replace",
                                       "note": "Replace after the Full ring."},
        "protection-macos": {"platform": "macos", "product": "XProtect", "kind": "other", "fate": "keep",
                             "note": "XProtect only: Microsoft Defender Antivirus not yet."},
        "protection-linux": {"platform": "linux", "kind": "none"},
    }  # fmt: skip


def make(cast: Cast, days: Days) -> Project:
    with step(days.at(-18, "09:05")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Contoso"),
            lead=cast.lena,
            by=cast.lena,
            name=NAME,
            slug=SLUG,
            kind="deployment",
            plan="P2",
            architecture="co_management",
            geography="eu",
            microsoft_tenant="contoso.onmicrosoft.com",
            tenant_created_on=date(2016, 3, 1),
        )
    lena = Pen(project, cast.lena)
    with step(days.at(-18, "09:20"), project):
        _share(project, cast, days)
        lena.fill_in(draft(cast, days), why=ASSESSED)
        lena.own(
            {
                "stakeholders": cast.lena,
                "environment": cast.tomas,
                "licences": cast.lena,
                "access": cast.priya,
                "connectivity": cast.tomas,
                "adoption": cast.priya,
                "timeline": cast.lena,
            }
        )
    _plan(project, cast, days)
    _first_request(project, cast, days)
    _forgotten_servers(project, cast, days)
    return project


def _share(project: Project, cast: Cast, days: Days) -> None:
    access.grant(project=project, user=cast.noah, role=Role.LEAD, by=cast.lena)
    for editor in (cast.priya, cast.tomas):
        access.grant(project=project, user=editor, role=Role.EDITOR, by=cast.lena)
    access.grant(project=project, user=cast["auditor"], role=Role.AUDITOR, by=cast.lena, ends_on=days.day(30))


def _plan(project: Project, cast: Cast, days: Days) -> None:
    lena, priya, tomas = (Pen(project, person) for person in (cast.lena, cast.priya, cast.tomas))
    with step(days.at(-17, "10:40"), project):
        tomas.import_devices(INTUNE, exports.intune(FROM_INTUNE, days.day(-17)))
    with step(days.at(-16, "09:15"), project):
        counted = exports.configuration_manager(FROM_CONFIGURATION_MANAGER, days.day(-16))
        tomas.import_devices(CONFIGURATION_MANAGER, counted, take_over={NOBODYS})
        tomas.add("environment.engines", ENGINES)
        tomas.add("environment.protections", protections(days))
    with step(days.at(-16, "11:30"), project):
        lena.add(
            "licences.entitlements",
            {
                "licence-e5": {"product": "microsoft-365-e5", "quantity": 6_050},
                "licence-servers": {"product": "mde-server", "quantity": 340, "note": "For the 337 Windows servers."},
            },
        )
    with step(days.at(-16, "13:10"), project):
        _access(priya, days)
    with step(days.at(-16, "15:30"), project):
        _connectivity(tomas, days)
    with step(days.at(-16, "16:40"), project):
        _timeline(lena, cast, days)
    with step(days.at(-13, "09:20"), project):
        priya.add("access.assignments", FOR_THE_ROLLOUT)


def _access(priya: Pen, days: Days) -> None:
    priya.change(
        "access.settings",
        "access-settings",
        today="basic",
        planned="unified",
        planned_on=days.day(54),
        has_pim=True,
        break_glass=2,
        global_administrators=4,
        review_by="Priya Nair",
        review_months=6,
        review_first_on=days.day(180),
    )
    priya.paste_device_groups(DEVICE_GROUPS)


def _connectivity(tomas: Pen, days: Days) -> None:
    tomas.change(
        "connectivity.network",
        "network",
        approach="streamlined",
        proxy=PROXY,
        tls_inspection_off_on=days.day(-17),
        proxy_authentication_off_on=days.day(-17),
    )
    for system in VERIFIED:
        tomas.change(
            "connectivity.routes",
            f"route-{system}",
            status="verified",
            verified_by=tomas.by.name,
            verified_on=days.day(-16),
        )
    for system in REQUESTED:
        tomas.change("connectivity.routes", f"route-{system}", status="requested")


def _timeline(lena: Pen, cast: Cast, days: Days) -> None:
    lena.place_timeline(days.day(159))
    lena.change_titled("Network request answered", owner=cast.tomas.name)
    lena.change_titled("Existing protection removed", title="Trellix off", owner=cast.tomas.name)
    lena.add(
        "timeline.items",
        {
            "task-passive-mode": {"title": "Set ForceDefenderPassiveMode before onboarding", "kind": "task",
                                  "phase": "setup", "owner": cast.tomas.name},
        },
    )  # fmt: skip


def _first_request(project: Project, cast: Cast, days: Days) -> None:
    lena = Pen(project, cast.lena)
    with step(days.at(-13, "10:30"), project):
        lena.ask(ALL_BUT_TIMELINE, days.day(-6))
    with step(days.at(-12, "11:05")):
        lena.of(cast.tomas).answer(NO_OBJECTION)
    with step(days.at(-12, "13:40")):
        lena.of(cast.sofia).answer(NOTED)
    with step(days.at(-12, "15:20")):
        lena.of(cast.priya).answer(
            {"environment": NO_OBJECTION, "access": INPUT, "connectivity": NO_OBJECTION, "adoption": NO_OBJECTION},
            comment="Tier 1 rights look thin.",
        )
    with step(days.at(-11, "14:20"), project):
        lena.of(cast.dana).answer(APPROVE)
    with step(days.at(-11, "16:45"), project):
        lena.of(cast.marcus).answer(
            {section: APPROVE for section in ALL_BUT_TIMELINE if section != "access"},
            comment="Access I must look at with my people first.",
            signed_in_by="password",
        )
    with step(days.at(-10, "09:05"), project):
        lena.of(cast.marcus).answer(
            {"access": CHANGES},
            comment="Tier 1 must be able to set an alert to “in progress”. With View data only they cannot.",
            signed_in_by="password",
        )


def _forgotten_servers(project: Project, cast: Cast, days: Days) -> None:
    lena = Pen(project, cast.lena)
    with step(days.at(-4, "16:12"), project):
        source = f"Ansible inventory of {days.said(-11)}, counted by J. Okafor"
        lena.add("environment.devices", devices(LINUX_SERVERS, source, days.day(-4)), why=FORGOTTEN)
    with step(days.at(-3, "09:40")):
        lena.change("environment.siem", "siem-splunk", note=SIEM_IN_BETTER_WORDS)
        stakeholders.name_substitute(
            row=Stakeholder.objects.get(project=project, key="role-ciso"),
            name="Hana Sato",
            email="deputy@contoso.example",
            first=days.day(8),
            last=days.day(19),
            by=cast.dana,
        )
    with step(days.at(-2, "09:00"), project):
        lena.ask(["environment"], days.day(5), again=["role-workplace-architect"])
    with step(days.at(-2, "11:30")):
        lena.of(cast.tomas).answer(NO_OBJECTION, comment="Counts agree with my asset list within 2 %.")
    with step(days.at(-1, "11:45")):
        stakeholders.record_opened(request=lena.of(cast.marcus).request())
