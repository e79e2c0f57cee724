"""A list of the roles that people hold now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from projects.importers.present import MOST_BYTES, sentence


class PresentAccessForm(forms.Form):
    file = forms.FileField(allow_empty_file=True)
    leave_out = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].label = _("List of roles")
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.tsv,.json,text/csv,text/plain,application/json"
        self.fields["file"].error_messages["required"] = _("Choose the list that you saved.")
        self.fields["file"].help_text = _("CSV or JSON, up to %(most)s MB.") % {"most": MOST_BYTES // 2**20}
        self.fields["leave_out"].label = _("Leave out lines that cannot be read, or whose role does not matter here")
        self.fields["leave_out"].help_text = _("Without this, nothing is kept as long as a line is wrong.")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError(sentence("empty", {}))
        if file.size > MOST_BYTES:
            raise forms.ValidationError(sentence("too_large", {"most": MOST_BYTES // 2**20}))
        return file
