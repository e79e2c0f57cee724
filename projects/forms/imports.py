"""An export of devices: the file, whose counts it replaces, and what is left out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.importers import MOST_BYTES, LeaveOut, sentence

LONGEST_SOURCE = 100


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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"initial": {"days": 90, "personal": True, "disabled": True}, **options})
        self.fields["days"].label = _("Leave out what was not seen for … days")
        self.fields["days"].help_text = _("0 counts every device, however long it was silent.")
        self.fields["personal"].label = _("Leave out personal devices")
        self.fields["disabled"].label = _("Leave out disabled computers")

    @property
    def leave_out(self) -> LeaveOut:
        return LeaveOut(**{name: self.cleaned_data[name] for name in ("days", "personal", "disabled")})


class UploadForm(LeaveOutForm):
    file = forms.FileField(allow_empty_file=True)
    source = forms.CharField(max_length=LONGEST_SOURCE, required=False, validators=[ProhibitNullCharactersValidator()])
    field_order = ["file", "source", "days", "personal", "disabled"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].label = _("Export")
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,text/csv,text/plain"
        self.fields["file"].error_messages["required"] = _("Choose the export that you saved.")
        self.fields["file"].help_text = _("CSV, up to %(most)s MB.") % {"most": MOST_BYTES // 2**20}
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
