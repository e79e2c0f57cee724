"""Contoso Endpoint 2027: a new deployment, half way.

The first count forgot the Linux servers. Adding them did three things at once: it put two signatures out of date,
opened a gap of 101 licences, and showed 3 servers that cannot be onboarded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mdeprep.demo.days import Days
from mdeprep.demo.parts import ALWAYS, ELIGIBLE, devices
from mdeprep.demo.pen import Pen, Values, step
from mdeprep.demo.people import NO_LOGIN, Cast
from projects import access
from projects.models import Project
from projects.rules.roles import Role
from stakeholders import actions as stakeholders
from stakeholders.models import Stakeholder
from stakeholders.rules.standing import APPROVE, CHANGES, INPUT, NO_OBJECTION, NOTED

NAME, SLUG = "Contoso Endpoint 2027", "contoso-endpoint-2027"
INTUNE, CONFIGURATION_MANAGER = "Intune", "Configuration Manager"
PROXY = "proxy.contoso.example:8080"

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

# read = counted + duplicates + left out + not placed + not readable
#             Source:        (read, counted, duplicates, left out, not placed, not readable)
SUMS = {
    INTUNE: (9_412, 8_173, 388, 802, 41, 8),
    CONFIGURATION_MANAGER: (402, 357, 19, 23, 3, 0),
}
NOT_PLACED = {
    INTUNE: {"Android Zebra TC52 AOSP": 27, "Windows Embedded POSReady 7": 14},
    CONFIGURATION_MANAGER: {"Microsoft Windows NT Server 10.0": 3},
}

ENGINES = {
    "engine-intune": {"engine": "intune", "version": "current service",
                      "manages": "Windows 10 and 11, macOS, phones and tablets", "devices": 8_173},
    "engine-configuration-manager": {"engine": "configuration_manager", "version": "current branch 2503",
                                     "manages": "337 servers and 20 old clients", "devices": 357},
    "engine-ansible": {"engine": "ansible", "version": "2.17", "manages": "Linux servers", "devices": 109},
}  # fmt: skip
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
SIEM_IN_BETTER_WORDS = "Splunk receives Defender's data through the streaming API; the analysts work in Splunk."

TIER_GROUPS = {
    1: (["SOC-Tier1-Lisbon"], "Active remediation is needed, or two locations are concerned."),
    2: (["SOC-Tier2-EMEA", "SOC-Tier2-APAC"], "A server of tier 0 is concerned, or a setting must change."),
    3: (["SOC-Tier3"], "To Microsoft's support, and to the CISO when data has left."),
}
#   Group of the tier: (tier, people)
ANALYSTS = {"SOC-Tier1-Lisbon": (1, 9), "SOC-Tier2-EMEA": (2, 4), "SOC-Tier2-APAC": (2, 3), "SOC-Tier3": (3, 3)}
ASSIGNMENTS: Mapping[str, Mapping[str, Any]] = {
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
FOR_THE_ROLLOUT = {
    "role-ravi-menon": {"persona": "Infrastructure Administrator", "entra_role": "global-administrator",
                        "assignee": f"{NO_LOGIN} (Northwind Security)", "assignee_kind": "person", "people": 1,
                        "held": "active", "duration": "permanent", "justification": "for the rollout"},
}  # fmt: skip
DEVICE_GROUPS = {
    "group-tier-0": {"rank": 1, "name": "Servers, tier 0", "rule_on": "tag", "rule_value": "T0", "remediation": "none",
                     "granted_to": ["SOC-Tier3"]},
    "group-emea": {"rank": 2, "name": "EMEA clients", "rule_on": "domain", "rule_value": "emea.contoso.example",
                   "remediation": "full", "granted_to": ["SOC-Tier1-Lisbon", "SOC-Tier2-EMEA"]},
    "group-apac": {"rank": 3, "name": "APAC clients", "rule_on": "domain", "rule_value": "apac.contoso.example",
                   "remediation": "semi", "granted_to": []},
}  # fmt: skip

STREAMLINED, BY_TOOL, AGENT = "Streamlined", "Streamlined, by the deployment tool", "Addresses of the Monitoring Agent"
#   Row: (route, status)
ROUTES = {
    "windows-11": (STREAMLINED, "verified"),
    "windows-10": (STREAMLINED, "verified"),
    "windows-server-2022": (STREAMLINED, "verified"),
    "macos": (STREAMLINED, "open"),
    "windows-server-2025": (STREAMLINED, "open"),
    "windows-7-sp1": (BY_TOOL, "open"),
    "windows-server-2008-r2-sp1": (BY_TOOL, "open"),
    "windows-server-2019": (STREAMLINED, "requested"),
    "windows-server-2016": (STREAMLINED, "requested"),
    "windows-server-2012-r2": (STREAMLINED, "requested"),
    "linux": (STREAMLINED, "unknown"),
    "windows-8.1": (AGENT, "unknown"),
}

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


def components(days: Days) -> dict[str, dict[str, Any]]:
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


def source(name: str, read_on: date) -> dict[str, dict[str, Any]]:
    names = ("read", "counted", "duplicates", "left_out", "not_placed", "not_readable")
    return {
        f"source-{name.lower().replace(' ', '-')}": {
            "name": name, "imported_on": read_on, "unknown": list(NOT_PLACED[name]),
            "unknown_times": list(NOT_PLACED[name].values()),
            **dict(zip(names, SUMS[name], strict=True)),
        }
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
        lena.name(
            {
                "role-ciso": cast.dana,
                "role-head-of-cdoc": cast.marcus,
                "role-security-architect": cast.priya,
                "role-workplace-architect": cast.tomas,
                "role-security-analyst": cast.sofia,
            }
        )
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
        read_on = days.day(-17)
        tomas.add("environment.devices", devices(COMPUTERS, INTUNE, read_on))
        tomas.add("environment.devices", devices(MOBILES, INTUNE, read_on))
        tomas.add("environment.sources", source(INTUNE, read_on))
    with step(days.at(-16, "09:15"), project):
        read_on = days.day(-16)
        tomas.add("environment.devices", devices(OLD_COMPUTERS, CONFIGURATION_MANAGER, read_on))
        tomas.add("environment.devices", devices(WINDOWS_SERVERS, CONFIGURATION_MANAGER, read_on))
        tomas.add("environment.sources", source(CONFIGURATION_MANAGER, read_on))
        tomas.add("environment.engines", ENGINES)
        tomas.add("environment.protections", protections(days))
    with step(days.at(-16, "11:30"), project):
        lena.add("environment.cdoc", CDOC)
        lena.add("environment.siem", SIEM)
        lena.add(
            "licences.entitlements",
            {
                "licence-e5": {"product": "microsoft-365-e5", "quantity": 6_050},
                "licence-servers": {"product": "mde-server", "quantity": 340, "note": "For the 337 Windows servers."},
            },
        )
    with step(days.at(-16, "13:10"), project):
        _access(priya, days)
        for key, values in components(days).items():
            priya.change("adoption.components", key, **values)
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
    priya.change("access.personas", "persona-infrastructure-administrator", tasks=["onboard_devices", "switch_access"])
    priya.add("access.assignments", ASSIGNMENTS)
    priya.set_aside("access.personas", {"persona-business-owner": "Reads the plan here, needs no portal access."})
    for number, (groups, escalates_when) in TIER_GROUPS.items():
        priya.change("access.tiers", f"tier-{number}", groups=groups, escalates_when=escalates_when)
    priya.add("access.device_groups", DEVICE_GROUPS)


def _connectivity(tomas: Pen, days: Days) -> None:
    tomas.change(
        "connectivity.network",
        "network",
        approach="streamlined",
        proxy=PROXY,
        tls_inspection_off_on=days.day(-17),
        proxy_authentication_off_on=days.day(-17),
    )
    for system, (route, status) in ROUTES.items():
        verified: Values = {"verified_by": "Tomás Silva", "verified_on": days.day(-16)} if status == "verified" else {}
        tomas.change("connectivity.routes", f"route-{system}", route=route, proxy=PROXY, status=status, **verified)


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
