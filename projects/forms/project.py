"""Forms about a project as a whole: its facts, who shares it, who owns a section."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _

from projects.actions import FACTS
from projects.forms import fields
from projects.models import Project
from projects.rules.roles import SHARED, Role
from tenants import clock
from tenants.models import Membership, Provider, Team, User


class FactsForm(fields.NamesWhatIsMissing, forms.ModelForm):  # type: ignore[type-arg]  # the class takes no argument when it runs
    """What the whole plan rests on."""

    why = forms.CharField(max_length=1000, required=False)

    class Meta:
        model = Project
        fields = list(FACTS)
        widgets = {"tenant_created_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["why"].label = _("Why")
        self.fields["why"].help_text = _("Kept with the change, and shown to those who approve.")
        self.fields["microsoft_tenant"].help_text = _("For example contoso.onmicrosoft.com.")
        self.fields["geography"].help_text = _("Chosen at the first set-up; it cannot be changed afterwards.")
        self.fields["tenant_created_on"].help_text = _(
            "From the admin centre. Tenants from 16 February 2025 on have unified role-based access only."
        )
        self.fields["terminology"].help_text = _("Words only: changes no signature.")

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


def tenants_around(project: Project) -> set[int]:
    """The project's tenant and its present providers: whose people and teams may be granted roles."""
    today = clock.today(project.tenant.time_zone)
    providers = Provider.objects.filter(Q(until=None) | Q(until__gte=today), tenant=project.tenant_id)
    return {project.tenant_id, *providers.values_list("provider_id", flat=True)}


class _AboutProject(fields.NamesWhatIsMissing, forms.Form):
    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        self.project = project
        super().__init__(*args, **options)

    def member(self, email: str) -> User | None:
        """The person with that address, if they belong here; nothing is said about anybody else."""
        members = Membership.objects.current().filter(tenant__in=tenants_around(self.project))
        return User.objects.filter(email=email.strip().lower(), pk__in=members.values("user_id")).first()

    def teams(self) -> Any:
        return Team.objects.filter(tenant__in=tenants_around(self.project)).select_related("tenant")

    def unknown(self) -> str:
        return _(
            "Nobody with this address belongs to %(tenant)s or its providers. Its administrator can invite them."
        ) % {"tenant": self.project.tenant.name}


class ShareForm(_AboutProject):
    """A role for a person or a team."""

    email = forms.EmailField(required=False)
    team = forms.ModelChoiceField(queryset=Team.objects.none(), required=False)
    role = forms.ChoiceField()
    ends_on = fields.day_field(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        told = {
            Role.VIEWER: _("Viewer: reads the plan"),
            Role.EDITOR: _("Editor: reads and changes the plan"),
            Role.LEAD: _("Lead: everything, sends for approval, shares"),
            Role.AUDITOR: _("Auditor: reads plan, history and evidence"),
        }
        self.fields["email"].label = _("E-mail address of a person")
        self.fields["team"].label = _("or a team")
        self.fields["role"].label = _("Role")
        self.fields["ends_on"].label = _("Until")
        self.fields["ends_on"].help_text = _("Empty: until it is taken back.")
        self.fields["role"].choices = [(str(role), told[role]) for role in SHARED]  # type: ignore[attr-defined]
        self.fields["team"].queryset = self.teams()  # type: ignore[attr-defined]
        self.fields["team"].empty_label = _("no team")  # type: ignore[attr-defined]
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        email, team = self.cleaned_data.get("email"), self.cleaned_data.get("team")
        if bool(email) == bool(team) and "email" not in self.errors:
            self.add_error("email", _("Name a person or choose a team, one of the two."))
        elif email:
            self.user = self.member(email)
            if self.user is None:
                self.add_error("email", self.unknown())
        ends_on = self.cleaned_data.get("ends_on")
        if ends_on and ends_on < clock.today(self.project.tenant.time_zone):
            self.add_error("ends_on", _("That day has passed."))
        return self.cleaned_data


class PersonForm(_AboutProject):
    """Somebody of the tenant or its providers, by address."""

    email = forms.EmailField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].label = _("E-mail address of the new lead")
        self.user: User | None = None

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        self.user = self.member(email)
        if self.user is None:
            raise forms.ValidationError(self.unknown())
        return email


class OwnerForm(_AboutProject):
    """Who looks after a section: a person with a role in the project, or a team."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    team = forms.ModelChoiceField(queryset=Team.objects.none(), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        members = Membership.objects.current().filter(tenant__in=tenants_around(self.project))
        self.fields["person"].queryset = User.objects.filter(pk__in=members.values("user_id"))  # type: ignore[attr-defined]
        self.fields["team"].queryset = self.teams()  # type: ignore[attr-defined]
        self.fields["person"].label, self.fields["team"].label = _("Person"), _("Team")
        self.fields["person"].empty_label = _("nobody")  # type: ignore[attr-defined]
        self.fields["team"].empty_label = _("no team")  # type: ignore[attr-defined]


class DayForm(forms.Form):
    ends_on = fields.day_field()


class ArchiveForm(forms.Form):
    why = forms.CharField(max_length=1000, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["why"].label = _("Why")
