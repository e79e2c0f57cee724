from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def _refused(what: Mapping[str, Any], _sections: list[str]) -> str:
    count = len(what["blockers"])
    told = ngettext(
        "tried to start %(phase)s; %(n)s blocker stood", "tried to start %(phase)s; %(n)s blockers stood", count
    )
    return told % {"phase": _(str(what["phase"]).capitalize()), "n": count}


class ReadinessConfig(AppConfig):
    name = "readiness"

    def ready(self) -> None:
        from projects.rules import story

        story.TELLERS["phase refused"] = _refused
