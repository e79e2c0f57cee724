"""A stored verdict as pages show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document.choices import Phase
from projects.models import Project
from readiness.links import deeds, path
from readiness.models import Verdict
from stakeholders.mails import Delivery, deliveries
from tenants import clock
from tenants.templatetags.look import day
from tenants.templatetags.look import moment as as_moment

RINGS = {
    "approved": "good", "conditional": "good", "out_of_date": "stale", "expired": "stale", "lapsed": "stale",
    "withdrawn": "stale", "changes": "changes",
}  # fmt: skip

ACTED_ON = {"blockers", "warnings", "advice"}
"""What passed or does not apply is listed without its deeds."""


def findings(verdict: Verdict, project: Project, can: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Findings by group (blockers, warnings, advice, passed, not_applicable), dates as dates, deeds with addresses."""
    groups: dict[str, list[dict[str, Any]]] = {
        "blockers": [], "warnings": [], "advice": [], "passed": [], "not_applicable": [],
    }  # fmt: skip
    for stored in verdict.payload["findings"]:
        finding = {
            **stored,
            "since": _date(stored["since"]),
            "sources": [{**source, "on": _date(source["on"])} for source in stored["sources"]],
        }
        group = _group(stored)
        finding["deeds"] = deeds(stored, project.slug, can) if group in ACTED_ON else []
        groups[group].append(finding)
    return groups


def since_asked(verdict: Verdict, briefing: Mapping[str, Any]) -> dict[str, list[str]]:
    """Titles of the blockers and warnings that stand open now and did not when approval was asked.

    What only waits for the decisions that were asked for is no news to the one who decides.
    """
    told = {line["id"] for group in ("blockers", "warnings") for line in briefing.get(group, ())}
    news = [
        finding
        for finding in verdict.payload["findings"]
        if finding["state"] == "fail" and finding["id"] not in told and not finding["is_waiting"]
    ]
    return {f"{name}s": [f["title"] for f in news if f["severity"] == name] for name in ("blocker", "warning")}


def _group(finding: Mapping[str, Any]) -> str:
    if finding["state"] == "pass":
        return "passed"
    if finding["state"] == "does_not_apply":
        return "not_applicable"
    return {"blocker": "blockers", "warning": "warnings", "advice": "advice"}[finding["severity"]]


