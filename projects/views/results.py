"""What the page of an import says of what was read: the sum, the counts by version, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from projects import catalog, importers
from projects.forms import LeaveOutForm
from projects.importers import LeaveOut, Problem, Result
from projects.models import DeviceImport
from projects.rules.labels import count_name
from projects.views.counted import unplaced

LINES_SHOWN = 10
UNKNOWN_SHOWN = 20
VERSIONS_SHOWN = 8


@dataclass(frozen=True)
class Counted:
    """One system of an export: its devices, and how many have which version."""

    name: str
    count: int
    versions: tuple[tuple[str, int], ...]
    """The commonest; "" where nobody says."""
    other_versions: int
    """Devices that have still others."""


def of_result(row: DeviceImport, result: Result) -> dict[str, Any]:
    known = catalog.export_formats().get(result.format)
    unknown = result.unknown[:UNKNOWN_SHOWN]
    return {
        "result": result,
        "left_out": sum(result.left_out.values()),
        "called": known.called if known else _("a list whose columns were picked"),
        "reasons": [(n, reason_in_words(reason, row.leave_out)) for reason, n in result.left_out.items()],
        "by_version": by_version(result),
        "unknown": [unplaced(text, times) for text, times in unknown],
        "unknown_more": max(result.not_placed - sum(n for _text, n in unknown), 0),
        "lines": [in_words(problem) for problem in result.problems[:LINES_SHOWN]],
        "lines_more": max(result.not_readable - LINES_SHOWN, 0),
        "form": LeaveOutForm(initial=row.leave_out),
    }


def by_version(result: Result) -> list[Counted]:
    """The counts of an export, by system and version."""
    versions: dict[str, list[tuple[str, int]]] = {}
    for system, version, count in result.versions:
        versions.setdefault(system, []).append((version, count))
    found = []
    for system, count in result.counts.items():
        shown = tuple(versions.get(system, ())[:VERSIONS_SHOWN])
        more = sum(n for _version, n in versions.get(system, ())[VERSIONS_SHOWN:])
        found.append(Counted(count_name(system), count, shown, more))
    return found


def in_words(problem: Problem) -> dict[str, Any]:
    """A line that could not be read: what is wrong with it, where, and what is accepted instead."""
    columns = {"system": _("operating system"), "seen": _("last seen")}
    return {
        "line": problem.line,
        "wrong": importers.what_is_wrong(problem.code, {"found": problem.found, "wanted": problem.wanted}),
        "column": columns.get(problem.column, ""),
        "value": problem.value,
        "is_hidden": bool(problem.column) and not problem.value,
        "accepted": importers.what_is_accepted(problem.code),
    }


def reason_in_words(reason: str, leave_out: dict[str, Any]) -> str:
    return {
        importers.DISABLED: _("disabled"),
        importers.PERSONAL: _("personal"),
        importers.TEMPLATE: _("templates"),
        importers.REGISTERED: _("registered only"),
        importers.NOT_SEEN: _("not seen for %(days)s days") % {"days": LeaveOut(**leave_out).days},
        importers.MAPPED: _("left out by what was said of their names"),
    }[reason]
