"""What a new count would change: said before it is saved."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from projects import plan
from projects.document.sections import Environment, Licences
from projects.document.sections import Plan as Document
from projects.models import Project
from projects.rules.licences import Coverage, coverage
from projects.rules.sources import percent
from projects.views.panels import today_of


class Effect(NamedTuple):
    """A count before and after, by how many per cent it moves, and what that does to the licences."""

    key: str
    before: int
    after: int
    percent: str
    words: str


def effect_of(project: Project, environment: Environment, key: str, count: int) -> Effect:
    licences = plan.read("licences", [project])[project.pk]
    before = next((row.count for row in environment.devices if row.key == key), 0)
    devices = tuple(row.replaced(count=count) if row.key == key else row for row in environment.devices)
    then = environment.replaced(devices=devices)
    now_covered, then_covered = (
        coverage(_whole(project, one, licences), today_of(project))  # type: ignore[arg-type]
        for one in (environment, then)
    )
    return Effect(key, before, count, percent(before, count), licence_words(now_covered, then_covered))


def _whole(project: Project, environment: Environment, licences: Licences) -> Document:
    return Document(project=plan.facts(project), environment=environment, licences=licences)


def licence_words(now: Coverage, then: Coverage) -> str:
    """How the gaps of the two pools move."""
    said = []
    for one, other, what in (
        (now.servers, then.servers, _("servers")),
        (now.users, then.users, _("computers and phones")),
    ):
        if one.gap != other.gap:
            words = {"before": f"{one.gap:,}", "after": f"{other.gap:,}", "what": what}
            said.append(_("%(before)s %(what)s without a licence become %(after)s.") % words)
    return " ".join(said) or _("The licences cover as much as before.")
