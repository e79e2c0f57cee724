"""The lines of an export that could not be read, as a file for whoever mends them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from projects.importers import Problem, Result
from projects.views.imports import OneImport
from projects.views.results import in_words

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, text: str) -> str:
        return text


class ImportProblems(OneImport):
    """The lines that could not be read, as a file. No cell of it is taken for a formula."""

    permission = "change_project"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:  # type: ignore[override]
        row = self.device_import()
        problems = Result.from_json(row.result).problems if row.result else ()
        answer = StreamingHttpResponse(_as_csv(problems), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="lines-not-readable-{row.pk}.csv"'
        return answer


def _as_csv(problems: tuple[Problem, ...]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([_("line"), _("what is wrong"), _("column"), _("value"), _("what is accepted")])
    for one in map(in_words, problems):
        cells = [one[name] for name in ("line", "wrong", "column", "value", "accepted")]
        yield writer.writerow([neutral(cell) for cell in cells])


def neutral(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
