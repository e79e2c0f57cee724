"""The register of approvals on paper and as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from projects.views.problems import neutral
from readiness.papers.pdf import as_bytes, pages_of
from readiness.register import Chain, Line, Wanted
from stakeholders.words import in_order


def register_as_pdf(lines: list[Line], chains: list[Chain], wanted: Wanted) -> bytes:
    """Raises NoPaper."""
    people = len({line.decision.email for line in lines})
    told = {"lines": lines, "chains": chains, "wanted": wanted, "people": people}
    return as_bytes(pages_of("papers/register.html", told))


def register_as_csv(lines: Iterable[Line]) -> str:
    """One line per decision; no cell of it is taken for a formula."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(
        [_("when"), _("project"), _("who"), _("address"), _("role then"), _("for"), _("decision"), _("fingerprints"),
         _("blockers known"), _("warnings known"), _("signed in by"), _("stands"), _("comment")]
    )  # fmt: skip
    for line in lines:
        one = line.decision
        cells = [
            one.decided_at.isoformat(),
            line.project.name,
            one.name,
            one.email,
            one.role,
            line.for_whom,
            "; ".join(f"{word.text}: {titles}" for word, titles in line.answers),
            "; ".join(f"{section} {one.digests[section]}" for section in in_order(one.digests)),
            line.blockers,
            line.warnings,
            line.signed_in_by,
            "; ".join(f"{titles}: {words}" for _state, words, titles in line.became),
            one.comment,
        ]
        writer.writerow([neutral(cell) for cell in cells])
    return "\ufeff" + target.getvalue()
