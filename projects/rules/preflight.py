"""Before role-based access is switched on: who would lose what, what cannot be undone, and what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import catalog
from projects.document import ProjectFacts
from projects.document.rows import AccessSettings, Assignment, DeviceGroup, Tier
from projects.document.sections import Access
from projects.rules.labels import title_of
from projects.rules.least import in_portal
from projects.rules.temporary import Person

NEEDED_ADMINISTRATORS = 2
SWITCHED_ON = frozenset({"classic", "unified"})


class Verdict(StrEnum):
    NOTHING = "nothing"
    """There is nothing to switch on."""
    NO_GO = "no_go"
    NOT_YET = "not_yet"
    GO = "go"


class How(StrEnum):
    """How an administrator holds what it takes to bring the others back in."""

    HOLDS = "holds"
    BY_GROUP = "by_group"
    """A group of the plan holds it: whether the person is in it, only they can say."""
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Loss:
    """Somebody who gets into the portal today: what they lose, what is left to them. `key` is a row to land on."""

    who: str
    people: int
    loses: tuple[str, ...]
    keeps: tuple[str, ...]
    key: str

    @property
    def is_locked_out(self) -> bool:
        return not self.keeps


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    exists: bool
    named_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Administrator:
    name: str
    how: How
    through: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step, with what of the plan it is about."""

    key: str
    text: str
    source: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preflight:
    """What is known before the switch. `nothing` says why there is none; `impossible`, why it is not to be had."""

    model: str
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
        """How many different administrators are named who hold what it takes."""
        return len({same_name(each.name) for each in self.administrators if each.how is not How.NOT})

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
        return Verdict.NOT_YET if self.missing or not self.has_administrators else Verdict.GO

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
        return found


def same_name(name: str) -> str:
    """One spelling of the name of a group or person: Entra does not tell capitals apart."""
    return " ".join(name.split()).casefold()


def some_names(names: Collection[str], most: int = 3) -> str:
    shown = list(names)[:most]
    more = len(names) - len(shown)
    return ", ".join(shown) + (" " + _("and %(n)s more") % {"n": more} if more else "")


def model_name(model: str) -> str:
    return {"classic": _("classic RBAC"), "unified": _("unified RBAC")}.get(model, model)


def preflight(access: Access, facts: ProjectFacts) -> Preflight:
    """What stands before switching on the planned model. Pure: the plan is all that is known of the tenant."""
    settings = access.settings[0] if access.settings else AccessSettings(key="settings")
    nothing, impossible = _nothing(settings), _impossible(settings, facts)
    held = [row for row in access.assignments if _is_held_then(row, settings.planned_on)]
    tiers = [tier for tier in access.tiers if not tier.does_not_apply]
    device_groups = [group for group in access.device_groups if not group.does_not_apply]
    groups = _groups(held, tiers, device_groups, settings.existing_groups)
    return Preflight(
        model=str(settings.planned),
        planned_on=settings.planned_on,
        nothing=nothing,
        impossible=impossible,
        losses=() if nothing else tuple(_losses(held, tiers, settings)),
        groups=groups,
        administrators=tuple(_administrator(name, held) for name in settings.administrators),
        facts=tuple(catalog.fact(key) for key in catalog.IRREVERSIBLE.get(str(settings.planned), ())),
        steps=_steps(settings, held, tiers, device_groups, groups),
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


def _is_held_then(row: Assignment, switched_on: date | None) -> bool:
    """Whether somebody holds it when it is switched on: what is removed, or ends before that day, is not counted."""
    if row.removed_on or row.does_not_apply:
        return False
    return not (row.ends_on and switched_on and row.ends_on < switched_on)


# Who loses what -------------------------------------------------------------------------------------------------------
Tiers = Mapping[str, list[Tier]]
"""Group, in one spelling -> the tiers that give it anything."""


def _losses(held: list[Assignment], tiers: list[Tier], settings: AccessSettings) -> Iterable[Loss]:
    if settings.planned == "unified" and settings.today != "classic":
        return []  # readers keep what they read, and there are no roles of the portal yet that could be left behind
    by_name: dict[str, list[Assignment]] = {}
    for row in held:
        by_name.setdefault(same_name(row.assignee), []).append(row)
    of_group: dict[str, list[Tier]] = {}
    for tier in tiers:
        for name in tier.groups if tier.permissions else ():
            of_group.setdefault(same_name(name), []).append(tier)
    if settings.planned == "classic":
        found = [_loss_to_classic(rows, of_group.get(name, [])) for name, rows in by_name.items()]
    else:
        known = _names_of_unified(tiers)
        found = [_loss_to_unified(rows, of_group.get(name, []), known) for name, rows in by_name.items()]
    return sorted((each for each in found if each), key=lambda each: (bool(each.keeps), each.who))


def _loss_to_classic(rows: list[Assignment], tiers: list[Tier]) -> Loss | None:
    """Readers lose the portal unless they are in a role. Roles are for groups only (classic_permissions)."""
    roles = _entra_roles(rows)
    lost = [key for key, role in roles.items() if role.locked_out_by_classic]
    if not lost:
        return None
    keeps = [role.name for role in roles.values() if role.basic == "full_access"]
    if any(row.assignee_kind == "group" for row in rows):
        keeps += [row.role for row in rows if row.role] + [title_of(tier) for tier in tiers]
    row = next(row for row in rows if row.entra_role in lost)
    return Loss(row.assignee, max(r.people for r in rows), tuple(roles[k].name for k in lost), _once(keeps), row.key)


def _loss_to_unified(rows: list[Assignment], tiers: list[Tier], known: Collection[str]) -> Loss | None:
    """A classic role counts no more unless the plan has it, with unified permissions, in a tier."""
    lost = [row for row in rows if row.role and same_name(row.role) not in known]
    if not lost or any(_has_unified(tier) for tier in tiers):
        return None
    keeps = [role.name for key, role in _entra_roles(rows).items() if in_portal(key, "unified")]
    keeps += [row.role for row in rows if row.role and row not in lost]
    row = lost[0]
    return Loss(row.assignee, max(r.people for r in rows), _once(r.role for r in lost), _once(keeps), row.key)


def _entra_roles(rows: list[Assignment]) -> Mapping[str, catalog.EntraRole]:
    known = catalog.entra_roles()
    return {row.entra_role: known[row.entra_role] for row in rows if row.entra_role in known}


def _names_of_unified(tiers: list[Tier]) -> set[str]:
    """What the tiers with unified permissions are called."""
    return {name for t in tiers if _has_unified(t) for name in (same_name(t.name), f"tier {t.number}")}


def _has_unified(tier: Tier) -> bool:
    return bool(set(tier.permissions) & set(catalog.unified_permissions()))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


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


def _administrator(name: str, held: list[Assignment]) -> Administrator:
    person = Person(None, name, "")
    through = [row for row in held if _is_administrator(row)]
    for row in through:
        if row.assignee_kind == "person" and person.is_named(row.assignee):
            return Administrator(name, How.HOLDS, title_of(row).partition(":")[0])
    for row in through:
        if row.assignee_kind == "group":
            return Administrator(name, How.BY_GROUP, row.assignee)
    return Administrator(name, How.NOT)


def _is_administrator(row: Assignment) -> bool:
    known = catalog.entra_roles().get(row.entra_role)
    return known is not None and known.basic == "full_access"


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
        "roles": _once([title_of(tier) for tier in tiers]),
        "assign": _once(
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
