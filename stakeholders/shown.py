"""States of signatures and answers in words: one table for every page, tag and list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stakeholders.document import StakeholderRow
from stakeholders.rules.changes import Deed, ended_since
from stakeholders.rules.standing import (
    APPROVE,
    CHANGES,
    CONDITIONS,
    INPUT,
    NO_OBJECTION,
    NOTED,
    OBJECT,
    WITHDRAWN,
    Ask,
    Signature,
    State,
    Vote,
)
from tenants.templatetags.look import day, moment


class Word(NamedTuple):
    """A state: `state` picks the icon of {% status %}, `ring` the mark of the person."""

    state: str
    text: str
    ring: str = ""


def called(row: StakeholderRow) -> str:
    """The person of a row, or the role while nobody has it: without what stands in brackets."""
    return row.name or row.role.partition(" (")[0]


def word_of(signature: Signature, *, is_approved: bool = False) -> Word:
    """Solid where the signature covers what is written now, dashed where it does not.

    `is_approved`: the section is, without those who have not answered.
    """
    if signature.state in {State.NOT_ASKED, State.PENDING}:
        if not signature.may_sign:
            return Word("calm", _("Edited it") if signature.wrote_it else _("Asked for it"))
        if is_approved:
            return Word("calm", _("Not needed any more"))
    return {
        State.NOT_ASKED: Word("calm", _("Not asked yet")),
        State.PENDING: Word("wait", _("Waiting"), "wait"),
        State.APPROVED: Word("approved", _("Approved"), "good"),
        State.CONDITIONAL: Word("conditional", _("Approved on conditions"), "good"),
        State.CHANGES: Word("changes", _("Changes requested"), "changes"),
        State.OUT_OF_DATE: Word("stale", _("Out of date"), "stale"),
        State.EXPIRED: Word("expired", _("Ended"), "stale"),
        State.LAPSED: Word("expired", _("Lapsed"), "stale"),
        State.WITHDRAWN: Word("withdrawn", _("Taken back"), "stale"),
    }[signature.state]


def answer_words() -> dict[str, Word]:
    """Answer -> how it is shown as a thing of the past."""
    return {
        APPROVE: Word("approved", _("Approved")),
        CONDITIONS: Word("conditional", _("Approved on conditions")),
        CHANGES: Word("changes", _("Changes requested")),
        INPUT: Word("calm", _("Input given")),
        NO_OBJECTION: Word("good", _("No objection")),
        OBJECT: Word("changes", _("Objected")),
        NOTED: Word("good", _("Noted")),
        WITHDRAWN: Word("withdrawn", _("Taken back")),
    }


def why_not_waited_for(signature: Signature, *, is_approved: bool) -> str:
    """Why somebody who approves, and whose signature does not cover the section, is not waited for; empty if they are."""
    if signature.covers:
        return ""
    if signature.wrote_it:
        return _("Edited it, and nobody signs their own work.")
    if signature.asked_for_it:
        return _("Asked for the approval, and nobody approves what they asked for.")
    return _("The section is approved: any one is enough.") if is_approved else ""


def story_of(signature: Signature, deeds: Collection[Deed], *, is_approved: bool = False) -> list[str]:
    """A signature in a few sentences: when it was given, since when it no longer covers, what became of the request."""
    told: list[str] = []
    vote, ask = signature.vote, signature.ask
    if vote is not None:
        told += _story_of_vote(signature, deeds)
    if why := why_not_waited_for(signature, is_approved=is_approved):
        told.append(why)
    elif ask is not None:
        told.append(waiting(ask))
    if not told:
        told.append(_("Has not been asked about this section."))
    return told


def _story_of_vote(signature: Signature, deeds: Collection[Deed]) -> list[str]:
    vote = signature.vote
    assert vote is not None
    given = {"day": day(vote.at)}
    if vote.answers[signature.section] == CHANGES:
        return [_changes(vote.comment, vote.at), *answered_words(vote)]
    if vote.answers[signature.section] == WITHDRAWN:
        return [_("Took the approval back %(day)s.") % given + (f" “{vote.comment}”" if vote.comment else "")]
    told = [_("Approved %(day)s.") % given]
    if vote.for_email:
        told = [_("%(name)s approved for %(other)s %(day)s.") % {"name": vote.name, "other": vote.for_name, **given}]
    if signature.state == State.OUT_OF_DATE:
        told.append(out_of_date(signature, deeds))
    elif signature.state == State.EXPIRED and vote.ends_on:
        told.append(_("It ended on %(day)s.") % {"day": day(vote.ends_on)})
    elif signature.state == State.LAPSED and vote.condition:
        words = {"what": vote.condition["what"], "day": day(vote.ends_on)}
        told.append(_("It lapsed: this was not accepted as done by %(day)s: %(what)s") % words)
    elif vote.is_met(signature.section) and vote.condition:
        told.append(_("Its condition was met %(day)s: %(what)s") % {"day": day(vote.met_on), **vote.condition})
    elif signature.state == State.CONDITIONAL and vote.condition:
        words = {"what": vote.condition["what"], "who": vote.condition["who"], "day": day(vote.ends_on)}
        told.append(_("On condition that %(who)s does this by %(day)s: %(what)s") % words)
    elif signature.comparison.drifted:
        n = len(signature.comparison.drifted)
        told.append(
            ngettext("%(n)s count moved within what was approved.", "%(n)s counts moved within what was approved.", n)
            % {"n": n}
        )
    return told


def _changes(comment: str, at: datetime) -> str:
    return _("Requested changes %(day)s: “%(words)s”") % {"day": day(at), "words": comment}


def answered_words(vote: Vote) -> list[str]:
    """ "Priya Nair answered Tue 24 Nov: “Done.”", if somebody did."""
    reply = vote.answered
    if reply is None:
        return []
    return [_("%(who)s answered %(day)s: “%(words)s”") % {"who": reply.by, "day": day(reply.at), "words": reply.text}]


def out_of_date(signature: Signature, deeds: Collection[Deed]) -> str:
    since = ended_since(signature.comparison, _of(signature, deeds))
    if since is None:
        return _("It no longer covers what is written.")
    return _("Out of date since %(day)s.") % {"day": day(since)}


def _of(signature: Signature, deeds: Collection[Deed]) -> list[Deed]:
    at: Any = signature.vote.at if signature.vote else None
    return [deed for deed in deeds if signature.section in deed.sections and at is not None and deed.at >= at]


def waiting(ask: Ask) -> str:
    """ "Waiting since Fri 20 Nov. Mail sent Fri 20 Nov 09:02, not opened." """
    told = [_("Waiting since %(day)s.") % {"day": day(ask.asked_at)}, mail_words(ask)]
    return " ".join(filter(None, told))


def mail_words(ask: Ask) -> str:
    """What became of the mail; "opened" means that the signed-in person saw the page, never that a link was fetched."""
    if ask.mail == "refused":
        return _("The mail was refused: check the address.")
    if ask.opened_at is not None:
        return _("Opened %(moment)s.") % {"moment": moment(ask.opened_at)}
    if ask.mail == "waiting":
        return _("The mail is waiting to be sent.")
    if ask.mail:
        said = (
            _("Mail delivered %(moment)s, not opened.") if ask.is_delivered else _("Mail sent %(moment)s, not opened.")
        )
        return said % {"moment": moment(datetime.fromisoformat(ask.mail))}
    return ""
