"""Forms of the site's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.forms import NamesWhatIsMissing
from tenants.importers import Person, read_people
from tenants.models import Membership, Team, Tenant, User
from tenants.models.people import TenantQuerySet


class AddPeople(NamesWhatIsMissing, forms.Form):
    """One person or a list: every problem is named by its line, and nothing is written while there is one."""

    tenant = forms.ModelChoiceField(label=gettext_lazy("Tenant"), queryset=Tenant.objects.none())
    people = forms.CharField(
        label=gettext_lazy("People, one per line"),
        help_text=gettext_lazy(
            "Dana Reyes <ciso@contoso.example>, or ciso@contoso.example; Dana Reyes. Each gets a mail."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=100_000,
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER
    )
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams"), queryset=Team.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, tenants: TenantQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tenant"].queryset = tenants  # type: ignore[attr-defined]
        teams = Team.objects.filter(tenant__in=tenants).select_related("tenant").order_by("tenant__name", "name")
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]
        self.fields["teams"].label_from_instance = lambda team: f"{team.name} ({team.tenant})"  # type: ignore[attr-defined]
        if len(tenants[:2]) == 1:
            self.fields["tenant"].initial = tenants[0]

    def clean_people(self) -> list[Person]:
        people, problems = read_people(self.cleaned_data["people"])
        off = User.objects.filter(email__in=[person.address for person in people], is_active=False)
        off_lines = {user.email for user in off}
        found = [str(problem) for problem in problems] + [
            _("Line %(line)s, “%(text)s”: this account is switched off. Switch it on first.")
            % {"line": person.line, "text": person.address}
            for person in people
            if person.address in off_lines
        ]
        if found:
            raise ValidationError(found)
        return people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        strangers = [team.name for team in cleaned.get("teams") or () if team.tenant != cleaned.get("tenant")]
        if cleaned.get("tenant") and strangers:
            self.add_error("teams", _("Not a team of this tenant: %(teams)s.") % {"teams": ", ".join(strangers)})
        return cleaned


class SomebodyLeft(NamesWhatIsMissing, forms.Form):
    """Who leads the projects and stands in the roles of a person who left."""

    successor = forms.ModelChoiceField(
        label=gettext_lazy("Successor"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose somebody"),
    )

    def __init__(self, *args: Any, person: User, tenant: Tenant, needs_successor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = Membership.objects.current().filter(tenant=tenant).exclude(user=person)
        field = self.fields["successor"]
        field.queryset = User.objects.filter(pk__in=present.values("user")).order_by("name", "email")  # type: ignore[attr-defined]
        field.required = needs_successor
        if not needs_successor:
            del self.fields["successor"]
