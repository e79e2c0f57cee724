from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.rules.estate import LINUX_SERVERS
from projects.rules.licences import OTHER_PLAN
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
    try_without,
)


@check("licences", Severity.BLOCKER, "migrate_phase_1", "onboard_servers")
def servers_are_licensed(subject: Subject) -> Result:
    pool, estate = subject.coverage.servers, subject.estate
    numbers = {
        "gap": f"{pool.gap:,}",
        "need": f"{pool.need:,}",
        "have": f"{pool.have:,}",
        "windows": f"{estate.windows_servers.can_be_onboarded:,}",
        "linux": f"{estate.linux_servers.can_be_onboarded:,}",
    }
    if not pool.gap:
        return passed(_("Every server has a licence"), _("%(need)s needed, %(have)s owned.") % numbers)
    return failed(
        ngettext("%(gap)s server has no licence", "%(gap)s servers have no licence", pool.gap) % numbers,
        _(
            "You plan to onboard %(need)s servers (%(windows)s Windows, %(linux)s Linux) and own %(have)s server "
            "licences. User licences never cover servers; Linux servers count too."
        )
        % numbers,
        deeds=(
            to_new_row(_("Add licences"), "licences", "entitlements"),
            to_section(_("What closes the gap"), "licences"),
            *(
                [try_without(_("Try it: leave out the Linux servers"), LINUX_SERVERS)]
                if estate.linux_servers.total
                else []
            ),
        ),
        in_mail=ngettext("%(gap)s server is without a licence.", "%(gap)s servers are without a licence.", pool.gap)
        % numbers,
    )


@check("licences", Severity.BLOCKER, "subscription_settings")
def user_devices_are_licensed(subject: Subject) -> Result:
    pool = subject.coverage.users
    numbers = {"gap": f"{pool.gap:,}", "need": f"{pool.need:,}", "have": f"{pool.have:,}"}
    if not pool.gap:
        return passed(
            _("Every computer, phone and tablet has a licence"), _("%(need)s needed, %(have)s owned.") % numbers
        )
    return failed(
        _("%(gap)s computers, phones or tablets have no licence") % numbers,
        _("%(need)s were counted; the user licences cover %(have)s (five devices each).") % numbers,
        deeds=(to_new_row(_("Add licences"), "licences", "entitlements"),),
        in_mail=_("%(gap)s computers, phones or tablets are without a licence.") % numbers,
    )


@check("licences", Severity.WARNING, "subscription_settings")
def licences_match_the_plan(subject: Subject) -> Result:
    wrong = [part for part in subject.coverage.covers_nothing if part.because == OTHER_PLAN]
    if not wrong:
        return passed(_("The licences are those of the plan"))
    return failed(
        _("%(name)s does not bring the plan of this project") % {"name": wrong[0].name},
        _("It brings %(grants)s; the project is planned on %(plan)s. It covers no device here.")
        % {"grants": wrong[0].grants, "plan": subject.plan},
        deeds=(to_section(_("Look at the licences"), "licences", wrong[0].key),),
    )


@check("licences", Severity.BLOCKER, "subscription_settings")
def mixed_licences_are_switched_on(subject: Subject) -> Result:
    rows = [row for row in subject.document.licences.licensing if row.is_mixed and not row.does_not_apply]
    if not rows:
        return does_not_apply(_("The mixed-licence setting is on"), _("One plan only: nothing to switch."))
    if rows[0].switch_set_on:
        return passed(_("The mixed-licence setting is on"))
    return failed(
        _("Plan 1 and Plan 2 are mixed, but the setting is not on"),
        _("Assigning licences does not do it: the tenant's setting must be on, and Plan 1 devices tagged."),
        deeds=(to_row(_("Say when it was switched on"), "licences", "licensing", rows[0].key),),
    )
