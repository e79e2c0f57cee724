"""What a name of an operating system means that no rule places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from projects import importers
from projects.forms.fields import system_choices
from projects.rules.nearest import nearest
from projects.rules.sources import KINDS, LEAVE_OUT, meaning_of

Choices = list[tuple[str, Any]]
LONGEST_NAME = 200


def short_choices(text: str) -> Choices:
    """The systems that a name is most like, and what else it may be. No name at all can only be left out."""
    if text == importers.NOT_SHOWN:
        return []
    if not text:
        return [(_("Not in the list"), other_choices()[-1:])]
    alike: Choices = [(one.key, one.name) for one in nearest(text)]
    return [*([(_("Most like it"), alike)] if alike else []), (_("Not in the list"), other_choices())]


def other_choices() -> Choices:
    kinds: Choices = [
        (f"other:{kind}", _("%(system)s: cannot be onboarded") % {"system": meaning_of(f"other:{kind}")})
        for kind in KINDS
    ]
    return [*kinds, (LEAVE_OUT, _("leave it out: it is not to be counted"))]


class NameForm(forms.Form):
    """Says what a name means; every system may be chosen, the nearest first."""

    text = forms.CharField(
        max_length=LONGEST_NAME,
        widget=forms.HiddenInput,
        strip=False,
        required=False,
    )
    means = forms.ChoiceField()

    def __init__(self, *args: Any, text: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        text = text or str(self.data.get("text", ""))
        short = short_choices(text)
        # without "Choose…" and without "Another system", which says nothing
        systems = system_choices()[1:-1] if text and short else []
        self.fields["means"] = forms.ChoiceField(
            label=_("What it is"),
            choices=[("", _("Choose…")), *short, *systems],
            error_messages={"required": _("Say what it is."), "invalid_choice": _("Choose a system of the list.")},
        )
