"""The register of approvals: every decision in the projects that a person may audit."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import TemplateView

from projects.models import Project
from readiness import register
from readiness.forms import RegisterForm
from readiness.models import Paper
from readiness.papers.asking import ask_for_paper
from readiness.papers.register import register_as_csv
from readiness.register import Wanted
from readiness.views import files
from stakeholders.models import Decision
from tenants.models import User
from tenants.views.base import SiteView, Who

PER_PAGE = 50


def own(user: User) -> QuerySet[Paper]:
    return Paper.objects.filter(asked_by=user, kind=Paper.Kind.REGISTER)


class RegisterView(SiteView):
    """Base of the pages that show, or hand out, what was chosen of the register."""

    is_abstract = True
    who = Who.SIGNED_IN

    @cached_property
    def projects(self) -> list[Project]:
        return list(register.auditable(self.user))

    def form(self, data: Any) -> RegisterForm:
        return RegisterForm(data, projects=[(p.pk, f"{p.name} ({p.tenant.name})") for p in self.projects])

    def decisions(self, wanted: Wanted) -> QuerySet[Decision]:
        return register.decisions_of(self.projects, wanted)


def wanted_of(form: RegisterForm) -> Wanted:
    """What was chosen; everything, where something of it is wrong."""
    return Wanted(**form.cleaned_data) if form.is_valid() else Wanted()


class Register(TemplateView, RegisterView):
    who = Who.SIGNED_IN
    template_name = "readiness/register.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.form(self.request.GET)
        wanted = wanted_of(form)
        found = self.decisions(wanted)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        people = found.order_by().values("email").distinct().count()
        looked_at = [p for p in self.projects if wanted.project in (None, p.pk)]
        query = urlencode({k: v for k, v in self.request.GET.items() if k != "page" and v})
        return super().get_context_data(
            form=form,
            wanted=wanted,
            page=page,
            lines=register.lines_of(list(page.object_list)),
            people=people,
            projects=looked_at,
            tenants=sorted({p.tenant.name for p in looked_at}),
            chains=register.chains_of(looked_at),
            query=f"{query}&" if query else "",
            **files.shown(own(self.user)),
            file_url="readiness:register_file",
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Let a worker draw it as PDF."""
        form = self.form(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            days = {name: told[name].isoformat() if told[name] else "" for name in ("since", "until")}
            choices = {**days, "project": told["project"], "person": told["person"]}
            ask_for_paper(kind=Paper.Kind.REGISTER, by=self.user, choices=choices)
        return redirect("readiness:register")


class RegisterTable(RegisterView):
    """All of it as CSV, for a spreadsheet."""

    who = Who.SIGNED_IN
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = register.lines_of(list(self.decisions(wanted_of(self.form(request.GET)))))
        answer = HttpResponse(register_as_csv(lines), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="approvals.csv"'
        answer["Cache-Control"] = "no-store"
        return answer


class RegisterFile(RegisterView):
    who = Who.SIGNED_IN
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return files.file_of(own(self.user), pk, "readiness:register")
