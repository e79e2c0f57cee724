from __future__ import annotations

from django.utils.translation import gettext as _

from projects import catalog
from projects.rules.labels import component_name
from readiness.rules.findings import Result, Severity, Subject, check, failed, passed, to_row, to_section


@check("adoption", Severity.BLOCKER, "prepare_deployment")
def components_are_chosen(subject: Subject) -> Result:
    rows = subject.document.adoption.components
    open_ = [row for row in rows if row.is_in is None and not row.does_not_apply]
    if rows and not open_:
        return passed(_("It is chosen which components are used"))
    return failed(
        _("%(n)s components are neither in nor out") % {"n": len(open_)},
        _("Choose what is used, and leave out what does not apply."),
        deeds=(
            to_row(_("Choose"), "adoption", "components", open_[0].key)
            if open_
            else to_section(_("Choose"), "adoption"),
        ),
    )


@check("adoption", Severity.BLOCKER, "subscription_settings")
def components_are_in_the_plan(subject: Subject) -> Result:
    wrong = [
        row
        for row in subject.document.adoption.components
        if row.is_in and not row.does_not_apply and not catalog.component_available(row.component, subject.plan)
    ]
    if not wrong:
        return passed(_("Every chosen component is part of the plan"))
    return failed(
        _("%(name)s is not part of %(plan)s") % {"name": component_name(wrong[0].component), "plan": subject.plan},
        deeds=(to_row(_("Leave it out"), "adoption", "components", wrong[0].key),),
    )


@check("adoption", Severity.WARNING, "adoption_order")
def order_is_microsofts_or_has_a_reason(subject: Subject) -> Result:
    ranks = {component.key: component.microsoft_rank for component in catalog.standard_template().components}
    chosen = [
        row for row in subject.document.adoption.components if row.is_in and row.rank and ranks.get(row.component)
    ]
    theirs = [row.component for row in sorted(chosen, key=lambda row: ranks[row.component] or 0)]
    ours = [row.component for row in sorted(chosen, key=lambda row: row.rank or 0)]
    odd = [row for row in chosen if theirs.index(row.component) != ours.index(row.component) and not row.reason]
    if not odd:
        return passed(_("The order is Microsoft's, or a reason is given"))
    return failed(
        _("%(name)s comes in another order than Microsoft's, without a reason")
        % {"name": component_name(odd[0].component)},
        deeds=(to_row(_("Give a reason"), "adoption", "components", odd[0].key),),
    )
