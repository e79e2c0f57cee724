"""The evidence of a project: what there is, the pack for an auditor, and how to verify it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from projects.models import Project
from projects.views.base import ProjectPage, ProjectView
from readiness.models import Paper
from readiness.papers.asking import ask_for_paper
from readiness.register import chains_of
from readiness.views import files
from stakeholders.models import Decision, Revision, Round
from tenants import signing


def packs(project: Project) -> Any:
    return Paper.objects.filter(project=project, kind=Paper.Kind.EVIDENCE)


class Evidence(ProjectPage):
    permission = "audit_project"
    template_name = "readiness/evidence.html"
    tab = "evidence"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        project = self.project
        return super().get_context_data(
            **files.shown(packs(project)),
            file_url="readiness:evidence_file",
            chain=chains_of([project])[0],
            key=signing.fingerprint(),
            decisions=Decision.objects.filter(project_id=project.pk).count(),
            revisions=Revision.objects.filter(project_id=project.pk).count(),
            rounds=Round.objects.filter(project=project).count(),
            **kwargs,
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        ask_for_paper(kind=Paper.Kind.EVIDENCE, by=self.user, project=self.project)
        return redirect("readiness:evidence", slug)


class EvidenceFile(ProjectView):
    permission = "audit_project"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
        return files.file_of(packs(self.project), pk, "readiness:evidence", slug)
