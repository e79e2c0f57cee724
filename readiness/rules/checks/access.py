"""The access plan as a whole: the management model, who administers it, and that it is looked through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.rows import PartnerAccess
from readiness.rules.duties import held, role_name
from readiness.rules.findings import (
    Result,
    Severity,
    Subject,
    change,
    check,
    does_not_apply,
    failed,
    passed,
    to_new_row,
    to_row,
    to_section,
)

NEEDED_BREAK_GLASS = 2
MOST_GLOBAL_ADMINISTRATORS = 5
GLOBAL_ADMINISTRATOR = "global-administrator"
ASSIGNS_ROLES = "entra.assign_roles"


def _settings_deed(subject: Subject, label: str) -> tuple[object, ...]:
    rows = subject.document.access.settings
    return (to_row(label, "access", "settings", rows[0].key),) if rows else (to_section(label, "access"),)


@check("access", Severity.BLOCKER, "unified_permissions", "classic_permissions")
def management_model_is_chosen(subject: Subject) -> Result:
    if any(row.planned for row in subject.document.access.settings):
        return passed(_("The management model is chosen"))
    return failed(
        _("The management model of the portal is not chosen"),
        _("Basic, classic or unified RBAC: roles and permissions follow from it."),
        deeds=_settings_deed(subject, _("Choose it")),
    )


@check("access", Severity.BLOCKER, "unified_management")
def management_model_is_to_be_had(subject: Subject) -> Result:
    row = next((row for row in subject.document.access.settings if row.planned), None)
    created = subject.document.project.tenant_created_on
    if row and row.planned in {"basic", "classic"} and created and created >= _unified_only_since():
        return failed(
            _("The planned management model is not to be had"),
            _("Microsoft tenants created on or after %(day)s have unified RBAC only.")
            % {"day": f"{_unified_only_since():%d %b %Y}"},
            remedy=change(_("Plan unified RBAC"), "settings", row.key, {"planned": "unified"}),
            deeds=_settings_deed(subject, _("Choose another")),
        )
    return passed(_("The planned management model is to be had in this Microsoft tenant"))


def _unified_only_since() -> date:
    since = catalog.UNIFIED_ONLY_SINCE
    return since if isinstance(since, date) else date.fromisoformat(str(since))


@check("access", Severity.BLOCKER, "prepare_deployment")
def personas_are_assigned(subject: Subject) -> Result:
    access = subject.document.access
    assigned = {row.persona for row in held(access)}
    open_ = [row for row in access.personas if not row.does_not_apply and row.name not in assigned]
    if not access.personas or open_:
        names = ", ".join(row.name for row in open_) or _("no persona at all")
        return failed(
            _("Nobody is assigned: %(names)s") % {"names": names},
            _("Each persona has a role and somebody who holds it, or does not apply."),
            deeds=(to_new_row(_("Assign"), "access", "assignments"),),
        )
    return passed(_("Every persona is assigned"))


@check("access", Severity.WARNING, "pim")
def there_are_break_glass_accounts(subject: Subject) -> Result:
    count = next((row.break_glass for row in subject.document.access.settings if row.break_glass is not None), None)
    if count is not None and count >= NEEDED_BREAK_GLASS:
        return passed(_("There are break-glass accounts"), str(count))
    return failed(
        _("There are fewer than two break-glass accounts")
        if count is not None
        else _("Break-glass accounts are not recorded"),
        _("If the only administrator cannot sign in, nobody can."),
        deeds=_settings_deed(subject, _("Record them")),
    )


@check("access", Severity.WARNING, "entra_roles")
def there_are_few_global_administrators(subject: Subject) -> Result:
    count = _global_administrators(subject)
    planned = sum(max(row.people, 1) for row in held(subject.document.access) if row.entra_role == GLOBAL_ADMINISTRATOR)
    if planned > MOST_GLOBAL_ADMINISTRATORS:
        count = max(planned, count or 0)
    if count is None:
        return failed(_("Global Administrators are not counted"), deeds=_settings_deed(subject, _("Count them")))
    if count <= MOST_GLOBAL_ADMINISTRATORS:
        return passed(_("There are few Global Administrators"), str(count))
    return failed(
        _("%(n)s Global Administrators are too many") % {"n": count},
        _("Five are enough for any organisation."),
        deeds=_settings_deed(subject, _("Change the number")),
    )


def _global_administrators(subject: Subject) -> int | None:
    rows = subject.document.access.settings
    return next((row.global_administrators for row in rows if row.global_administrators is not None), None)


@check("access", Severity.WARNING, "basic_permissions", "entra_roles")
def somebody_can_assign_roles(subject: Subject) -> Result:
    roles = catalog.entra_roles()
    who = [row for row in held(subject.document.access) if row.entra_role in roles]
    if _global_administrators(subject) or any(ASSIGNS_ROLES in roles[row.entra_role].rights for row in who):
        return passed(_("Somebody can assign Entra roles"))
    least = role_name("privileged-role-administrator")
    return failed(
        _("Nobody can assign Entra roles"),
        _("A Security Administrator cannot hand out Entra roles: it takes %(role)s, eligible and for a time.")
        % {"role": least},
        deeds=(to_new_row(_("Assign %(role)s") % {"role": least}, "access", "assignments"),),
    )


@check("access", Severity.WARNING, "prepare_deployment", "pim")
def access_is_reviewed(subject: Subject) -> Result:
    row = next((row for row in subject.document.access.settings if row.review_by and row.review_first_on), None)
    if row is None or row.review_first_on is None:
        return failed(
            _("No access review is planned"),
            _("Say who looks through the roles, how often, and when first."),
            deeds=_settings_deed(subject, _("Plan it")),
        )
    due = _months_after(row.review_last_on, row.review_months or 0) if row.review_last_on else row.review_first_on
    if due < subject.today:
        return failed(
            _("The access review is overdue"),
            _("%(who)s was to look through the roles on %(day)s.")
            % {"who": row.review_by, "day": f"{due.day} {due:%b %Y}"},
            since=due,
            deeds=_settings_deed(subject, _("Record the review")),
        )
    return passed(_("An access review is planned"))


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month; with no months, never."""
    if not months:
        return date.max
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    return date.max


