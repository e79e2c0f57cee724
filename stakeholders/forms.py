"""What a person types when they decide, withdraw a request, start a project or choose their mails."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from projects import plan
from projects.document import as_json
from projects.document.choices import ProjectKind
from projects.forms import NamesWhatIsMissing, RowForm
from projects.forms.rows import effect_attrs
from projects.models import Project
from stakeholders.actions import REPORTABLE, OnCondition
from stakeholders.document import Part
from stakeholders.rules.standing import ANSWERS, CHANGES, CONDITIONS, INPUT, OBJECT
from stakeholders.shown import answer_words
from stakeholders.tables import ROWS
from stakeholders.words import section_title
from tenants.actions import time_zones
from tenants.models import Tenant, User
from tenants.models.people import normal_address
from tenants.quiet import Quiet

EACH = "each"
"""Instead of one answer for all: section by section."""
LATER = "later"
"""A section that is left open, to be answered another day."""
TOLERANCES = (0, 5, 10)
USUAL_TOLERANCE = 5
LONGEST_COMMENT = 4000


class DecisionForm(forms.Form):
    """One answer for all sections, or one for each; `read_<section>` are the fingerprints that were shown."""

    code = forms.CharField(max_length=12, widget=forms.HiddenInput)
    briefing = forms.CharField(max_length=64, widget=forms.HiddenInput)
    decision = forms.CharField(max_length=20, required=False)
    sign = forms.CharField(max_length=20, required=False)
    tolerance = forms.ChoiceField(choices=[(str(n), str(n)) for n in TOLERANCES], required=False)
    what = forms.CharField(max_length=500, required=False)
    who = forms.CharField(max_length=200, required=False)
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    comment = forms.CharField(max_length=LONGEST_COMMENT, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, part: str, digests: Mapping[str, str], today: date, **options: Any) -> None:
        self.part, self.sections, self.today = part, list(digests), today
        super().__init__(*args, **options)
        for section, digest in digests.items():
            self.fields[f"read_{section}"] = forms.CharField(max_length=64, initial=digest, widget=forms.HiddenInput)
            self.fields[f"each_{section}"] = forms.CharField(max_length=20, required=False)
        self.fields["until"].error_messages["invalid"] = _(
            "A day is written as year-month-day, for example 2026-11-27."
        )

    @property
    def allowed(self) -> Sequence[str]:
        return ANSWERS[Part(self.part)]

    def clean_tolerance(self) -> int:
        return int(self.cleaned_data["tolerance"] or USUAL_TOLERANCE)

    def clean(self) -> dict[str, Any]:
        super().clean()
        chosen, pressed = self.cleaned_data.get("decision", ""), self.cleaned_data.get("sign", "")
        if chosen and pressed and chosen != pressed:
            self.add_error(
                "decision", _("You marked one answer and pressed the button of another. Nothing was decided.")
            )
            return self.cleaned_data
        answer = chosen or pressed
        if answer == EACH:
            self._each()
        elif answer in self.allowed:
            self.cleaned_data["answers"] = dict.fromkeys(self.sections, answer)
        else:
            self.add_error("decision", _("Choose an answer. Nothing was decided."))
        self._words(set(self.cleaned_data.get("answers", {}).values()))
        return self.cleaned_data

    def _each(self) -> None:
        marked = {name: self.cleaned_data.get(f"each_{name}", "").removeprefix("each-") for name in self.sections}
        for name, answer in marked.items():
            if answer not in (*self.allowed, LATER):
                self.add_error(f"each_{name}", _("Choose an answer for this section, or leave it for later."))
        answers = {name: answer for name, answer in marked.items() if answer != LATER}
        if not answers:
            self.add_error("decision", _("Answer at least one section. Nothing was decided."))
        self.cleaned_data["answers"] = answers

    def _words(self, answers: Collection[str]) -> None:
        """Some answers need words: what must change, or what must be done, by whom, until when."""
        if not self.cleaned_data.get("comment") and "comment" not in self.errors:
            if {CHANGES, OBJECT} & set(answers):
                self.add_error("comment", _("Say what must change."))
            elif INPUT in answers:
                self.add_error("comment", _("Write your input here."))
        if CONDITIONS not in answers:
            return
        missing = {
            "what": _("Say what must be done."),
            "who": _("Say who must do it."),
            "until": _("Say until when: if it is not done by then, your approval ends."),
        }
        for name, words in missing.items():
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, words)
        until = self.cleaned_data.get("until")
        if until and until < self.today:
            self.add_error("until", _("This day is over already."))

    @property
    def answers(self) -> dict[str, str]:
        found: dict[str, str] = self.cleaned_data["answers"]
        return found

    @property
    def read(self) -> dict[str, str]:
        return {section: self.cleaned_data[f"read_{section}"] for section in self.sections}

    @property
    def condition(self) -> OnCondition | None:
        if CONDITIONS not in self.answers.values():
            return None
        return OnCondition(self.cleaned_data["what"], self.cleaned_data["who"], self.cleaned_data["until"])


class WithdrawForm(forms.Form):
    """Why a request for approval is taken back: everybody who is still asked reads it."""

    because = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["because"].label = _("Why")
        self.fields["because"].help_text = _("Everybody who has not answered yet gets it by mail.")
        self.fields["because"].error_messages["required"] = _("Say why: the people who were asked will read it.")


class ReportForm(forms.Form):
    """A decision made in a meeting, by mail or on paper. Of the file only the fingerprint is kept."""

    answer = forms.ChoiceField(widget=forms.RadioSelect)
    decided_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place = forms.CharField(max_length=200)
    comment = forms.CharField(max_length=LONGEST_COMMENT, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(required=False)

    def __init__(self, *args: Any, part: str, **options: Any) -> None:
        super().__init__(*args, **options)
        words = answer_words()
        answer = self.fields["answer"]
        assert isinstance(answer, forms.ChoiceField)
        answer.choices = [(name, words[name].text) for name in REPORTABLE[Part(part)]]
        answer.error_messages["required"] = _("Choose one of the answers.")
        labels = {
            "answer": _("What they decided"),
            "decided_on": _("When"),
            "place": _("Where"),
            "comment": _("In their words"),
            "file": _("Minutes or mail"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["place"].help_text = _("Meeting, mail or paper: “Steering committee of 18 November”.")
        self.fields["file"].help_text = _("The file is read once for its fingerprint, and not kept.")


class SuggestForm(RowForm):
    """The fields of a row, as somebody who gives input would have them. Only what differs is suggested."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("seen", "cause"):  # the choices of a cause would tell the rest of the plan
            self.fields.pop(name, None)
        for name in ("form", "class", *(effect_attrs(self.row) if self.row and "count" in self.fields else ())):
            if "count" in self.fields:
                self.fields["count"].widget.attrs.pop(name, None)
        self.fields["why"].required = True
        self.fields["why"].help_text = _("Kept with the value: where it comes from.")
        self.fields["why"].error_messages["required"] = _("Say why: it is kept with the value.")

    @property
    def proposed(self) -> dict[str, Any]:
        """What differs from the row as it is now."""
        return {
            name: value for name, value in self.values.items() if as_json(value) != as_json(getattr(self.row, name))
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors and not self.proposed:
            self.add_error(None, _("Nothing is different from what is written now."))
        return self.cleaned_data


class StakeholderForm(RowForm):
    """A row of the matrix, or who must approve. `why` is wanted where somebody who approves is weakened."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["why"].help_text = _("Wanted when somebody who approves is replaced, lowered, narrowed or removed.")
        if self.table == ROWS:
            self._of_a_person()

    def _of_a_person(self) -> None:
        self.fields["scope"] = forms.MultipleChoiceField(
            label=_("Sections"),
            choices=[(name, section_title(name)) for name in plan.section_names(self.project)],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("None ticked means all of them."),
        )
        for name in ("email", "substitute_email"):
            old = self.fields[name]
            self.fields[name] = forms.EmailField(label=old.label, required=False, max_length=200)
        self.fields["email"].help_text = _("They sign in by a code to this address. Nobody is mailed before a request.")
        self.fields["question"].help_text = _("What they are asked on the page where they decide.")

    def clean_scope(self) -> list[str]:
        """What is ticked; what was there stays where it stood, also what this kind of project has no section for.

        Sections are signed in their order: saving another field of the row may not move or drop one.
        """
        ticked: list[str] = self.cleaned_data["scope"]
        offered = plan.section_names(self.project)
        present: list[str] = self.initial["scope"]
        kept = [name for name in present if name in ticked or name not in offered]
        return [*kept, *(name for name in ticked if name not in present)] if ticked else []

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name in ("email", "substitute_email"):
            if name in self.cleaned_data:
                self.cleaned_data[name] = normal_address(self.cleaned_data[name])
        starts, ends = self.cleaned_data.get("substitute_from"), self.cleaned_data.get("substitute_until")
        if starts and ends and ends < starts:
            self.add_error("substitute_until", _("It ends before it starts."))
        return self.cleaned_data


class NewProjectForm(NamesWhatIsMissing, forms.ModelForm):  # type: ignore[type-arg]  # the class takes no argument when it runs
    """A new project: whoever makes it leads it."""

    class Meta:
        model = Project
        fields = ["tenant", "name", "kind", "plan", "microsoft_tenant", "geography", "architecture"]

    def __init__(self, *args: Any, tenants: QuerySet[Tenant], **options: Any) -> None:
        super().__init__(*args, **options)
        tenant = self.fields["tenant"]
        assert isinstance(tenant, forms.ModelChoiceField)
        tenant.queryset, tenant.label = tenants, _("Organisation")
        if len(tenants) == 1:
            tenant.initial, tenant.widget = tenants[0].pk, forms.HiddenInput()
        self.fields["name"].help_text = _("For example Contoso Endpoint 2027.")
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("Choose…")), *ProjectKind.choices]
        kind.error_messages["required"] = _("Choose one: it decides which rows the plan starts with.")
        self.fields["kind"].help_text = _(
            "A migration has a checklist more: replace the present protection in three steps."
        )
        self.fields["microsoft_tenant"].help_text = _("For example contoso.onmicrosoft.com. It can be said later.")
        self.fields["geography"].help_text = _("Chosen at the first set-up; it cannot be changed afterwards.")

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "tenant"}


def time_field(**options: Any) -> forms.TimeField:
    return forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("A time is written as hours and minutes, for example 18:30.")},
        **options,
    )


class MailsForm(forms.Form):
    """Reminders or one mail a day, and when a person has their peace."""

    digest = forms.ChoiceField(widget=forms.RadioSelect)
    zone = forms.ChoiceField(required=False)
    quiet_from = time_field(required=False)
    quiet_until = time_field(required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User) -> None:
        initial = {
            "digest": "yes" if user.wants_digest else "no",
            "zone": user.time_zone,
            "quiet_from": user.quiet_from,
            "quiet_until": user.quiet_until,
        }
        super().__init__(data, initial=initial)
        digest, zone = self.fields["digest"], self.fields["zone"]
        assert isinstance(digest, forms.ChoiceField)
        assert isinstance(zone, forms.ChoiceField)
        digest.choices = [
            ("no", _("Reminders: a few, on days around the one on which it is due.")),
            ("yes", _("One mail a day, with whatever waits for you; none on days when nothing does.")),
        ]
        zone.choices = [("", _("That of the organisation that asks")), *((name, name) for name in time_zones())]
        digest.error_messages["required"] = _("Choose one of the two.")
        zone.error_messages["invalid_choice"] = _("No such time zone.")
        labels = {
            "digest": _("What waits for you comes as"),
            "zone": _("Your time zone"),
            "quiet_from": _("Quiet from"),
            "quiet_until": _("Quiet until"),
        }
        for name, label in labels.items():
            self.fields[name].label = label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.has_error("quiet_from") or self.has_error("quiet_until"):
            return cleaned
        starts, ends = cleaned["quiet_from"], cleaned["quiet_until"]
        if (starts is None) != (ends is None):
            empty = "quiet_from" if starts is None else "quiet_until"
            self.add_error(empty, _("Write both times, or neither."))
        elif self.quiet and self.quiet.wrong:
            self.add_error("quiet_until", self.quiet.wrong)
        return cleaned

    @property
    def quiet(self) -> Quiet | None:
        starts, ends = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return None if starts is None or ends is None else Quiet(starts, ends)
