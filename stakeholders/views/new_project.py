"""Start a project: a few facts, and the standard template lays down the rest."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from stakeholders.actions import start_project
from stakeholders.forms import NewProjectForm
from tenants.models import Tenant
from tenants.views.base import SiteView, Who


class NewProject(SiteView, FormView):  # type: ignore[type-arg]  # the class takes no argument when it runs
    """Any member of a tenant may start one, and leads it."""

    who = Who.TENANT_MEMBER
    template_name = "stakeholders/new_project.html"
    form_class = NewProjectForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "tenants": Tenant.objects.of_member(self.user)}

    def form_valid(self, form: NewProjectForm) -> HttpResponse:
        try:
            project = start_project(tenant=form.cleaned_data["tenant"], by=self.user, lead=self.user, **form.facts)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return redirect("projects:section", project.slug, "environment")

    def form_invalid(self, form: NewProjectForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
