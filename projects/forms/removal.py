"""The removal of a temporary role: when, by whom, and the proof."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from projects.forms.fields import LONGEST_TEXT, day_field, line_field


class RemovalForm(forms.Form):
    """`seen` is the row's state when the page was opened. Of a file only its name and its SHA-256 are kept."""

    on = day_field()
    removed_by = line_field()
    evidence = forms.CharField(max_length=100, required=False)
    file = forms.FileField(required=False, allow_empty_file=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {
            "on": _("Removed on"),
            "removed_by": _("Removed by"),
            "evidence": _("Proof: a reference"),
            "file": _("Proof: a file"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        self.fields["on"].error_messages["required"] = _("Say on which day.")
        self.fields["removed_by"].error_messages["required"] = _("Say who removed it.")
        self.fields["evidence"].help_text = _(
            "For example the ticket, or the entry of Entra’s audit log. This or a file is needed."
        )
        self.fields["file"].help_text = _(
            "An export or a picture. It is read once: its name and its fingerprint are kept, the file is not."
        )
        self.fields["file"].error_messages["empty"] = _("This file is empty: it proves nothing.")


class TakeBackForm(forms.Form):
    """Why the record was wrong."""

    why = forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["why"].label = _("What was wrong")
        self.fields["why"].help_text = _("It stays in the history.")
        self.fields["why"].error_messages["required"] = _("Say what was wrong: it stays in the history.")
