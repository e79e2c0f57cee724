"""What is typed into the pages of the access plan: ticks of several tiers at once, and what somebody needs to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from projects import catalog
from projects.rules.labels import task_name

BETWEEN = " "
"""Keys of permissions hold none."""


@dataclass(frozen=True)
class Ticks:
    """The ticks of a tier as they were sent: `was` are those that the page had shown, `seen` the row's state then."""

    now: frozenset[str]
    was: frozenset[str]
    seen: int

    @property
    def is_changed(self) -> bool:
        return self.now != self.was

    def over(self, theirs: Iterable[str]) -> frozenset[str]:
        """What somebody else made of it meanwhile, with what was ticked and unticked here."""
        return (frozenset(theirs) | (self.now - self.was)) - (self.was - self.now)


def ticks_in(data: QueryDict) -> dict[str, Ticks]:
    """What was sent of each tier, by key. A tier of which nothing was sent is not there, one without a tick is."""
    found = {}
    for key in data.getlist("tier"):
        seen = data.get(f"seen-{key}", "")
        found[key] = Ticks(
            now=frozenset(data.getlist(f"may-{key}")),
            was=frozenset(data.get(f"was-{key}", "").split(BETWEEN)) - {""},
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else 0,
        )
    return found


def grouped_tasks() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every task of the catalogue, by group: (key, what it is)."""
    return [
        (group, [(task.key, task.label) for task in tasks])
        for group, tasks in groupby(catalog.tasks().values(), key=lambda task: task.group)
    ]


class TasksField(forms.MultipleChoiceField):
    """Tasks of the catalogue, in its order; a name that it does not have is refused with the nearest."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        unknown = [key for key in value if key not in catalog.tasks()]
        if unknown:
            raise ValidationError([unknown_task(key) for key in unknown])

    def clean(self, value: Any) -> list[str]:
        chosen = set(super().clean(value))
        return [key for key in catalog.tasks() if key in chosen]


def unknown_task(key: str) -> str:
    """What to say of a task that the catalogue does not have, with those most like it: by key, or by its words."""
    by_words = {task.label.casefold(): task.key for task in catalog.tasks().values()}
    nearest = catalog.UnknownTask(key.strip(), catalog.tasks()).nearest
    if not nearest:
        nearest = tuple(by_words[one] for one in catalog.UnknownTask(key.strip().casefold(), by_words).nearest)
    said = {"key": key[:60], "nearest": _(" or ").join(f"“{task_name(one)}” ({one})" for one in nearest)}
    if nearest:
        return _("There is no task “%(key)s”. Did you mean %(nearest)s?") % said
    return _("There is no task “%(key)s”: choose from the list.") % said


class TasksForm(forms.Form):
    """What somebody needs to do; `seen` is the row's state when it was opened."""

    tasks = TasksField(required=False)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["tasks"]
        field.label = _("Needs to do")
        field.choices = grouped_tasks()  # type: ignore[attr-defined]
