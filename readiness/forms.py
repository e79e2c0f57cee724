from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms import NamesWhatIsMissing
from stakeholders.models import Stakeholder
from stakeholders.words import section_title


class AskForApproval(NamesWhatIsMissing, forms.Form):
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

    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[str], others: list[Stakeholder], today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["sections"].choices = [(name, section_title(name)) for name in choices]  # type: ignore[attr-defined]
        self.fields["ask_again"].choices = [(row.key, f"{row.name or row.email} ({row.role})") for row in others]  # type: ignore[attr-defined]
        if not others:
            del self.fields["ask_again"]

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return due_on


class InSpiteForm(NamesWhatIsMissing, forms.Form):
    """Why a phase starts although blockers stand."""

    why = forms.CharField(
        label=_("Why the project goes on all the same"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why. It is shown on every page of the project, and in its evidence.")},
    )


class _Day(forms.DateField):
    def __init__(self, label: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
        super().__init__(label=label, widget=widget, **kwargs)


class _UpToToday(forms.Form):
    """A form whose only day is over, or today."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def _over(self, day: date) -> date:
        if day > self.today:
            raise forms.ValidationError(_("This day is still to come. Choose today or an earlier day."))
        return day


class DayForm(_UpToToday):
    day = _Day(_("Day"))

    def clean_day(self) -> date:
        return self._over(self.cleaned_data["day"])


class SinceForm(_UpToToday):
    since = _Day(_("What changed since"))

    def clean_since(self) -> date:
        return self._over(self.cleaned_data["since"])


class RegisterForm(forms.Form):
    """Which approvals are looked at; everything may be left out."""

    since = _Day(_("From"), required=False)
    until = _Day(_("To"), required=False)
    project = forms.TypedChoiceField(
        label=_("Project"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    person = forms.CharField(
        label=_("Person"), required=False, max_length=200, widget=forms.TextInput(attrs={"class": "form-control"})
    )

    def __init__(self, *args: Any, projects: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = [("", _("all")), *projects]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["until"] < found["since"]:
            self.add_error("until", _("This day is before the first. Choose a later one."))
        return found


class LeaveOutForm(NamesWhatIsMissing, forms.Form):
    """Why part of the inventory is left out."""

    because = forms.CharField(
        label=_("They are left out, because"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Part of the plan: those who approve Environment read it and sign it."),
        error_messages={"required": _("Say why: those who approve will ask.")},
    )


class KeepForm(forms.Form):
    """Why something that was found stays as it is."""

    because = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["because"].label = _("It stays as it is, because")
        self.fields["because"].help_text = _("Part of the plan: those who approve Access read it and sign it.")
        self.fields["because"].error_messages["required"] = _("Say why: those who approve will ask.")
