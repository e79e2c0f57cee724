from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from readiness.rules.findings import Result, Severity, Subject, check, failed, passed, to_new_row, to_row


@check("timeline", Severity.WARNING)
def prepare_has_an_end(subject: Subject) -> Result:
    if any(
        item.phase == "prepare" and item.due_on and not item.does_not_apply for item in subject.document.timeline.items
    ):
        return passed(_("Prepare has dates"))
    return failed(
        _("Prepare has no end date"),
        _("Say when Onboard should be finished; the rest is placed backwards."),
        deeds=(to_new_row(_("Add a date"), "timeline", "items"),),
    )


@check("timeline", Severity.WARNING)
def milestones_are_met(subject: Subject) -> Iterator[Result]:
    late = [
        item
        for item in subject.document.timeline.items
        if item.due_on and item.due_on < subject.today and not item.done_on and not item.does_not_apply
    ]
    if not late:
        yield passed(_("No milestone is late"))
    for item in late:
        assert item.due_on is not None
        days = (subject.today - item.due_on).days
        yield failed(
            ngettext("Milestone “%(title)s” is %(days)s day late", "Milestone “%(title)s” is %(days)s days late", days)
            % {"title": item.title, "days": days},
            about=item.key,
            owner=item.owner,
            since=item.due_on,
            deeds=(to_row(_("Move or close it"), "timeline", "items", item.key),),
        )
