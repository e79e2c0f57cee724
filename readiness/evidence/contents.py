"""What goes into an evidence pack: everything that was frozen, decided, told and sent in a project, as it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.template.loader import render_to_string

from projects.models import PlanRow, Project
from readiness.evidence import verify
from readiness.evidence.fields import signed
from readiness.evidence.verify import DECISIONS, FIELDS, HISTORY, KEY, REVISIONS, ROUNDS, is_decision
from readiness.models import VerdictChange
from stakeholders.mails import mails_about
from stakeholders.models import Decision, Request, Revision, Round
from stakeholders.plan import as_plain, load
from stakeholders.states import LINK_ENDED
from tenants import canonical, signing
from tenants.emails import render
from tenants.models import LedgerEntry, Mail

Files = dict[str, bytes]


def files_of(project: Project) -> Files:
    """Name -> content of every file but the manifest, its signature and what is drawn (the PDF)."""
    entries = list(LedgerEntry.objects.of(project).order_by("seq"))
    mails = list(mails_about(Project.objects.filter(pk=project.pk)).order_by("created_at", "pk"))
    document = as_plain(load([project])[project.pk], project)
    return {
        HISTORY: _lines(_entry(entry) for entry in entries),
        **_revisions(project),
        **_rounds(project),
        DECISIONS: _json(_decisions(project, entries)),
        "beside.json": _json(_beside(project)),
        "plan.json": _json(document),
        "matrix.json": _json(document["stakeholders"]),
        "mails.json": _json([_mail(mail) for mail in mails]),
        "receipts.json": _json([_receipt(mail) for mail in mails if mail.kind == "receipt" and mail.context]),
        "statuses.json": _json([_row(each) for each in VerdictChange.objects.filter(project=project).order_by("pk")]),
        "project.json": _json(_about(project)),
        FIELDS: _json(signed()),
        KEY: signing.public_key(),
        "verify.py": Path(verify.__file__).read_bytes(),
        "README.txt": render_to_string(
            "evidence/README.txt", {"project": project, "key": signing.fingerprint()}
        ).encode(),
    }


def _json(value: Any) -> bytes:
    return canonical.text(value).encode()


def _lines(values: Iterable[Any]) -> bytes:
    return "".join(f"{canonical.text(value)}\n" for value in values).encode()


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    return {"seq": entry.seq, "previous_hash": entry.previous_hash, "hash": entry.hash, "body": entry.body}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _row(row: Model, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Every column of a row: a column that comes later comes along."""
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: _plain(getattr(row, name)) for name in names if name not in without}


def _revisions(project: Project) -> Files:
    """The very texts that were signed, and what is told of them."""
    rows = list(Revision.objects.filter(project_id=project.pk).order_by("number"))
    names = {row.pk: f"revisions/{row.number:04}.json" for row in rows}
    told = [{**_row(row, without=["text"]), "file": names[row.pk]} for row in rows]
    return {REVISIONS: _json(told), **{names[row.pk]: row.text.encode() for row in rows}}


def _rounds(project: Project) -> Files:
    rounds = list(Round.objects.filter(project=project).prefetch_related("requests").order_by("number"))
    names = {row.pk: f"briefings/{row.number:04}.json" for row in rounds}
    told = [
        {
            **_row(row, without=["briefing"]),
            "briefing_file": names[row.pk],
            "requests": [_row(request) for request in row.requests.all()],
        }
        for row in rounds
    ]
    return {ROUNDS: _json(told), **{names[row.pk]: row.briefing.encode() for row in rounds}}


