from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from readiness.rules.findings import Deed, Result, Severity, Subject, check, failed, passed, to_section
from stakeholders.document import Part


@check("stakeholders", Severity.BLOCKER, "prepare_deployment")
def somebody_approves(subject: Subject) -> Result:
    rows = [row for row in subject.document.stakeholders.rows if row.part == Part.SO and not row.does_not_apply]
    if not rows:
        return failed(
            _("Nobody approves this project"),
            _("Without a stakeholder who approves (SO) nothing is ever approved."),
            deeds=(to_section(_("Name who approves"), "stakeholders"),),
        )
    return passed(_("Somebody approves this project"))


@check("stakeholders", Severity.BLOCKER, "prepare_deployment")
def approvers_have_an_address(subject: Subject) -> Result:
    open_ = [
        row
        for row in subject.document.stakeholders.rows
        if row.part == Part.SO and not row.does_not_apply and not row.email
    ]
    if open_:
        roles = {"roles": get_text_list([row.role for row in open_], _("and"))}
        return failed(
            ngettext("%(roles)s has no name and address", "%(roles)s have no name and address", len(open_)) % roles,
            _("Who approves must be a person. Nobody gets a mail until you send a request."),
            deeds=(to_section(_("Name the person"), "stakeholders", open_[0].key),),
        )
    return passed(_("Everybody who approves has an address"))


@check("stakeholders", Severity.WARNING, "prepare_deployment")
def other_roles_have_a_name(subject: Subject) -> Result:
    open_ = [
        row
        for row in subject.document.stakeholders.rows
        if row.part != Part.SO and not row.does_not_apply and not row.email
    ]
    if open_:
        return failed(
            _("%(roles)s: nobody yet") % {"roles": ", ".join(row.role for row in open_)},
            _("They review, or are informed; or the row does not apply."),
            deeds=(to_section(_("Name them"), "stakeholders", open_[0].key),),
        )
    return passed(_("Every other role has a name"))


@check("stakeholders", Severity.BLOCKER)
def mails_arrive(subject: Subject) -> Iterator[Result]:
    refused = {ask.handed_to or ask.email: ask for ask in subject.standing.asks if ask.mail == "refused"}
    for address, ask in refused.items():
        yield failed(
            _("The mail to %(address)s was refused") % {"address": address},
            _("Correct the address in the matrix, or ask by another way. Nothing is sent there until then."),
            about=f"refused-{ask.stakeholder_key}",
            deeds=(
                to_section(_("Correct the address"), "stakeholders", ask.stakeholder_key),
                Deed(
                    _("It works again: send the mail"), "stakeholders:address_works", {"code": ask.code}, is_post=True
                ),
            ),
        )
    if not refused:
        yield passed(_("Every mail found its address"))


@check("stakeholders", Severity.BLOCKER)
def asked_people_are_right(subject: Subject) -> Iterator[Result]:
    """Said by the person themselves; while it stands nobody will decide, so it is told at once. Nothing if all is well."""
    for ask in subject.standing.asks:
        if ask.disowned is None:
            continue
        row = next((r for r in subject.document.stakeholders.rows if r.key == ask.stakeholder_key), None)
        if row is None or row.part != Part.SO:
            continue
        yield failed(
            _("%(who)s says that somebody else should be asked as %(role)s")
            % {"who": row.name or ask.email, "role": row.role},
            _("Nobody is reminded until you name the right person in the matrix."),
            about=ask.stakeholder_key,
            quote=ask.disowned,
            since=ask.asked_at.date(),
            deeds=(to_section(_("Name the right person"), "stakeholders", ask.stakeholder_key),),
        )
