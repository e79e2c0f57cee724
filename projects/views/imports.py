"""An export of devices becomes counts: choose it, watch it being read, look at what it changes, apply it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HTMX_STOP_POLLING

from projects import actions, catalog, importers
from projects.forms import LeaveOutForm, UploadForm
from projects.importers import LeaveOut, Problem, Result
from projects.models import DeviceImport
from projects.rules import imports as rules
from projects.views.base import ProjectPage
from projects.views.plan import section_links
from tenants.templatetags.look import day

State = DeviceImport.State
LATEST_SHOWN = 5
LINES_SHOWN = 10
UNKNOWN_SHOWN = 20
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ImportPage(ProjectPage):
    is_abstract = True
    tab = "plan"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            section="environment",
            section_title=_("Environment"),
            section_url=reverse("projects:section", args=[self.project.slug, "environment"]),
            links=section_links(self.project),
            **kwargs,
        )


class ImportNew(ImportPage):
    permission = "change_project"
    template_name = "projects/import_new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        latest = DeviceImport.objects.filter(project=self.project).select_related("uploaded_by")
        return super().get_context_data(
            **{
                "form": UploadForm(),
                "formats": [one.name for one in catalog.export_formats().values()],
                "latest": latest.defer("result")[:LATEST_SHOWN],
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            row = actions.start_import(
                project=self.project,
                file=form.cleaned_data["file"],
                source=form.cleaned_data["source"],
                leave_out=form.leave_out,
                by=self.user,
            )
        except actions.AlreadyApplied as done:
            messages.info(request, _already(done.device_import, self.user.pk))
            return redirect("projects:import_new", slug)
        except importers.CannotRead as error:
            form.add_error("file", str(error))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return redirect("projects:import", slug, row.pk)


def _already(done: DeviceImport, user_id: int) -> str:
    words = {"day": day(done.applied_at), "who": done.uploaded_by}
    if done.uploaded_by_id in (None, user_id):
        return _("You have already applied this file on %(day)s. Nothing changed.") % words
    return _("%(who)s has already applied this file on %(day)s. Nothing changed.") % words


class _OneImport(ImportPage):
    """Base of the pages and deeds of one import."""

    is_abstract = True

    def device_import(self) -> DeviceImport:
        rows = DeviceImport.objects.select_related("uploaded_by").filter(project=self.project)
        row: DeviceImport = get_object_or_404(rows, pk=self.kwargs["pk"])
        row.project = self.project
        return row

    def again(self) -> HttpResponse:
        return redirect("projects:import", self.project.slug, self.kwargs["pk"])


class Import(_OneImport):
    """What becomes of an export: how far it is read, what it would change, or why it cannot be read."""

    permission = "change_project"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.device_import()
        answer = self.render_to_response(self.get_context_data(row=row, **shown(row)))
        is_reading = row.state in (State.WAITING, State.RUNNING)
        if request.htmx and not is_reading:  # type: ignore[attr-defined]
            answer.status_code = HTMX_STOP_POLLING
        return answer

    def get_template_names(self) -> list[str]:
        part = self.request.htmx and not self.request.htmx.boosted  # type: ignore[attr-defined]
        return ["projects/import_body.html" if part else "projects/import.html"]


def shown(row: DeviceImport) -> dict[str, Any]:
    """What the page says of an import, beside its state."""
    why = row.why and importers.sentence(row.why["code"], row.why["values"])
    found: dict[str, Any] = {"is_reading": row.state in (State.WAITING, State.RUNNING), "why": why}
    if not row.result or found["is_reading"]:
        return found
    result = Result.from_json(row.result)
    found |= {
        "result": result,
        "left_out": sum(result.left_out.values()),
        "called": catalog.export_format(result.format).called,
        "reasons": [(n, reason_in_words(reason, row.leave_out)) for reason, n in result.left_out.items()],
        "unknown": result.unknown[:UNKNOWN_SHOWN],
        "unknown_more": max(result.not_placed - sum(n for _text, n in result.unknown[:UNKNOWN_SHOWN]), 0),
        "lines": [problem.line for problem in result.problems[:LINES_SHOWN]],
        "lines_more": max(result.not_readable - LINES_SHOWN, 0),
        "form": LeaveOutForm(initial=row.leave_out),
    }
    if row.state == State.PREVIEW:
        changes = actions.changes_of(row)
        found |= {
            "changes": [one for one in changes if one.what != rules.ELSEWHERE],
            "elsewhere": [one for one in changes if one.what == rules.ELSEWHERE],
            "seen": rules.fingerprint(changes),
        }
    return found


def reason_in_words(reason: str, leave_out: dict[str, Any]) -> str:
    return {
        importers.DISABLED: _("disabled"),
        importers.PERSONAL: _("personal"),
        importers.NOT_SEEN: _("not seen for %(days)s days") % {"days": LeaveOut(**leave_out).days},
    }[reason]


class ImportAgain(_OneImport):
    """Count the same file with other devices left out."""

    permission = "change_project"
    http_method_names = ["post", "options"]
    template_name = "projects/import.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row, form = self.device_import(), LeaveOutForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(row=row, **{**shown(row), "form": form})
            return self.render_to_response(context, status=422)
        try:
            actions.read_again(device_import=row, leave_out=form.leave_out, by=self.user)
        except actions.NotReady:
            messages.warning(request, _moved_on())
        return self.again()


class ImportApply(_OneImport):
    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = actions.apply_import(
                device_import=self.device_import(),
                take_over=request.POST.getlist("take_over"),
                seen=request.POST.get("seen"),
                by=self.user,
            )
        except actions.NotReady:
            messages.warning(request, _moved_on())
        except actions.NothingCounted:
            messages.warning(request, _("Nothing in this file is counted, so nothing was changed."))
        except actions.CountsMoved:
            messages.warning(
                request,
                _("Somebody changed counts while you were reading. Nothing was applied: look again, then apply."),
            )
        else:
            told = _("Applied. The counts of %(source)s are replaced, and the file is deleted.")
            messages.success(request, told % {"source": row.source})
            return redirect("projects:section", self.project.slug, "environment")
        return self.again()


class ImportCancel(_OneImport):
    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            actions.cancel_import(device_import=self.device_import(), by=self.user)
        except actions.NotReady:
            messages.warning(request, _moved_on())
            return self.again()
        messages.success(request, _("The file is deleted. No count was changed."))
        return redirect("projects:section", self.project.slug, "environment")


def _moved_on() -> str:
    return _("This export was applied, cancelled or is being read again. Nothing was done.")


class _Echo:
    def write(self, text: str) -> str:
        return text


class ImportProblems(_OneImport):
    """The lines that could not be read, as a file. No cell of it is taken for a formula."""

    permission = "change_project"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:  # type: ignore[override]
        row = self.device_import()
        problems = Result.from_json(row.result).problems if row.result else ()
        answer = StreamingHttpResponse(_as_csv(problems), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="lines-not-readable-{row.pk}.csv"'
        return answer


def _as_csv(problems: tuple[Problem, ...]) -> Iterator[str]:
    columns = {"system": _("operating system"), "seen": _("last seen")}
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([_("line"), _("what is wrong"), _("column"), _("value"), _("what is accepted")])
    for one in problems:
        told = importers.what_is_wrong(one.code, {"found": one.found, "wanted": one.wanted})
        cells = [one.line, told, columns.get(one.column, ""), one.value, importers.what_is_accepted(one.code)]
        yield writer.writerow([neutral(cell) for cell in cells])


def neutral(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
