"""What the whole plan rests on, and who owns its sections."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from projects import actions
from projects.forms import DayForm, FactsForm, OwnerForm
from projects.models import SectionOwner
from projects.views.base import ProjectPage, ProjectView
from projects.views.plan import SectionPage, section_links
from tenants import clock


class Facts(ProjectPage):
    permission = "view_project"
    template_name = "projects/facts.html"
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_change = "change_project" in self.can
        return super().get_context_data(
            **{
                "form": FactsForm(instance=self.project) if may_change else None,
                "may_change": may_change,
                "links": section_links(self.project),
                "section_title": _("About the project"),
                "tab_inside": "facts",
                "facts": _in_words(self.project),
                **kwargs,
            }
        )


class EditFacts(Facts):
    permission = "change_project"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        name = self.project.name
        form = FactsForm(request.POST, instance=self.project)
        if not form.is_valid():
            self.project.name = name
            return self.render_to_response(self.get_context_data(form=form), status=422)
        actions.edit_facts(project=self.project, values=form.values, by=self.user, why=form.cleaned_data["why"])
        messages.success(request, _("Saved."))
        return redirect("projects:facts", slug)


def _in_words(project: Any) -> list[tuple[str, Any]]:
    words = []
    for field in actions.FACTS:
        told = getattr(project, f"get_{field}_display", None)
        label = str(project._meta.get_field(field).verbose_name)
        words.append((label[:1].upper() + label[1:], told() if told else getattr(project, field)))
    return words


class Owner(SectionPage):
    """Name who looks after a section."""

    permission = "change_project"
    template_name = "projects/owner.html"

    def _form(self, data: Any = None) -> OwnerForm:
        row = SectionOwner.objects.filter(project=self.project, section=self.section).first()
        initial = {"person": row.person_id, "team": row.team_id} if row else {}
        return OwnerForm(data, project=self.project, initial=initial)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self._form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        actions.set_owner(project=self.project, section=self.section, by=self.user, **form.cleaned_data)
        return redirect(self.url)


class PlaceTimeline(ProjectView):
    """Lay the template's dates into an empty timeline, counted back from its end."""

    permission = "change_project"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = DayForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("On which day should Onboard be finished? For example 2027-05-01."))
            return redirect("projects:section", slug, "timeline")
        earliest = actions.earliest_end(clock.today(self.project.tenant.time_zone))
        if form.cleaned_data["ends_on"] < earliest:
            messages.error(
                request,
                _("That is too soon: some dates would lie in the past. From today it takes until %(day)s.")
                % {"day": date_format(earliest, "j F Y")},
            )
            return redirect("projects:section", slug, "timeline")
        try:
            dates = actions.place_timeline(project=self.project, ends_on=form.cleaned_data["ends_on"], by=self.user)
        except actions.HasDates:
            messages.warning(request, _("The timeline has dates already: change them one by one."))
        else:
            messages.success(request, _("%(n)s dates are placed. Move what does not fit.") % {"n": dates})
        return redirect("projects:section", slug, "timeline")


class ProposeTask(ProjectView):
    """Add a task that a check asks for, with its day; it can be changed as any other."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, slug: str, task: str) -> HttpResponse:
        try:
            row = actions.propose_task(project=self.project, task=task, by=self.user)
        except LookupError:
            raise Http404 from None
        messages.success(request, _("The task is in the timeline, with a day. Move it if it does not fit."))
        return redirect(f"{reverse('projects:section', args=[slug, 'timeline'])}#row-{row.key}")
