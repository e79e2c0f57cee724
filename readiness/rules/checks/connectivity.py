from __future__ import annotations

from django.utils.translation import gettext as _

from readiness.rules.findings import Result, Severity, Subject, check, failed, passed, to_row, to_section


@check("connectivity", Severity.BLOCKER, "connectivity_streamlined", "connectivity_standard")
def approach_is_chosen(subject: Subject) -> Result:
    rows = subject.document.connectivity.network
    if any(row.approach for row in rows):
        return passed(_("The way to the service is chosen"))
    deed = (
        to_row(_("Choose it"), "connectivity", "network", rows[0].key)
        if rows
        else to_section(_("Choose it"), "connectivity")
    )
    return failed(
        _("Streamlined or standard connectivity is not chosen"),
        _("What the network team must open follows from it."),
        deeds=(deed,),
    )


@check("connectivity", Severity.BLOCKER, "connectivity_standard")
def every_system_has_a_route(subject: Subject) -> Result:
    routes = [route for route in subject.document.connectivity.routes if not route.does_not_apply]
    open_ = [route for route in routes if not route.route]
    if not open_:
        return passed(_("Every system has its way to the service"), _("%(n)s systems.") % {"n": len(routes)})
    return failed(
        _("%(n)s of %(all)s systems have no way to the service yet") % {"n": len(open_), "all": len(routes)},
        _("Say for each system how it gets out: directly, or through which proxy."),
        deeds=(to_row(_("Fill in the first"), "connectivity", "routes", open_[0].key),),
    )
