"""The roles of the access plan and who holds them: for no longer, and no more, than the work needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from django.utils.translation import gettext as _

from projects import catalog
from projects.document.rows import Assignment, Tier
from projects.document.sections import Access
from projects.rules.least import in_portal, least, needs_of, weight
from projects.rules.present_access import tells_emergency
from projects.rules.temporary import Person, person_in
from projects.rules.writing import same_name
from readiness.rules.duties import held, least_for, model_of, rights_of, role_name, tiers
from readiness.rules.findings import (
    Result,
    Severity,
    Subject,
    change,
    check,
    does_not_apply,
    failed,
    passed,
    to_row,
)

GLOBAL_ADMINISTRATOR = "global-administrator"


def _deed(label: str, row: Assignment) -> tuple[object, ...]:
    return (to_row(label, "access", "assignments", row.key),)


def _has_pim(subject: Subject) -> bool:
    """Whether a role can be eligible: not where somebody said that it is not licensed."""
    return all(row.has_pim is not False for row in subject.document.access.settings)


def _is_standing(row: Assignment) -> bool:
    return (row.held, row.duration) == ("active", "permanent")


@check("access", Severity.BLOCKER, "entra_roles", "pim")
def nobody_is_global_administrator_for_good(subject: Subject) -> Iterator[Result]:
    """Two accounts for emergencies stay so (break_glass): as many as the plan counts, where their names say it."""
    access = subject.document.access
    standing = [row for row in held(access) if row.entra_role == GLOBAL_ADMINISTRATOR and _is_standing(row)]
    counted = next((row.break_glass for row in access.settings if row.break_glass is not None), 0)
    kept = [row for row in standing if row.assignee_kind == "person" and tells_emergency(row.assignee)][:counted]
    standing = [row for row in standing if row not in kept]
    if not standing:
        yield passed(_("No Global Administrator is active without an end"))
    for row in standing:
        lesser = _lesser(subject, row)
        yield failed(
            _("A Global Administrator has no end date"),
            " ".join(
                filter(
                    None,
                    [
                        _("%(who)s holds Global Administrator%(why)s, active, permanent.")
                        % {"who": row.assignee, "why": f" “{row.justification}”" if row.justification else ""},
                        _("Work planned for them needs %(roles)s.") % {"roles": _names(lesser)} if lesser else "",
                    ],
                )
            ),
            about=row.key,
            remedy=_replace_by(row, lesser, has_pim=_has_pim(subject)),
            deeds=_deed(_("Set an end date"), row),
        )


def _names(roles: tuple[str, ...]) -> str:
    return " + ".join(map(role_name, roles))


def _lesser(subject: Subject, row: Assignment) -> tuple[str, ...]:
    """The Entra roles that the work of the persona takes at least; none where that is not known, or none is needed."""
    persona = next((p for p in subject.document.access.personas if p.name == row.persona), None)
    found = least_for(persona, model_of(subject.document.access)) if persona else None
    return found.best if found else ()


def _replace_by(row: Assignment, lesser: tuple[str, ...], *, has_pim: bool) -> object:
    """Mechanical where one other role does: where it takes two, somebody must say who holds the second."""
    if len(lesser) != 1 or lesser[0] == row.entra_role:
        return None
    label = _("Replace by %(role)s") % {"role": role_name(lesser[0])}
    values: dict[str, object] = {"entra_role": lesser[0]}
    if _is_standing(row) and has_pim:
        values["held"] = "eligible"  # else the lesser role would be always on, which is the next finding
    return change(label, "assignments", row.key, values)


@check("access", Severity.WARNING, "pim")
def privileged_roles_are_not_standing(subject: Subject) -> Iterator[Result]:
    roles, access = catalog.entra_roles(), subject.document.access
    standing = [
        row
        for row in held(access)
        if row.entra_role in roles
        and row.entra_role != GLOBAL_ADMINISTRATOR
        and roles[row.entra_role].privileged
        and _is_standing(row)
    ]
    if not standing:
        yield passed(_("Privileged roles are activated when needed, or end"))
    has_pim = _has_pim(subject)
    for row in standing:
        yield failed(
            _("%(role)s of %(who)s is always on, without an end")
            % {"role": role_name(row.entra_role), "who": row.assignee},
            _("Make it eligible, or give it an end date.")
            if has_pim
            else _("Without Privileged Identity Management (Entra ID P2) it cannot be eligible: give it an end date."),
            about=row.key,
            may_be_kept=True,
            remedy=change(_("Make it eligible"), "assignments", row.key, {"held": "eligible"}) if has_pim else None,
            deeds=_deed(_("Change it"), row),
        )


@check("access", Severity.WARNING, "compare_roles", "entra_roles")
def roles_are_the_least(subject: Subject) -> Iterator[Result]:
    """A role that the work of its persona does not take, or for which a lesser one would do."""
    access, roles = subject.document.access, catalog.entra_roles()
    model, is_well, is_known = model_of(access), True, False
    personas = {persona.name: persona for persona in access.personas if not persona.does_not_apply}
    for row in held(access):
        persona = personas.get(row.persona)
        found = least_for(persona, model) if persona and row.entra_role in roles else None
        if found is None:
            continue
        is_known = True
        if row.entra_role in found.cheapest or found.impossible:
            continue
        is_well = False
        excess = _too_much(row.entra_role, found.needed, model)
        yield failed(
            _("%(role)s of %(who)s is more than their work needs")
            % {"role": role_name(row.entra_role), "who": row.assignee},
            _least_in_words(row.persona, found.best, found.permissions, excess),
            about=row.key,
            may_be_kept=True,
            remedy=_replace_by(row, found.best, has_pim=_has_pim(subject))
            or _without_entra_role(row, bool(found.best)),
            deeds=_deed(_("Change it"), row),
        )
    if is_well:
        title = _("No Entra role is more than the work needs")
        yield passed(title) if is_known else does_not_apply(title, _("Nobody said what those with a role need to do."))


@cache
def _too_much(role: str, needed: frozenset[str], model: str) -> list[str]:
    """What a role gives beside the need, the furthest reaching first."""
    excess = (in_portal(role, model) | catalog.entra_roles()[role].rights) - needed
    known, outside = catalog.unified_permissions(), catalog.rights()
    return [
        outside[key].label if key in outside else known[key].label
        for key in sorted(excess, key=lambda key: (-weight(key), key))
    ]


def _least_in_words(persona: str, best: tuple[str, ...], permissions: tuple[str, ...], excess: list[str]) -> str:
    if best:
        words = _("The work of %(persona)s takes %(roles)s.") % {"persona": persona, "roles": _names(best)}
    elif permissions:
        words = _("The work of %(persona)s takes a role of the portal and no Entra role.") % {"persona": persona}
    else:
        words = _("The work of %(persona)s takes no Entra role.") % {"persona": persona}
    if not excess:
        return words
    return f"{words} " + _("Too much: %(what)s.") % {"what": "; ".join(excess[:3])}


def _without_entra_role(row: Assignment, needs_one: bool) -> object:
    if needs_one or not row.role:
        return None
    return change(_("Take the Entra role away"), "assignments", row.key, {"entra_role": ""})


@check("access", Severity.WARNING, "entra_roles", "compare_roles")
def roles_give_a_right(subject: Subject) -> Iterator[Result]:
    roles, is_well = catalog.entra_roles(), True
    for row in held(subject.document.access):
        role = roles.get(row.entra_role)
        if role is None or role.unified or role.rights:
            continue
        is_well = False
        yield failed(
            _("%(role)s of %(who)s gives no right in Defender for Endpoint") % {"role": role.name, "who": row.assignee},
            role.relevance or _("It is for something else."),
            about=row.key,
            may_be_kept=True,
            remedy=change(_("Take the Entra role away"), "assignments", row.key, {"entra_role": ""})
            if row.role
            else change(_("Take the assignment out of the plan"), "assignments", row.key, None),
            deeds=_deed(_("Choose another role"), row),
        )
    if is_well:
        yield passed(_("Every Entra role gives a right that is needed here"))


@check("access", Severity.WARNING, "entra_roles")
def entra_roles_are_known(subject: Subject) -> Iterator[Result]:
    is_well = True
    for row in held(subject.document.access):
        if not row.entra_role or row.entra_role in catalog.entra_roles():
            continue
        is_well = False
        try:
            catalog.entra_role(row.entra_role)
        except catalog.UnknownEntraRole as error:
            nearest = error.nearest
        near = _("Did you mean %(names)s?") % {"names": ", ".join(map(role_name, nearest))} if nearest else ""
        yield failed(
            _("“%(role)s” is no Entra role that mdeprep knows") % {"role": row.entra_role},
            near,
            about=row.key,
            remedy=change(
                _("Take %(role)s") % {"role": role_name(nearest[0])}, "assignments", row.key, {"entra_role": nearest[0]}
            )
            if nearest
            else None,
            deeds=_deed(_("Choose the role"), row),
        )
    if is_well:
        yield passed(_("Every Entra role is known"))


@check("access", Severity.ADVICE, "pim")
def roles_have_a_reason(subject: Subject) -> Iterator[Result]:
    roles, is_well = catalog.entra_roles(), True
    for row in held(subject.document.access):
        is_privileged = row.entra_role in roles and roles[row.entra_role].privileged
        if row.justification or not (is_privileged or row.duration == "temporary"):
            continue
        is_well = False
        yield failed(
            _("Nobody said why %(who)s needs %(role)s")
            % {"who": row.assignee, "role": role_name(row.entra_role) or row.role},
            about=row.key,
            deeds=_deed(_("Say why"), row),
        )
    if is_well:
        yield passed(_("Every privileged or temporary role has a reason"))


@check("access", Severity.ADVICE, "compare_roles", "own_practice")
def grants_are_not_doubled(subject: Subject) -> Iterator[Result]:
    """The same grant twice; a role of the portal whose holder has all of it by an Entra role anyway."""
    access, is_well = subject.document.access, True
    seen: Counter[tuple[str, ...]] = Counter()
    for row in held(access):
        same = (row.entra_role, same_name(row.role), same_name(row.assignee))
        seen[same] += 1
        if seen[same] == 1:
            continue
        is_well = False
        yield failed(
            _("%(who)s is granted %(role)s twice")
            % {"who": row.assignee, "role": role_name(row.entra_role) or row.role},
            about=row.key,
            may_be_kept=True,
            remedy=change(_("Take the second out of the plan"), "assignments", row.key, None),
            deeds=_deed(_("Look at it"), row),
        )
    always_on, model = _always_on(access), model_of(access)
    for tier in tiers(access):
        for row in _has_it_all_anyway(tier, always_on, model):
            is_well = False
            yield failed(
                _("%(who)s has all that Tier %(n)s gives by %(role)s anyway")
                % {"who": row.assignee, "n": tier.number, "role": role_name(row.entra_role)},
                _("One of the two is enough: which, the work says."),
                about=f"{tier.key}.{row.key}",
                may_be_kept=True,
                deeds=(to_row(_("Look at it"), "access", "tiers", tier.key), *_deed(_("Look at the role"), row)),
            )
        twice = [key for key, times in Counter(tier.permissions).items() if times > 1]
        if twice:
            is_well = False
            yield failed(
                _("Tier %(n)s is granted the same permission twice") % {"n": tier.number},
                about=tier.key,
                may_be_kept=True,
                remedy=change(
                    _("Name each once"), "tiers", tier.key, {"permissions": list(dict.fromkeys(tier.permissions))}
                ),
                deeds=(to_row(_("Look at it"), "access", "tiers", tier.key),),
            )
    if is_well:
        yield passed(_("Nothing is granted twice"))


def _always_on(access: Access) -> Mapping[str, list[Assignment]]:
    """Holder, in one spelling -> the Entra roles that are always on for it."""
    found: dict[str, list[Assignment]] = {}
    for row in held(access):
        if row.entra_role in catalog.entra_roles() and _is_standing(row):
            found.setdefault(same_name(row.assignee), []).append(row)
    return found


def _has_it_all_anyway(tier: Tier, always_on: Mapping[str, list[Assignment]], model: str) -> list[Assignment]:
    """The Entra roles of a tier's own groups that give all of its permissions."""
    needed = rights_of(tier.permissions, model)
    rows = [row for name in dict.fromkeys(map(same_name, tier.groups)) for row in always_on.get(name, ())]
    return [row for row in rows if needed and needed <= in_portal(row.entra_role, model)]


