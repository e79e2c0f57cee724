"""Tables for spreadsheets: no cell of them is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

from projects.views.problems import neutral


def as_csv(lines: Iterable[Sequence[Any]]) -> str:
    target = io.StringIO()
    csv.writer(target).writerows([neutral(cell) for cell in line] for line in lines)
    return "\ufeff" + target.getvalue()


def csv_answer(lines: Iterable[Sequence[Any]], name: str) -> HttpResponse:
    return file_answer(as_csv(lines), name, "text/csv")


def file_answer(text: str, name: str, kind: str) -> HttpResponse:
    """A text to be saved under a name. Half a character, as pasted text can have it, is replaced."""
    answer = HttpResponse(text.encode("utf-8", "replace"), content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
