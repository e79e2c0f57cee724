"""The plan as a Word document."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project
from readiness.models import Paper
from readiness.papers.tables import Cell, Chapter, PaperTable, access_chapter, chapters
from stakeholders.plan import load
from stakeholders.states import standings
from tenants import clock
from tenants.templatetags.look import day

A4, MARGIN = (21.0, 29.7), 2.0
"""In centimetres."""
NARROWEST, WIDEST = 16, 36
"""Letters that a column is wide enough for at least, and that count at most."""


def plan_as_word(project: Project, part: str = "") -> bytes:
    """A .docx file with the tables of the two preparation documents; of one `part` ("access") only its own."""
    import docx  # loaded here: it takes 17 MB, and only workers write documents

    document = load([project])[project.pk]
    standing = standings([project], {project.pk: document})[project.pk]
    paper = docx.Document()
    paper.core_properties.title = project.name
    paper.core_properties.author = project.lead.name if project.lead else ""
    paper.core_properties.created = paper.core_properties.modified = clock.now().replace(tzinfo=None)
    paper.styles["Normal"].font.name, paper.styles["Normal"].font.size = "Calibri", docx.shared.Pt(10)
    for section in paper.sections:
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = docx.shared.Cm(MARGIN)
        section.page_width, section.page_height = docx.shared.Cm(A4[0]), docx.shared.Cm(A4[1])
    paper.add_heading(_("Role-based access control") if part == Paper.ACCESS else _title(project), 0)
    told = {"name": project.name, "tenant": project.tenant.name, "day": day(clock.now()), "seq": project.ledger_seq}
    paper.add_paragraph(_("%(name)s, %(tenant)s. As of %(day)s, entry %(seq)s of its history.") % told)
    for chapter in [access_chapter(document)] if part == Paper.ACCESS else chapters(document, standing):
        _write(paper, chapter)
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()


def _title(project: Project) -> str:
    if project.kind == "migration":
        return _("Migrate to Microsoft Defender for Endpoint: Prepare")
    return _("Prepare Microsoft Defender for Endpoint deployment")


def _write(paper: Any, chapter: Chapter) -> None:
    paper.add_heading(chapter.title, 1)
    for part in chapter.parts:
        if isinstance(part, str):
            paper.add_paragraph(part)
        else:
            _table(paper, part)
            paper.add_paragraph()


def _table(paper: Any, table: PaperTable) -> None:
    from docx.shared import Cm

    made = paper.add_table(rows=1, cols=len(table.heads), style="Table Grid")
    made.autofit = False
    for place, head in zip(made.rows[0].cells, table.heads, strict=True):
        place.paragraphs[0].add_run(head).bold = True
    _repeat_on_every_page(made.rows[0])
    for row in table.rows:
        added = made.add_row()
        _keep_on_one_page(added)
        for place, cell in zip(added.cells, row, strict=True):
            _fill(place.paragraphs[0], cell)
    for column, width in zip(made.columns, widths_of(table), strict=True):
        column.width = Cm(width)
        for place in column.cells:
            place.width = Cm(width)


def widths_of(table: PaperTable) -> list[float]:
    """The width of each column in centimetres, by its longest line: together they fill the page between its margins."""
    columns = zip(*([Cell(head) for head in table.heads], *table.rows), strict=True)
    longest = [max(_longest_line(cell) for cell in column) for column in columns]
    shares = [min(max(letters, NARROWEST), WIDEST) for letters in longest]
    return [(A4[0] - 2 * MARGIN) * share / sum(shares) for share in shares]


def _longest_line(cell: Cell) -> int:
    return max(len(line) for text in (cell.bold, cell.text, cell.italic) for line in (text.split("\n") or [""]))


def _fill(paragraph: Any, cell: Cell) -> None:
    runs = [(text, name) for text, name in ((cell.bold, "bold"), (cell.text, ""), (cell.italic, "italic")) if text]
    for number, (text, name) in enumerate(runs):
        run = paragraph.add_run(_without_control("\n" * bool(number) + text))
        if name:
            setattr(run, name, True)


def _without_control(text: str) -> str:
    """XML has no place for control characters, which a pasted text may hold."""
    return "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 32)


def _repeat_on_every_page(row: Any) -> None:
    _mark(row, "w:tblHeader")


def _keep_on_one_page(row: Any) -> None:
    _mark(row, "w:cantSplit")


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))
