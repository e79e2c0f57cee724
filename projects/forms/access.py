"""Fields of the access tables: choices out of the catalogue, with the nearest offered for what it does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects import catalog
from projects.document.rows import DeviceGroup
from projects.forms import fields
from projects.forms.device_rule import RuleField
from projects.models import PlanRow
from projects.rules import known
from projects.rules.device_rules import Condition, conditions_of, stored
from projects.rules.labels import permission_name

RULE = ("rule_on", "rule_how", "rule_value", "more_rules")
"""The fields of a device group that one field asks for."""

HIGHEST_RANK = 9_999

HELP: Mapping[tuple[str, str], str] = {
    ("assignments", "assignee"): gettext_noop("A group is better than a person: people change."),
    ("assignments", "hours"): gettext_noop("How long one activation of an eligible role lasts."),
    ("assignments", "starts_on"): gettext_noop("Empty: at once."),
    ("assignments", "ends_on"): gettext_noop("The last day: on it the role is due for removal."),
    ("assignments", "approver"): gettext_noop("Of an eligible role: who says yes when somebody activates it."),
    ("assignments", "justification"): gettext_noop("Wanted for a privileged role, and for one that ends."),
    ("assignments", "remover"): gettext_noop("Wanted for a role that ends: they are reminded before its last day."),
    ("partners", "ends_on"): gettext_noop("At most two years from today: then Microsoft ends it."),
    ("partners", "roles"): gettext_noop("What is no Entra role, for example a role of the portal."),
    ("settings", "administrators"): gettext_noop(
        "Two people who can sign in and undo a mistake, one to a line. Of whom a group gives the role, look whether they "
        "are in it, and write it behind their name: Ana Ruiz (SEC-Admins)."
    ),
    ("settings", "existing_groups"): gettext_noop("Groups that are there already, one to a line."),
    ("settings", "has_pim"): gettext_noop("Without it nothing is eligible or ends by itself: people remove it."),
    ("personas", "tasks"): gettext_noop("What their work takes, so that the least role for it can be found."),
    ("tiers", "tasks"): gettext_noop("What their work takes, so that the least permissions for it can be found."),
    ("tiers", "groups"): gettext_noop("One to a line."),
    ("tiers", "region"): gettext_noop("Of a tier that looks after one region only."),
    ("device_groups", "granted_to"): gettext_noop(
        "Entra groups, one to a line. What is granted to nobody, everybody sees."
    ),
    ("device_groups", "rank"): gettext_noop("1 is highest: a device belongs to the first group that it matches."),
    ("device_groups", "rule"): gettext_noop(
        "Up to ten values for each, one to a line. One value of a thing is enough; of different things all must hold."
    ),
}


class OtherGroups(NamedTuple):
    """What the form of a device group must know of the others: key -> name, Entra groups in use, the next rank."""

    device_groups: Mapping[str, str]
    entra_groups: tuple[str, ...]
    next_rank: int


class KnownChoice(forms.ChoiceField):
    """One of the catalogue: a name or identifier typed into an address is understood, an unknown one is told apart."""

    def __init__(self, *, names: known.Known, **options: Any) -> None:
        self.names = names
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return _as_key(self, super().to_python(value))

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise ValidationError(self.names.unknown(str(value)), code="invalid_choice")
        super().validate(value)


class KnownChoices(forms.MultipleChoiceField):
    """Several of the catalogue, as checkboxes by group."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, names: known.Known, **options: Any) -> None:
        self.names = names
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(_as_key(self, one) for one in super().to_python(value)))

    def validate(self, value: Any) -> None:
        unknown = [self.names.unknown(str(one)) for one in value or () if not self.valid_value(one)]
        if unknown:
            raise ValidationError(unknown, code="invalid_choice")
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def clean(self, value: Any) -> list[str]:
        chosen: list[str] = super().clean(value)
        return chosen


def _as_key(field: KnownChoice | KnownChoices, value: str) -> str:
    return value if field.valid_value(value) else field.names.find(value) or value


