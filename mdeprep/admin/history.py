"""Entries of a tenant's history in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.models import AccessPolicy
from stakeholders.models import ApprovalPolicy
from tenants.models import LedgerEntry, Tenant

DEEDS = {
    "tenant created": _("made the tenant"),
    "tenant changed": _("changed the tenant"),
    "approval policy changed": _("changed reminders and approvals"),
    "access policy changed": _("changed how long temporary roles are held"),
    "invited": _("invited"),
    "role changed": _("changed the role of"),
    "membership ended": _("ended the membership of"),
    "team created": _("made the team"),
    "team renamed": _("renamed the team"),
    "team removed": _("removed the team"),
    "added to team": _("put into the team"),
    "removed from team": _("took out of the team"),
    "provider named": _("named the provider"),
    "provider ended": _("ended the provider"),
    "person renamed": _("corrected the name of"),
    "may sign in": _("switched on the account of"),
    "may not sign in": _("switched off the account of"),
    "plan opened by superuser": _("opened, without a role in it, the plan of"),
}


LABELS = {
    field.name: field.verbose_name for model in (Tenant, ApprovalPolicy, AccessPolicy) for field in model._meta.fields
}
"""Field of a tenant or of its policies: what its form calls it."""


class Line(NamedTuple):
    """One entry, ready for a page."""

    entry: LedgerEntry
    who: str
    deed: str
    about: str
    details: str

    @property
    def at(self) -> datetime:
        return self.entry.at


def told(entry: LedgerEntry) -> Line:
    body = json.loads(entry.body)
    what = dict(body["what"])
    about = [_name(what.pop(key)) for key in ("person", "team", "provider", "project") if what.get(key)]
    said: list[str]
    before, after = what.get("before"), what.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        said = [f"{_label(key)}: {_plain(before.get(key))} → {_plain(value)}" for key, value in after.items()]
    else:
        said = [f"{_label(key)}: {_plain(value)}" for key, value in what.items() if value not in (None, "", [], {})]
    return Line(
        entry=entry,
        who=_name(body["actor"]) if body["actor"] else "mdeprep",
        deed=str(DEEDS.get(entry.verb, entry.verb)),
        about=", ".join(about),
        details="; ".join(said),
    )


def _name(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("email") or "")
    return str(value)


def _label(key: str) -> str:
    return str(LABELS.get(key, key.replace("_", " ")))


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_label(key)} {_plain(part)}" for key, part in value.items())
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if value in (None, ""):
        return "–"
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def about_person(entries: QuerySet[LedgerEntry], person_id: int) -> Iterator[LedgerEntry]:
    """Those of `entries` that are about a person. The database finds candidates by text, the entry itself decides."""
    for entry in entries.filter(body__contains=f'"id":{person_id},').order_by("-at", "-pk"):
        who = json.loads(entry.body)["what"].get("person")
        if isinstance(who, dict) and who.get("id") == person_id:
            yield entry


def about_named(entries: QuerySet[LedgerEntry], kind: str, names: set[str]) -> Iterator[LedgerEntry]:
    """Those about a team or provider, under any of its names: a rename says the one before."""
    for entry in entries.filter(verb__contains=kind).order_by("-at", "-pk"):
        what = json.loads(entry.body)["what"]
        if what.get(kind) in names or what.get("after") in names:
            if isinstance(what.get("before"), str):
                names.add(what["before"])
            yield entry
