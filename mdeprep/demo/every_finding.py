"""Every finding (test): three hidden projects in which every check fails that can fail. For tests, not for visitors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mdeprep.demo.days import Days
from mdeprep.demo.parts import EVERY_SECTION, devices
from mdeprep.demo.pen import Pen, Values, step, table
from mdeprep.demo.people import Cast
from projects import actions as plan_actions
from projects.document.choices import Phase
from projects.models import Project, Question
from stakeholders import actions as stakeholders
from stakeholders.models import Request
from tenants import clock, outbox
from tenants.models import Mail, User

NAME, SLUG = "Every finding (test)", "every-finding-test"
SECOND_NAME, SECOND_SLUG = "Every finding, second half (test)", "every-finding-second-half-test"
THIRD_NAME, THIRD_SLUG = "Every finding, basic permissions (test)", "every-finding-basic-permissions-test"

ELSEWHERE: Mapping[str, str] = {
    "timeline_is_approved": "Is not asked for at this gate: it does not apply.",
}
"""Checks that do not fail here, and why."""

DEVICES = {
    "windows-11": 100,
    "macos-14": 15,
    "windows-server-2016": 8,
    "windows-server-2008": 2,
    "rhel-9": 4,
}
NOT_PLACED = {
    "source-intune": {"name": "Intune", "read": 1, "not_placed": 1, "unknown": ["BeOS"], "unknown_times": [1]},
}
ENTITLEMENTS = {
    "licence-e3": {"product": "microsoft-365-e3", "quantity": 2},
    "licence-p1-servers": {"product": "mde-p1-servers", "quantity": 14},
}
LOST = "gone@contoso.example"
OBJECTS = "objects@contoso.example"


PROTECTIONS: dict[str, Values] = {
    "protection-windows-servers": {"platform": "windows_servers", "product": "Trellix"},
    "protection-linux": {"platform": "linux", "product": "Trellix", "fate": "passive"},
    "protection-windows-clients": {"platform": "windows_clients", "product": "CrowdStrike Falcon", "kind": "edr",
                                   "fate": "keep"},
}  # fmt: skip


def assignments(days: Days) -> dict[str, Values]:
    always = {"held": "active", "duration": "permanent"}
    return {
        "role-global": {"persona": "Security Administrator", "entra_role": "global-administrator",
                        "assignee": "Ravi Menon", "assignee_kind": "person", **always},
        "role-reader": {"persona": "Security Analyst", "entra_role": "security-reader", "assignee": "SOC-Tier1-Lisbon",
                        "people": 9, **always},
        "role-overdue": {"persona": "Endpoint Administrator", "entra_role": "intune-administrator",
                         "assignee": "EUC-Engineers", "held": "active", "duration": "temporary",
                         "ends_on": days.day(-3)},
        "role-due": {"persona": "Endpoint Administrator", "entra_role": "intune-administrator", "assignee": "Mia Berg",
                     "assignee_kind": "person", "duration": "temporary", "ends_on": days.day(0)},
        "role-too-long": {"persona": "Endpoint Administrator", "entra_role": "intune-administrator",
                          "assignee": "Nils Holm", "assignee_kind": "person", "duration": "temporary",
                          "ends_on": days.day(400)},
        "role-removed": {"persona": "Endpoint Administrator", "entra_role": "intune-administrator",
                         "assignee": "Ola Dahl", "assignee_kind": "person", "duration": "temporary",
                         "ends_on": days.day(-4), "remover": "Lena Fischer"},
        "role-compliance": {"persona": "Business Owner/Stakeholder", "entra_role": "compliance-administrator",
                            "assignee": "Records", "approver": "Records", **always},
        "role-compliance-again": {"persona": "Business Owner/Stakeholder", "entra_role": "compliance-administrator",
                                  "assignee": "Records", **always},
        "role-misspelt": {"persona": "Endpoint Administrator", "entra_role": "intune-administator",
                          "assignee": "EUC-Engineers", **always},
        "role-too-much": {"persona": "Endpoint Administrator", "entra_role": "security-administrator",
                          "assignee": "EUC-Engineers", "held": "eligible"},
    }  # fmt: skip


DEVICE_GROUPS: dict[str, Values] = {
    "group-open": {"rank": 1, "name": "All devices"},
    "group-tie": {"rank": 1, "name": "Servers", "rule_on": "tag", "rule_value": "T0", "granted_to": ["Nobody-Knows"]},
    "group-wide": {"rank": 2, "name": "Everywhere", "rule_on": "domain", "rule_how": "ends",
                   "rule_value": "contoso.example", "granted_to": ["SOC-Tier1-Lisbon"]},
    "group-hidden": {"rank": 3, "name": "EMEA", "rule_on": "domain", "rule_value": "emea.contoso.example",
                     "granted_to": ["SOC-Tier1-Lisbon"]},
}  # fmt: skip


def _add_assignments(pen: Pen, rows: dict[str, Values], *, admin: User) -> None:
    """One was planned for longer than the tenant lets it be held by now."""
    tenant = pen.project.tenant
    plan_actions.set_access_policy(tenant=tenant, values={"longest_days": 730}, by=admin)
    pen.add("access.assignments", rows)
    plan_actions.set_access_policy(tenant=tenant, values={"longest_days": 180}, by=admin)


def make(cast: Cast, days: Days) -> Project:
    with step(days.at(-10, "10:00")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Contoso"),
            lead=cast.lena,
            by=cast.lena,
            name=NAME,
            slug=SLUG,
            kind="migration",
            plan="P2",
            is_hidden=True,
            microsoft_tenant="new.onmicrosoft.com",
            tenant_created_on=date(2025, 6, 1),
        )
    lena = Pen(project, cast.lena)
    with step(days.at(-10, "10:30"), project):
        stakeholders.assign(project=project, key="role-ciso", email=LOST, name="Gone Away", by=cast.lena)
        lena.add("environment.devices", devices(DEVICES, "by hand", days.day(-10)))
        lena.add("environment.sources", NOT_PLACED)
        lena.add("environment.protections", PROTECTIONS)
        lena.add("environment.engines", {"engine-ansible": {"engine": "ansible", "devices": 4}})
        lena.add("environment.cdoc", {"cdoc-tier-4": {"tier": 4, "run_by": "in_house", "place": "Dublin",
                                                      "cover": "working_hours"}})  # fmt: skip
        lena.add("environment.siem", {"siem-old": {"product": "QRadar"}})
        lena.add("environment.impacts", {"impact-runbook": {
            "what": "Runbook for isolating a server", "area": "process",
            "cause": "environment/siem/siem-old", "caused_by": "QRadar",
        }})  # fmt: skip
        lena.add("licences.entitlements", ENTITLEMENTS)
        lena.change("licences.licensing", "licensing", is_mixed=True)
        lena.change("access.settings", "access-settings", today="basic", planned="classic", planned_on=days.day(9),
                    break_glass=1, global_administrators=9)  # fmt: skip
        _add_assignments(lena, assignments(days), admin=cast["admin"])
        lena.change("access.tiers", "tier-1", groups=["SOC-Local"], permissions=["live_response.advanced"])
        lena.add("access.device_groups", DEVICE_GROUPS)
        lena.add("access.partners", {"partner-northwind": {"partner": "Northwind Security",
                                                           "entra_roles": ["global-administrator"]}})  # fmt: skip
        lena.change("adoption.components", "component-ngp", is_in=True, rank=1)
        lena.change("adoption.components", "component-edr", is_in=True, rank=3)
        lena.add("timeline.items", {
            "prepare-ends": {"title": "Prepare ends", "phase": "prepare", "due_on": days.day(3)},
            "setup-ends": {"title": "Setup ends", "phase": "setup", "due_on": days.day(-3)},
        })  # fmt: skip
    with step(days.at(-3, "09:00"), project):
        plan_actions.record_removal(
            project=project, key="role-removed", on=days.day(-4), removed_by="Lena Fischer", by=cast.lena,
            evidence="Ticket 4711",
        )  # fmt: skip
    with step(days.at(-2, "08:30"), project):
        stakeholders.change_stakeholder(
            project=project, key="role-security-architect", values={"scope": []}, by=cast.lena
        )
        stakeholders.assign(
            project=project, key="role-security-architect", email=OBJECTS, name="Objects Always", by=cast.lena
        )
        lena.ask(EVERY_SECTION, days.day(5))
        with clock.set_to(days.at(-2, "08:31")):
            _refuse_the_mail(project)
    with step(days.at(-2, "09:00")):
        objects = User.objects.get(email=OBJECTS)
        Pen(project, objects).answer("object", comment="Setup ends before Prepare does.")
    _ask_the_customer(lena, cast.tomas, days)
    with step(days.at(-1, "17:00"), project):
        request = Request.objects.open().select_related("round__project").get(round__project=project, email=LOST)
        gone = User.objects.get(email=LOST)
        stakeholders.say_wrong_person(request=request, says="Ask the new security officer.", by=gone)
    return project


def _ask_the_customer(lena: Pen, tomas: User, days: Days) -> None:
    """A question that is open, one that is answered, and an export that nobody uploaded yet."""
    project = lena.project
    person: dict[str, Any] = {"email": tomas.email, "name": tomas.name, "by": lena.by}
    with step(days.at(-2, "09:10")):
        for key, text in (("siem-old", "Which SIEM is in use, in which version?"), ("", "Is there a second SIEM?")):
            plan_actions.ask_question(
                project=project, table=table("environment.siem"), key=key, text=text, due_on=days.day(5), **person
            )
        plan_actions.send_questions(project=project, by=lena.by)
        plan_actions.ask_for_upload(
            project=project, until=days.day(9), wanted_format="ad_get_adcomputer",
            note="The Linux servers are in there too, since June.", **person,
        )  # fmt: skip
    with step(days.at(-1, "15:40")):
        question = Question.objects.get(project=project, key="siem-old")
        plan_actions.answer_question(
            question=question, by=tomas, values={"version": "7.5"}, answer="As the console says."
        )


def _refuse_the_mail(project: Project) -> None:
    request = Request.objects.open().get(round__project=project, email=LOST)
    mail = outbox.claim(Mail.objects.get(subject_of=f"request-{request.pk}").pk)
    assert mail is not None
    outbox.failed(mail, "The mail server refused the address (550).", for_good=True)


def make_second(cast: Cast, days: Days) -> Project:
    """What the first excludes: nobody approves, nothing is counted, no model is chosen, Plan 1."""
    with step(days.at(-10, "11:00")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Contoso"),
            lead=cast.lena,
            by=cast.lena,
            name=SECOND_NAME,
            slug=SECOND_SLUG,
            kind="migration",
            plan="P1",
            is_hidden=True,
        )
    lena = Pen(project, cast.lena)
    with step(days.at(-10, "11:20"), project):
        for key in ("role-ciso", "role-head-of-cdoc"):
            stakeholders.remove_stakeholder(project=project, key=key, by=cast.lena, why="For the test.")
        lena.change("adoption.components", "component-edr", is_in=True, rank=1)
    return project


def make_third(cast: Cast, days: Days) -> Project:
    """What needs basic permissions, nobody who may assign a role, and a project that is past Prepare."""
    with step(days.at(-10, "11:30")):
        project = stakeholders.start_project(
            tenant=cast.tenant("Contoso"),
            lead=cast.lena,
            by=cast.lena,
            name=THIRD_NAME,
            slug=THIRD_SLUG,
            kind="deployment",
            plan="P2",
            is_hidden=True,
        )
    lena = Pen(project, cast.lena)
    with step(days.at(-10, "11:40"), project):
        lena.change("access.settings", "access-settings", planned="basic", global_administrators=0)
        lena.add("access.assignments", {"role-reader": {"persona": "Security Analyst", "entra_role": "security-reader",
                                                        "assignee": "SOC-Tier2-EMEA", "held": "eligible"}})  # fmt: skip
        lena.add("access.assignments", {"role-rollout": {"persona": "Endpoint Administrator", "entra_role":
                                        "intune-administrator", "assignee": "EUC-Engineers", "held": "eligible",
                                        "duration": "temporary", "ends_on": days.day(40)}})  # fmt: skip
        lena.change("access.tiers", "tier-2", region="EMEA", groups=["SOC-Tier2-EMEA"])
        plan_actions.move_phase(project=project, to=Phase.SETUP, by=cast.lena)
    return project
