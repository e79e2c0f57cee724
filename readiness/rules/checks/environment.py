from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import Row, choices
from readiness.rules.findings import (
    Deed,
    Result,
    Severity,
    Subject,
    check,
    does_not_apply,
    failed,
    passed,
    to_new_row,
    to_row,
    to_section,
)
from stakeholders.rules.summary import listed

PASSIVE_TASK = "forcedefenderpassivemode"


def _answered(
    rows: tuple[Row, ...], subject: Subject, topic: str, title: str, wrong: str, why: str, table: str
) -> Result:
    if subject.is_set_aside(topic):
        return does_not_apply(
            title, next(r.does_not_apply for r in subject.document.environment.topics if r.key == f"topic-{topic}")
        )
    if any(not row.does_not_apply for row in rows):
        return passed(title)
    deeds = (
        to_new_row(_("Fill it in"), "environment", table),
        Deed(_("Ask somebody"), "projects:ask_about_table", {"section": "environment", "table": table}),
    )
    return failed(wrong, why, deeds=deeds)


@check("environment", Severity.BLOCKER, "planning_guide")
def endpoints_are_counted(subject: Subject) -> Result:
    rows = tuple(row for row in subject.document.environment.devices if row.kind != "server")
    return _answered(
        rows, subject, "endpoint-count", _("Endpoints are counted by operating system"), _("No endpoints are counted"),
        _("Licences, connectivity and the rollout follow from the counts."), "devices",
    )  # fmt: skip


@check("environment", Severity.BLOCKER, "planning_guide")
def servers_are_counted(subject: Subject) -> Result:
    rows = tuple(row for row in subject.document.environment.devices if row.kind == "server")
    return _answered(
        rows, subject, "server-count", _("Servers are counted by version"), _("No servers are counted"),
        _("Every server needs its own licence, and old versions need another way in. If there are none, say so."),
        "devices",
    )  # fmt: skip


@check("environment", Severity.BLOCKER, "planning_guide")
def management_engine_is_named(subject: Subject) -> Result:
    return _answered(
        subject.document.environment.engines, subject, "management-engine", _("The management engine is named"),
        _("No management engine is named"), _("How devices are onboarded depends on what manages them."), "engines",
    )  # fmt: skip


@check("environment", Severity.BLOCKER, "planning_guide")
def cdoc_is_described(subject: Subject) -> Result:
    return _answered(
        subject.document.environment.cdoc, subject, "cdoc-distribution", _("The CDOC is described"),
        _("The CDOC is not described"), _("Tiers and their permissions follow from who works where."), "cdoc",
    )  # fmt: skip


@check("environment", Severity.BLOCKER, "planning_guide")
def siem_is_named(subject: Subject) -> Result:
    return _answered(
        subject.document.environment.siem, subject, "siem", _("The SIEM is named"), _("No SIEM is named"),
        _("Alerts must get where the analysts work. If there is none, say so."), "siem",
    )  # fmt: skip


@check("environment", Severity.WARNING, "requirements")
def every_device_can_be_onboarded(subject: Subject) -> Result:
    estate = subject.estate
    if not estate.cannot:
        return passed(_("Every counted device can be onboarded"))
    lines = estate.cannot_lines
    servers = sum(line.count for line in lines if line.family == "linux")
    return failed(
        ngettext("%(n)s device cannot be onboarded", "%(n)s devices cannot be onboarded", estate.cannot)
        % {"n": f"{estate.cannot:,}"},
        _("%(list)s. Upgrade or isolate them.") % {"list": listed(lines)},
        deeds=(to_section(_("See the rows"), "environment", lines[0].key),),
        in_mail=ngettext(
            "%(n)s of the Linux servers is too old to be onboarded.",
            "%(n)s of the Linux servers are too old to be onboarded.",
            servers,
        )
        % {"n": servers}
        if servers
        else "",
    )


