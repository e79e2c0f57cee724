"""An export of devices becomes counts: choose it, watch it being read, look at what it changes, apply it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HTMX_STOP_POLLING

from projects import actions, catalog, importers
from projects.actions.reading import opened
from projects.forms import ColumnsForm, LeaveOutForm, UploadForm, role_in_words
from projects.importers import CannotRead, Result
from projects.models import DeviceImport, LearnedColumns
from projects.rules import imports as rules
from projects.views import results as told
from projects.views.base import ProjectPage
from projects.views.plan import section_links
from tenants import clock
from tenants.templatetags.look import day

State = DeviceImport.State
LATEST_SHOWN = 5


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
                "most_bytes": importers.MOST_BYTES,
                "too_large": importers.sentence("too_large", {"most": importers.MOST_BYTES // 2**20}),
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


class OneImport(ImportPage):
    """Base of the pages and deeds of one import."""

    is_abstract = True

    def device_import(self) -> DeviceImport:
        rows = DeviceImport.objects.select_related("uploaded_by").filter(project=self.project)
        row: DeviceImport = get_object_or_404(rows, pk=self.kwargs["pk"])
        row.project = self.project
        return row

    def again(self) -> HttpResponse:
        return redirect("projects:import", self.project.slug, self.kwargs["pk"])


class Import(OneImport):
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
    is_reading = row.state in (State.WAITING, State.RUNNING)
    found: dict[str, Any] = {"is_reading": is_reading, "is_quiet": row.is_quiet(clock.now()), "why": why}
    if row.state == State.COLUMNS:
        return {**found, "columns_form": columns_form(row)}
    if not row.result or found["is_reading"]:
        return found
    result = Result.from_json(row.result)
    found |= told.of_result(row, result)
    if row.state == State.PREVIEW:
        found |= _shown_preview(row)
    return found


def columns_form(row: DeviceImport, data: Any = None) -> ColumnsForm | None:
    """Asks which column tells what; nothing where the file is gone. Its headers are read from it, and kept nowhere."""
    try:
        with opened(row) as open_again:
            headers = importers.headers(open_again)
    except (CannotRead, OSError, ValueError):
        return None
    return ColumnsForm(data, headers=headers, initial=row.columns)


def _shown_preview(row: DeviceImport) -> dict[str, Any]:
    environment = actions.counted(row.project)
    changes = actions.changes_of(row, environment)
    elsewhere = [one for one in changes if one.what == rules.ELSEWHERE]
    return {
        "changes": [one for one in changes if one.what != rules.ELSEWHERE],
        "elsewhere": elsewhere,
        "nobodys": [one for one in elsewhere if one.is_nobodys],
        "seen": rules.fingerprint(changes),
        "rows_then": rules.resulting(environment.devices, rules.written(changes)),
        "picked": [(role_in_words(role), header) for role, header in row.columns.items()],
        "learned": _learned(row) if row.columns else None,
    }


def _learned(row: DeviceImport) -> LearnedColumns | None:
    """Who picked these columns for an earlier file, if that is where they are from."""
    found = LearnedColumns.objects.filter(tenant=row.project.tenant_id, key=row.header_key).select_related("by").first()
    return found if found and found.columns == row.columns else None


class ImportEffect(OneImport):
    """What applying does to signatures, while somebody chooses what to take over: a part of the preview."""

    permission = "change_project"
    template_name = "projects/import_signature_effect.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.device_import()
        if row.state != State.PREVIEW:
            return HttpResponse(status=204)
        environment = actions.counted(self.project)
        changes = rules.written(actions.changes_of(row, environment), request.GET.getlist("take_over"))
        return self.render_to_response(
            self.get_context_data(row=row, rows_then=rules.resulting(environment.devices, changes))
        )


class ImportColumns(OneImport):
    """Say which column of a file of no known kind tells what."""

    permission = "change_project"
    template_name = "projects/import.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.device_import()
        form = columns_form(row) if row.state in (State.COLUMNS, State.PREVIEW) else None
        if form is None:
            return self.again()
        return self.render_to_response(self.get_context_data(row=row, columns_form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.device_import()
        form = columns_form(row, request.POST) if row.state in (State.COLUMNS, State.PREVIEW) else None
        if form is None:
            messages.warning(request, _moved_on())
            return self.again()
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(row=row, columns_form=form), status=422)
        try:
            actions.pick_columns(device_import=row, columns=form.columns, by=self.user)
        except actions.NotReady:
            messages.warning(request, _moved_on())
        return self.again()


class ImportAgain(OneImport):
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


class ImportApply(OneImport):
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
            is_of_record = any(one.source == row.source for one in actions.counted(self.project).devices)
            said = (
                _("Applied. The counts of %(source)s are replaced, and the file is deleted.")
                if is_of_record
                else _(
                    "Applied: no count of the plan changed. What %(source)s counts is kept beside the sources of "
                    "record, and the file is deleted."
                )
            )
            messages.success(request, said % {"source": row.source})
            return redirect("projects:section", self.project.slug, "environment")
        return self.again()


class ImportCancel(OneImport):
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
