"""To whom a device group is granted: Entra groups, which hold people. Names are compared without case and spaces."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from projects.document.rows import DeviceGroup
from projects.rules.writing import same_name


def wrong_grant(name: str, *, own: str, device_groups: Collection[str], entra_groups: Collection[str]) -> str:
    """Why a device group called `own` cannot be granted to `name`, in a sentence; empty if it can.

    `device_groups` are all of the plan, `entra_groups` those that its tiers and roles name. A plan does not know who is
    in a group, so the circle that it can see is a device group granted to itself, or to another one. A name that is an
    Entra group as well is taken as one: then it must be written as elsewhere.
    """
    same, known = same_name(name), {same_name(group): group for group in entra_groups}
    if same in known:
        if known[same] == name:
            return ""
        words = {"name": name, "other": known[same]}
        return _("“%(name)s” is written “%(other)s” elsewhere in this plan: write it the same.") % words
    if same == same_name(own):
        said = _(
            "“%(name)s” is this device group itself: it holds devices, not people. Name the Entra group that sees it."
        )
        return said % {"name": name}
    other = next((group for group in device_groups if same_name(group) == same), None)
    if other is not None:
        said = _("“%(name)s” is a device group: it holds devices, not people. Name the Entra group that sees this one.")
        return said % {"name": other}
    return ""


def twice(names: Collection[str]) -> str:
    """A sentence about two names of a list that are one but for case and spaces; empty if there are none."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(same_name(name), name)
        if other != name:
            return _("“%(one)s” and “%(other)s” differ only in case or spaces: keep one.") % {
                "one": other,
                "other": name,
            }
    return ""


def granted_by_group(device_groups: Iterable[DeviceGroup]) -> Mapping[str, list[DeviceGroup]]:
    """Entra group, in one spelling -> the device groups that are granted to it, by rank.

    Under the empty name are those that are granted to nobody: everybody with a role sees them (group_without_access).
    """
    found: dict[str, list[DeviceGroup]] = {}
    for group in sorted(device_groups, key=lambda each: (each.rank, each.name)):
        if not group.does_not_apply:
            for name in dict.fromkeys(map(same_name, group.granted_to or ("",))):
                found.setdefault(name, []).append(group)
    return found
