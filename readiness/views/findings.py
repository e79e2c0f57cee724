"""What was found in the access plan: by row, the worst first; its remedy, or the reason why it stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from projects import actions as plan_actions
from projects import plan
from projects.document.rows import KeptFinding
from projects.models import PlanRow
from projects.tables import TABLES
from projects.views.base import ProjectPage
from projects.views.plan import section_links
from projects.views.shown import ShownRow, shown_table
from readiness import shown
from readiness.actions import FindingGone, finding_of, keep_finding, mend, present_verdict, take_back_kept
from readiness.forms import KeepForm
from readiness.rules.findings import Finding, Remedy
from stakeholders.preview import effect_of, effect_of_rows
from stakeholders.rules.effect import Effect
from stakeholders.words import section_title

SECTION = "access"


class AccessFindings(ProjectPage):
    """Everything that the analysis of the access plan says, with what is kept on purpose."""

    permission = "view_project"
    template_name = "readiness/access_findings.html"
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verdict = present_verdict(self.project)
        groups = shown.findings(verdict, self.project, self.can)
        kept: Any = plan.stored_rows(TABLES["access", "kept"], [self.project]).get(self.project.pk, ())
        return super().get_context_data(
            groups={name: [f for f in found if f["section"] == SECTION] for name, found in groups.items()},
            verdict=verdict,
            kept=kept,
            links=section_links(self.project),
            section=SECTION,
            section_title=section_title(SECTION),
            may_change="change_project" in self.can,
            **kwargs,
        )


class OneFinding(ProjectPage):
    """Base of the deeds on one finding. One that is gone was mended meanwhile: say so, and go back to the list."""

    permission = "change_project"
    is_abstract = True
    tab = "plan"

    @cached_property
    def finding(self) -> Finding:
        return finding_of(self.project, str(self.kwargs["finding"]))

    @property
    def back(self) -> str:
        return reverse("readiness:access_findings", args=[self.project.slug])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "\x00" in kwargs["finding"]:
            raise Http404
        try:
            return super().dispatch(request, *args, **kwargs)
        except (FindingGone, plan_actions.RowGone):
            messages.warning(request, _("That was mended meanwhile: it is not found any more. Nothing was changed."))
            return redirect(self.back)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{**kwargs, "finding": self.finding, "back": self.back})


class MendFinding(OneFinding):
    """Shows the row before and after and what happens to signatures, then applies the remedy."""

    permission = "change_project"
    template_name = "readiness/remedy.html"

    @property
    def remedy(self) -> Remedy:
        if self.finding.result.remedy is None:
            raise FindingGone(self.finding.id)
        return self.finding.result.remedy

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        remedy = self.remedy
        table = TABLES[remedy.section, remedy.table]
        row = plan_actions.find(table, self.project, remedy.key)
        row.project = self.project
        was = plan_actions.as_document(table, row)
        after = was.replaced(**_as_tuples(remedy.values)) if remedy.values is not None else None
        before, then = (
            shown_table(table, [one], terminology=self.project.terminology).rows[0] if one else None
            for one in (was, after)
        )
        return super().get_context_data(
            remedy=remedy,
            row=before,
            changes=_changes(before, then, remedy) if before else [],
            effect=self._effect(row),
            **kwargs,
        )

    def _effect(self, row: PlanRow) -> Effect | None:
        remedy = self.remedy
        table = TABLES[remedy.section, remedy.table]
        if remedy.values is not None:
            return effect_of(self.project, table, row, remedy.values)
        left = plan.stored_rows(table, [self.project]).get(self.project.pk, ())
        return effect_of_rows(self.project, table, tuple(one for one in left if one.key != remedy.key))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            done = mend(project=self.project, finding_id=self.finding.id, by=self.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Done: %(what)s.") % {"what": done.label})
        return redirect(self.back)


def _as_tuples(values: Any) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _changes(before: ShownRow, then: ShownRow | None, remedy: Remedy) -> list[dict[str, Any]]:
    """The fields that move, in words; of a row that goes, all that it says."""
    if then is None:
        return [{"label": cell.label, "before": cell.text, "after": "–"} for cell in before.cells if not cell.is_empty]
    cells = {cell.name: cell for cell in [*then.cells, *then.more["others"]]}
    found = [cell for cell in [*before.cells, *before.more["others"]] if cell.name in (remedy.values or {})]
    return [
        {"label": cell.label, "before": cell.text, "after": cells[cell.name].text if cell.name in cells else "–"}
        for cell in found
    ]


class KeepFinding(OneFinding):
    """Leave it as it is, and say why."""

    permission = "change_project"
    template_name = "readiness/keep_finding.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not self.finding.result.may_be_kept:
            raise FindingGone(self.finding.id)
        kwargs.setdefault("form", KeepForm())
        table = TABLES["access", "kept"]
        kept: Any = plan.stored_rows(table, [self.project]).get(self.project.pk, ())
        one = KeptFinding(key="new", finding=self.finding.check.name, because="…")
        return super().get_context_data(effect=effect_of_rows(self.project, table, (*kept, one)), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = KeepForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        keep_finding(
            project=self.project, finding_id=self.finding.id, because=form.cleaned_data["because"], by=self.user
        )
        messages.success(request, _("It stays as it is. Those who approve Access read the reason."))
        return redirect(self.back)


class TakeBackKept(ProjectPage):
    """What was kept is a finding again."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            take_back_kept(project=self.project, key=str(kwargs["key"]), by=self.user)
        except plan_actions.RowGone:
            raise Http404 from None
        messages.success(request, _("It is looked at again."))
        return redirect("readiness:access_findings", self.project.slug)
