"""The rule of a device group as one field: for each thing that it looks at, four lists of values.

Values of one thing are alternatives, different things must all hold: so lines stand for things, columns for how the values
are compared. It works without script, and holds every rule that the plan can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects import catalog
from projects.document.choices import RuleHow, RuleOn
from projects.forms.fields import LONGEST_LINE
from projects.rules.device_rules import MOST_VALUES, ORDER, Condition
from projects.rules.granted import twice
from projects.rules.writing import wrong_in_line

HOW = ("is", "starts", "ends", "contains")
EXAMPLES = {
    "name": gettext_noop("For example SRV-"),
    "domain": gettext_noop("For example emea.contoso.example"),
    "tag": gettext_noop("For example T0"),
    "os": gettext_noop("As the portal calls it: Windows 11, Windows Server 2022"),
}


class RuleWidget(forms.Widget):
    """A text of lines for each thing and each way to compare it; `value` is thing -> way -> text."""

    template_name = "projects/access/rule_widget.html"
    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, dict[str, str]]:
        return {on: {how: data.get(f"{name}-{on}-{how}", "") for how in HOW} for on in ORDER}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(f"{name}-{on}-{how}" in data for on in ORDER for how in HOW)

    def id_for_label(self, id_: str) -> str:
        return ""

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        """With the templates of the site, where a form's own renderer knows those of the apps alone."""
        return render_to_string(template_name, context)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        texts = value if isinstance(value, Mapping) else {}
        is_empty = not any(any(ways.values()) for ways in texts.values())
        place = context["widget"]["attrs"].pop("id", name)
        context["widget"]["things"] = [
            {
                "label": str(RuleOn(on).label)[:1].upper() + str(RuleOn(on).label)[1:],
                "example": _(EXAMPLES[on]),
                "is_open": any(texts.get(on, {}).values()) or (on == "tag" and is_empty),
                "ways": [
                    {
                        "name": f"{name}-{on}-{how}",
                        "id": f"{place}-{on}-{how}",
                        "label": str(RuleHow(how).label),
                        "text": texts.get(on, {}).get(how, ""),
                    }
                    for how in HOW
                ],
            }
            for on in ORDER
        ]
        return context


class RuleField(forms.Field):
    """Conditions, as `rules.device_rules` has them: in the order of the portal."""

    widget = RuleWidget

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return value
        texts: dict[str, dict[str, list[str]]] = {on: {how: [] for how in HOW} for on in ORDER}
        for one in value or ():
            if one.on in texts and one.how in texts[one.on]:
                texts[one.on][one.how].append(one.value)
        return {on: {how: "\n".join(values) for how, values in ways.items()} for on, ways in texts.items()}

    def clean(self, value: Any) -> list[Condition]:
        found = [
            Condition(on, how, line)
            for on, ways in (value or {}).items()
            for how, text in ways.items()
            for line in dict.fromkeys(filter(None, (line.strip() for line in text.split("\n"))))
        ]
        errors = list(dict.fromkeys(filter(None, (_wrong_value(one) for one in found))))
        for on in ORDER:
            errors += _wrong_thing(on, [one for one in found if one.on == on])
        if errors:
            raise ValidationError(errors)
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


def _wrong_value(condition: Condition) -> str:
    shown = {"value": condition.value[:40]}
    try:
        ProhibitNullCharactersValidator()(condition.value)
    except ValidationError as error:
        return str(error.messages[0])
    if len(condition.value) > LONGEST_LINE:
        return _("“%(value)s…” is longer than a value may be.") % shown
    wrong = wrong_in_line(condition.value)
    return f"“{shown['value']}”: {wrong}" if wrong else ""


def _wrong_thing(on: str, found: Sequence[Condition]) -> list[str]:
    errors = []
    if len(found) > MOST_VALUES:
        words = {"what": RuleOn(on).label, "n": len(found), "most": MOST_VALUES, "title": _source()}
        said = _(
            "%(n)s values for %(what)s: a rule takes %(most)s. Make a second group, or match on a tag. (%(title)s)"
        )
        errors.append(said % words)
    doubled = (twice([one.value for one in found if one.how == how]) for how in HOW)
    return [*errors, *filter(None, doubled)]


def _source() -> str:
    return _("Microsoft: %(title)s") % {"title": catalog.source(catalog.fact("group_limits").source).title}
