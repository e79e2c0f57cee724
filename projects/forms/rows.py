"""The form of a row, made from its table: labels from the document, widgets by what a field holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects import catalog
from projects.document import classes, fields_of
from projects.forms import access, fields
from projects.forms.device_rule import RuleWidget
from projects.forms.together import CHECKS, over
from projects.models import DeviceCount, MigrationItem, PlanRow, Project
from projects.rules.temporary import RECORDED
from projects.rules.ticked import as_held
from projects.tables import Table

IDENTITY = {
    ("environment", "topics"): {"topic"},
    ("adoption", "components"): {"component"},
    ("connectivity", "routes"): {"system"},
    ("migration", "items"): {"item"},
}
"""Fields that say which template row this is: shown, never asked."""

RECORDED_ELSEWHERE = {("access", "assignments"): set(RECORDED)}
"""Fields that a page of their own writes: whether a temporary role is gone."""

COUNTED_UPDATES = ("devices_done", "devices_total", "build")
"""Of the steps of a migration, those that update a platform are asked for these; others only to correct what is there."""

DERIVED = {("environment", "impacts"): ("caused_by",), ("access", "device_groups"): access.RULE}
"""Fields that follow from what was typed into the others."""

HELP: Mapping[tuple[str, str], str] = {
    ("devices", "source"): gettext_noop("For example Intune, Configuration Manager, or by hand."),
    ("devices", "other_name"): gettext_noop("As the export calls it, if it is not in the list."),
    ("engines", "other_name"): gettext_noop("If it is not in the list."),
    ("engines", "version"): gettext_noop("For example current branch 2503."),
    ("engines", "manages"): gettext_noop("For example Windows 10 and 11, macOS."),
    ("cdoc", "hours"): gettext_noop("For example 24 x 7, or 08:00 to 20:00."),
    ("siem", "data_path"): gettext_noop("For example the streaming API."),
    ("siem", "tested_on"): gettext_noop("The day on which an alert was seen to arrive."),
    ("protections", "exclusions"): gettext_noop("What each product must leave alone of the other, one to a line."),
    ("impacts", "cause"): gettext_noop("The row of this plan because of which it is needed."),
    ("entitlements", "quantity"): gettext_noop("Seats of a user licence; one to a server for a server licence."),
    ("entitlements", "until"): gettext_noop("The last day of a trial or subscription."),
    ("components", "rank"): gettext_noop("1 is first. Two components may share a rank."),
    ("items", "exit_criteria"): gettext_noop("What must be true before the next ring or phase."),
    **access.HELP,
}


@dataclass(frozen=True)
class Surroundings:
    """What a form must know of the rest of the plan: names in use, and the model of access that is planned."""

    terminology: str = "current"
    access_model: str = "unified"
    personas: tuple[str, ...] = ()
    causes: fields.Choices = field(default_factory=list)
    """Rows of the plan that an impact may be caused by, grouped by section."""
    groups: access.OtherGroups | None = None
    """The other device groups, for the form of one."""


class RowForm(fields.NamesWhatIsMissing, forms.Form):
    """Asks for the fields of a row. `seen` is the row's state when it was opened; `why` is kept with the change."""

    why = forms.CharField(max_length=1000, required=False, widget=forms.TextInput())
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        table: Table,
        project: Project,
        row: PlanRow | None = None,
        around: Surroundings | None = None,
        **options: Any,
    ) -> None:
        self.table, self.project, self.row = table, project, row
        self.notes: list[str] = []
        self.around = around or Surroundings()
        present = row or table.model(project=project)
        asked = asked_fields(table, row)
        options["initial"] = {**{name: getattr(present, name) for name in asked}, **(options.get("initial") or {})}
        options["initial"].setdefault("seen", row.changed_seq if row else 0)
        self._start_device_group(present, options["initial"])
        options.setdefault("auto_id", f"{row.key if row else 'new-' + table.name}-%s")
        super().__init__(*args, **options)
        made = {name: field_for(table, name, present, self.around) for name in asked}
        if table.is_ranked:
            rule = access.rule({"help_text": _(HELP[table.name, "rule"])})
            made = {"rank": made.pop("rank"), "name": made.pop("name"), "rule": rule, **made}
        self.fields = {**made, "why": self.fields["why"], "seen": self.fields["seen"]}
        self.fields["why"].label = _("Why")
        self.fields["why"].help_text = _("Kept with the change, and shown to those who approve.")
        if isinstance(row, DeviceCount) and "system" not in made:
            needed = _("Shown to those who approve. Needed where the count is not what an export says.")
            self.fields["why"].help_text = needed
            self.fields["count"].widget.attrs |= {
                "form": self.form_id,
                "class": "form-control cell-input",
            } | effect_attrs(row)

    def _start_device_group(self, present: PlanRow, initial: dict[str, Any]) -> None:
        """A rule is one field for four of the row; a new group comes last."""
        if self.table.is_ranked:
            now = {name: initial.get(name, getattr(present, name)) for name in access.RULE}
            initial.setdefault("rule", access.conditions(now))
            if self.row is None and self.around.groups and initial.get("rank") is None:
                initial["rank"] = self.around.groups.next_rank

    def start_with(self, data: Mapping[str, Any]) -> None:
        """Fill fields from what was typed elsewhere, or stands in an address; say what of it cannot be."""
        for name in self.asked:
            widget = self.fields[name].widget
            if name not in data and (
                not isinstance(widget, RuleWidget) or widget.value_omitted_from_data(data, {}, name)
            ):
                continue
            typed = widget.value_from_datadict(data, {}, name)
            try:
                self.initial[name] = self.fields[name].clean(typed)
            except ValidationError as error:
                self.initial[name] = typed
                self.notes += [f"{self.fields[name].label}: {text}" for text in error.messages]

    @property
    def only_for_other(self) -> tuple[str, ...]:
        """Fields that matter only if the system is not in the list."""
        return ("other_name", "kind") if "system" in self.fields else ()

    @property
    def form_id(self) -> str:
        return f"form-{self.row.key if self.row else self.table.name}"

    def focus(self) -> None:
        """Put the keyboard on the first field that is wrong, or else on the first."""
        wrong = [name for name in self.fields if name in self.errors] if self.is_bound else []
        for name in (wrong or (["count"] if "count" in self.fields and self.row else self.asked))[:1]:
            self.fields[name].widget.attrs["autofocus"] = True

    @property
    def asked(self) -> list[str]:
        return [name for name in self.fields if name not in ("why", "seen")]

    @property
    def short_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.asked if not _is_long(self.fields[name])]

    @property
    def long_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.asked if _is_long(self.fields[name])]

    @property
    def values(self) -> dict[str, Any]:
        derived = DERIVED.get((self.table.section, self.table.name), ())
        names = [name for name in (*self.asked, *derived) if name in self.table.fields]
        return {
            name: as_held(name, getattr(self.row, name, None), self.cleaned_data[name])
            for name in names
            if name in self.cleaned_data
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        over(self)
        check = CHECKS.get((self.table.section, self.table.name))
        if check:
            check(self)
        return self.cleaned_data

    def refuse(self, error: ValidationError) -> None:
        """Show what the action refused at the fields it names."""
        told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, messages in told.items():
            self.add_error(name if name in self.fields else None, messages)


def effect_attrs(row: PlanRow) -> dict[str, str]:
    """With script, a count that is typed asks what saving it would do."""
    address = reverse("projects:row_effect", args=[row.project.slug, "environment", "devices", row.key])
    return {
        "hx-get": address,
        "hx-trigger": "input changed delay:300ms",
        "hx-target": f"#effect-{row.key}",
        "hx-swap": "innerHTML",
    }


def asked_fields(table: Table, row: PlanRow | None) -> list[str]:
    """The fields that the form asks for, in the order of the document."""
    place = (table.section, table.name)
    hidden = IDENTITY.get(place, set()) | RECORDED_ELSEWHERE.get(place, set())
    hidden = hidden | {"does_not_apply", "typed_because", *DERIVED.get(place, ())}
    if isinstance(row, DeviceCount) and row.system != catalog.OTHER:
        hidden = hidden | {"system", "other_name", "kind"}
    if isinstance(row, MigrationItem) and not _is_about_updates(row):
        hidden = hidden | {name for name in COUNTED_UPDATES if getattr(row, name) in (None, "")}
    return [name for name in table.fields if name not in hidden]


def _is_about_updates(row: MigrationItem) -> bool:
    """Whether a step of a migration is done on so many of so many devices: to update a platform."""
    return any(each.platform for each in catalog.standard_template().migration_items if each.key == row.item)


def _is_long(field: forms.Field) -> bool:
    return isinstance(field.widget, (forms.Textarea, forms.CheckboxSelectMultiple, RuleWidget))


def label_of(table: Table, name: str, terminology: str) -> str:
    """The name of a field, in the project's own names for Microsoft's products."""
    title = fields_of(table.row)[name].title or name
    if name == "entra_role":
        return catalog.terminology("entra_role", terminology)
    if name == "entra_roles":
        return f"{catalog.terminology('entra_role', terminology)}s"
    if (table.name, name) == ("device_groups", "rule_value"):
        return _("Matches")
    if (table.name, name) == ("tiers", "groups"):
        return f"{catalog.terminology('entra_group', terminology)}s"
    return _(title)


def field_for(table: Table, name: str, row: PlanRow, around: Surroundings) -> forms.Field:
    model_field = table.model._meta.get_field(name)
    assert isinstance(model_field, models.Field)
    options: dict[str, Any] = {
        "label": label_of(table, name, around.terminology),
        "required": not (model_field.blank or model_field.null or model_field.has_default()),
        "help_text": _(HELP[table.name, name]) if (table.name, name) in HELP else "",
    }
    special = SPECIAL.get((table.name, name))
    return special(row, around, options) if special else _usual(model_field, options)


def _usual(field: models.Field[Any, Any], options: dict[str, Any]) -> forms.Field:
    if field.choices:
        return _choice(field, options)
    if isinstance(field, models.BooleanField):
        return _yes_or_no(field, options)
    if isinstance(field, models.IntegerField):
        nothing = field.default if field.has_default() else None
        least, most = (0, fields.MOST) if isinstance(field, models.PositiveIntegerField) else (1, 999)
        return fields.CountField(nothing=nothing, min_value=least, max_value=most, **options)
    if isinstance(field, models.DateField):
        return fields.day_field(**options)
    if isinstance(field, models.JSONField):
        return fields.NamesField(**options)
    if isinstance(field, models.TextField):
        return fields.text_field(**options)
    return fields.line_field(**options)


def _with_a_capital(name: str) -> str:
    """Beginning as a choice does; but macOS is written so."""
    first = name.split(" ")[0]
    return name if first[1:] != first[1:].lower() else name[:1].upper() + name[1:]


def _choice(field: models.Field[Any, Any], options: dict[str, Any]) -> forms.ChoiceField:
    choices = [(key, _with_a_capital(str(name))) for key, name in field.choices or ()]
    if options["required"] and not any(key == "" for key, _name in choices):
        choices.insert(0, ("", _("Choose…")))
    options["required"] = options["required"] or not any(key == "" for key, _name in choices)
    return forms.ChoiceField(choices=choices, **options)


def _yes_or_no(field: models.Field[Any, Any], options: dict[str, Any]) -> forms.Field:
    if not field.null:
        return forms.BooleanField(**{**options, "required": False})
    return forms.TypedChoiceField(
        choices=[("", _("Not decided")), ("True", _("Yes")), ("False", _("No"))],
        coerce=lambda value: value == "True",
        empty_value=None,
        **{**options, "required": False},
    )


def _choose(choices: Callable[[str], fields.Choices], name: str) -> Callable[..., forms.Field]:
    def make(row: PlanRow, around: Surroundings, options: dict[str, Any]) -> forms.Field:
        return forms.ChoiceField(choices=choices(getattr(row, name) or ""), **options)

    return make


def _kind(_row: PlanRow, _around: Surroundings, options: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=fields.kind_choices(), **{**options, "required": False})


def _cause(row: PlanRow, around: Surroundings, options: dict[str, Any]) -> forms.Field:
    present, words = getattr(row, "cause", ""), getattr(row, "caused_by", "")
    known = {key for _section, inside in around.causes for key, _name in inside}
    gone = [(present, words)] if present and present not in known else []
    nothing = ("", words or _("not said yet") if not present else _("nothing"))
    return forms.ChoiceField(choices=[nothing, *gone, *around.causes], **options)


SPECIAL: Mapping[tuple[str, str], Callable[..., forms.Field]] = {
    ("devices", "system"): _choose(fields.system_choices, "system"),
    ("entitlements", "product"): _choose(fields.product_choices, "product"),
    **access.SPECIAL,
    ("routes", "proxy"): _choose(fields.proxy_choices, "proxy"),
    ("network", "proxy"): _choose(fields.proxy_choices, "proxy"),
    ("devices", "kind"): _kind,
    ("impacts", "cause"): _cause,
}


class AsideForm(forms.Form):
    """Why a row does not apply."""

    because = forms.CharField(max_length=fields.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["because"].label = _("It does not apply, because")
        self.fields["because"].help_text = _("For example: We have no SIEM. Those who approve read it.")
        self.fields["because"].error_messages["required"] = _("Say why: those who approve will ask.")


class WhyForm(forms.Form):
    """An optional reason for a deed."""

    why = forms.CharField(max_length=1000, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["why"].label = _("Why")


def is_material(table: Table, name: str) -> bool:
    """Whether changing the field asks for signatures again (a count: outside the tolerance)."""
    return classes(table.row)[name] in ("material", "counted")
