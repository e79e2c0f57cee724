"""The plan as a Word document."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project
from readiness.papers.tables import Cell, Chapter, PaperTable, access_chapter, chapters
from stakeholders.plan import load
from stakeholders.states import standings
from tenants import clock
from tenants.templatetags.look import day

ACCESS = "access"


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
    paper.add_heading(_("Role-based access control") if part == ACCESS else _title(project), 0)
    told = {"name": project.name, "tenant": project.tenant.name, "day": day(clock.now()), "seq": project.ledger_seq}
    paper.add_paragraph(_("%(name)s, %(tenant)s. As of %(day)s, entry %(seq)s of its history.") % told)
    for chapter in [access_chapter(document)] if part == ACCESS else chapters(document, standing):
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
    made = paper.add_table(rows=1, cols=len(table.heads), style="Table Grid")
    for place, head in zip(made.rows[0].cells, table.heads, strict=True):
        place.paragraphs[0].add_run(head).bold = True
    _repeat_on_every_page(made.rows[0])
    for row in table.rows:
        for place, cell in zip(made.add_row().cells, row, strict=True):
            _fill(place.paragraphs[0], cell)


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
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
