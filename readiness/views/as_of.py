"""A project as it was on a day."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.views.base import ProjectPage
from readiness import as_of
from readiness.as_of import LOST, REBUILT, REVISION, Basis, NotThereYet, Then
from readiness.forms import DayForm
from stakeholders.rules.standing import Signature
from stakeholders.shown import called, word_of
from stakeholders.views.reading import whole
from stakeholders.words import section_title
from tenants import clock
from tenants.models import LedgerEntry


class AsOf(ProjectPage):
    permission = "view_project"
    template_name = "readiness/as_of_day.html"
    tab = "evidence"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = clock.today(self.project.tenant.time_zone)
        form = DayForm(self.request.GET if "day" in self.request.GET else {"day": today.isoformat()}, today=today)
        context = super().get_context_data(form=form, today=today, **kwargs)
        if not form.is_valid():
            return context
        try:
            then = as_of.as_of(self.project, form.cleaned_data["day"])
        except NotThereYet as error:
            return {**context, "first_day": error.first}
        return {**context, "then": then, **_shown(then), **self._around(then)}

    def _around(self, then: Then) -> dict[str, Any]:
        """How many changes came after, and the days before and after on which something was changed."""
        entries = LedgerEntry.objects.of(self.project)
        earlier = entries.filter(seq__lte=then.entry.seq, at__lt=_midnight(then)).order_by("-seq").first()
        later = entries.filter(seq__gt=then.entry.seq).order_by("seq").first()
        zone = _midnight(then).tzinfo
        return {
            "changes_since": self.project.ledger_seq - then.entry.seq,
            "earlier": earlier.at.astimezone(zone).date() if earlier else None,
            "later": later.at.astimezone(zone).date() if later else None,
        }


def _midnight(then: Then) -> Any:
    return as_of.start_of(then.day, then.project.tenant.time_zone)


def _shown(then: Then) -> dict[str, Any]:
    blockers = then.judgement.blockers
    return {
        "state": str(then.remembered.state if then.remembered else then.judgement.state),
        "blockers": blockers if then.is_as_remembered or then.remembered is None else [],
        "remembered_only": [] if then.is_as_remembered or then.remembered is None else then.remembered.blockers,
        "sections": [_section(then, basis) for basis in then.bases],
    }


def _section(then: Then, basis: Basis) -> dict[str, Any]:
    is_signed = then.standing.is_signed(basis.section)
    return {
        "name": basis.section,
        "title": section_title(basis.section),
        "basis": basis_in_words(basis),
        "is_exact": basis.is_exact,
        "is_lost": basis.kind == LOST,
        "digest": then.standing.digests[basis.section],
        "signatures": [_signature(one, is_signed=is_signed) for one in then.standing.signatures[basis.section]],
        "is_signed": is_signed,
        "tables": [] if basis.kind == LOST else whole(then.document, basis.section),
    }


def _signature(one: Signature, *, is_signed: bool) -> dict[str, Any]:
    return {
        "who": called(one.row),
        "word": word_of(one, is_approved=is_signed),
        "at": one.vote.at if one.vote else None,
    }


def basis_in_words(basis: Basis) -> str:
    if basis.kind == REBUILT:
        told = ngettext(
            "exact: %(n)s later change taken back, and its fingerprint is the one that the history kept",
            "exact: %(n)s later changes taken back, and its fingerprint is the one that the history kept",
            basis.changes,
        )
        return told % {"n": basis.changes}
    if basis.kind == REVISION:
        return _("what is signed is exact, from the plan as it was frozen (number %(n)s); wording may be later") % {
            "n": basis.revision
        }
    if basis.kind == LOST:
        return _("its content of that day was not kept in full; its fingerprint is on the history")
    return _("exact: not changed since")
