"""Sources side by side, and the choice of which one is of record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import actions
from projects.document.choices import DeviceKind
from projects.document.sections import Environment
from projects.rules import imports as rules
from projects.rules.sources import KINDS, SideBySide, record_of, side_by_side
from projects.views.imports import ImportPage

KIND, SYSTEM = "kind-", "system-"
"""What the names of the fields begin with: the choice for a kind, and for one system."""


class Sources(ImportPage):
    """What each source counts of each system, with the difference; one choice per kind, and per system if wanted."""

    permission = "view_project"
    template_name = "projects/sources_side_by_side.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        environment = actions.counted(self.project)
        sides = side_by_side(environment)
        may_change = "change_project" in self.can
        kinds = [_of_kind(sides, kind) for kind in KINDS if sides.of_kind(kind)]
        return self.render_to_response(
            self.get_context_data(
                sides=sides,
                kinds=kinds,
                may_change=may_change,
                is_asked=may_change and any(kind["is_asked"] for kind in kinds),
                rows_then=environment.devices,
            )
        )


def _of_kind(sides: SideBySide, kind: str) -> dict[str, Any]:
    lines = sides.of_kind(kind)
    totals = [
        sum(one.count or 0 for line in lines for one in line.counts if one.source == name) for name in sides.sources
    ]
    return {
        "key": kind,
        "title": str(DeviceKind(kind).label),
        "lines": lines,
        "chosen": sides.record.chosen.get(kind, ""),
        "totals": list(zip(sides.sources, totals, strict=True)),
        "planned": sum(line.planned or 0 for line in lines),
        "is_asked": any(len(line.told) > 1 or line.is_lost for line in lines),
    }


def chosen_in(data: QueryDict, environment: Environment) -> dict[str, str]:
    """The choices of a form: kind or system -> source; what is no source of this plan is not taken."""
    names = {source.name for source in environment.sources} | {""}
    found: dict[str, str] = {}
    for field in data:
        what = field.removeprefix(KIND) if field.startswith(KIND) else field.removeprefix(SYSTEM)
        name = data.get(field, "")
        if what != field and name in names:
            found[what] = str(name)
    return found


class ChooseSources(ImportPage):
    """Make sources those of record; the counts follow."""

    permission = "change_project"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = chosen_in(request.POST, actions.counted(self.project))
        changes = actions.choose_sources(project=self.project, chosen=chosen, by=self.user)
        said = ngettext("%(n)s count follows its source now.", "%(n)s counts follow their source now.", len(changes))
        messages.success(request, said % {"n": len(changes)} if changes else _("Saved. No count changes by it."))
        return redirect("projects:sources", self.project.slug)


class SourcesEffect(ImportPage):
    """What a choice does to signatures, said before it is saved."""

    permission = "change_project"
    template_name = "projects/import_signature_effect.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        environment = actions.counted(self.project)
        now = {**record_of(environment.sources).chosen, **chosen_in(request.GET, environment)}
        changes = rules.choosing(environment, {what: name for what, name in now.items() if name})
        return self.render_to_response(self.get_context_data(rows_then=rules.resulting(environment.devices, changes)))
