"""Every section that applies is signed as it is written now. One blocker per section that is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.document import SECTIONS, applies
from readiness.rules.duties import cannot_change_an_alert
from readiness.rules.findings import (
    CHECKS,
    Check,
    Deed,
    Look,
    Result,
    Severity,
    Subject,
    does_not_apply,
    failed,
    passed,
    to_section,
)
from readiness.rules.told import what_changed
from stakeholders.document import Part
from stakeholders.rules.standing import MATRIX, OBJECT, Said, Signature, State, Vote
from stakeholders.words import section_title

NOT_AT_THIS_GATE = {"timeline"}
"""Sections whose signature the gate of Setup asks for, not that of Prepare."""


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%b}"


def _weekday(moment: date) -> str:
    return f"{moment:%a} {_day(moment)}"


def _names(signatures: list[Signature]) -> str:
    return _listed([signature.row.name or signature.row.role for signature in signatures])


def _listed(names: Sequence[str]) -> str:
    return _(" and ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _signed(section: str) -> Look:
    def look(subject: Subject) -> Iterator[Result]:
        title = _("%(section)s is approved") % {"section": section_title(section)}
        if not applies(section, subject.document.project):
            yield does_not_apply(title, _("Only a migration has this section."))
            return
        if section in NOT_AT_THIS_GATE:
            yield does_not_apply(title, _("Its approval is asked for at the end of Setup."))
            return
        standing = subject.standing
        if standing.is_signed(section):
            yield passed(
                title, _("by %(names)s") % {"names": _names([s for s in standing.signatures[section] if s.covers])}
            )
            return
        if not standing.able(section):
            yield _nobody_may(section, standing.signatures[section])
            return
        if section == MATRIX and standing.approved_before and not standing.vouching:
            yield _nobody_vouches(subject)
        missing = [signature for signature in standing.able(section) if not signature.covers]
        told = {State.CHANGES: _changes_requested, State.LAPSED: _lapsed, State.WITHDRAWN: _taken_back}
        others = [s for s in missing if s.state not in told]
        for signature in missing:
            if signature.state in told:
                yield told[signature.state](section, signature, subject)
        if others:
            yield _missing(section, others, subject)

    look.__name__ = f"{section}_is_approved"
    return look


def _nobody_may(section: str, approvers: Sequence[Signature]) -> Result:
    if not approvers:
        return failed(
            _("Nobody approves %(section)s") % {"section": section_title(section)},
            _("No stakeholder who approves (SO) has it in scope. Without one it is never approved."),
            about="nobody",
            deeds=(to_section(_("Name who approves"), "stakeholders"),),
        )
    authors = [s for s in approvers if s.wrote_it]
    askers = [s for s in approvers if s.asked_for_it and not s.wrote_it]
    why = [
        _("%(names)s edited it, and nobody signs their own work.") % {"names": _names(authors)} if authors else "",
        _("%(names)s asked for the approval, and nobody approves what they asked for.") % {"names": _names(askers)}
        if askers
        else "",
        _("Name another approver, or let another lead send the request.") if askers else _("Name another approver."),
    ]
    return failed(
        _("Nobody who approves may sign %(section)s") % {"section": section_title(section)},
        " ".join(filter(None, why)),
        about="authors",
        deeds=(to_section(_("Name another approver"), "stakeholders"),),
    )


def _nobody_vouches(subject: Subject) -> Result:
    """Who approves was changed, and none of those who approved before can sign that."""
    names = _listed(list(subject.standing.approved_before.values()))
    return failed(
        _("Nobody who approved before signs the new list of who approves"),
        _("It was approved last with %(names)s. One of them signs the change, so that nobody chooses their own approvers. "
          "Put one of them back, ask for approval of Stakeholders, and change it then; "
          "for somebody who left, an administrator names the successor.") % {"names": names},
        about="before",
        deeds=(to_section(_("Put one of them back"), MATRIX),),
    )  # fmt: skip


def _changes_requested(section: str, signature: Signature, subject: Subject) -> Result:
    assert signature.vote is not None
    days = (subject.today - signature.vote.at.date()).days
    numbers = {"who": signature.row.name, "section": section_title(section), "days": days}
    title = (
        _("%(who)s asked for changes to %(section)s today") % numbers
        if days == 0
        else ngettext(
            "%(who)s asked for changes to %(section)s %(days)s day ago, and nobody answered",
            "%(who)s asked for changes to %(section)s %(days)s days ago, and nobody answered",
            days,
        )
        % numbers
    )
    reply = signature.vote.answered
    if reply is not None:
        return _answered(section, signature, reply)
    if _is_changed(section, signature, subject):
        return _changed_as_asked(section, signature)
    short = cannot_change_an_alert(subject.document.access) if section == "access" else []
    known = [
        _("mdeprep sees that Tier %(n)s cannot change an alert: Alerts (manage) is needed for that.")
        % {"n": tier.number}
        for tier in short[:1]
    ]
    add = [
        Deed(
            _("Add Alerts (manage) to Tier %(n)s") % {"n": tier.number},
            "readiness:remedy",
            {"finding": f"tiers_can_do_their_duty:{tier.key}"},
        )
        for tier in short[:1]
    ]
    return failed(
        title,
        " ".join([*known, _("Answer by changing the plan, then ask again for that section only.")]),
        about=f"changes-{signature.row.key}",
        owner=_who_answers(section, signature.row.name, subject),
        quote=signature.vote.comment,
        since=signature.vote.at.date(),
        deeds=(
            Deed(_("Answer"), "stakeholders:threads", row=f"said-{signature.vote.decision_id}"),
            to_section(_("Open %(section)s") % numbers, section),
            *add,
            Deed(_("Ask again"), "readiness:ask"),
        ),
    )


def _is_changed(section: str, signature: Signature, subject: Subject) -> bool:
    """Whether the section is another one than the one to which changes were asked for."""
    assert signature.vote is not None
    return signature.vote.digests[section] != subject.standing.digests[section]


def _changed_as_asked(section: str, signature: Signature) -> Result:
    """The section was changed since: whoever asked for it has to look again."""
    assert signature.vote is not None
    words = {"who": signature.row.name, "section": section_title(section)}
    return failed(
        _("%(section)s was changed since %(who)s asked for changes, and %(who)s has not been asked again") % words,
        _("Whether it is what %(who)s meant, only %(who)s can say. Ask again for this section only.") % words,
        about=f"changes-{signature.row.key}",
        quote=signature.vote.comment,
        since=signature.vote.at.date(),
        deeds=(Deed(_("Ask again"), "readiness:ask"), _difference(section, signature)),
    )


def _answered(section: str, signature: Signature, reply: Said) -> Result:
    """The changes were answered: what is missing is to ask again."""
    assert signature.vote is not None
    words = {"who": signature.row.name, "section": section_title(section), "by": reply.by, "day": _weekday(reply.at)}
    return failed(
        _("%(who)s was answered about %(section)s, and has not been asked again") % words,
        _("%(by)s answered on %(day)s: “%(text)s” Ask again for this section only.") % {**words, "text": reply.text},
        about=f"changes-{signature.row.key}",
        quote=signature.vote.comment,
        since=reply.at.date(),
        deeds=(
            Deed(_("Ask again"), "readiness:ask"),
            Deed(_("Read the answer"), "stakeholders:threads", row=f"said-{signature.vote.decision_id}"),
        ),
    )


def _lapsed(section: str, signature: Signature, _subject: Subject) -> Result:
    vote = signature.vote
    assert vote is not None
    assert vote.condition is not None
    assert vote.ends_on is not None
    words = {"who": signature.row.name, "section": section_title(section), "owner": vote.condition["who"],
             "day": _weekday(vote.ends_on)}  # fmt: skip
    is_asked_again = signature.ask is not None and signature.ask.asked_at > vote.at
    if is_asked_again:
        why = f"{_('%(owner)s should have done it by %(day)s.') % words} {_asked_again([signature])}"
    else:
        why = _("%(owner)s should have done it by %(day)s. Do it, then ask again for this section only.") % words
    return failed(
        _("The approval of %(section)s by %(who)s lapsed: its condition was not met") % words,
        why,
        about=f"lapsed-{signature.row.key}",
        owner=signature.row.name or signature.row.role if is_asked_again else "",
        quote=vote.condition["what"],
        since=vote.ends_on,
        deeds=(
            _reminder(signature) if is_asked_again else Deed(_("Ask again"), "readiness:ask"),
            Deed(_("Open the condition"), "stakeholders:conditions", row=f"condition-{vote.decision_id}"),
        ),
        is_waiting=is_asked_again,
    )


def _taken_back(section: str, signature: Signature, _subject: Subject) -> Result:
    vote = signature.vote
    assert vote is not None
    words = {"who": signature.row.name, "section": section_title(section), "day": _weekday(vote.at)}
    return failed(
        _("%(who)s took back the approval of %(section)s") % words,
        _("On %(day)s. Ask what is missing, then ask again for this section only.") % words,
        about=f"taken-back-{signature.row.key}",
        quote=vote.comment,
        since=vote.at.date(),
        deeds=(Deed(_("Ask again"), "readiness:ask"),),
    )


def _missing(section: str, missing: list[Signature], subject: Subject) -> Result:
    name = section_title(section)
    stale = [s for s in missing if s.state in {State.OUT_OF_DATE, State.EXPIRED}]
    waiting = all(s.ask is not None for s in missing)
    owner = ", ".join(s.row.name or s.row.role for s in missing)
    if stale:
        stale.sort(key=_oldest_first)
        count = len(stale)
        title = ngettext(
            "%(n)s signature on %(section)s is out of date", "%(n)s signatures on %(section)s are out of date", count
        ) % {"n": _spelled(count), "section": name}
        why = f"{_approved(stale)} {_changed(section, stale, subject)} {_asked_again(missing)}"
        deeds = [_difference(section, stale[0])]
    else:
        title = (
            _("The approval of %(section)s waits for %(names)s") if waiting else _("%(section)s: not approved yet")
        ) % {
            "section": name,
            "names": _names(missing),
        }
        why = _asked(missing) if waiting else _("Nobody has been asked yet.")
        deeds = []
    if not waiting:
        deeds.insert(0, Deed(_("Ask for approval"), "readiness:ask"))
    deeds += [_reminder(signature) for signature in missing if signature.ask]
    return failed(title, why, owner=owner if waiting else "", deeds=tuple(deeds), is_waiting=waiting)


def _oldest_first(signature: Signature) -> tuple[bool, datetime]:
    assert signature.vote is not None
    return signature.state == State.EXPIRED, signature.vote.at


def _approved(stale: list[Signature]) -> str:
    """Who approved on which day: those of one day together."""
    on: dict[str, list[Signature]] = {}
    for signature in stale:
        assert signature.vote is not None
        on.setdefault(_day(signature.vote.at), []).append(signature)
    return " ".join(_("%(names)s approved it on %(day)s.") % {"names": _names(on[day]), "day": day} for day in on)


def _changed(section: str, stale: list[Signature], subject: Subject) -> str:
    """Who changed what since the first of these signatures, as far as it can be said in a sentence.

    Authors are kept since the last full sign-off: whoever signed later, or alone, may have signed what some of them wrote.
    """
    authors = subject.authors.get(section, ())
    signed_off = subject.standing.signed_off.get(section)
    is_theirs = len(authors) == 1 or all(s.vote and s.vote.digests.get(section) == signed_off for s in stale)
    if stale[0].state == State.EXPIRED:
        return _("Its day is over.")
    if not authors:
        return _("It was changed since.")
    return _("Since then %(who)s %(what)s.") % {
        "who": _listed(authors) if is_theirs else _("somebody"),
        "what": what_changed(stale[0].comparison, subject.document),
    }


def _difference(section: str, signature: Signature) -> Deed:
    where = {"section": section, "stakeholder_key": signature.row.key}
    return Deed(_("See the difference"), "stakeholders:difference", where)


def _reminder(signature: Signature) -> Deed:
    assert signature.ask is not None
    words = {"name": signature.row.name}
    return Deed(_("Remind %(name)s") % words, "stakeholders:remind", {"code": signature.ask.code}, is_post=True)


def _asked(missing: list[Signature]) -> str:
    ask = missing[0].ask
    assert ask is not None
    return _("Asked on %(asked)s, due %(due)s.") % {"asked": _weekday(ask.asked_at), "due": _weekday(ask.due_on)}


def _asked_again(missing: list[Signature]) -> str:
    asked = [signature for signature in missing if signature.ask]
    if not asked:
        return _("Nobody has been asked again yet.")
    ask = asked[0].ask
    assert ask is not None
    days = {"asked": _weekday(ask.asked_at), "due": _weekday(ask.due_on), "name": _names(asked)}
    if len(asked) == 1:
        return _("%(name)s was asked again on %(asked)s, due %(due)s.") % days
    if asked == missing and len(asked) == 2:
        return _("Both were asked again on %(asked)s, due %(due)s.") % days
    return _("%(name)s were asked again on %(asked)s, due %(due)s.") % days


def _spelled(number: int) -> str:
    words = [_("No"), _("One"), _("Two"), _("Three"), _("Four"), _("Five")]
    return words[number] if number < len(words) else str(number)


def _heard(section: str) -> Look:
    """What was said against a section waits for an answer also where it stops nothing: an objection, or changes that
    were asked for in a section whose approval is not asked for yet."""

    def look(subject: Subject) -> Iterator[Result]:
        standing = subject.standing
        title = _("Nothing that was said against %(section)s waits for an answer") % {"section": section_title(section)}
        if not applies(section, subject.document.project):
            yield does_not_apply(title, _("Only a migration has this section."))
            return
        signatures = standing.signatures.get(section, ()) if section in NOT_AT_THIS_GATE else ()
        said = [s for s in signatures if s.state == State.CHANGES]
        rows = [r for r in subject.document.stakeholders.rows if r.part == Part.R and not r.does_not_apply]
        votes = [standing.latest_vote(row, section) for row in rows if row.covers(section)]
        objections = [v for v in votes if v and v.answers[section] == OBJECT and not v.answered]
        for signature in said:
            yield _changes_requested(section, signature, subject)
        for vote in objections:
            yield _objects(section, vote, subject)
        if not said and not objections:
            yield passed(title)

    look.__name__ = f"{section}_is_answered"
    return look


def _who_answers(section: str, who: str, subject: Subject) -> str:
    """Whoever looks after the section ("": as of every finding); the lead, where it was they who said it."""
    return subject.lead if subject.owners.get(section) == who else ""


def _objects(section: str, vote: Vote, subject: Subject) -> Result:
    words = {"who": vote.for_name or vote.name, "section": section_title(section)}
    return failed(
        _("%(who)s objects to %(section)s, and nobody answered") % words,
        _("It stops nothing by itself, but everybody who approves reads it. Answer it, or change the plan."),
        about=f"objection-{vote.stakeholder_key}",
        owner=_who_answers(section, words["who"], subject),
        quote=vote.comment,
        since=vote.at.date(),
        deeds=(
            Deed(_("Answer"), "stakeholders:threads", row=f"said-{vote.decision_id}"),
            to_section(_("Open %(section)s") % words, section),
        ),
    )


for _section in ("stakeholders", *SECTIONS):
    CHECKS.append(
        Check(f"{_section}_is_approved", _section, Severity.BLOCKER, ("prepare_deployment",), _signed(_section))
    )
    CHECKS.append(
        Check(f"{_section}_is_answered", _section, Severity.WARNING, ("prepare_deployment",), _heard(_section))
    )