@check("environment", Severity.WARNING, "requirements")
def unified_solution_is_planned(subject: Subject) -> Result:
    lines = tuple(line for line in subject.estate.lines if line.route == "unified" and line.count)
    count = sum(line.count for line in lines)
    if not count:
        return passed(_("No server needs the unified solution first"))
    return failed(
        ngettext(
            "%(n)s server needs the modern unified solution before onboarding",
            "%(n)s servers need the modern unified solution before onboarding",
            count,
        )
        % {"n": f"{count:,}"},
        f"{listed(lines)}.",
        deeds=(to_section(_("See the rows"), "environment", lines[0].key),),
    )


@check("environment", Severity.WARNING, "coexistence")
def servers_go_passive_on_a_date(subject: Subject) -> Result:
    others = [
        row
        for row in subject.document.environment.protections
        if row.platform == choices.Platform.WINDOWS_SERVERS
        and row.product
        and "defender" not in row.product.lower()
        and not row.does_not_apply
    ]
    if not others:
        return passed(_("No other antivirus runs on Windows servers"))
    tasks = [
        item
        for item in subject.document.timeline.items
        if PASSIVE_TASK in item.title.lower() and not item.does_not_apply
    ]
    if any(item.due_on or item.done_on for item in tasks):
        return passed(_("Setting servers passive has a date"))
    return failed(
        _("Servers do not go passive by themselves"),
        _("%(n)s run %(product)s; the task “set ForceDefenderPassiveMode before onboarding” has no date.")
        % {"n": f"{subject.estate.windows_servers.total:,}", "product": others[0].product.split(" ")[0]},
        deeds=(
            to_row(_("Give it a date"), "timeline", "items", tasks[0].key)
            if tasks
            else Deed(_("Propose the task"), "projects:propose_task", {"task": "passive_mode"}, is_post=True),
        ),
    )


@check("environment", Severity.WARNING)
def every_system_is_placed(subject: Subject) -> Result:
    of_sources = sum(row.not_placed for row in subject.document.environment.sources)
    unplaced = of_sources + subject.estate.unplaced
    if not unplaced:
        return passed(_("Every counted system is known"))
    return failed(
        ngettext(
            "%(n)s device has an operating system that mdeprep could not place",
            "%(n)s devices have an operating system that mdeprep could not place",
            unplaced,
        )
        % {"n": f"{unplaced:,}"},
        owner=subject.lead,
        deeds=(
            to_section(
                _("Place them"), "environment", "unplaced" if of_sources else subject.estate.unplaced_lines[0].key
            ),
        ),
    )


@check("environment", Severity.WARNING, "migrate_phase_1")
def existing_protection_has_a_future(subject: Subject) -> Result:
    undecided = [
        row
        for row in subject.document.environment.protections
        if row.product and row.kind != "none" and not row.fate and not row.does_not_apply
    ]
    if not undecided:
        return passed(_("It is decided what happens to the existing protection"))
    return failed(
        _("It is not decided what happens to %(product)s") % {"product": undecided[0].product},
        deeds=(to_row(_("Decide"), "environment", "protections", undecided[0].key),),
    )


PLATFORM_OF = {"windows": "windows_clients", "windows-server": "windows_servers", "macos": "macos", "linux": "linux"}


@check("environment", Severity.ADVICE, "migrate_phase_1")
def existing_protection_is_recorded(subject: Subject) -> Result:
    counted = {PLATFORM_OF[line.family] for line in subject.estate.lines if line.count and line.family in PLATFORM_OF}
    recorded = {
        str(row.platform)
        for row in subject.document.environment.protections
        if row.product or (row.kind == "none" and row.note) or row.does_not_apply
    }
    missing = [
        str(choices.Platform(platform).label) for platform in PLATFORM_OF.values() if platform in counted - recorded
    ]
    if not missing:
        return passed(_("The protection of every platform is recorded"))
    return failed(
        _("No existing protection is recorded on %(platforms)s") % {"platforms": ", ".join(missing)},
        _("Two products side by side slow a device down, or switch each other off."),
        deeds=(to_new_row(_("Record it"), "environment", "protections"),),
    )
