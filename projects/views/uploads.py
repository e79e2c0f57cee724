"""An upload link: the lead asks for an export, the person who was asked uploads it, and each sees what is theirs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from projects import actions, catalog, importers
from projects.forms import UploadAskedForm, UploadOfAskedForm
from projects.importers import Result
from projects.models import DeviceImport, UploadRequest
from projects.views.asked import AskedPage, QuestionDeed, people_asked
from projects.views.base import ProjectPage
from tenants import clock

READING = (DeviceImport.State.WAITING, DeviceImport.State.RUNNING)


class AskForUpload(AskedPage):
    permission = "change_project"
    template_name = "projects/ask_upload.html"

    def _form(self, data: Any = None) -> UploadAskedForm:
        return UploadAskedForm(data, today=clock.today(self.project.tenant.time_zone))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"form": self._form(), "people": people_asked(self.project.pk), "section": "environment", **kwargs}
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        values = {**form.cleaned_data, "until": form.cleaned_data["due_on"]}
        del values["due_on"]
        row = actions.ask_for_upload(project=self.project, by=self.user, **values)
        messages.success(request, _("%(name)s is asked for it. You get a mail when it is there.") % {"name": row.name})
        return redirect("projects:asked", slug)


class _UploadDeed(QuestionDeed):
    is_abstract = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: UploadRequest = get_object_or_404(UploadRequest, project=self.project, pk=self.kwargs["pk"])
        row.project = self.project
        try:
            return self.done(row)
        except actions.AlreadySettled:
            messages.warning(request, _("This was settled meanwhile. Nothing was done."))
            return self.back()

    def done(self, row: UploadRequest) -> HttpResponse:
        raise NotImplementedError


class RevokeUpload(_UploadDeed):
    permission = "change_project"

    def done(self, row: UploadRequest) -> HttpResponse:
        actions.revoke_upload(request=row, by=self.user)
        messages.success(self.request, _("The link of %(name)s opens nothing any more.") % {"name": row.name})
        return self.back()


class RemindOfUpload(_UploadDeed):
    permission = "change_project"

    def done(self, row: UploadRequest) -> HttpResponse:
        if actions.remind_of_upload(request=row, by=self.user):
            messages.success(self.request, _("%(name)s is reminded.") % {"name": row.name})
        else:
            messages.info(self.request, _("%(name)s had a mail today. Try again tomorrow.") % {"name": row.name})
        return self.back()


@method_decorator(never_cache, name="dispatch")
class Upload(ProjectPage):
    """To the person who was asked, and to nobody else: what is wanted, how it is made, and what was read. No plan."""

    permission = "answer_project"
    template_name = "projects/upload.html"

    def found(self) -> UploadRequest:
        rows = UploadRequest.objects.filter(project=self.project, email=self.user.email)
        row: UploadRequest = get_object_or_404(rows.select_related("device_import"), code=self.kwargs["code"].upper())
        row.project = self.project
        return row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked: UploadRequest = kwargs.get("asked") or self.found()
        steps = catalog.steps_for(asked.wanted_format)
        return super().get_context_data(
            **{
                "asked": asked,
                "export": actions.export_name(asked),
                "steps": [steps] if steps else list(catalog.export_steps().values()),
                "is_over": asked.is_over(clock.today(self.project.tenant.time_zone)),
                "form": UploadOfAskedForm(),
                "most_bytes": importers.MOST_BYTES,
                "too_large": importers.sentence("too_large", {"most": importers.MOST_BYTES // 2**20}),
                **what_was_read(asked.device_import),
                **kwargs,
            }
        )

    def get_template_names(self) -> list[str]:
        part = self.request.htmx and not self.request.htmx.boosted  # type: ignore[attr-defined]
        return ["projects/upload_read.html" if part and self.request.method == "GET" else self.template_name]

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        asked, form = self.found(), UploadOfAskedForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                actions.upload(request=asked, file=form.cleaned_data["file"], by=self.user)
            except importers.CannotRead as error:
                form.add_error("file", str(error))
            except actions.AlreadyApplied:
                messages.info(request, _("This very file was used already. Nothing changed."))
            except actions.AlreadyTaken:
                messages.info(request, _("Your file was used meanwhile. Nothing more is needed."))
            except (actions.LinkOver, actions.Archived):
                messages.warning(request, _("This link is over. Nothing was kept of your file."))
        if form.errors:
            return self.render_to_response(self.get_context_data(asked=asked, form=form), status=422)
        return redirect("projects:upload", slug, asked.code)


def what_was_read(row: DeviceImport | None) -> dict[str, Any]:
    """Counts of the file alone: nothing of the plan, nothing that names a device."""
    if row is None:
        return {"row": None}
    why = importers.sentence(row.why["code"], row.why["values"]) if row.why else ""
    found: dict[str, Any] = {"row": row, "is_reading": row.state in READING, "why": why}
    if row.result and row.state not in READING:
        result = Result.from_json(row.result)
        found |= {"result": result, "left_out": sum(result.left_out.values())}
    return found
