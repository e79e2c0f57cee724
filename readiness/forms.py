from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stakeholders.models import Stakeholder
from stakeholders.words import section_title


class AskForApproval(forms.Form):
    """Which sections are sent, to be decided until when."""

    sections = forms.MultipleChoiceField(
        label=_("Sections"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one section.")},
    )
    due_on = forms.DateField(label=_("Decide until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(
        label=_("What you want to say"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    ask_again = forms.MultipleChoiceField(
        label=_("Ask again for input or inform again"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: list[str], others: list[Stakeholder], today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["sections"].choices = [(name, section_title(name)) for name in choices]  # type: ignore[attr-defined]
        self.fields["ask_again"].choices = [(row.key, f"{row.name} ({row.role})") for row in others]  # type: ignore[attr-defined]
        if not others:
            del self.fields["ask_again"]

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return due_on
