"""Load projects, judge them, and put the judgement into the shape that is stored. A constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from projects import catalog
from projects.models import AccessPolicy, Project, SectionOwner
from readiness.rules.findings import Deed, Finding, Subject
from readiness.rules.verdict import Judgement, judge
from stakeholders.document import Quorum
from stakeholders.plan import load
from stakeholders.rules.standing import Signature
from stakeholders.states import standings
from stakeholders.words import section_title
from tenants import clock
from tenants.models import Tenant


def policy_of(tenant: Tenant) -> AccessPolicy:
    """How long a tenant lets roles be held; no query where the project was loaded with "tenant__access_policy"."""
    return getattr(tenant, "access_policy", None) or AccessPolicy(tenant=tenant)


def policy_version(tenant: Tenant) -> str:
    """What of a tenant's policies verdicts rest on: those of another one are recomputed."""
    return str(policy_of(tenant).longest_days)


KEEP = "readiness:keep_finding"


def subjects(projects: Collection[Project]) -> dict[int, Subject]:
    """Projects (with tenant and lead) as the checks see them, by id."""
    prefetch_related_objects(list(projects), "tenant__access_policy")
    documents = load(projects)
    found = standings(projects, documents)
    owners: dict[int, dict[str, str]] = {}
    rows = SectionOwner.objects.filter(project__in=[p.pk for p in projects]).select_related("person", "team")
    for row in rows:
        owners.setdefault(row.project_id, {})[row.section] = str(row)
    return {
        project.pk: Subject(
            document=documents[project.pk],
            standing=found[project.pk],
            today=clock.today(project.tenant.time_zone),
            owners=owners.get(project.pk, {}),
            lead=project.lead.name if project.lead else "",
            authors={section: tuple(who.values()) for section, who in project.authors.items()},
            phase=project.phase,
            longest_days=policy_of(project.tenant).longest_days,
        )
        for project in projects
    }


def judgements(projects: Collection[Project]) -> dict[int, tuple[Subject, Judgement]]:
    return {pk: (subject, judge(subject)) for pk, subject in subjects(projects).items()}


def as_payload(subject: Subject, judgement: Judgement, before: Mapping[str, Any]) -> dict[str, Any]:
    """The judgement as JSON. `before` is the payload that it replaces: what failed then keeps its day."""
    known = {f["id"]: f["since"] for f in before.get("findings", []) if f["state"] == "fail"}
    return {
        "findings": [_finding(finding, subject, known) for finding in judgement.findings],
        "sections": [_section(name, subject, judgement) for name in judgement.sections],
        "waits": _waits(subject, judgement),
        "dates": _dates(subject),
    }


def _finding(finding: Finding, subject: Subject, known: Mapping[str, str]) -> dict[str, Any]:
    result, section = finding.result, finding.check.section
    since = result.since.isoformat() if result.since else known.get(finding.id) or subject.today.isoformat()
    return {
        "id": finding.id,
        "check": finding.check.name,
        "section": section,
        "severity": str(finding.check.severity),
        "state": str(result.outcome),
        "title": result.title,
        "why": result.why,
        "quote": result.quote,
        "owner": result.owner or subject.owners.get(section) or subject.lead,
        "since": since if finding.is_failed else "",
        "sources": [_source(key) for key in finding.check.sources] if finding.is_failed else [],
        "deeds": [_deed(deed) for deed in _all_deeds(finding)],
        "also": [_also(each) for each in finding.also],
        "is_waiting": result.is_waiting,
        "in_mail": result.in_mail,
    }


def _also(finding: Finding) -> dict[str, Any]:
    """What else was found about the same row."""
    told = {"id": finding.id, "severity": str(finding.check.severity), "title": finding.result.title}
    return {**told, "why": finding.result.why, "sources": [_source(key) for key in finding.check.sources]}


def _all_deeds(finding: Finding) -> list[Deed]:
    """What can be done about a finding and what is told beside it, each once. With a blocker nothing is kept."""
    found: dict[str, Deed] = {}
    for each in (finding, *finding.also):
        for deed in _deeds_of(each):
            if not (finding.is_blocker and deed.to == KEEP):
                found.setdefault(deed.label, deed)
    return list(found.values())


def _deeds_of(finding: Finding) -> list[Deed]:
    """What can be done about a finding: its remedy first, and at last that it stays as it is."""
    result, this = finding.result, {"finding": finding.id}
    if not finding.is_failed:
        return list(result.deeds)
    remedy = [Deed(result.remedy.label, "readiness:remedy", this)] if result.remedy else []
    keep = [Deed(_("Keep, with a reason"), KEEP, this)] if result.may_be_kept else []
    return [*remedy, *result.deeds, *keep]


def _source(key: str) -> dict[str, str]:
    known = catalog.source(key)
    return {
        "title": known.title,
        "publisher": known.publisher,
        "on": known.published_on.isoformat() if known.published_on else "",
        "path": known.url_path,
    }


def _deed(deed: Deed) -> dict[str, Any]:
    return {"label": deed.label, "to": deed.to, "args": dict(deed.args), "row": deed.row, "is_post": deed.is_post}