def _grouped(one_of: Iterable[Any], by: Callable[[Any], str], name: Callable[[Any], Any]) -> fields.Choices:
    groups: dict[str, list[tuple[str, Any]]] = {}
    for one in one_of:
        groups.setdefault(by(one), []).append((one.key, name(one)))
    return list(groups.items())


def _with_held(choices: fields.Choices, held: Iterable[str], title: str, name: Callable[[str], str]) -> fields.Choices:
    """The choices, and what the row holds that is none of them: nothing is lost by opening a form."""
    present = {key for _group, inside in choices for key, _name in inside}
    others = [(key, name(key)) for key in held if key not in present]
    return [*choices, (title, others)] if others else choices


Make = Callable[..., forms.Field]


def permissions(row: PlanRow, around: Any, options: dict[str, Any]) -> forms.Field:
    of_model = catalog.permissions_for(around.access_model).values()
    choices = _grouped(of_model, lambda one: one.group, lambda one: _explained(one.label, one.lets))
    title = _("Held now, but not in this model")
    choices = _with_held(choices, getattr(row, "permissions", ()), title, permission_name)
    return KnownChoices(names=known.permissions(around.access_model), choices=choices, **options)


def _explained(label: str, lets: str) -> str:
    return format_html("{}<small class='sub'>{}</small>", label, lets)


def tasks(row: PlanRow, _around: Any, options: dict[str, Any]) -> forms.Field:
    choices = _grouped(catalog.tasks().values(), lambda one: one.group, lambda one: one.label)
    choices = _with_held(choices, getattr(row, "tasks", ()), _("Held now, but not in this list"), str)
    return KnownChoices(names=known.tasks(), choices=choices, **options)


def entra_roles(row: PlanRow, around: Any, options: dict[str, Any]) -> forms.Field:
    found = [choice for choice in fields.entra_role_choices(names=around.terminology) if choice[0]]
    choices = _with_held(found, getattr(row, "entra_roles", ()), _("Held now, but not in this list"), str)
    return KnownChoices(names=known.entra_roles(), choices=choices, **options)


def entra_role(row: PlanRow, around: Any, options: dict[str, Any]) -> forms.Field:
    choices = fields.entra_role_choices(getattr(row, "entra_role", ""), names=around.terminology)
    return KnownChoice(names=known.entra_roles(), choices=choices, **options)


def persona(row: PlanRow, around: Any, options: dict[str, Any]) -> forms.Field:
    names = list(dict.fromkeys([*around.personas, *filter(None, [getattr(row, "persona", "")])]))
    if not names:
        return fields.line_field(**options)
    found = known.of_names(gettext_noop("There is no persona “%(text)s”."), names)
    choices = [("", _("Choose…")), *((name, name) for name in names)]
    return KnownChoice(names=found, choices=choices, **options)


def rank(_row: PlanRow, _around: Any, options: dict[str, Any]) -> forms.Field:
    return fields.CountField(min_value=1, max_value=HIGHEST_RANK, **options)


def rule(options: dict[str, Any]) -> forms.Field:
    return RuleField(**{**options, "label": _("Matches devices whose"), "required": False})


SPECIAL: Mapping[tuple[str, str], Make] = {
    ("assignments", "entra_role"): entra_role,
    ("assignments", "persona"): persona,
    ("partners", "entra_roles"): entra_roles,
    ("personas", "tasks"): tasks,
    ("tiers", "tasks"): tasks,
    ("tiers", "permissions"): permissions,
    ("device_groups", "rank"): rank,
}


def conditions(values: Mapping[str, Any]) -> tuple[Condition, ...]:
    """The conditions in the fields of a device group."""
    rule = {name: values[name] for name in RULE[:3]}
    more = tuple(map(tuple, values["more_rules"]))
    return conditions_of(DeviceGroup(key="", rank=0, name="", **rule, more_rules=more))


def rule_values(typed: list[Condition], present: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that hold the conditions that were typed; as they are if these are the same ones.

    Conditions on what no form asks for stay: nothing is lost by opening one.
    """
    now = conditions(present)
    asked = set(RuleField().clean(RuleField().prepare_value(now)))
    others = [one for one in now if one not in asked]
    if set(now) == {*typed, *others}:
        return {name: present[name] for name in RULE}
    return stored([*typed, *others])
