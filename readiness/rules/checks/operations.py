"""Who runs what around the devices: engines, the operations centre, the SIEM, impacts, and what stays beside Defender."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import choices
from projects.rules.labels import title_of
from projects.rules.operations import AT_NIGHT
from readiness.rules.findings import (
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

NEAR_THE_END = timedelta(days=7)
STAYS = {choices.Fate.PASSIVE, choices.Fate.KEEP}


@check("environment", Severity.ADVICE)
def engines_add_up_to_the_estate(subject: Subject) -> Result:
    title = _("Every counted device has a management engine")
    engines = [row for row in subject.document.environment.engines if not row.does_not_apply]
    managed, total = sum(row.devices for row in engines), subject.estate.total
    if not managed or not total:
        return does_not_apply(title, _("No devices are counted by engine yet."))
    if managed == total:
        return passed(title)
    words = {"n": f"{abs(total - managed):,}", "managed": f"{managed:,}", "total": f"{total:,}"}
    deeds = (to_row(_("Correct the share"), "environment", "engines", engines[0].key),)
    if managed < total:
        wrong = ngettext("%(n)s device has no management engine", "%(n)s devices have no management engine",
                         total - managed)  # fmt: skip
        why = _("The engines manage %(managed)s of %(total)s devices. What nothing manages is onboarded by hand.")
        return failed(wrong % words, why % words, deeds=deeds)
    wrong = ngettext("The engines manage %(n)s device more than there is", "The engines manage %(n)s devices more than"
                     " there are", managed - total)  # fmt: skip
    why = _(
        "%(managed)s are managed, %(total)s are counted. Count a device with two engines at the one that onboards it."
    )
    return failed(wrong % words, why % words, deeds=deeds)


def _tiers(numbers: set[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers))


@check("environment", Severity.ADVICE, "prepare_deployment")
def tiers_are_the_same_as_in_access(subject: Subject) -> Result:
    title = _("The tiers of the CDOC are those of Access")
    teams = [row for row in subject.document.environment.cdoc if not row.does_not_apply]
    here = {row.tier for row in teams}
    there = {row.number: row for row in subject.document.access.tiers if not row.does_not_apply}
    if not here or subject.is_set_aside("cdoc-distribution"):
        return does_not_apply(title, _("The CDOC is not described."))
    if unknown := here - set(there):
        team = next(row for row in teams if row.tier in unknown)
        return failed(
            _("Tier %(tiers)s works in the CDOC, and has no permissions in Access") % {"tiers": _tiers(unknown)},
            _("They are the same people: whoever looks into alerts needs the rights for it."),
            deeds=(to_new_row(_("Add the tier"), "access", "tiers"), to_section(_("See the team"), "environment", team.key)),
        )  # fmt: skip
    staffed = {number for number, tier in there.items() if tier.groups}
    if idle := staffed - here:
        return failed(
            _("Tier %(tiers)s has permissions in Access, and nobody works in it") % {"tiers": _tiers(idle)},
            _("Say who works in it and where, or take its groups away."),
            deeds=(
                to_new_row(_("Add the team"), "environment", "cdoc"),
                to_section(_("See the tier"), "access", there[min(idle)].key),
            ),
        )
    return passed(title)


@check("environment", Severity.ADVICE)
def alerts_are_taken_at_night(subject: Subject) -> Result:
    """Somebody receives them at every hour, and, where there are several tiers, somebody above can be called."""
    title = _("Alerts are taken at night, and can be escalated")
    teams = [row for row in subject.document.environment.cdoc if not row.does_not_apply]
    if not teams or subject.is_set_aside("cdoc-distribution"):
        return does_not_apply(title, _("The CDOC is not described."))
    tiers = {row.tier for row in teams}
    at_night = {row.tier for row in teams if row.cover in AT_NIGHT}
    is_taken, can_escalate = min(tiers) in at_night, len(tiers) == 1 or bool(at_night - {min(tiers)})
    if is_taken and can_escalate:
        return passed(title)
    missing = {min(tiers)} if not is_taken else tiers - at_night
    team = next(row for row in teams if row.tier in missing)
    return failed(
        _("At night nobody takes alerts in tier %(tiers)s") % {"tiers": _tiers(missing)},
        _("Attackers choose nights and weekends. Let somebody be on call, or a provider cover those hours."),
        deeds=(to_row(_("Say who covers the night"), "environment", "cdoc", team.key),),
    )


def _end_of_prepare(subject: Subject) -> date | None:
    items = subject.document.timeline.items
    return max((i.due_on for i in items if i.phase == "prepare" and i.due_on and not i.does_not_apply), default=None)


@check("environment", Severity.ADVICE)
def siem_is_tested_before_setup(subject: Subject) -> Result:
    title = _("An alert was seen to arrive in the SIEM, or there is time for it")
    untested = [row for row in subject.document.environment.siem if not row.tested_on and not row.does_not_apply]
    if subject.is_set_aside("siem") or not subject.document.environment.siem:
        return does_not_apply(title, _("No SIEM is named."))
    end = _end_of_prepare(subject)
    if not untested or end is None or end - subject.today > NEAR_THE_END:
        return passed(title)
    row = untested[0]
    return failed(
        _("Nobody has seen an alert arrive in %(siem)s") % {"siem": title_of(row)},
        _("Prepare ends on %(day)s. What the analysts do not see there, they do not work on.")
        % {"day": f"{end.day} {end:%b %Y}"},
        owner=row.connected_by,
        deeds=(to_row(_("Enter the day of the test"), "environment", "siem", row.key),),
    )


@check("environment", Severity.ADVICE)
def impacts_have_owner_and_day(subject: Subject) -> Result | Iterator[Result]:
    title = _("Every dependency has an owner and a day")
    rows = [row for row in subject.document.environment.impacts if not row.done_on and not row.does_not_apply]
    if not rows:
        return does_not_apply(title, _("No open dependency or change is written down."))
    wanting = [row for row in rows if not row.owner or not row.due_on]
    if not wanting:
        return passed(title)
    return (
        failed(
            (_("Nobody owns “%(what)s”") if not row.owner else _("“%(what)s” has no day")) % {"what": row.what},
            _("It must change because of %(cause)s.") % {"cause": row.caused_by} if row.caused_by else "",
            about=row.key,
            owner=row.owner,
            deeds=(to_row(_("Name owner and day"), "environment", "impacts", row.key),),
        )
        for row in wanting
    )


@check("environment", Severity.ADVICE, "coexistence")
def no_second_edr_stays(subject: Subject) -> Result:
    staying = [
        row
        for row in subject.document.environment.protections
        if row.kind == choices.ProtectionKind.EDR
        and row.fate in STAYS
        and "defender" not in row.product.lower()
        and not row.does_not_apply
    ]
    if not staying:
        return passed(_("No second detection and response stays beside Defender"))
    return failed(
        _("%(product)s detects and responds beside Defender on %(platform)s")
        % {"product": staying[0].product, "platform": title_of(staying[0])},
        _("Two sensors respond on their own, and analysts work every incident twice. Say which one leads."),
        deeds=(to_row(_("Decide"), "environment", "protections", staying[0].key),),
    )


@check("environment", Severity.ADVICE, "phase_2")
def exclusions_are_known(subject: Subject) -> Result:
    wanting = [
        row
        for row in subject.document.environment.protections
        if row.fate == choices.Fate.PASSIVE and row.product and not row.exclusions and not row.does_not_apply
    ]
    if not wanting:
        return passed(_("What runs beside Defender has its exclusions"))
    return failed(
        _("No exclusions are written down for %(product)s beside Defender") % {"product": wanting[0].product},
        _("Each product must leave the other’s files and processes alone, or both slow the device down."),
        deeds=(to_row(_("Write them down"), "environment", "protections", wanting[0].key),),
    )
