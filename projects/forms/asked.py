"""What somebody is asked for, and what they answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from projects import catalog
from projects.document import as_json
from projects.forms.fields import NamesWhatIsMissing, day_field, text_field
from projects.forms.rows import RowForm, effect_attrs
from projects.importers import MOST_BYTES, sentence
from projects.models import PlanRow
from projects.models.asked import Question
from projects.rules.questions import usual_question
from projects.tables import Table

USUAL_TIME = timedelta(days=7)
OF_THE_PLAN = {"cause"}
"""Fields whose choices would tell the rest of the plan to somebody who may not read it."""


class PersonAskedForm(NamesWhatIsMissing, forms.Form):
    """Who is asked, and until when."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(max_length=200)
    due_on = day_field()

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        self.today = today
        options["initial"] = {"due_on": today + USUAL_TIME, **(options.get("initial") or {})}
        super().__init__(*args, **options)
        self.fields["name"].label = _("Name")
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs["list"] = "people-asked"
        self.fields["email"].help_text = _("They sign in with a code sent there. No account, no password.")
        self.fields["due_on"].label = _("Until")

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day is over."))
        return due_on


class QuestionForm(PersonAskedForm):
    """A question about a row or a table."""

    text = text_field(rows=3)
    field_order = ["name", "email", "due_on", "text"]

    def __init__(self, *args: Any, table: Table, title: str = "", **options: Any) -> None:
        options["initial"] = {
            "text": usual_question(table.section, table.name, title),
            **(options.get("initial") or {}),
        }
        super().__init__(*args, **options)
        self.fields["text"].label = _("The question")
        self.fields["text"].help_text = _("They see this, and the fields of the row. Nothing else of the plan.")


class UploadAskedForm(PersonAskedForm):
    """An export that somebody is asked to upload."""

    wanted_format = forms.ChoiceField(required=False)
    note = text_field(rows=2, required=False)
    field_order = ["name", "email", "due_on", "wanted_format", "note"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        formats = [(one.key, one.name) for one in catalog.export_formats().values()]
        self.fields["wanted_format"].choices = [("", _("Whichever they have")), *formats]  # type: ignore[attr-defined]
        self.fields["wanted_format"].label = _("Which export")
        self.fields["note"].label = _("What they should know")
        self.fields["note"].help_text = _("For example: only the servers of the data centre in Dublin.")
        self.fields["due_on"].help_text = _("The link works until the end of that day.")


class DeclineForm(forms.Form):
    """Why an answer is not taken over."""

    word = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["word"].label = _("Why not")
        self.fields["word"].help_text = _("The person who answered reads it.")
        self.fields["word"].error_messages["required"] = _("Say why: the person who answered reads it.")


class AnswerForm(RowForm):
    """The fields of the row that was asked about, and words. Only what differs from the row now is proposed."""

    def __init__(self, *args: Any, question: Question, **options: Any) -> None:
        super().__init__(*args, **{**options, "prefix": f"q{question.pk}", "auto_id": f"q{question.pk}-%s"})
        for name in ("why", "seen", *OF_THE_PLAN):
            self.fields.pop(name, None)
        self.needed = [name for name, field in self.fields.items() if field.required]
        for field in self.fields.values():
            field.required = False
        if isinstance(self.row, PlanRow) and "count" in self.fields:
            for name in (*effect_attrs(self.row), "form", "class"):
                self.fields["count"].widget.attrs.pop(name, None)
        self.fields["answer"] = text_field(
            required=False,
            label=_("In your words"),
            help_text=_("Where it comes from, what is not certain, or the whole answer if no field fits."),
            initial=question.answer,
        )

    @property
    def proposed(self) -> dict[str, Any]:
        """What differs from the row as it is now; of a row that is not there, from an empty one."""
        return {name: value for name, value in self.values.items() if self._differs(name, value)}

    def _differs(self, name: str, value: Any) -> bool:
        present = getattr(self.row or self.table.model(project=self.project), name)
        return bool(as_json(value) != as_json(present))

    @property
    def asked(self) -> list[str]:
        return [name for name in self.fields if name != "answer"]

    def clean(self) -> dict[str, Any]:
        if not self.errors and self.proposed:
            for name in self.needed:
                if self.cleaned_data.get(name) in (None, "", []):
                    self.add_error(name, self.fields[name].error_messages["required"])
            super().clean()
        if not self.errors and not self.proposed and not self.cleaned_data.get("answer"):
            self.add_error("answer", _("Fill in a field or write a few words. If you do not know, say so below."))
        return self.cleaned_data


class UnknownForm(forms.Form):
    """Who knows, if the person does not."""

    name = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(max_length=200, required=False)

    def __init__(self, *args: Any, question: Question, **options: Any) -> None:
        options |= {"initial": {"name": question.ask_name, "email": question.ask_email}}
        super().__init__(*args, **{**options, "prefix": f"u{question.pk}", "auto_id": f"u{question.pk}-%s"})
        self.fields["name"].label = _("Who knows? Name")
        self.fields["email"].label = _("Their e-mail address")
        self.fields["email"].help_text = _("Nobody is mailed: whoever asked you decides whom to ask.")


class UploadOfAskedForm(forms.Form):
    """The file of somebody who was asked for it."""

    file = forms.FileField(allow_empty_file=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].label = _("The file")
        self.fields["file"].error_messages["required"] = _("Choose the export that you saved.")
        self.fields["file"].help_text = _("Up to %(most)s MB.") % {"most": MOST_BYTES // 2**20}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError(sentence("empty", {}))
        if file.size > MOST_BYTES:
            raise forms.ValidationError(sentence("too_large", {"most": MOST_BYTES // 2**20}))
        return file