def entries_of_decisions(decisions: Iterable[Decision], entries: Iterable[LedgerEntry]) -> dict[int, LedgerEntry]:
    """Id of a decision -> the entry that was written with it: the answers to a request, in the order they came."""
    codes = dict(Request.objects.filter(pk__in=[d.request_id for d in decisions]).values_list("pk", "code"))
    by_request: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        is_renamed = f'"{LINK_ENDED}"' in entry.body
        body = json.loads(entry.body) if is_renamed or '"digests":' in entry.body else None
        if body and body["verb"] == LINK_ENDED:  # what was answered under the old reference goes on under the new one
            by_request[body["what"]["request"]] = by_request.pop(body["what"]["before"], [])
        elif body and is_decision(body):
            by_request.setdefault(body["what"]["request"], []).append(entry)
    found = {}
    for one in sorted(decisions, key=lambda d: (d.request_id, d.number)):
        mine = by_request.get(codes.get(one.request_id, ""), [])
        if mine:
            found[one.pk] = mine.pop(0)
    return found


def _reference_then(entry: LedgerEntry | None) -> str:
    """The reference under which a decision was made: that of its request may have been changed since."""
    return str(json.loads(entry.body)["what"]["request"]) if entry else ""


def _decisions(project: Project, entries: list[LedgerEntry]) -> list[dict[str, Any]]:
    rows = list(Decision.objects.filter(project_id=project.pk).order_by("decided_at", "pk"))
    codes = dict(Request.objects.filter(round__project=project).values_list("pk", "code"))
    written = entries_of_decisions(rows, entries)
    return [
        {
            **_row(row),
            "request": _reference_then(written.get(row.pk)) or codes.get(row.request_id, ""),
            "entry": written[row.pk].seq if row.pk in written else None,
        }
        for row in rows
    ]


def _beside(project: Project) -> dict[str, list[dict[str, Any]]]:
    """Table -> rows of what was said and done beside decisions; a table that comes later comes along."""
    found = {}
    for model in apps.get_app_config("stakeholders").get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if (
            model in (Round, Request, Decision, Revision)
            or issubclass(model, PlanRow)
            or not names & {"project", "request"}
        ):
            continue
        of_project = {"project": project} if "project" in names else {"request__round__project": project}
        rows = model._default_manager.filter(**of_project).order_by("pk")
        found[model._meta.model_name or ""] = [_row(row) for row in rows]
    return found


def delivery(mail: Mail) -> str:
    """What became of a mail, and no more than is known: a server that took it has not delivered it."""
    if mail.bounced_at:
        return "came back"
    if mail.sent_at:
        return "delivered, the mail service says" if mail.delivered_at else "handed to the mail server"
    return "given up, not sent" if mail.given_up_at else "not sent yet"


def without_secrets(context: Mapping[str, Any]) -> dict[str, Any]:
    """What a mail said, without links that let whoever holds them do something."""
    return {name: "" if name.endswith("_url") else value for name, value in context.items()}


def text_of(mail: Mail) -> tuple[str, str]:
    """(subject, text) of a mail, written anew from what it was sent with."""
    message = render(Mail(**{**_columns(mail), "context": without_secrets(mail.context)}))
    return str(message.subject), str(message.body)


def _columns(mail: Mail) -> dict[str, Any]:
    return {field.attname: getattr(mail, field.attname) for field in mail._meta.concrete_fields}


def _mail(mail: Mail) -> dict[str, Any]:
    subject, text = text_of(mail) if mail.context else ("", "")
    return {**_row(mail, without=["context"]), "delivery": delivery(mail), "subject": subject, "text": text}


def _receipt(mail: Mail) -> dict[str, Any]:
    told = mail.context
    return {
        "recipient": mail.recipient,
        "delivery": delivery(mail),
        "sections": {each["section"]: each["digest"] for each in told["fingerprints"]},
        "briefing": told["briefing_digest"],
        "entry": told["entry"],
        "entry_hash": told["entry_digest"],
        "key": told.get("key_fingerprint", ""),
    }


def _about(project: Project) -> dict[str, Any]:
    return {
        "name": project.name,
        "slug": project.slug,
        "tenant": project.tenant.name,
        "lead": project.lead.name if project.lead else "",
        "phase": str(project.phase),
        "archived_at": _plain(project.archived_at),
        "digests": project.digests,
        "entries": project.ledger_seq,
        "head": project.ledger_head,
    }
