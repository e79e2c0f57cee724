"""Before role-based access is switched on: who would lose what, what cannot be undone, and what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import catalog
from projects.document import ProjectFacts
from projects.document.rows import AccessSettings, Assignment, DeviceGroup, Tier
from projects.document.sections import Access
from projects.rules.administrators import Administrator, How, administrators_of
from projects.rules.labels import some_names, title_of
from projects.rules.losses import Loss, losses, once
from projects.rules.writing import same_name

NEEDED_ADMINISTRATORS = 2
SWITCHED_ON = frozenset({"classic", "unified"})


class Verdict(StrEnum):
    NOTHING = "nothing"
    """There is nothing to switch on."""
    NO_GO = "no_go"
    NOT_YET = "not_yet"
    GO = "go"


class Group(NamedTuple):
    name: str
    exists: bool
    named_in: tuple[str, ...]


class Step(NamedTuple):
    """A step, with what of the plan it is about."""

    key: str
    text: str
    source: str
    items: tuple[str, ...]


class Preflight(NamedTuple):
    """What is known before the switch. `nothing` says why there is none; `impossible`, why it is not to be had."""

    model: str
    today: str
    planned_on: date | None
    nothing: str
    impossible: str
    losses: tuple[Loss, ...]
    groups: tuple[Group, ...]
    administrators: tuple[Administrator, ...]
    facts: tuple[catalog.Fact, ...]
    steps: tuple[Step, ...]

    @property
    def locked_out(self) -> tuple[Loss, ...]:
        return tuple(each for each in self.losses if each.is_locked_out)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(group.name for group in self.groups if not group.exists)

    @property
    def present(self) -> int:
        """How many different people are named who hold what it takes, as far as the plan says it."""
        return len({each.same_as for each in self.administrators if each.is_known})

    @property
    def unsure(self) -> tuple[str, ...]:
        """Who would hold it if they were in a group: nobody said that they are."""
        return tuple(each.name for each in self.administrators if each.how is How.BY_GROUP)

    @property
    def has_administrators(self) -> bool:
        return self.present >= NEEDED_ADMINISTRATORS

    @property
    def is_reversible(self) -> bool:
        return self.model == "unified"

    @property
    def verdict(self) -> Verdict:
        if self.nothing:
            return Verdict.NOTHING
        if self.impossible or self.locked_out:
            return Verdict.NO_GO
        return Verdict.NOT_YET if self.lacking else Verdict.GO

    @property
    def sentence(self) -> str:
        """The answer, in one sentence that can stand first."""
        words = {"model": model_name(self.model), "who": some_names([each.who for each in self.locked_out])}
        match self.verdict:
            case Verdict.NOTHING:
                return self.nothing
            case Verdict.NO_GO:
                return self.impossible or _("No-go: switching %(model)s on would lock out %(who)s.") % words
            case Verdict.NOT_YET:
                return _("Not yet: %(what)s.") % {"what": ", ".join(self.lacking)}
        return _("Go, by this plan: nobody is locked out, every group exists, two administrators are named.")

    @property
    def lacking(self) -> list[str]:
        """What is still missing, in words."""
        found = []
        if self.missing:
            n = len(self.missing)
            words = ngettext("%(n)s group is not known to exist yet", "%(n)s groups are not known to exist yet", n)
            found.append(words % {"n": f"{n:,}"})
        if not self.has_administrators:
            found.append(
                _("only one administrator is named who can bring the others back in")
                if self.present
                else _("no administrator is named who can bring the others back in")
            )
            if self.unsure:
                who = _("nobody said whether the group with the role has these people in it: %(who)s")
                found.append(who % {"who": some_names(self.unsure)})
        if self.is_today_unsaid:
            found.append(_("the management model of today is not said, so who loses access is not known"))
        return found

    @property
    def is_today_unsaid(self) -> bool:
        """What is lost to unified roles hangs on whether there are classic roles today; to classic ones, it does not."""
        return self.model == "unified" and not self.today


def model_name(model: str) -> str:
    return {"classic": _("classic RBAC"), "unified": _("unified RBAC")}.get(model, model)


def preflight(access: Access, facts: ProjectFacts) -> Preflight:
    """What stands before switching on the planned model. Pure: the plan is all that is known of the tenant."""
    settings = access.settings[0] if access.settings else AccessSettings(key="settings")
    nothing, impossible = _nothing(settings), _impossible(settings, facts)
    planned = [row for row in access.assignments if _is_there_then(row, settings.planned_on)]
    held = [row for row in planned if _has_begun(row, settings.planned_on)]
    tiers = [tier for tier in access.tiers if not tier.does_not_apply]
    device_groups = [group for group in access.device_groups if not group.does_not_apply]
    groups = _groups(planned, tiers, device_groups, settings.existing_groups)
    return Preflight(
        model=str(settings.planned),
        today=str(settings.today),
        planned_on=settings.planned_on,
        nothing=nothing,
        impossible=impossible,
        losses=() if nothing else losses(held, tiers, device_groups, settings),
        groups=groups,
        administrators=administrators_of(settings.administrators, held),
        facts=tuple(catalog.fact(key) for key in catalog.IRREVERSIBLE.get(str(settings.planned), ())),
        steps=_steps(settings, planned, tiers, device_groups, groups),
    )


def _nothing(settings: AccessSettings) -> str:
    if not settings.planned:
        return _("The management model is not chosen yet: there is nothing to switch on.")
    if settings.planned not in SWITCHED_ON:
        return _("Basic permissions are not switched on: nobody loses anything.")
    if settings.planned == settings.today:
        return _("The planned management model is in use already.")
    return ""


def _impossible(settings: AccessSettings, facts: ProjectFacts) -> str:
    created = facts.tenant_created_on
    if settings.planned == "classic" and created and created >= catalog.UNIFIED_ONLY_SINCE:
        return _("No-go: this Microsoft tenant has unified RBAC only.")
    return ""


def _is_there_then(row: Assignment, switched_on: date | None) -> bool:
    """Whether it is given, or still to be given, when it is switched on: neither removed nor ended before that day."""
    if row.removed_on or row.does_not_apply:
        return False
    return not (row.ends_on and switched_on and row.ends_on < switched_on)


def _has_begun(row: Assignment, switched_on: date | None) -> bool:
    return not (row.starts_on and switched_on and row.starts_on > switched_on)


# What is missing ------------------------------------------------------------------------------------------------------
def _groups(
    held: list[Assignment], tiers: list[Tier], device_groups: list[DeviceGroup], existing: Collection[str]
) -> tuple[Group, ...]:
    """Every Entra group that the plan names, with where, in the order of the plan."""
    places: dict[str, tuple[str, dict[str, None]]] = {}

    def named(name: str, place: str) -> None:
        if name:
            places.setdefault(same_name(name), (name, {}))[1].setdefault(place)

    for row in held:
        if row.assignee_kind == "group":
            named(row.assignee, row.persona)
    for tier in tiers:
        for name in tier.groups:
            named(name, title_of(tier))
    for group in device_groups:
        for name in group.granted_to:
            named(name, _("device group %(name)s") % {"name": group.name})
    there = {same_name(name) for name in existing}
    return tuple(Group(name, key in there, tuple(where)) for key, (name, where) in places.items())


# In which order -------------------------------------------------------------------------------------------------------
def _steps(
    settings: AccessSettings,
    held: list[Assignment],
    tiers: list[Tier],
    device_groups: list[DeviceGroup],
    groups: tuple[Group, ...],
) -> tuple[Step, ...]:
    ranked = sorted(device_groups, key=lambda group: (group.rank, group.name))
    of_tiers = {same_name(title_of(tier)): title_of(tier) for tier in tiers}
    with_role = [row for row in held if row.assignee_kind == "group" and same_name(row.role) in of_tiers]
    items: dict[str, Iterable[str]] = {
        "present": settings.administrators,
        "groups": (group.name for group in groups if not group.exists),
        "roles": once([title_of(tier) for tier in tiers]),
        "assign": once(
            [f"{name} → {title_of(tier)}" for tier in tiers for name in tier.groups]
            + [f"{row.assignee} → {of_tiers[same_name(row.role)]}" for row in with_role]
        ),
        "device_groups": (f"{group.rank}. {group.name}" for group in ranked),
        "grant": (f"{group.name} → {', '.join(group.granted_to)}" for group in ranked if group.granted_to),
        "try": (group.name for group in groups),
    }
    return tuple(
        Step(step.key, step.text, step.source, tuple(items.get(step.key, ())))
        for step in catalog.switch_steps(str(settings.planned))
    )
