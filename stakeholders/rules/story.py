"""Entries about the matrix and its approvals, as sentences of the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    people = what["people"]
    told = ngettext(
        "asked %(n)s person about %(sections)s, until %(day)s",
        "asked %(n)s people about %(sections)s, until %(day)s",
        len(people),
    ) % {"n": len(people), "sections": _sections(what["asked_for"]), "day": story.day_of(what["due_on"])}
    return f"{told} ({', '.join(person['name'] for person in people)})"


def _decided(what: What, _names: list[str]) -> str:
    by_answer: dict[str, list[str]] = {}
    for section, answer in what["answers"].items():
        by_answer.setdefault(answer, []).append(section)
    told = "; ".join(_(ANSWERED[answer]) % {"sections": _sections(names)} for answer, names in by_answer.items())
    return told + (f": “{what['comment']}”" if what.get("comment") else "")


def _withdrawn(what: What, _names: list[str]) -> str:
    return _("took back request %(n)s") % {"n": what["round"]}


def tell() -> None:
    """Add the sentences of this app to those of the plan."""
    story.TELLERS.update(
        {
            "approval asked": _asked,
            "decided": _decided,
            "request withdrawn": _withdrawn,
            "matrix laid": lambda _what, _names: _("laid down the roles of the stakeholder matrix"),
            "plan imported": lambda what, _names: (
                _("made the plan from an exported one")
                if what.get("is_new")
                else _("replaced the plan by an exported one")
            ),
        }
    )
