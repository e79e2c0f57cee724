"""Entries about the matrix and its approvals, as sentences of the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from projects.rules import story
from stakeholders.rules.standing import APPROVE, CHANGES, CONDITIONS, INPUT, NO_OBJECTION, NOTED, OBJECT, WITHDRAWN

What = Mapping[str, Any]

ANSWERED = {
    APPROVE: "approved %(sections)s",
    CONDITIONS: "approved %(sections)s on conditions",
    CHANGES: "requested changes to %(sections)s",
    INPUT: "gave input on %(sections)s",
    NO_OBJECTION: "had no objection to %(sections)s",
    OBJECT: "objected to %(sections)s",
    NOTED: "noted %(sections)s",
    WITHDRAWN: "took back the answer on %(sections)s",
}


def _sections(names: list[str]) -> str:
    return ", ".join(story.section_name(name) for name in names)


def _asked(what: What, _names: list[str]) -> str:
    names = {person.get("email") or person["name"]: person["name"] for person in what["people"]}  # of two rows: once
    told = ngettext(
        "asked %(n)s person about %(sections)s, until %(day)s",
        "asked %(n)s people about %(sections)s, until %(day)s",
        len(names),
    ) % {"n": len(names), "sections": _sections(what["asked_for"]), "day": story.day_of(what["due_on"])}
    return f"{told} ({', '.join(names.values())})"


def _decided(what: What, _names: list[str]) -> str:
    by_answer: dict[str, list[str]] = {}
    for section, answer in what["answers"].items():
        by_answer.setdefault(answer, []).append(section)
    told = "; ".join(_(ANSWERED[answer]) % {"sections": _sections(names)} for answer, names in by_answer.items())
    if what.get("on_behalf_of"):
        told = _("for %(who)s: %(told)s") % {"who": _who(what, "on_behalf_of"), "told": told}
    return told + (f": “{what['comment']}”" if what.get("comment") else "")


def _who(what: What, name: str = "person") -> str:
    person = what[name]
    return str(person["name"] or person["email"])


def _quoted(words: str) -> Callable[[What, list[str]], str]:
    """A sentence with what was said in it: the values of an entry by name, marked for translation where it is made."""
    return lambda what, _names: (
        _(words)
        % {
            **{name: value for name, value in what.items() if isinstance(value, str)},
            "sections": _sections(list(what.get("asked_for") or what.get("answers") or ())),
        }
    )


def _substitute(what: What, _names: list[str]) -> str:
    return _("made %(who)s count as the substitute of %(other)s from %(first)s to %(last)s") % {
        "who": _who(what), "other": _who(what, "stands_for"), "first": story.day_of(what["since"]),
        "last": story.day_of(what["until"]),
    }  # fmt: skip


def _handed_on(what: What, _names: list[str]) -> str:
    return _("handed request %(code)s on to %(who)s") % {"code": what["request"], "who": _who(what)}


def _passed_on(what: What, _names: list[str]) -> str:
    return _("passed request %(code)s to %(who)s, who succeeds") % {"code": what["request"], "who": _who(what)}


def _reported(what: What, _names: list[str]) -> str:
    return _("reported a decision of %(who)s, made %(day)s: %(place)s. Not confirmed yet") % {
        "who": what["name"], "day": story.day_of(what["on"]), "place": what["place"],
    }  # fmt: skip


def _withdrawn(what: What, _names: list[str]) -> str:
    return _("took back request %(n)s") % {"n": what["round"]}


_OF_THE_PLAN = story.TELLERS["question answered"]


def _question_answered(what: What, names: list[str]) -> str:
    """Of somebody who was to decide; or, told by the plan, of whoever was asked about a row of it."""
    if "question" not in what:
        return _OF_THE_PLAN(what, names)
    return _("answered “%(question)s”: “%(answer)s”") % dict(what)


def tell() -> None:
    """Add the sentences of this app to those of the plan."""
    story.TELLERS.update(
        {
            "approval asked": _asked,
            "decided": _decided,
            "request withdrawn": _withdrawn,
            "condition evidence": _quoted(gettext_noop("said how a condition was met (%(condition)s): “%(evidence)s”")),
            "condition met": _quoted(gettext_noop("accepted that a condition is met: %(condition)s")),
            "condition not met yet": _quoted(
                gettext_noop("did not accept a condition as met (%(condition)s): “%(why)s”")
            ),
            "approval lapsed": _quoted(
                gettext_noop(
                    "the approval of %(sections)s by %(who)s lapsed: its condition was not met (%(condition)s)"
                )
            ),
            "replied": _quoted(gettext_noop("answered %(to)s about %(sections)s: “%(answer)s”")),
            "resolved": _quoted(gettext_noop("answered %(to)s about %(sections)s, as settled: “%(answer)s”")),
            "question asked": _quoted(gettext_noop("asked before deciding: “%(question)s”")),
            "question answered": _question_answered,
            "reminder chosen": lambda what, _names: (
                _("wants no reminder before %(day)s") % {"day": story.day_of(what["until"])}
            ),
            "address refused": _quoted(
                gettext_noop("the mail to %(address)s was refused: nothing is sent there until it is mended")
            ),
            "link ended": _quoted(
                gettext_noop("ended the link of request %(before)s to %(name)s; the new one is %(request)s")
            ),
            "address works": _quoted(gettext_noop("said that %(address)s takes mail again")),
            "wrong person": _quoted(gettext_noop("is not the right person to ask as %(role)s. %(says)s")),
            "substitute counts": _substitute,
            "person confirmed": lambda what, _names: _("confirmed %(who)s in the matrix") % {"who": _who(what)},
            "successor named": lambda what, _names: (
                _("put %(who)s in the place of %(other)s as %(role)s")
                % {"who": _who(what, "successor"), "other": _who(what), "role": what["role"]}
            ),
            "request handed on": _handed_on,
            "request kept": _quoted(gettext_noop("took request %(request)s back from %(instead_of)s")),
            "request passed on": _passed_on,
            "decision reported": _reported,
            "value suggested": _quoted(gettext_noop("suggested another value for %(row)s: “%(why)s”")),
            "suggestion declined": _quoted(gettext_noop("left the value as it is that %(person)s wanted to change")),
            "report denied": _quoted(gettext_noop("did not decide what was reported: %(place)s")),
            "matrix laid": lambda _what, _names: _("laid down the roles of the stakeholder matrix"),
            "plan imported": lambda what, _names: (
                _("made the plan from an exported one")
                if what.get("is_new")
                else _("replaced the plan by an exported one")
            ),
        }
    )
