"""An export of devices: the file, whose counts it replaces, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.importers import MOST_BYTES, LeaveOut, sentence

LONGEST_SOURCE = 100
LEFT_OUT = tuple(asdict(LeaveOut()))


class LeaveOutForm(forms.Form):
    """Which devices are not counted."""

    days = forms.IntegerField(
        min_value=0,
        max_value=3650,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("A whole number of days, for example 90; 0 counts every device.")},
    )
    personal = forms.BooleanField(required=False)
    disabled = forms.BooleanField(required=False)
    templates = forms.BooleanField(required=False)
    registered = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"initial": asdict(LeaveOut()), **options})
        self.fields["days"].label = _("Leave out what was not seen for … days")
        self.fields["days"].help_text = _("0 counts every device, however long it was silent.")
        self.fields["personal"].label = _("Leave out personal devices")
        self.fields["disabled"].label = _("Leave out disabled computers")
        self.fields["templates"].label = _("Leave out templates of virtual machines")
        self.fields["registered"].label = _("Leave out what is registered only, and not joined")

    @property
    def leave_out(self) -> LeaveOut:
        return LeaveOut(**{name: self.cleaned_data[name] for name in LEFT_OUT})


class UploadForm(LeaveOutForm):
    file = forms.FileField(allow_empty_file=True)
    source = forms.CharField(max_length=LONGEST_SOURCE, required=False)
    field_order = ["file", "source", *LEFT_OUT]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].label = _("Export")
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.xlsx,.json,text/csv,text/plain,application/json"
        self.fields["file"].error_messages["required"] = _("Choose the export that you saved.")
        self.fields["file"].help_text = _("CSV, Excel (.xlsx) or JSON, up to %(most)s MB.") % {
            "most": MOST_BYTES // 2**20
        }
        self.fields["source"].label = _("Name of the source")
        self.fields["source"].help_text = _(
            "Empty: the name of the tool that made the export. A file replaces the counts of the source with this name."
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError(sentence("empty", {}))
        if file.size > MOST_BYTES:
            raise forms.ValidationError(sentence("too_large", {"most": MOST_BYTES // 2**20}))
        return file


def _roles() -> dict[str, str]:
    """What a column may tell, in the order in which it is asked."""
    return {
        "system": _("Operating system"),
        "version": _("Version or build"),
        "name": _("Device name"),
        "id": _("Id of the device"),
        "seen": _("Last seen"),
        "kind": _("Computer, server or phone"),
    }


def role_in_words(role: str) -> str:
    """What a column tells, in words."""
    return _roles().get(role, role)


def _help() -> dict[str, str]:
    return {
        "name": _("Merges rows of the same device. It is read and forgotten."),
        "id": _("Merges rows of the same device. It is read and forgotten."),
        "seen": _("Leaves out what was not seen for long; of two rows of a device the newer counts."),
    }


class ColumnsForm(forms.Form):
    """Which column of a file of no known kind tells what. Nothing but its headers is shown before that is said."""

    def __init__(self, *args: Any, headers: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        columns = [(header, header) for header in dict.fromkeys(headers) if header]
        for role, label in _roles().items():
            is_needed = role == "system"
            none = _("Choose…") if is_needed else _("no column")
            self.fields[role] = forms.ChoiceField(
                label=label,
                required=is_needed,
                choices=[("", none), *columns],
                help_text=_help().get(role, ""),
                error_messages={
                    "required": _("Which column is the operating system? Without it nothing can be counted."),
                    "invalid_choice": _("This file has no such column."),
                },
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        taken: dict[str, str] = {}
        for role, header in list(self.cleaned_data.items()):
            if header and header in taken:
                self.add_error(role, _("“%(header)s” is chosen twice.") % {"header": header})
            taken.setdefault(header, role)
        return self.cleaned_data

    @property
    def columns(self) -> dict[str, str]:
        """What a column tells -> its header, of those that were chosen."""
        return {role: header for role, header in self.cleaned_data.items() if header}
