"""The end of a temporary role: recorded with its proof, confirmed by a second person, taken back where it was wrong."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.actions.projects import editable
from projects.actions.rows import as_document, find, refuse_if_moved, value, write
from projects.document import as_json, fields_of
from projects.document.rows import Assignment
from projects.models import PlanRow, Project
from projects.rules.temporary import (
    BY_ITS_HOLDER,
    CONFIRMATION,
    RECORDED,
    WORDS,
    Bar,
    Person,
    bar,
    day_in_words,
    is_removed_by_holder,
    is_temporary,
)
from projects.tables import TABLES
from tenants import clock
from tenants.models import LedgerEntry, User

ASSIGNMENTS = TABLES["access", "assignments"]
REMOVAL_RECORDED, REMOVAL_CONFIRMED, REMOVAL_TAKEN_BACK = "removal recorded", "removal confirmed", "removal taken back"
IMPORTED = "plan imported"


class NotTemporary(Exception):
    """The role has no end, or does not apply: there is no removal to record."""


class AlreadyRemoved(Exception):
    """Its removal is recorded already."""


class NotRemoved(Exception):
    """No removal is recorded: there is nothing to take back."""


class MayNotConfirm(Exception):
    """Somebody else must confirm it, or there is nothing to confirm; `bar` says why, in words too."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(str(WORDS[bar]))
        self.bar = bar


def person_of(user: User) -> Person:
    return Person(user.pk, user.name, user.email)


def recorders_of(project: Project, rows: Collection[Assignment]) -> Mapping[str, list[Person]]:
    """Who recorded the removals that wait for a second person, by key: out of the history, in one query.

    Whoever imported the plan since then wrote it down as well.
    """
    waiting = {row.key for row in rows if row.removed_on and not row.confirmed_on}
    if not waiting:
        return {}
    found: dict[str, list[Person]] = defaultdict(list)
    entries = LedgerEntry.objects.of(project).filter(verb__in=(REMOVAL_RECORDED, IMPORTED)).order_by("seq")
    for verb, body in entries.values_list("verb", "body"):
        told = json.loads(body)
        actor = told["actor"] or {"id": None, "name": "", "email": ""}
        who = Person(actor["id"], actor["name"], actor["email"])
        if verb == IMPORTED:
            for key in waiting:
                found[key].append(who)
        elif told["what"]["key"] in waiting:
            found[told["what"]["key"]] = [who]
    return found


def _locked(project: Project, key: str, seen: int | None) -> tuple[PlanRow, Assignment]:
    project = editable(project)
    row = find(ASSIGNMENTS, project, key)
    row.project = project
    refuse_if_moved(ASSIGNMENTS, row, seen)
    written = as_document(ASSIGNMENTS, row)
    assert isinstance(written, Assignment)
    if not is_temporary(written):
        raise NotTemporary(key)
    return row, written


def _write(row: PlanRow, values: Mapping[str, Any], *, by: User, verb: str, why: str = "") -> PlanRow:
    before = {field: as_json(value(row, field)) for field in ASSIGNMENTS.fields}
    for field, new in values.items():
        setattr(row, field, new)
    return write(ASSIGNMENTS, row, by=by, verb=verb, why=why, before=before)


@transaction.atomic
def record_removal(
    *,
    project: Project,
    key: str,
    on: date,
    removed_by: str,
    by: User,
    evidence: str = "",
    file_name: str = "",
    file_hash: str = "",
    seen: int | None = None,
) -> PlanRow:
    """Say that a temporary role is gone: since when, who took it away, and the proof, a reference or a file's SHA-256.

    Raises RowGone, RowMoved, NotTemporary, AlreadyRemoved, and ValidationError with what is wrong.
    """
    row, written = _locked(project, key, seen)
    if written.removed_on:
        raise AlreadyRemoved(key)
    proof = _proof(evidence.strip(), file_name.strip())
    wrong = {}
    if on > clock.today(row.project.tenant.time_zone):
        wrong["on"] = _("This day is still to come.")
    elif written.starts_on and on < written.starts_on:
        wrong["on"] = _("The role was not held yet on this day: it starts on %(day)s.") % {
            "day": day_in_words(written.starts_on)
        }
    if not removed_by.strip():
        wrong["removed_by"] = _("Say who removed it.")
    elif is_removed_by_holder(written, removed_by):
        wrong["removed_by"] = str(BY_ITS_HOLDER)
    if not proof:
        wrong["evidence"] = _("Give a reference, for example a ticket, or choose a file.")
    if wrong:
        raise ValidationError(wrong)  # type: ignore[arg-type]
    values = {"removed_on": on, "removed_by": removed_by.strip(), "evidence": proof, "evidence_hash": file_hash}
    return _write(row, values, by=by, verb=REMOVAL_RECORDED)


def _proof(reference: str, file_name: str) -> str:
    """What a list shows of it; of a long file name its end, which says what kind of file it is."""
    name = " ".join(file_name.split())[-90:]
    return f"{reference[:100]} ({name})" if reference and name else reference or name


@transaction.atomic
def confirm_removal(*, project: Project, key: str, by: User, seen: int | None = None) -> PlanRow:
    """As a second person: the role is gone, as it was recorded. Raises RowGone, RowMoved, NotTemporary, MayNotConfirm."""
    row, written = _locked(project, key, seen)
    found = bar(written, person=person_of(by), recorders=recorders_of(row.project, [written]).get(key, ()))
    if found:
        raise MayNotConfirm(found)
    values = {"confirmed_on": clock.today(row.project.tenant.time_zone), "confirmed_by": by.name or by.email}
    return _write(row, values, by=by, verb=REMOVAL_CONFIRMED)


@transaction.atomic
def take_back_removal(*, project: Project, key: str, by: User, why: str, seen: int | None = None) -> PlanRow:
    """The record was wrong: the role is held as before, with its day. The history keeps what was recorded.

    Raises RowGone, RowMoved, NotTemporary, NotRemoved, and ValidationError without a reason.
    """
    row, written = _locked(project, key, seen)
    if not written.removed_on:
        raise NotRemoved(key)
    if not why.strip():
        raise ValidationError({"why": _("Say what was wrong: it stays in the history.")})
    empty = {name: fields_of(Assignment)[name].default for name in RECORDED}
    return _write(row, empty, by=by, verb=REMOVAL_TAKEN_BACK, why=why.strip())


def as_recorded_here(row: Assignment, stored: PlanRow | None) -> Assignment:
    """The row of a file as an import may take it over: a removal that was not confirmed here waits for a second person."""
    if not (row.confirmed_on or row.confirmed_by):
        return row
    if stored is not None and all(value(stored, name) == getattr(row, name) for name in RECORDED):
        return row
    return row.replaced(**{name: fields_of(Assignment)[name].default for name in CONFIRMATION})
