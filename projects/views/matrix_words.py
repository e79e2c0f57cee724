"""The matrix of permissions in words: what each permission is, what a cell and a row say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import catalog
from projects.rules.labels import permission_name, task_name
from projects.rules.least import least, needs_of, with_implied
from projects.rules.permission_matrix import Cell, MatrixRow


class Column(NamedTuple):
    """A permission as the head of a column. `facts` are what else there is to know of it."""

    key: str
    label: str
    lets: str
    facts: tuple[str, ...]
    is_first: bool = False
    """Of its group."""
    group: str = ""
    number: int = 0


class Mark(NamedTuple):
    """What is special about a cell: an icon or a sign, and the words."""

    name: str
    words: str
    icon: str = ""
    sign: str = ""
    css: str = "is-calm"


class ShownCell(NamedTuple):
    column: Column
    cell: Cell
    marks: tuple[Mark, ...]


class Line(NamedTuple):
    """A sentence under a row."""

    icon: str
    css: str
    text: str


@dataclass
class ShownMatrixRow:
    """A row of the matrix in words. `ticks` is what the form sends back of a tier."""

    key: str
    title: str
    sub: str
    cells: list[ShownCell]
    lines: list[Line]
    more: dict[str, Any] = field(default_factory=dict)


def columns_of(model: str, plan: str, others: Iterable[str]) -> list[Column]:
    """The permissions of a model in the order of the portal, then those that are held but that it does not have."""
    known = catalog.permissions_for(model)
    found, number = [], 0
    for group, permissions in groupby(known.values(), key=lambda one: one.group):
        for place, one in enumerate(permissions):
            found.append(Column(one.key, one.label, one.lets, _facts(one, model, plan), place == 0, group, number))
            number += 1
    for place, key in enumerate(sorted(set(others) - set(known))):
        said = _("The planned model does not have it: untick it once what replaces it is ticked.")
        found.append(Column(key, permission_name(key), said, (), place == 0, _("Not in the planned model"), number))
        number += 1
    return found


def _facts(permission: catalog.Permission, model: str, plan: str) -> tuple[str, ...]:
    comes_along = [one for one in catalog.permissions_for(model) if one in permission.implies]
    for_tasks = [
        task.label
        for task in catalog.tasks().values()
        if permission.key in least(needs_of([task.key]), model).permissions
    ]
    facts = [
        _("Brings %(names)s with it.") % {"names": names_of(comes_along)} if comes_along else "",
        _("Needed to: %(tasks)s.") % {"tasks": "; ".join(for_tasks)} if for_tasks else "",
        _("Older name: %(name)s.") % {"name": permission.older_name} if permission.older_name else "",
        permission.restriction,
        _needs_plan(permission, plan),
    ]
    return tuple(filter(None, facts))


def _needs_plan(permission: catalog.Permission, plan: str) -> str:
    if not permission.needs_plan:
        return ""
    if permission.needs_plan == "P2" and plan == "P1":
        return _("Needs Plan 2: this project has Plan 1, so it has no effect.")
    return _("Needs Plan %(number)s.") % {"number": permission.needs_plan.removeprefix("P")}


def names_of(permissions: Collection[str]) -> str:
    return ", ".join(permission_name(key) for key in permissions)


def marks_of(cell: Cell, *, is_persona: bool = False) -> tuple[Mark, ...]:
    """What is special about a cell, the weightiest first."""
    found = []
    if cell.is_missing:
        found.append(Mark("missing", _("missing: its work needs it"), icon="warn", css="is-stop"))
    if is_persona and cell.given_by:
        found.append(_given(cell))
    elif cell.is_beyond:
        found.append(Mark("beyond", _("beyond what its work needs"), icon="up", css="is-warn"))
    if cell.is_inherited:
        words = _("comes with %(names)s") % {"names": names_of(cell.comes_with)}
        found.append(Mark("inherited", words, icon="link"))
    if not is_persona and (cell.is_twice or cell.given_by):
        found.append(Mark("twice", _twice(cell), icon="copy"))
    if cell.is_more:
        found.append(Mark("more", _("more than recommended"), sign="+", css="is-warn"))
    if cell.is_less:
        found.append(Mark("less", _("less than recommended"), sign="−", css="is-warn"))
    return tuple(found)


def _given(cell: Cell) -> Mark:
    """What a persona has by its roles: one mark, as a role gives many at once."""
    who = {"who": ", ".join(cell.given_by)}
    if cell.is_beyond:
        return Mark("beyond", _("given by %(who)s, beyond what its work needs") % who, icon="up")
    return Mark("given", _("given by %(who)s") % who, icon="check", css="is-good" if cell.is_duty else "is-calm")


def _twice(cell: Cell) -> str:
    ways = [_("with %(name)s") % {"name": names_of(cell.comes_with)}] if cell.comes_with else []
    ways += [_("by %(who)s") % {"who": who} for who in cell.given_by]
    said = {"ways": _(" and ").join(ways)}
    return (_("twice: comes %(ways)s already") if cell.is_ticked else _("comes %(ways)s")) % said


LEGEND = (
    Mark("missing", "", icon="warn", css="is-stop"),
    Mark("beyond", "", icon="up", css="is-warn"),
    Mark("more", "", sign="+", css="is-warn"),
    Mark("less", "", sign="−", css="is-warn"),
    Mark("inherited", "", icon="link"),
    Mark("twice", "", icon="copy"),
    Mark("given", "", icon="check", css="is-good"),
)


def legend() -> list[Mark]:
    words = {
        "missing": _("missing: its work needs it"),
        "beyond": _("beyond what its work needs"),
        "more": _("more than recommended"),
        "less": _("less than recommended"),
        "inherited": _("comes with another permission"),
        "twice": _("granted another way too"),
        "given": _("a persona has it by a role"),
    }
    return [Mark(one.name, words[one.name], one.icon, one.sign, one.css) for one in LEGEND]


def lines_of(row: MatrixRow, tasks: Collection[str], model: str, *, is_persona: bool = False) -> list[Line]:
    """What a row says in words: what is missing first, then what is too much."""
    found = []
    if missing := row.where("is_missing"):
        what = {"names": names_of(missing), "tasks": "; ".join(tasks_needing(missing, tasks, model))}
        found.append(Line("warn", "is-stop", _("Lacks %(names)s, to: %(tasks)s.") % what))
    if is_persona:
        found += _given_beyond(row)
    elif beyond := [key for key in row.where("is_beyond") if key in row.where("is_ticked")]:
        found.append(Line("up", "is-warn", _("Beyond its work: %(names)s.") % {"names": names_of(beyond)}))
    if needed := [key for key in row.where("is_more") if key in row.where("is_duty")]:
        text = _("More than recommended, and its work needs it: %(names)s.") % {"names": names_of(needed)}
        found.append(Line("plus", "is-calm", text))
    if more := [key for key in row.where("is_more") if key not in needed]:
        found.append(Line("plus", "is-warn", _("More than recommended: %(names)s.") % {"names": names_of(more)}))
    if less := row.where("is_less"):
        found.append(Line("down", "is-warn", _("Less than recommended: %(names)s.") % {"names": names_of(less)}))
    found += [Line("copy", "is-calm", text) for text in _doubled(row)] if not is_persona else []
    if model == "classic" and catalog.BUILT_IN_ONLY in row.where("is_ticked"):
        text = catalog.permission("classic", catalog.BUILT_IN_ONLY).restriction
        found.append(Line("warn", "is-warn", f"{permission_name(catalog.BUILT_IN_ONLY)}: {text}"))
    if not tasks:
        found.append(Line("unknown", "is-warn", _("Nobody has said yet what it needs to do.")))
    if row.is_as_recommended:
        found.append(Line("good", "is-good", _("As recommended.")))
    return found


def _given_beyond(row: MatrixRow) -> list[Line]:
    """How much the roles of a persona give beside its work: a number, as the cells show which."""
    beyond = [cell for cell in row.cells if cell.is_beyond]
    if not beyond:
        return []
    who = dict.fromkeys(name for cell in beyond for name in cell.given_by)
    said = ngettext(
        "%(n)s permission of %(who)s is beyond its work.",
        "%(n)s permissions of %(who)s are beyond its work.",
        len(beyond),
    )
    return [Line("up", "is-calm", said % {"n": len(beyond), "who": _(" and ").join(who)})]


def _doubled(row: MatrixRow) -> list[str]:
    by_holder: dict[str, list[str]] = {}
    for cell in row.cells:
        if cell.is_ticked:
            for who in cell.given_by:
                by_holder.setdefault(who, []).append(cell.permission)
    said = [
        ngettext(
            "Granted twice, as %(who)s gives it already: %(names)s.",
            "Granted twice, as %(who)s gives them already: %(names)s.",
            len(keys),
        )
        % {"who": who, "names": names_of(keys)}
        for who, keys in by_holder.items()
    ]
    if also := [cell.permission for cell in row.cells if cell.is_ticked and cell.comes_with]:
        said.append(_("Ticked, and comes with another as well: %(names)s.") % {"names": names_of(also)})
    return said


def tasks_needing(permissions: Collection[str], tasks: Collection[str], model: str) -> list[str]:
    """Those of the tasks, in words, of which any of the permissions is needed."""
    wanted = with_implied(permissions, model)
    return [task_name(key) for key in tasks if wanted & set(least(needs_of([key]), model).permissions)]