def _date(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def sections(verdict: Verdict, project: Project) -> list[dict[str, Any]]:
    """The table of sections, with signatures in words."""
    return [
        {
            **section,
            "url": path("stakeholders:matrix", slug=project.slug)
            if section["name"] == "stakeholders"
            else path("projects:section", slug=project.slug, section=section["name"]),
            "marks": [(s["name"], _ring(s, is_signed=section["is_signed"])) for s in section["signatures"]],
            "signed": signatures_in_words(
                section["signatures"], is_signed=section["is_signed"], is_any_enough=section["is_any_enough"]
            ),
        }
        for section in verdict.payload["sections"]
    ]


def _ring(signature: Mapping[str, Any], *, is_signed: bool) -> str:
    """Nobody is marked as waited for whose answer is not."""
    is_waited_for = signature["may_sign"] and not is_signed
    return RINGS.get(signature["state"], "wait" if is_waited_for else "")


def signatures_in_words(
    signatures: list[dict[str, Any]], *, is_signed: bool, is_any_enough: bool
) -> list[dict[str, str]]:
    """Lines such as {"text": "Approved by 2 of 2", "state": "good"}, the most pressing last.

    Nobody is waited for who may not sign it, or once any one was enough.
    """
    if not signatures:
        return [{"text": _("Nobody approves"), "state": "stop"}]
    may_sign = [signature for signature in signatures if signature["may_sign"]]
    barred = [signature["name"].split(" ")[0] for signature in signatures if not signature["may_sign"]]
    not_theirs = _("without %(names)s: nobody signs their own work") % {"names": ", ".join(barred)} if barred else ""
    by_state: dict[str, list[str]] = {}
    for signature in may_sign:
        by_state.setdefault(signature["state"], []).append(signature["name"].split(" ")[0])
    covered = by_state.get("approved", []) + by_state.get("conditional", [])
    if may_sign and len(covered) == len(may_sign):
        text = _("Approved by %(n)s of %(all)s") % {"n": len(covered), "all": len(may_sign)}
        return [{"text": text, "state": "good", "sub": not_theirs}]
    if is_signed:
        text = _("Approved by %(n)s (any one is enough)") % {"n": len(covered)}
        return [{"text": text, "state": "good"}]
    if not may_sign:
        return [{"text": _("Nobody who approves may sign it"), "state": "stop"}]
    if len(by_state.get("not_asked", [])) == len(may_sign):
        return [{"text": _("Not sent yet"), "state": "calm", "sub": not_theirs}]
    lines = []
    if covered:
        lines.append({"text": _("%(names)s approved") % {"names": ", ".join(covered)}, "state": ""})
    stale = by_state.get("out_of_date", []) + by_state.get("expired", [])
    if stale:
        again = _look_again(len(stale), may_sign=len(may_sign), is_any_enough=is_any_enough)
        lines.append({"text": _("Out of date"), "state": "warn", "sub": again})
    if waiting := by_state.get("pending", []) + by_state.get("not_asked", []):
        lines.append({"text": _("Waits for %(names)s") % {"names": ", ".join(waiting)}, "state": "calm"})
    said = {
        "lapsed": _("The condition of %(names)s was not met"),
        "withdrawn": _("%(names)s took the approval back"),
        "changes": _("%(names)s requested changes"),
    }
    stops = [(words, by_state[state]) for state, words in said.items() if state in by_state]
    lines += [{"text": words % {"names": ", ".join(names)}, "state": "stop"} for words, names in stops]
    return [*lines, {"text": not_theirs, "state": ""}] if not_theirs else lines


def _look_again(stale: int, *, may_sign: int, is_any_enough: bool) -> str:
    if is_any_enough and may_sign > 1:
        return _("one of %(n)s is enough") % {"n": may_sign}
    return ngettext("%(n)s person must look again", "%(n)s people must look again", stale) % {"n": stale}


def approved_by(verdict: Verdict) -> list[str]:
    """Whose signatures cover the plan as it is now, by name."""
    signatures = [s for section in verdict.payload["sections"] for s in section["signatures"]]
    return sorted({s["name"] for s in signatures if RINGS.get(s["state"]) == "good"})


def not_signed(verdict: Verdict) -> list[str]:
    """Titles of the sections that nobody's signature, or not everybody's, covers as they are now."""
    return [section["title"] for section in verdict.payload["sections"] if not section["is_signed"]]


def waits(stored: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Whom a project waits for. What became of the mails is read afresh: a delivery is no change of the plan."""
    now = deliveries([each.get("code", "") for each in stored])
    found = [
        (each, now.get(each.get("code", ""), Delivery(mail=each["mail"], opened=each["opened"]))) for each in stored
    ]
    return [wait({**each, **delivery._asdict()}) for each, delivery in found]


def wait(stored: Mapping[str, Any]) -> dict[str, Any]:
    """An open request, with its days as dates."""
    reminded = moment(stored.get("reminded", ""))
    return {
        **stored,
        "since": _date(stored["since"]),
        "due": _date(stored["due"]),
        "opened": moment(stored["opened"]),
        "pause": _pause(stored),
        "is_reminded_today": reminded is not None and timezone.localdate(reminded) == timezone.localdate(clock.now()),
        "sent": moment(stored["mail"]) if stored["mail"] not in {"", "waiting", "refused"} else None,
    }


def leave_out_reminders(
    findings: Collection[dict[str, Any]], waits: Collection[Mapping[str, Any]], project: Project
) -> None:
    """Nobody is offered to be reminded whose address takes no mail, or who is not reminded for a reason."""
    not_now = [each["code"] for each in waits if each["pause"] or each["mail"] == "refused"]
    never = {path("stakeholders:remind", slug=project.slug, code=code) for code in not_now}
    for finding in findings:
        finding["deeds"] = [deed for deed in finding["deeds"] if deed["url"] not in never]


def _pause(stored: Mapping[str, Any]) -> str:
    """Why a person who is waited for is not reminded, in words; empty if they may be."""
    if stored.get("asks"):
        return _("Asked before deciding")
    if stored.get("is_disowned"):
        return _("Says that somebody else should be asked")
    reminded = moment(stored.get("reminded", ""))
    if reminded and reminded > clock.now():
        return _("A reminder goes out %(at)s") % {"at": as_moment(reminded)}
    chosen = _date(stored.get("remind_on", ""))
    if chosen and chosen > timezone.localdate(clock.now()):
        return _("Wants no reminder before %(day)s") % {"day": day(chosen)}
    return ""


def dates(verdict: Verdict, today: date, *, limit: int = 6) -> list[dict[str, Any]]:
    """The next dates, late ones first."""
    found = [{**each, "on": date.fromisoformat(each["on"])} for each in verdict.payload["dates"]]
    for each in found:
        each["late"] = max((today - each["on"]).days, 0) if each["kind"] in {"milestone", "task"} else 0
        each["left"] = (each["on"] - today).days
        if each["kind"] == "substitute":
            each["until"] = _date(each["phase"])
    return [each for each in found if each["late"] or each["left"] >= 0][:limit]


def phases(project: Project, verdict: Verdict) -> list[dict[str, Any]]:
    """The three phases and their gates; the blockers stand at the gate of the present one."""
    order = [Phase.PREPARE, Phase.SETUP, Phase.ONBOARD]
    here = order.index(Phase(project.phase))
    return [
        {
            "label": phase.label,
            "state": "done" if place < here else "here" if place == here else "later",
            "gate": "shut"
            if place == here and verdict.blockers and place == 0
            else "open"
            if place <= here
            else "later",
            "note": {} if place < here else _phase_note(verdict, phase),
        }
        for place, phase in enumerate(order)
    ]


def _phase_note(verdict: Verdict, phase: Phase) -> dict[str, Any]:
    days = [
        date.fromisoformat(d["on"])
        for d in verdict.payload["dates"]
        if d["phase"] == phase and d["kind"] != "substitute"
    ]
    if not days:
        return {}
    return {"first": min(days), "last": max(days), "is_one": min(days) == max(days) or phase == Phase.PREPARE}
