"""Say what names of operating systems mean that no rule places: once, for every project of the tenant."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import actions
from projects.forms import NameForm, role_in_words
from projects.models import LearnedColumns, LearnedName
from projects.rules.sources import meaning_of
from projects.views.counted import as_written
from projects.views.imports import ImportPage

MORE = "more"
"""Chosen in a short list: show every system."""


class Names(ImportPage):
    """What the tenant has learned about its exports, and what may be taken back."""

    permission = "change_project"
    template_name = "projects/names.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tenant = self.project.tenant_id
        columns = LearnedColumns.objects.filter(tenant=tenant).select_related("by")
        return super().get_context_data(
            names=[
                {"row": row, "called": as_written(row.text), "means": meaning_of(row.means)}
                for row in LearnedName.objects.filter(tenant=tenant).select_related("by")
            ],
            columns=[
                {"row": row, "told": [(role_in_words(role), header) for role, header in row.columns.items()]}
                for row in columns
            ],
            **kwargs,
        )


class SayName(ImportPage):
    """Say what one name means. Without script or with it, whoever says it comes back to where they were."""

    permission = "change_project"
    template_name = "projects/say_name.html"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text, back = request.POST.get("text", ""), request.POST.get("back", "")
        if request.POST.get("means") == MORE:
            form = NameForm(initial={"text": text}, text=text)
            return self.render_to_response(self.get_context_data(form=form, text=text, back=back))
        form = NameForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(form=form, text=text, back=back)
            return self.render_to_response(context, status=422)
        row = actions.say_what_it_is(
            project=self.project, text=form.cleaned_data["text"], means=form.cleaned_data["means"], by=self.user
        )
        said = (
            _("“%(text)s” is %(means)s from now on, in every project of %(tenant)s.")
            if row.text
            else _("Devices without an operating system are %(means)s from now on, in every project of %(tenant)s.")
        )
        words = {"text": row.text, "means": meaning_of(row.means), "tenant": self.project.tenant.name}
        messages.success(request, said % words)
        return redirect(self._back(back))

    def _back(self, back: str) -> str:
        if back.isdecimal():
            return reverse("projects:import", args=[self.project.slug, back])
        return reverse("projects:section", args=[self.project.slug, "environment"]) + "#sources"


class _Forget(ImportPage):
    is_abstract = True
    http_method_names = ["post", "options"]

    def forget(self, pk: int) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.forget(self.kwargs["pk"])
        messages.success(request, _("Forgotten from the next import on. No count was changed."))
        return redirect("projects:names", self.project.slug)


class ForgetName(_Forget):
    permission = "change_project"

    def forget(self, pk: int) -> None:
        actions.forget_name(project=self.project, pk=pk, by=self.user)


class ForgetColumns(_Forget):
    permission = "change_project"

    def forget(self, pk: int) -> None:
        actions.forget_columns(project=self.project, pk=pk, by=self.user)