@check("access", Severity.WARNING, "basic_permissions")
def readers_see_devices(subject: Subject) -> Result:
    access = subject.document.access
    title = _("Whoever must see devices does")
    if not any(row.planned == "basic" for row in access.settings):
        return does_not_apply(title, _("Only with basic permissions does a Security Reader not see devices."))
    read = needs_of(["read_alerts"])
    expected = {persona.name for persona in access.personas if read <= needs_of(persona.tasks)}
    blind = [row for row in held(access) if row.entra_role == "security-reader" and row.persona in expected]
    if not blind:
        return passed(title)
    enough = least(read, "basic").best
    return failed(
        _("%(who)s will not see devices") % {"who": ", ".join(row.assignee for row in blind)},
        _(
            "With basic permissions, Security Reader opens alerts and not the list of devices. Plan unified RBAC, or %(roles)s."
        )
        % {"roles": _names(enough) or role_name("security-administrator")},
        about=blind[0].key,
        deeds=_deed(_("Change the role"), blind[0]),
    )


@check("access", Severity.WARNING, "own_practice", "pim")
def duties_are_apart(subject: Subject) -> Iterator[Result]:
    """Nobody approves their own activation, removes their own role, or is the only one to sign what gives them one."""
    access, is_well = subject.document.access, True
    signs = [row for row in subject.document.stakeholders.rows if row.part == "SO" and not row.does_not_apply]
    alone = Person(None, signs[0].name, signs[0].email) if len(signs) == 1 else None
    for row in held(access):
        wrong = []
        if _is_same(row.approver, row.assignee):
            wrong.append(_("They approve their own activation."))
        if _is_same(row.remover, row.assignee):
            wrong.append(_("They are to remove their own role."))
        if alone and alone.is_named(row.assignee):
            wrong.append(_("They alone approve this plan, which gives them the role."))
        if wrong:
            is_well = False
            yield failed(
                _("%(who)s has duties that should be apart") % {"who": row.assignee},
                " ".join(wrong),
                about=row.key,
                may_be_kept=True,
                deeds=_deed(_("Name somebody else"), row),
            )
    if is_well:
        yield passed(_("Nobody approves or removes their own role"))


def _is_same(one: str, other: str) -> bool:
    """Whether two texts mean one person, or one group."""
    return bool(one) and (same_name(one) == same_name(other) or person_in(one).is_named(other))
