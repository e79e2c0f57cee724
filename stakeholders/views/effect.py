"""What an edit would do to signatures: a part of the row's form, fetched while somebody types. Nothing is written."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from projects.actions import RowGone
from projects.forms import RowForm
from projects.models import PlanRow
from projects.tables import Table
from projects.views.around import surroundings
from projects.views.base import ProjectView
from stakeholders.forms import StakeholderForm
from stakeholders.preview import effect_of, row_as_stored, tables_of
from stakeholders.tables import SECTION


class Effect(ProjectView):
    permission = "change_project"

    def get(self, request: HttpRequest, slug: str, section: str, table: str, key: str) -> HttpResponse:
        found = tables_of(section).get(table)
        if found is None or "\x00" in key:
            raise Http404
        try:
            row = row_as_stored(found, self.project, key)
        except RowGone as error:
            raise Http404 from error
        row.project = self.project
        values = self._typed(found, row)
        effect = effect_of(self.project, found, row, values) if values else None
        return render(request, "stakeholders/effect.html", {"effect": effect})

    def _typed(self, table: Table, row: PlanRow) -> dict[str, Any]:
        """What was typed so far, cleaned; nothing where it cannot be saved as it stands: the form will say why."""
        kind = StakeholderForm if table.section == SECTION else RowForm
        data, stored = self.request.GET, row if row.pk else None
        if "seen" in data:
            around = surroundings(self.project, table)
            form = kind(data, table=table, project=self.project, row=stored, around=around)
            return form.values if form.is_valid() else {}
        fields = kind(table=table, project=self.project, row=stored).fields
        try:
            return {
                name: fields[name].clean(fields[name].widget.value_from_datadict(data, {}, name))
                for name in data
                if name in fields and name in table.fields
            }
        except ValidationError:
            return {}
