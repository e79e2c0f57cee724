"""Names of the catalogue as people write them: by key, name, earlier name or identifier; of others, the nearest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects import catalog

GUID = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
MOST_OFFERED = 3


@dataclass(frozen=True)
class Known:
    """Keys of one kind with their names. `others` are further spellings of a key; `no_such` the sentence without one."""

    no_such: str
    names: Mapping[str, str]
    others: Mapping[str, str] = field(default_factory=dict)
    no_such_id: str = ""

    def find(self, text: str) -> str | None:
        """The key that a text names, or None."""
        if text in self.names:
            return text
        wanted = text.strip().strip("{}").casefold()
        return next((key for spelling, key in self._spellings() if spelling.casefold() == wanted), None)

    def nearest(self, text: str) -> tuple[str, ...]:
        """The names most like a text, the most alike first."""
        keys: dict[str, str] = {spelling.casefold(): key for spelling, key in self._spellings()}
        alike = get_close_matches(text.strip().casefold(), keys, n=2 * MOST_OFFERED, cutoff=0.5)
        return tuple(dict.fromkeys(self.names[keys[one]] for one in alike))[:MOST_OFFERED]

    def unknown(self, text: str) -> str:
        """A sentence that says that there is no such thing, and what was perhaps meant."""
        shown = text if len(text) <= 60 else f"{text[:60]}…"
        if self.no_such_id and GUID.fullmatch(text.strip()):
            return _(self.no_such_id) % {"text": shown}
        said, nearest = _(self.no_such) % {"text": shown}, self.nearest(text)
        if not nearest:
            return said
        names = [_("“%(name)s”") % {"name": name} for name in nearest]
        return f"{said} {_('Did you mean %(names)s?') % {'names': _(' or ').join(names)}}"

    def _spellings(self) -> Iterable[tuple[str, str]]:
        yield from ((key, key) for key in self.names)
        yield from ((name, key) for key, name in self.names.items())
        yield from self.others.items()


def of_names(no_such: str, names: Iterable[str]) -> Known:
    """Names that are their own keys."""
    return Known(no_such, {name: name for name in names})


@cache
def entra_roles() -> Known:
    roles = catalog.entra_roles()
    older = {role.older_name: key for key, role in roles.items() if role.older_name}
    return Known(
        gettext_noop("There is no Entra role “%(text)s”."),
        {key: role.name for key, role in roles.items()},
        {**older, **{role.template_id: key for key, role in roles.items()}},
        gettext_noop("No Entra role that mdeprep knows has the identifier %(text)s."),
    )


@cache
def permissions(model: str = "") -> Known:
    """The permissions of a model; without one, those of all."""
    models = [model] if model else [name for name, _title in catalog.MODELS]
    found = {key: one for name in models for key, one in catalog.permissions_for(name).items()}
    older = {one.older_name: key for key, one in found.items() if one.older_name}
    return Known(
        gettext_noop("There is no permission “%(text)s”."), {key: one.label for key, one in found.items()}, older
    )


@cache
def tasks() -> Known:
    return Known(
        gettext_noop("There is no task “%(text)s”."), {key: task.label for key, task in catalog.tasks().items()}
    )
