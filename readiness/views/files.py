"""Papers on a page: those that are there, whether one is still being made, and the file of one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from readiness.models import Paper

MOST_SHOWN = 5


def shown(papers: QuerySet[Paper]) -> dict[str, Any]:
    """The newest papers; `is_making` while a worker has one to make: the page asks again then."""
    newest = list(papers.select_related("asked_by")[:MOST_SHOWN])
    return {"papers": newest, "is_making": any(paper.is_unfinished for paper in newest)}


def file_of(papers: QuerySet[Paper], pk: int, back: str, *args: str) -> HttpResponse | FileResponse:
    """The file of one of `papers`; back to the page while it is not ready. Raises Http404 for another's, or an old one."""
    paper = papers.filter(pk=pk).first()
    if paper is None:
        raise Http404(_("This file was deleted: they are kept for 24 hours."))
    if paper.state != Paper.State.READY:
        return redirect(back, *args)
    try:
        answer = FileResponse(paper.file.open("rb"), as_attachment=True, filename=paper.name)
    except FileNotFoundError:
        raise Http404(_("This file was deleted: they are kept for 24 hours.")) from None
    answer["Cache-Control"] = "no-store"
    return answer