@check("access", Severity.WARNING, "gdap")
def partner_access_ends(subject: Subject) -> Iterator[Result]:
    rows = [row for row in subject.document.access.partners if not row.does_not_apply]
    title = _("Access of partners is limited and ends")
    if not rows:
        yield does_not_apply(title, _("No partner has access."))
        return
    is_well = True
    for row in rows:
        wrong = _wrong_with_partner(row, subject.today)
        if wrong:
            is_well = False
            yield failed(
                _("Access of %(who)s goes further than it should") % {"who": row.partner},
                " ".join(wrong),
                about=row.key,
                may_be_kept=True,
                remedy=change(_("Let it end"), "partners", row.key, {"is_extended": False})
                if row.is_extended and row.ends_on
                else None,
                deeds=(to_row(_("Change it"), "access", "partners", row.key),),
            )
    if is_well:
        yield passed(title)


LONGEST_GDAP = 730


def _wrong_with_partner(row: PartnerAccess, today: date) -> list[str]:
    wrong = []
    if GLOBAL_ADMINISTRATOR in row.entra_roles or role_name(GLOBAL_ADMINISTRATOR).casefold() in row.roles.casefold():
        wrong.append(_("It contains Global Administrator, which no partner needs for good."))
    if row.is_extended:
        wrong.append(_("It extends by half a year again and again, so it never ends by itself."))
    if row.ends_on is None:
        wrong.append(_("It has no end: a relationship lasts two years at most."))
    elif row.ends_on < today and not row.is_extended:
        wrong.append(_("It has ended: take it out of the plan, or say until when the new one lasts."))
    elif (row.ends_on - today).days > LONGEST_GDAP:
        wrong.append(_("It ends in more than two years: that is longer than a relationship can last."))
    return wrong
