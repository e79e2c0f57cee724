"""Fields for what a plan is made of: counts, days, lists of names, and choices from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects import catalog
from projects.document.choices import DeviceKind
from projects.rules.granted import twice
from projects.rules.labels import system_name
from projects.rules.writing import wrong_in_line, wrong_in_text

Choices = list[tuple[str, Any]]


class NamesWhatIsMissing(forms.BaseForm):
    """A form that says which field is empty by its name, where the field has no words of its own for that; and how long
    a text is and may be.
    """

    def full_clean(self) -> None:
        for name, field in self.fields.items():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = gettext("“%(field)s” is missing.") % {"field": self[name].label}
            field.error_messages.setdefault(
                "max_length", gettext("It has %(show_value)s characters; %(limit_value)s are taken at most.")
            )
        super().full_clean()


LONGEST_LINE, LONGEST_TEXT, MOST = 200, 4000, 100_000_000


class CountField(forms.IntegerField):
    """A whole number as people type it: 4180, 4,180 or 4 180."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Write a whole number, for example 141."),
        "min_value": _("This cannot be less than %(limit_value)s."),
        "max_value": _("That is more than %(limit_value)s: check the number."),
    }

    def __init__(self, *, nothing: int | None = None, **options: Any) -> None:
        self.nothing = nothing
        super().__init__(**{"min_value": 0, "max_value": MOST, **options})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", "")
        found: int | None = super().to_python(value)
        return self.nothing if found is None else found


def one_line(value: str) -> None:
    """A validator: no line break, and nothing that cannot be seen."""
    if wrong := wrong_in_line(value):
        raise ValidationError(wrong)


def seen_text(value: str) -> None:
    """A validator: nothing that cannot be seen."""
    if wrong := wrong_in_text(value):
        raise ValidationError(wrong)


def line_field(**options: Any) -> forms.CharField:
    return forms.CharField(max_length=LONGEST_LINE, validators=[one_line], **options)


def text_field(*, rows: int = 2, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(max_length=LONGEST_TEXT, widget=widget, validators=[seen_text], **options)


EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


def likely_day(day: date) -> None:
    """A validator: no slip of the finger in the year, such as 0026 or 20026."""
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(gettext("Check the year: %(year)s.") % {"year": f"{day.year:04}"})


def day_field(**options: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("A day is written as year-month-day, for example 2026-11-27.")},
        validators=[likely_day],
        **options,
    )


class NamesField(forms.CharField):
    """A list of names, one to a line."""

    widget = forms.Textarea(attrs={"rows": 3})
    default_validators = [one_line]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> Any:
        lines = value.splitlines() if isinstance(value, str) else value or []
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))

    def run_validators(self, value: Any) -> None:
        for name in value or []:
            super().run_validators(name)
            if len(name) > LONGEST_LINE:
                raise ValidationError(gettext("“%(name)s…” is too long for a name.") % {"name": name[:40]})
        if wrong := twice(value or []):
            raise ValidationError(wrong)

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")


def _grouped(found: Iterable[Any], by: str) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for one in found:
        groups.setdefault(getattr(one, by), []).append(one)
    return groups


def _with_present(choices: Choices, present: str, name: str) -> Choices:
    """The choices, and what the row says now if the catalogue no longer has it: nothing is lost by opening a form."""
    known = {key for key, inside in choices for key in ([k for k, _n in inside] if isinstance(inside, list) else [key])}
    return choices if not present or present in known else [*choices, (present, name)]


def system_choices(present: str = "") -> Choices:
    titles = {
        "windows": "Windows",
        "windows-server": "Windows Server",
        "macos": "macOS",
        "ios": "iOS, iPadOS",
        "android": "Android",
        "linux": "Linux",
        "other": gettext("Other"),
    }
    found: Choices = [("", gettext("Choose…"))]
    systems = (one for one in catalog.systems().values() if one.key != catalog.OTHER)
    for family, members in groupby(systems, key=lambda one: one.family):
        found.append((titles[family], [(one.key, one.name) for one in members]))
    found.append((gettext("Not in this list"), [(catalog.OTHER, gettext("Another system"))]))
    return _with_present(found, present, system_name(present))


def product_choices(present: str = "") -> Choices:
    titles: Mapping[str | None, str] = {
        "users": gettext("User licences (five devices each)"),
        "servers": gettext("Server licences (one server each)"),
        None: gettext("Without Defender for Endpoint for devices"),
    }
    products: Mapping[str | None, list[catalog.Product]] = _grouped(catalog.products().values(), "pool")
    found: Choices = [("", gettext("Choose…"))]
    found += [
        (title, [(one.key, one.name) for one in products[pool]]) for pool, title in titles.items() if pool in products
    ]
    return _with_present(found, present, present)


def entra_role_choices(present: str = "", *, names: str = "current") -> Choices:
    roles = catalog.entra_roles().values()

    def called(role: catalog.EntraRole) -> str:
        return role.older_name if names == "seed" and role.older_name else role.name

    found: Choices = [("", gettext("none needed"))]
    found += [
        (gettext("That matter most here"), [(one.key, called(one)) for one in roles if one.relevance]),
        (gettext("Others"), [(one.key, called(one)) for one in roles if not one.relevance]),
    ]
    return _with_present(found, present, present)


def proxy_choices(present: str = "") -> Choices:
    found: Choices = [("", gettext("not said yet")), *((key, name) for key, name in catalog.PROXY_METHODS)]
    return _with_present(found, present, present)


def kind_choices() -> Choices:
    return [("", gettext("Choose…")), *((str(key), name) for key, name in DeviceKind.choices)]
