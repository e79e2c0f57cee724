"""The mails about what somebody outside the plan is asked for: one per person and run, never one per question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings

from projects.models import Asked, Project, Question, UploadRequest
from tenants import canonical, emails
from tenants.emails import at_place, long_day, short_day
from tenants.models import Mail, User


def link(asked: Asked) -> str:
    return f"{settings.PUBLIC_URL}/d/{asked.code}"


def page(project: Project, path: str) -> str:
    return f"{settings.PUBLIC_URL}/projects/{project.slug}/{path}"


def _first(name: str) -> str:
    return name.split(" ")[0]


def _queue(asked: Asked, kind: str, slot: str, *, by: User | None, context: dict[str, Any]) -> Mail | None:
    """A mail to the person who was asked; a reply goes to whoever asked."""
    project = asked.project
    language = User.objects.filter(email=asked.email).values_list("language", flat=True).first()
    return emails.queue(
        recipient=asked.email,
        kind=kind,
        about=f"project-{project.pk}",
        slot=slot,
        tenant=project.tenant,
        language=language or project.tenant.language,
        reply_to=by.email if by else "",
        from_name=f"{by} ({project.tenant.name})" if by else project.tenant.name,
        context={
            "name": _first(asked.name),
            "by": asked.asked_by_name,
            "by_short": _first(asked.asked_by_name),
            "project": project.name,
            "customer": project.tenant.name,
            "code": asked.code,
            "url": link(asked),
            "due": short_day(asked.due_on),
            "due_long": long_day(asked.due_on),
            **context,
        },
    )


def mail_questions(questions: Sequence[Question], *, by: User, slot: str, is_reminder: bool = False) -> Mail | None:
    """One mail with all the open questions of one person in a project; the first names the reference."""
    told = [{"title": each.title, "text": each.text, "due": short_day(each.due_on)} for each in questions]
    first = min(questions, key=lambda each: each.due_on)
    return _queue(first, "questions", slot, by=by, context={"questions": told, "is_reminder": is_reminder})


def mail_declined(question: Question, *, by: User) -> Mail | None:
    return _queue(
        question, "answer_declined", f"declined-{question.pk}", by=by,
        context={"question": question.text, "answer": question.answer, "word": question.word},
    )  # fmt: skip


def mail_upload_asked(request: UploadRequest, *, by: User, export: str, slot: str, is_reminder: bool) -> Mail | None:
    context = {"export": export, "note": request.note, "is_reminder": is_reminder}
    return _queue(request, "upload_asked", slot, by=by, context=context)


def mail_upload_revoked(request: UploadRequest, *, by: User) -> Mail | None:
    return _queue(request, "upload_revoked", f"upload-revoked-{request.pk}", by=by, context={"url": ""})


def _tell_lead(asked: Asked, kind: str, slot: str, context: dict[str, Any]) -> None:
    lead, project = asked.asked_by, asked.project
    if lead is None:
        return
    emails.queue(
        recipient=lead.email,
        kind=kind,
        about=f"project-{project.pk}",
        slot=slot,
        tenant=project.tenant,
        language=lead.language,
        context={"name": lead.short_name, "who": asked.name, "project": project.name, **context},
    )


def tell_upload_arrived(request: UploadRequest, *, import_id: int, until: datetime) -> None:
    """To whoever asked: it was read, and waits until when. Nothing of the file is told."""
    url = page(request.project, f"plan/environment/import/{import_id}/")
    context = {"url": url, "until": at_place(until, request.project.tenant.time_zone)}
    _tell_lead(request, "upload_arrived", f"arrived-{import_id}", context)


def tell_upload_unreadable(request: UploadRequest, *, import_id: int) -> None:
    """To whoever asked: what came cannot be read. Why is said on the page alone."""
    url = page(request.project, f"plan/environment/import/{import_id}/")
    context = {"url": url, "until": long_day(request.due_on)}
    _tell_lead(request, "upload_unreadable", f"unreadable-{import_id}", context)


def tell_answered(question: Question, *, left: int, today: date) -> None:
    """To whoever asked, at most once a day and person: answers wait to be looked at."""
    context = {"url": page(question.project, "asked/"), "left": left}
    person = canonical.fingerprint(question.email)[:12]
    _tell_lead(question, "questions_answered", f"answered-{today:%Y%m%d}-{person}", context)
