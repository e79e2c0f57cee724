"""Device groups: each can match, is granted to somebody who has a role, and shows a team no more than its region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document.rows import DeviceGroup
from projects.rules.device_rules import MOST_GROUPS, has_rule, shadowed
from projects.rules.writing import same_name
from readiness.rules.duties import held, tiers
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

MOST_TOLD = 5
"""So many groups are told one by one; beyond that, how many more."""


def _groups(subject: Subject) -> list[DeviceGroup]:
    return [group for group in subject.document.access.device_groups if not group.does_not_apply]


def _deed(label: str, group: DeviceGroup) -> tuple[object, ...]:
    return (to_row(label, "access", "device_groups", group.key),)


def _more(count: int) -> str:
    left = count - MOST_TOLD
    return ngettext("%(n)s more like it.", "%(n)s more like it.", left) % {"n": f"{left:,}"} if left > 0 else ""


@check("access", Severity.WARNING, "device_groups")
def device_groups_are_granted(subject: Subject) -> Iterator[Result]:
    open_ = [group for group in _groups(subject) if not group.granted_to]
    if not open_:
        yield passed(_("Every device group is granted to somebody"))
    for place, group in enumerate(open_[:MOST_TOLD], start=1):
        yield failed(
            _("Device group “%(name)s” is granted to nobody, so everybody sees it") % {"name": group.name},
            _more(len(open_)) if place == MOST_TOLD else "",
            about=group.key,
            may_be_kept=True,
            deeds=_deed(_("Grant it"), group),
        )


@check("access", Severity.WARNING, "device_groups")
def device_groups_can_match(subject: Subject) -> Iterator[Result]:
    groups = _groups(subject)
    if not groups:
        yield does_not_apply(_("Every device group can match"), _("There are no device groups."))
        return
    hidden = shadowed(groups)
    empty = [group for group in groups if not has_rule(group)]
    if not hidden and not empty:
        yield passed(_("Every device group can match"))
    for place, shadow in enumerate(hidden[:MOST_TOLD], start=1):
        group, names = shadow.group, ", ".join(f"“{each.name}”" for each in shadow.by)
        best = min(each.rank for each in shadow.by)
        yield failed(
            _("No device can ever be in “%(name)s”") % {"name": group.name},
            " ".join(
                filter(
                    None,
                    [
                        _("%(others)s of better rank takes every device that it describes.") % {"others": names},
                        _more(len(hidden)) if place == MOST_TOLD else "",
                    ],
                )
            ),
            about=group.key,
            may_be_kept=True,
            remedy=change(_("Rank it before them"), "device_groups", group.key, {"rank": best - 1})
            if best > 1 and all(each.rank != best - 1 for each in groups)
            else None,
            deeds=_deed(_("Change its rank or rule"), group),
        )
    for place, group in enumerate(empty[:MOST_TOLD], start=1):
        yield failed(
            _("Device group “%(name)s” has no rule") % {"name": group.name},
            " ".join(
                filter(
                    None,
                    [
                        _("Without a name, domain, tag or operating system it matches no device."),
                        _more(len(empty)) if place == MOST_TOLD else "",
                    ],
                )
            ),
            about=group.key,
            deeds=_deed(_("Say which devices"), group),
        )


@check("access", Severity.WARNING, "device_groups")
def device_groups_are_ranked(subject: Subject) -> Result:
    groups = _groups(subject)
    by_rank: dict[int, list[DeviceGroup]] = {}
    for group in groups:
        by_rank.setdefault(group.rank, []).append(group)
    tie = next((same for _rank, same in sorted(by_rank.items()) if len(same) > 1), None)
    if len(groups) > MOST_GROUPS:
        return failed(
            _("%(n)s device groups are too many") % {"n": f"{len(groups):,}"},
            _("A Microsoft tenant holds %(most)s at most.") % {"most": f"{MOST_GROUPS:,}"},
            deeds=_deed(_("Look at them"), groups[-1]),
        )
    if tie:
        return failed(
            _("%(names)s have the same rank") % {"names": ", ".join(f"“{group.name}”" for group in tie[:MOST_TOLD])},
            _("A device belongs to the first group that it matches: with two of rank %(rank)s nobody can say which.")
            % {"rank": tie[0].rank},
            deeds=_deed(_("Change a rank"), tie[1]),
        )
    return passed(_("Every device group has a rank of its own"))


def _nearest(name: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(same_name(name), list(known), n=1, cutoff=0.8)
    return _("Did you mean %(name)s?") % {"name": known[near[0]]} if near else ""


@check("access", Severity.WARNING, "device_groups")
def device_groups_are_granted_to_holders_of_a_role(subject: Subject) -> Iterator[Result]:
    """Only a group that holds a role can be granted devices."""
    access, is_well = subject.document.access, True
    with_role = {same_name(name): name for tier in tiers(access) for name in tier.groups if tier.permissions}
    with_role |= {same_name(row.assignee): row.assignee for row in held(access) if row.role or row.entra_role}
    without: dict[str, DeviceGroup] = {}
    for group in _groups(subject):
        for name in group.granted_to:
            if same_name(name) not in with_role:
                without.setdefault(name, group)
    for place, (name, group) in enumerate(list(without.items())[:MOST_TOLD], start=1):
        is_well = False
        yield failed(
            _("%(entra)s holds no role, but is granted “%(name)s”") % {"entra": name, "name": group.name},
            " ".join(
                filter(
                    None,
                    [
                        _("Only an Entra group that has a role in the portal can be granted devices."),
                        _nearest(name, with_role),
                        _more(len(without)) if place == MOST_TOLD else "",
                    ],
                )
            ),
            about=group.key if place == 1 else f"{group.key}.{place}",
            deeds=(to_new_row(_("Give it a role"), "access", "assignments"), *_deed(_("Grant it to another"), group)),
        )
    if is_well:
        yield passed(_("Whoever is granted devices holds a role"))


@check("access", Severity.WARNING, "device_groups", "prepare_deployment")
def regional_tiers_see_their_region(subject: Subject) -> Iterator[Result]:
    """A team for one region that sees the devices of all of them."""
    access = subject.document.access
    regions = {team.tier for team in subject.document.environment.cdoc if team.region and not team.does_not_apply}
    regional = [tier for tier in tiers(access) if (tier.region or tier.number in regions) and tier.groups]
    title = _("Teams for a region see the devices of their region")
    if not regional:
        yield does_not_apply(title, _("No team is there for one region only."))
        return
    groups = _groups(subject)
    closed = {group.key for group in groups if group.granted_to}
    granted: dict[str, set[str]] = {}
    for group in groups:
        for name in group.granted_to:
            granted.setdefault(same_name(name), set()).add(group.key)
    is_well = True
    for tier in regional:
        if closed - set().union(*(granted.get(same_name(name), set()) for name in tier.groups)):
            continue
        is_well = False
        yield failed(
            _("Tier %(n)s is there for a region, but sees every device") % {"n": tier.number},
            _("There are no device groups: everybody with a role sees everything.")
            if not groups
            else _("No device group is kept from it: what is granted to nobody, everybody sees."),
            about=tier.key,
            may_be_kept=True,
            deeds=(to_new_row(_("Add a device group"), "access", "device_groups"),),
        )
    if is_well:
        yield passed(title)
