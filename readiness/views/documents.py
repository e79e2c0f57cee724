"""Documents that people send: the plan as Word, and one page for a committee."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from projects.models import Project
from projects.views.base import ProjectPage, ProjectView
from readiness.forms import SinceForm
from readiness.models import Paper
from readiness.papers.asking import ask_for_paper
from readiness.views import files
from tenants import clock
from tenants.models import User

KINDS = (Paper.Kind.WORD, Paper.Kind.SUMMARY)
USUAL_DAYS = 7


def own(project: Project, user: User) -> Any:
    return Paper.objects.filter(project=project, asked_by=user, kind__in=KINDS)


class Documents(ProjectPage):
    permission = "view_project"
    template_name = "readiness/documents.html"
    tab = "plan"

    def form(self, data: Any = None) -> SinceForm:
        today = clock.today(self.project.tenant.time_zone)
        return SinceForm(data, today=today, initial={"since": today - timedelta(days=USUAL_DAYS)})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(
            **files.shown(own(self.project, self.user)), file_url="readiness:document_file", **kwargs
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if request.POST.get("kind") in {Paper.Kind.WORD, Paper.ACCESS}:
            choices = {"part": Paper.ACCESS} if request.POST["kind"] == Paper.ACCESS else {}
            ask_for_paper(kind=Paper.Kind.WORD, by=self.user, project=self.project, choices=choices)
            return redirect("readiness:documents", slug)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        since = form.cleaned_data["since"].isoformat()
        ask_for_paper(kind=Paper.Kind.SUMMARY, by=self.user, project=self.project, choices={"since": since})
        return redirect("readiness:documents", slug)


class DocumentFile(ProjectView):
    permission = "view_project"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
        return files.file_of(own(self.project, self.user), pk, "readiness:documents", slug)
