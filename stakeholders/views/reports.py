"""Report a decision that was made elsewhere: it is shown, and counts when the person has confirmed it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from projects.views.base import ProjectPage
from stakeholders import actions
from stakeholders.forms import ReportForm
from stakeholders.models import Request
from stakeholders.words import titles
from tenants.canonical import fingerprint_of_file


class ReportDecision(ProjectPage):
    permission = "submit_project"
    template_name = "stakeholders/report.html"
    tab = "approvals"

    @cached_property
    def asked(self) -> Request:
        rows = Request.objects.select_related("round").filter(round__project=self.project)
        return get_object_or_404(rows, code=self.kwargs["code"].upper())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ReportForm(part=self.asked.part))
        return super().get_context_data(asked=self.asked, titles=titles(self.asked.open_sections()), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReportForm(request.POST, request.FILES, part=self.asked.part)
        if not form.is_valid():
            return self._again(form)
        file = form.cleaned_data["file"]
        try:
            actions.report_decision(
                request=self.asked,
                answer=form.cleaned_data["answer"],
                decided_on=form.cleaned_data["decided_on"],
                place=form.cleaned_data["place"],
                comment=form.cleaned_data["comment"],
                file_name=file.name if file else "",
                file_digest=fingerprint_of_file(file) if file else "",
                by=self.user,
            )
        except ValidationError as error:
            for name, words in error.message_dict.items():
                form.add_error(name if name in form.fields else None, words)
            return self._again(form)
        except actions.NotOpen:
            messages.warning(request, _("%(name)s has answered, or is not asked any more.") % {"name": self.asked.name})
        else:
            messages.success(
                request, _("Reported, not confirmed: %(name)s gets a mail and confirms it.") % {"name": self.asked.name}
            )
        return redirect("stakeholders:approvals", self.project.slug)

    def _again(self, form: forms.Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
