"""An export of devices from the command line: what it counts, and on request the counts applied to a plan."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects import access, actions, catalog, importers
from projects.importers import CannotRead, LeaveOut, Result
from projects.models import DeviceImport, Project
from projects.rules.imports import ELSEWHERE, CountChange
from projects.rules.labels import count_name
from projects.rules.sources import kind_of
from tenants.models import User

AUTO = "auto"
COLUMN_ROLES = ("system", "version", "name", "id", "seen", "kind")


class Command(BaseCommand):
    help = (
        "Count the devices of an export. With --apply the counts replace those of the same source in the plan of "
        "SLUG; without it nothing is written. Messages on stderr, with --json the result on stdout. Ends with 0 only "
        "if the file was read, and with --apply its counts are those of the plan."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the project's short name, as in its address")
        parser.add_argument("file", metavar="FILE", type=Path, help="the export")
        parser.add_argument("--by", required=True, metavar="ADDRESS", help="who imports; they must be allowed to edit")
        parser.add_argument("--format", default=AUTO, choices=[AUTO, *catalog.export_formats()])
        parser.add_argument(
            "--columns", nargs="+", default=[], metavar="ROLE=HEADER", type=_column,
            help=f"of a file of no known kind: which column is what ({', '.join(COLUMN_ROLES)}); remembered with --apply",
        )  # fmt: skip
        parser.add_argument("--source", default="", help="whose counts are replaced (else named by the kind of export)")
        parser.add_argument(
            "--days", type=_days, default=90, help="leave out what was not seen for so long; 0: nothing"
        )
        parser.add_argument("--with-personal", action="store_true", help="count personal devices too")
        parser.add_argument("--with-disabled", action="store_true", help="count disabled computers too")
        parser.add_argument("--with-templates", action="store_true", help="count templates of virtual machines too")
        parser.add_argument("--with-registered", action="store_true", help="count what is registered only too")
        parser.add_argument("--take-over", nargs="*", default=[], metavar="SYSTEM", help="systems to take over")
        parser.add_argument("--apply", action="store_true", help="write the counts into the plan")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        project, person = _project(options["slug"]), _person(options["by"])
        if "change_project" not in access.permissions_of(project, person):
            raise CommandError(f"{person.email} may not edit {project.slug}.")
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            result = self._apply(project, person, path, options) if options["apply"] else _read(project, path, options)
        except CannotRead as error:
            raise CommandError(str(error)) from None
        except actions.ColumnsWanted as wanted:
            raise CommandError(importers.sentence(wanted.why, {}) if wanted.why else _COLUMNS_WANTED) from None
        except (actions.NothingCounted, actions.Archived) as error:
            raise CommandError(_REFUSED[type(error)]) from None
        if options["json"]:
            self.stdout.write(json.dumps(told(result), indent=1, ensure_ascii=False))
        self.stderr.write(_in_a_line(result))

    def _apply(self, project: Project, person: User, path: Path, options: dict[str, Any]) -> Result:
        try:
            with path.open("rb") as stream:
                row = actions.start_import(
                    project=project, file=File(stream), by=person, source=options["source"],
                    wanted=_wanted(options), leave_out=_leave_out(options), columns=dict(options["columns"]),
                    is_queued=False,
                )  # fmt: skip
        except actions.AlreadyApplied as done:
            self.stderr.write(f"This file was already applied on {done.device_import.applied_at:%Y-%m-%d}.")
            self.stderr.write("Nothing changed.")
            return Result.from_json(done.device_import.result)
        actions.read_import(row.pk)
        row = DeviceImport.objects.select_related("project__tenant").get(pk=row.pk)
        if row.state == DeviceImport.State.FAILED:
            raise CannotRead(row.why["code"], **row.why["values"])
        if row.state == DeviceImport.State.COLUMNS:
            actions.cancel_import(device_import=row, by=person)
            raise actions.ColumnsWanted(row.header_key, row.why.get("code", ""))
        elsewhere = self._elsewhere(row, person, options["take_over"])
        try:
            actions.apply_import(device_import=row, by=person, take_over=options["take_over"])
        except actions.NothingCounted:
            actions.cancel_import(device_import=row, by=person)
            raise
        for one in elsewhere:
            self.stderr.write(
                f"Not taken over: {one.name}, {one.now} here, {one.was or 0} in the plan ({one.held_by or 'no source'}); "
                f"--take-over {one.system}"
            )
        return Result.from_json(row.result)

    def _elsewhere(self, row: DeviceImport, person: User, take_over: list[str]) -> list[CountChange]:
        """What another source counts and is not taken over. The import is cancelled if a wanted one is not in it."""
        wrong = sorted(set(take_over) - set(Result.from_json(row.result).counts))
        if wrong:
            actions.cancel_import(device_import=row, by=person)
            raise CommandError(f"This export counts no {', '.join(wrong)}. Nothing was changed.")
        changes = actions.changes_of(row, actions.counted(row.project))
        return [one for one in changes if one.what == ELSEWHERE and one.system not in take_over]


def _days(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"“{text}” is no number of days: 90, for example, or 0 to leave nothing out.")
    return int(text)


def _column(text: str) -> tuple[str, str]:
    """A role and its header, as in "system=Operating system"."""
    role, mark, header = text.partition("=")
    if role not in COLUMN_ROLES or not mark or not header.strip():
        raise ArgumentTypeError(f"“{text}” is no column: write ROLE=HEADER, with one of {', '.join(COLUMN_ROLES)}.")
    return role, header.strip()


_COLUMNS_WANTED = (
    "mdeprep does not recognise the columns of this file. Say which column is what, for example "
    '--columns system="OS name" version="OS build".'
)
_REFUSED: dict[type[Exception], str] = {
    actions.NothingCounted: "Nothing in this file is counted, so nothing was changed.",
    actions.Archived: "The project is archived: restore it first.",
}


def _project(slug: str) -> Project:
    project = Project.objects.select_related("tenant").filter(slug=slug).first()
    if project is None:
        raise CommandError(f"There is no project {slug}.")
    return project


def _person(address: str) -> User:
    person = User.objects.filter(email=address.strip().lower()).first()
    if person is None:
        raise CommandError(f"Nobody signs in with {address}.")
    return person


def _read(project: Project, path: Path, options: dict[str, Any]) -> Result:
    with ExitStack() as streams:
        result, _key, _columns = actions.read_export(
            lambda: streams.enter_context(path.open("rb")),
            tenant=project.tenant,
            leave_out=_leave_out(options),
            wanted=_wanted(options),
            columns=dict(options["columns"]),
        )
    return result


def _wanted(options: dict[str, Any]) -> str:
    return "" if options["format"] == AUTO else str(options["format"])


def _leave_out(options: dict[str, Any]) -> LeaveOut:
    return LeaveOut(
        days=options["days"],
        personal=not options["with_personal"],
        disabled=not options["with_disabled"],
        templates=not options["with_templates"],
        registered=not options["with_registered"],
    )


def told(result: Result) -> dict[str, Any]:
    """The result as scripts read it: read = counted + duplicates + filtered + unknown + rejected.

    The versions of a system add up to its count.
    """
    versions: dict[str, list[dict[str, Any]]] = {}
    for system, version, count in result.versions:
        versions.setdefault(system, []).append({"version": version, "count": count})
    return {
        "format": result.format,
        "read": result.read,
        "counted": result.counted,
        "duplicates": result.duplicates,
        "filtered": sum(result.left_out.values()),
        "unknown": result.not_placed,
        "rejected": result.not_readable,
        "filters": dict(result.left_out),
        "counts": [
            {
                "kind": kind_of(key),
                "system": key,
                "name": count_name(key),
                "count": n,
                "versions": versions.get(key, []),
            }
            for key, n in result.counts.items()
        ],
        "unknown_strings": dict(result.unknown),
        "problems": [
            {
                "line": one.line,
                "column": one.column,
                "value": one.value,
                "problem": importers.what_is_wrong(one.code, {"found": one.found, "wanted": one.wanted}),
                "accepted": importers.what_is_accepted(one.code),
            }
            for one in result.problems
        ],
        "file_hash": result.file_hash,
    }


def _in_a_line(result: Result) -> str:
    left_out = sum(result.left_out.values())
    return (
        f"{result.read} rows read = {result.counted} counted + {result.duplicates} duplicates + "
        f"{left_out} left out + {result.not_placed} not placed + {result.not_readable} not readable"
    )