def _section(name: str, subject: Subject, judgement: Judgement) -> dict[str, Any]:
    mine = [finding for finding in judgement.findings if finding.check.section == name and finding.is_failed]
    return {
        "name": name,
        "title": section_title(name),
        "filled": judgement.sections[name].text,
        "is_complete": judgement.sections[name].is_complete,
        "owner": subject.owners.get(name) or subject.lead,
        "signatures": [_signature(signature) for signature in subject.standing.signatures[name]],
        "is_signed": subject.standing.is_signed(name),
        "is_any_enough": subject.document.stakeholders.quorum == Quorum.ANY,
        "blockers": sum(1 for f in mine if f.check.severity == "blocker"),
        "warnings": sum(1 for f in mine if f.check.severity == "warning"),
    }


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "key": signature.row.key,
        "name": signature.row.name or signature.row.role,
        "role": signature.row.role,
        "state": str(signature.state),
        "at": signature.vote.at.isoformat() if signature.vote else "",
        "may_sign": signature.may_sign,
    }


def _waits(subject: Subject, judgement: Judgement) -> list[dict[str, Any]]:
    """Whom the project waits for: open requests to approvers, with what still needs their answer."""
    return [
        {
            "who": row.name or ask.email,
            "email": ask.email,
            "what": ", ".join(section_title(section) for section in sections),
            "kind": "approve",
            "since": ask.asked_at.date().isoformat(),
            "due": ask.due_on.isoformat(),
            "mail": ask.mail,
            "opened": ask.opened_at.isoformat() if ask.opened_at else "",
            "code": ask.code,
        }
        for row, ask, sections in subject.standing.waits
    ]


def _dates(subject: Subject) -> list[dict[str, str]]:
    """What is due and not done, the earliest first."""
    items = [
        item
        for item in subject.document.timeline.items
        if (item.due_on or item.starts_on) and not item.done_on and not item.does_not_apply
    ]
    found = [
        {
            "on": str(item.due_on or item.starts_on),
            "what": item.title,
            "who": item.owner,
            "phase": str(item.phase),
            "kind": str(item.kind),
        }
        for item in items
    ]
    parts = {row.key: row.part for row in subject.document.stakeholders.rows}
    input_ = [(ask, ask.sections) for ask in subject.standing.asks if parts.get(ask.stakeholder_key) == "R"]
    asked = [("approval", ask, sections) for _row, ask, sections in subject.standing.waits]
    found += [
        {
            "on": ask.due_on.isoformat(),
            "what": ", ".join(map(section_title, sections)),
            "who": "",
            "phase": "",
            "kind": kind,
        }
        for kind, ask, sections in [*asked, *(("input", ask, sections) for ask, sections in input_)]
    ]
    for row in subject.document.stakeholders.rows:
        if row.substitute and row.substitute_from and row.substitute_until and row.substitute_until >= subject.today:
            found.append(
                {
                    "on": row.substitute_from.isoformat(),
                    "what": row.substitute,
                    "who": row.name,
                    "phase": row.substitute_until.isoformat(),
                    "kind": "substitute",
                }
            )
    unique = {(each["on"], each["what"], each["kind"]): each for each in found}
    return sorted(unique.values(), key=lambda each: each["on"])


MOST_NAMES = 4


def line_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a list of projects shows: the one thing that stops it, who is waited for since when, the milestones."""
    blockers = [f for f in payload["findings"] if f["state"] == "fail" and f["severity"] == "blocker"]
    since: dict[str, str] = {}
    waits = [(wait["who"], wait["since"]) for wait in payload["waits"]]
    for who, day in waits + [(f["owner"], f["since"]) for f in blockers if f["owner"] and not f["is_waiting"]]:
        since[who] = min(since.get(who, day), day)
    return {
        "stops": blockers[0]["title"] if len(blockers) == 1 else "",
        "waits": sorted(since.items(), key=lambda each: each[1])[:MOST_NAMES],
        "milestones": [(d["what"], d["on"]) for d in payload["dates"] if d["kind"] == "milestone"],
    }


def failing_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What waits for somebody: open requests, and failed blockers and warnings with the first deed of each."""
    kept = ("check", "severity", "title", "owner", "since", "is_waiting")
    return {
        "waits": payload["waits"],
        "findings": [
            {**{name: f[name] for name in kept}, "deed": f["deeds"][0] if f["deeds"] else None}
            for f in payload["findings"]
            if f["state"] == "fail" and f["severity"] in {"blocker", "warning"}
        ],
    }


def blockers_of(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The findings of a payload that stop the next phase."""
    return [each for each in payload["findings"] if (each["state"], each["severity"]) == ("fail", "blocker")]


def briefing_of(payload: Mapping[str, Any], *, at: str, versions: str) -> dict[str, Any]:
    """What an approver should know before signing, frozen with the request."""
    failed = [finding for finding in payload["findings"] if finding["state"] == "fail"]
    told = [{k: f[k] for k in ("id", "section", "title", "why", "owner")} | {"severity": f["severity"]} for f in failed]
    return {
        "blockers": [each for each in told if each["severity"] == "blocker"],
        "warnings": [each for each in told if each["severity"] == "warning"],
        "means": [f["in_mail"] for f in failed if f["in_mail"]],
        "objections": [],
        "as_of": at,
        "versions": versions,
    }
