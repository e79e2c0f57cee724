from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.rows import Assignment
from readiness.rules.duties import cannot_change_an_alert
from readiness.rules.findings import (
    Result,
    Severity,
    Subject,
    check,
    failed,
    passed,
    to_new_row,
    to_row,
    to_section,
)

GLOBAL_ADMINISTRATOR = "global-administrator"
NEEDED_BREAK_GLASS = 2
MOST_GLOBAL_ADMINISTRATORS = 5


def _held(subject: Subject) -> list[Assignment]:
    return [row for row in subject.document.access.assignments if row.removed_on is None and not row.does_not_apply]


def _role_name(key: str) -> str:
    known = catalog.entra_roles().get(key)
    return known.name if known else key


def _settings_deed(subject: Subject, label: str) -> tuple[object, ...]:
    rows = subject.document.access.settings
    return (to_row(label, "access", "settings", rows[0].key),) if rows else (to_section(label, "access"),)


@check("access", Severity.BLOCKER, "entra_roles", "pim")
def nobody_is_global_administrator_for_good(subject: Subject) -> Iterator[Result]:
    standing = [
        row
        for row in _held(subject)
        if row.entra_role == GLOBAL_ADMINISTRATOR and row.held == "active" and row.duration == "permanent"
    ]
    if not standing:
        yield passed(_("No Global Administrator is active without an end"))
    for row in standing:
        yield failed(
            _("A Global Administrator has no end date"),
            _(
                "%(who)s holds Global Administrator%(why)s, active, permanent. "
                "Work planned for them needs Security Administrator."
            )
            % {"who": row.assignee, "why": f" “{row.justification}”" if row.justification else ""},
            about=row.key,
            deeds=(
                to_row(_("Set an end date"), "access", "assignments", row.key),
                to_row(_("Replace by Security Administrator"), "access", "assignments", row.key),
            ),
        )


@check("access", Severity.WARNING, "pim")
def privileged_roles_are_not_standing(subject: Subject) -> Result:
    roles = catalog.entra_roles()
    standing = [
        row
        for row in _held(subject)
        if row.entra_role in roles
        and row.entra_role != GLOBAL_ADMINISTRATOR
        and roles[row.entra_role].privileged
        and (row.held, row.duration) == ("active", "permanent")
    ]
    if not standing:
        return passed(_("Privileged roles are activated when needed, or end"))
    return failed(
        _("%(role)s of %(who)s is always on, without an end")
        % {"role": _role_name(standing[0].entra_role), "who": standing[0].assignee},
        _("Make it eligible, or give it an end date."),
        deeds=(to_row(_("Change it"), "access", "assignments", standing[0].key),),
    )


@check("access", Severity.BLOCKER, "unified_permissions", "classic_permissions")
def management_model_is_chosen(subject: Subject) -> Result:
    if any(row.planned for row in subject.document.access.settings):
        return passed(_("The management model is chosen"))
    return failed(
        _("The management model of the portal is not chosen"),
        _("Basic, classic or unified RBAC: roles and permissions follow from it."),
        deeds=_settings_deed(subject, _("Choose it")),
    )


@check("access", Severity.BLOCKER, "unified_permissions")
def management_model_is_to_be_had(subject: Subject) -> Result:
    planned = next((row.planned for row in subject.document.access.settings if row.planned), "")
    created = subject.document.project.tenant_created_on
    if planned in {"basic", "classic"} and created and created >= _unified_only_since():
        return failed(
            _("The planned management model is not to be had"),
            _("Microsoft tenants created on or after %(day)s have unified RBAC only.")
            % {"day": f"{_unified_only_since():%d %b %Y}"},
            deeds=_settings_deed(subject, _("Choose another")),
        )
    return passed(_("The planned management model is to be had in this Microsoft tenant"))


def _unified_only_since() -> date:
    since = catalog.UNIFIED_ONLY_SINCE
    return since if isinstance(since, date) else date.fromisoformat(str(since))


@check("access", Severity.BLOCKER, "prepare_deployment")
def personas_are_assigned(subject: Subject) -> Result:
    access = subject.document.access
    assigned = {row.persona for row in _held(subject)}
    open_ = [row for row in access.personas if not row.does_not_apply and row.name not in assigned]
    if not access.personas or open_:
        names = ", ".join(row.name for row in open_) or _("no persona at all")
        return failed(
            _("Nobody is assigned: %(names)s") % {"names": names},
            _("Each persona has a role and somebody who holds it, or does not apply."),
            deeds=(to_new_row(_("Assign"), "access", "assignments"),),
        )
    return passed(_("Every persona is assigned"))


@check("access", Severity.BLOCKER, "prepare_deployment")
def tiers_have_people(subject: Subject) -> Result:
    tiers = [tier for tier in subject.document.access.tiers if not tier.does_not_apply]
    empty = [tier for tier in tiers if not tier.groups]
    if tiers and not empty:
        return passed(_("Every tier has its groups"))
    if not tiers:
        return failed(_("There are no tiers"), deeds=(to_new_row(_("Add a tier"), "access", "tiers"),))
    return failed(
        _("Tier %(n)s has nobody in it") % {"n": ", ".join(str(tier.number) for tier in empty)},
        deeds=(to_row(_("Name its groups"), "access", "tiers", empty[0].key),),
    )


@check("access", Severity.ADVICE, "unified_permissions")
def tiers_can_do_their_duty(subject: Subject) -> Result:
    short = cannot_change_an_alert(subject.document.access)
    if not short:
        return passed(_("Every tier can do what it is there for"))
    return failed(
        _("Tier %(n)s is said to look into alerts, but cannot change one") % {"n": short[0].number},
        _("View data lets people read only. For “in progress”, “resolved” or a comment they need Alerts (manage)."),
        deeds=(to_row(_("Add Alerts (manage)"), "access", "tiers", short[0].key),),
    )


@check("access", Severity.WARNING, "device_groups")
def device_groups_are_granted(subject: Subject) -> Result:
    groups = [group for group in subject.document.access.device_groups if not group.does_not_apply]
    open_ = [group for group in groups if not group.granted_to]
    if not open_:
        return passed(_("Every device group is granted to somebody"))
    return failed(
        _("Device group “%(name)s” is granted to nobody, so everybody sees it") % {"name": open_[0].name},
        deeds=(to_row(_("Grant it"), "access", "device_groups", open_[0].key),),
    )


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
    rows = subject.document.access.settings
    count = next((row.global_administrators for row in rows if row.global_administrators is not None), None)
    if count is None:
        return failed(_("Global Administrators are not counted"), deeds=_settings_deed(subject, _("Count them")))
    if count <= MOST_GLOBAL_ADMINISTRATORS:
        return passed(_("There are few Global Administrators"), str(count))
    return failed(
        _("%(n)s Global Administrators are too many") % {"n": count},
        _("Five are enough for any organisation."),
        deeds=_settings_deed(subject, _("Change the number")),
    )


@check("access", Severity.WARNING, "prepare_deployment", "pim")
def access_is_reviewed(subject: Subject) -> Result:
    if any(row.review_by and row.review_first_on for row in subject.document.access.settings):
        return passed(_("An access review is planned"))
    return failed(
        _("No access review is planned"),
        _("Say who looks through the roles, how often, and when first."),
        deeds=_settings_deed(subject, _("Plan it")),
    )
