"""The tiers of the operations centre: they have people, what their duty takes, and no more."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import catalog
from projects.document.rows import Tier
from readiness.rules.duties import CHANGE_AN_ALERT, beyond, lacks, model_of, permission_names, tiers
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
)


def _deed(label: str, tier: Tier) -> tuple[object, ...]:
    return (to_row(label, "access", "tiers", tier.key),)


def _called(tier: Tier) -> str:
    return f"{tier.number} ({tier.region})" if tier.region else str(tier.number)


@check("access", Severity.BLOCKER, "prepare_deployment")
def tiers_have_people(subject: Subject) -> Result:
    found = tiers(subject.document.access)
    empty = [tier for tier in found if not tier.groups]
    if found and not empty:
        return passed(_("Every tier has its groups"))
    if not found:
        return failed(_("There are no tiers"), deeds=(to_new_row(_("Add a tier"), "access", "tiers"),))
    return failed(
        ngettext("Tier %(n)s has nobody in it", "Tiers %(n)s have nobody in them", len(empty))
        % {"n": ", ".join(map(_called, empty))},
        deeds=_deed(_("Name its groups"), empty[0]),
    )


@check("access", Severity.ADVICE, "unified_permissions", "classic_permissions")
def tiers_can_do_their_duty(subject: Subject) -> Iterator[Result]:
    access, is_well = subject.document.access, True
    model = model_of(access)
    if model == "basic":
        yield does_not_apply(
            _("Every tier can do what it is there for"), _("With basic permissions there are no roles for tiers.")
        )
        return
    known = catalog.permissions_for(model)
    for tier in tiers(access):
        is_judged = all(key in known for key in tier.permissions)
        missing = _to_add(lacks(tier, model), model) if is_judged else []
        if not missing:
            continue
        is_well = False
        names = permission_names(missing, model)
        yield failed(
            _("Tier %(n)s has no permission at all") % {"n": _called(tier)}
            if not tier.permissions
            else _("Tier %(n)s is said to look into alerts, but cannot change one") % {"n": _called(tier)}
            if CHANGE_AN_ALERT in lacks(tier, model)
            else _("Tier %(n)s cannot do all that it is there for") % {"n": _called(tier)},
            _("View data lets people read only. For “in progress”, “resolved” or a comment they need %(names)s.")
            % {"names": names}
            if tier.permissions and CHANGE_AN_ALERT in lacks(tier, model)
            else _("It takes %(names)s.") % {"names": names},
            about=tier.key,
            may_be_kept=True,
            remedy=change(
                _("Add %(names)s to Tier %(n)s") % {"names": names, "n": _called(tier)},
                "tiers",
                tier.key,
                {"permissions": [*tier.permissions, *missing]},
            ),
            deeds=_deed(_("Change its permissions"), tier),
        )
    if is_well:
        yield passed(_("Every tier can do what it is there for"))


def _to_add(missing: frozenset[str], model: str) -> list[str]:
    """The permissions of the model that bring what is missing, in the order of the portal."""
    if model == "unified":
        return [key for key in catalog.unified_permissions() if key in missing]
    return [
        key
        for key, permission in catalog.classic_permissions().items()
        if missing & set(permission.unified) and key != catalog.BUILT_IN_ONLY
    ]


@check("access", Severity.WARNING, "prepare_deployment", "unified_permissions")
def tiers_have_no_more_than_their_duty(subject: Subject) -> Iterator[Result]:
    access, is_well, is_known = subject.document.access, True, False
    model = model_of(access)
    for tier in tiers(access):
        is_known = is_known or bool(tier.tasks)
        more = beyond(tier, model)
        if not more:
            continue
        is_well = False
        yield failed(
            _("Tier %(n)s may do more than it is there for") % {"n": _called(tier)},
            _("Nothing that it does takes %(names)s.") % {"names": permission_names(more, model)},
            about=tier.key,
            may_be_kept=True,
            remedy=change(
                _("Take them away from Tier %(n)s") % {"n": _called(tier)},
                "tiers",
                tier.key,
                {"permissions": [key for key in tier.permissions if key not in more]},
            ),
            deeds=_deed(_("Change its permissions"), tier),
        )
    if is_well:
        title = _("No tier may do more than it is there for")
        yield passed(title) if is_known else does_not_apply(title, _("Nobody said what the tiers need to do."))


@check("access", Severity.WARNING, "classic_permissions", "unified_permissions")
def permissions_are_of_the_model(subject: Subject) -> Iterator[Result]:
    """Permissions that the planned model does not have, or that a role of one's own cannot hold."""
    access, is_well = subject.document.access, True
    model = model_of(access)
    known = catalog.permissions_for(model)
    for tier in tiers(access):
        wrong = [key for key in tier.permissions if key not in known] if model != "basic" else []
        built_in = [key for key in tier.permissions if key == catalog.BUILT_IN_ONLY and model == "classic"]
        if not wrong and not built_in:
            continue
        is_well = False
        yield failed(
            _("Tier %(n)s has permissions that cannot be given to it") % {"n": _called(tier)},
            " ".join([*(_unknown(key, model) for key in wrong[:3]), *(known[key].restriction for key in built_in)]),
            about=tier.key,
            remedy=_instead(tier, wrong, built_in, model),
            deeds=_deed(_("Choose its permissions anew"), tier),
        )
    if is_well:
        yield passed(_("Every permission exists in the planned model"))


def _unknown(key: str, model: str) -> str:
    other = next((m for m, _name in catalog.MODELS if key in catalog.permissions_for(m)), "")
    if other:
        label = catalog.permission(other, key).label
        return _("“%(name)s” belongs to %(model)s.") % {"name": label, "model": dict(catalog.MODELS)[other]}
    try:
        catalog.permission(model, key)
    except catalog.UnknownPermission as error:
        near = permission_names(error.nearest, model)
    words = _("mdeprep knows no permission “%(name)s”.") % {"name": key}
    return f"{words} " + _("Did you mean %(names)s?") % {"names": near} if near else words


def _instead(tier: Tier, wrong: list[str], built_in: list[str], model: str) -> object:
    """Classic permissions in a unified plan have counterparts; the others must be chosen by somebody."""
    classic = catalog.classic_permissions()
    if model == "classic" and built_in and not wrong:
        rest = [key for key in tier.permissions if key not in built_in]
        return change(_("Leave it to the built-in role"), "tiers", tier.key, {"permissions": rest})
    if model != "unified" or not all(key in classic for key in wrong):
        return None
    new = [more for key in tier.permissions for more in (classic[key].unified if key in classic else (key,))]
    return change(_("Take their unified counterparts"), "tiers", tier.key, {"permissions": list(dict.fromkeys(new))})
