"""Why a list of roles, or a line of it, cannot be read: in one sentence, with what is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from projects import catalog
from projects.importers.problems import CannotRead, what_is_accepted, what_is_wrong, with_numbers
from projects.importers.problems import sentence as of_any_file


class NoList(CannotRead):
    """The file is no list of roles that can be compared."""

    def __str__(self) -> str:
        return sentence(self.code, self.values)


def sentence(code: str, values: Mapping[str, Any]) -> str:
    """What is wrong with the whole file, and what helps."""
    said = {
        "headers_only": _("The file has column headers but no roles. Export the list again."),
        "too_large": _("The file is larger than %(most)s MB. Export one kind of role at a time."),
        "too_many": _("The file has more than %(most)s lines. Export one kind of role at a time."),
        "binary": _("This is not a list that can be read. Choose the file as it was saved, as .csv or .json."),
        "workbook": _("This is a workbook or an archive. Save the list as “CSV UTF-8”, and choose that file."),
        "json": _("This is no JSON: something is wrong at line %(line)s. Export the list again."),
        "unknown_format": _(
            "mdeprep does not recognise the columns of this file (%(headers)s). Accepted are the lists below, parted by "
            "commas, semicolons or tabs."
        ),
    }.get(code)
    return said % with_numbers(values) if said else of_any_file(code, values)


@dataclass(frozen=True, slots=True)
class Problem:
    """One line that cannot be read. `column` is the header as the file has it; `line` counts entries in JSON."""

    line: int
    code: str
    column: str = ""
    value: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wrong(self) -> str:
        said = {
            "no_entry": _("is no entry of a list"),
            "no_role": _("names no role"),
            "unknown_id": _("is the ID of no Entra role that matters here"),
            "unknown_role": _("is no Entra role that matters here"),
            "no_holder": _("does not say who holds the role"),
            "state": _("is neither eligible nor active"),
        }.get(self.code)
        return said or what_is_wrong(self.code, self.values)

    @property
    def accepted(self) -> str:
        nearest = self.values.get("nearest")
        if nearest:
            return _("Did you mean %(names)s?") % {"names": _(" or ").join(f"“{name}”" for name in nearest)}
        names = {"names": ", ".join(role.name for role in catalog.entra_roles().values())}
        said = {
            "no_entry": _("an object with its properties"),
            "no_role": _("the name or the ID of a role"),
            "unknown_id": _("the ID of one of: %(names)s"),
            "unknown_role": _("one of: %(names)s"),
            "no_holder": _("a name, an address or an ID"),
            "state": _("Eligible or Active"),
            "day": _("a day such as 2026-11-05T10:00:00Z, or Permanent"),
        }.get(self.code)
        return said % names if said else what_is_accepted(self.code)
