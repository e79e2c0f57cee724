from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from projects.document import ProjectFacts, classes, fields_of
from projects.document.fields import COUNTED, MATERIAL, PROGRESS, WORDING
from projects.tables import TABLES as PLAN_TABLES
from stakeholders.tables import TABLES as MATRIX_TABLES
from stakeholders.words import section_title

CLASSES = (MATERIAL, COUNTED, PROGRESS, WORDING)
HEAD = """# What ends a signature

Printed by `manage.py print_classes_of_change` from the declarations in `projects/document/` and `stakeholders/document/`;
a test compares. Nowhere else is it said what a change of a field means:

- **material** ends the signature on its section.
- **counted** may drift, row by row, within the tolerance that the approver signed (5 % unless they chose otherwise, 0 is
  possible), always measured from what was signed; not where it makes a pool of licences short that was enough.
- **progress** and **wording** never end a signature. All four are in the history.

A row that is added, removed or set aside (“does not apply, because”) is a material change, but for people who are only
informed (I). The order of rows is wording. The material facts of the project are part of what is signed in every section.

To change a class: see `docs/decisions/0009-a-class-of-change-is-moved-by-a-migration.md`.
"""


def lines() -> Iterator[str]:
    yield HEAD
    yield from _section("The project itself", [("Facts", ProjectFacts)])
    tables = [*MATRIX_TABLES.values(), *PLAN_TABLES.values()]
    for section in dict.fromkeys(table.section for table in tables):
        rows = [(str(table.title), table.row) for table in tables if table.section == section]
        yield from _section(section_title(section), rows)


def _section(title: str, rows: list[tuple[str, Any]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| | {' | '.join(CLASSES)} |"
    yield f"|{'---|' * (len(CLASSES) + 1)}"
    for called, row in rows:
        declared = classes(row)
        cells = [
            "; ".join(
                fields_of(row)[name].title
                for name, kind in declared.items()
                if kind == wanted and name != "does_not_apply"
            )
            for wanted in CLASSES
        ]
        yield f"| {called} | {' | '.join(cells)} |"
    yield ""


class Command(BaseCommand):
    help = "Print, as Markdown, what a change of each field of a plan means for a signature."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            self.stdout.write("\n".join(lines()).rstrip())
