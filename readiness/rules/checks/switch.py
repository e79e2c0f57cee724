"""Before role-based access is switched on."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from projects.rules.labels import some_names
from projects.rules.losses import Loss
from projects.rules.preflight import Preflight, model_name
from projects.rules.temporary import day_in_words
from readiness.rules.findings import Deed, Result, Severity, Subject, check, does_not_apply, failed, passed, to_row

SOON = timedelta(days=30)


def _why(first: Loss, found: Preflight) -> str:
    words = {"role": some_names(first.loses)}
    if found.is_reversible:
        return _("The plan does not carry their role %(role)s over, and they hold nothing else.") % words
    return _("Their only grant is %(role)s, which ends at that moment. This cannot be undone.") % words


@check("access", Severity.BLOCKER, "rbac_switch", "unified_activation")
def nobody_is_locked_out(subject: Subject) -> Result:
    title = _("Nobody is locked out when RBAC is switched on")
    found = subject.preflight
    if found.nothing:
        return does_not_apply(title, found.nothing)
    if not found.locked_out:
        return passed(title)
    first = found.locked_out[0]
    return failed(
        _("Switching %(model)s on would lock out %(who)s")
        % {"model": model_name(found.model), "who": some_names([each.who for each in found.locked_out])},
        _why(first, found),
        deeds=(
            to_row(_("Give them a role first"), "access", "assignments", first.key),
            Deed(_("See who loses what"), "projects:switch"),
        ),
    )


@check("access", Severity.WARNING, "rbac_switch", "unified_activation", "own_practice")
def access_switch_is_prepared(subject: Subject) -> Result:
    """In the last thirty days before the switch: the groups exist, and two people can bring the others back in."""
    title = _("The switch to RBAC is prepared")
    found = subject.preflight
    if found.nothing:
        return does_not_apply(title, found.nothing)
    if found.planned_on is None:
        return does_not_apply(title, _("The day of the switch is not planned yet."))
    if found.planned_on - subject.today > SOON:
        return does_not_apply(
            title, _("It is asked from thirty days before %(day)s on.") % {"day": day_in_words(found.planned_on)}
        )
    if not found.lacking:
        return passed(title)
    missing = _("Groups: %(names)s.") % {"names": some_names(found.missing, 5)} if found.missing else ""
    return failed(
        _("The switch to %(model)s on %(day)s is not prepared")
        % {"model": model_name(found.model), "day": day_in_words(found.planned_on)},
        " ".join(filter(None, [_("Lacking: %(what)s.") % {"what": "; ".join(found.lacking)}, missing])),
        deeds=(Deed(_("Prepare the switch"), "projects:switch"),),
    )
