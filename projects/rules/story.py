"""The history in sentences: what each entry says, in the words of the screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from projects.document import SECTIONS
from projects.document.choices import Phase
from projects.rules.roles import Role

What = Mapping[str, Any]

HIDDEN = {"before", "after", "moved", "key", "table", "title", "why", "section", "facts", "up", "rows"}
"""Parts of an entry that are shown elsewhere on its line, or that only the machine reads."""


def sentence(verb: str, what: What, sections: list[str]) -> str:
    """What happened, as a sentence without its subject: "added Windows Server 2019 to Environment"."""
    teller = TELLERS.get(verb)
    try:
        return teller(what, sections) if teller else _plain(verb, what)
    except (KeyError, TypeError, ValueError):  # an entry of another version: tell it plainly
        return _plain(verb, what)


def section_name(name: str) -> str:
    return _(SECTIONS[name].title) if name in SECTIONS else _(name.capitalize())


def day_of(text: str) -> str:
    """A day of an entry in words: "2026-11-27" is 27 Nov 2026."""
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _place(sections: list[str]) -> str:
    return ", ".join(section_name(name) for name in sections)


def _row(words: str) -> Callable[[What, list[str]], str]:
    def tell(what: What, sections: list[str]) -> str:
        return _(words) % {"row": what.get("title") or what["key"], "section": _place(sections)}

    return tell


def _changed(what: What, sections: list[str]) -> str:
    after = what.get("after") or {}
    if set(after) == {"does_not_apply"}:
        words = (
            _("said that %(row)s does not apply (%(section)s)")
            if after["does_not_apply"]
            else _("said that %(row)s applies after all (%(section)s)")
        )
    else:
        words = _("changed %(row)s in %(section)s")
    return words % {"row": what.get("title") or what["key"], "section": _place(sections)}


def _moved(what: What, sections: list[str]) -> str:
    return _("moved a row of %(section)s, for the eye only") % {"section": _place(sections)}


def _owner(what: What, _sections: list[str]) -> str:
    who = what.get("person") or what.get("team") or _("nobody")
    return _("made %(who)s the owner of %(section)s") % {"who": who, "section": section_name(str(what["section"]))}


def _role_given(what: What, _sections: list[str]) -> str:
    words = {"who": what["person"]["name"], "role": Role(what["role"]).label, "day": ""}
    if what.get("until"):
        words["day"] = day_of(what["until"])
        return _("gave %(who)s the role %(role)s until %(day)s") % words
    return _("gave %(who)s the role %(role)s") % words


def _role_taken(what: What, _sections: list[str]) -> str:
    return _("took the role %(role)s back from %(who)s") % {
        "who": what["person"]["name"],
        "role": Role(what["role"]).label,
    }


def _handed_over(what: What, _sections: list[str]) -> str:
    return _("handed the project over to %(who)s") % {"who": what["person"]["name"]}


def _phase(what: What, _sections: list[str]) -> str:
    phase, stood = Phase(what["after"]).label, len(what.get("in_spite_of", ()))
    if not stood:
        return _("started the phase %(phase)s") % {"phase": phase}
    said = ngettext(
        "started the phase %(phase)s in spite of %(n)s blocker",
        "started the phase %(phase)s in spite of %(n)s blockers",
        stood,
    )
    return said % {"phase": phase, "n": stood}


def _imported(what: What, _sections: list[str]) -> str:
    read = what["read"] if "read" in what else what["after"].get("read")  # of the source's row, in older entries
    words = {"source": what["title"], "read": read, "devices": f"{what['devices_after']:,}"}
    if words["read"] is None:
        return _("applied an export of %(source)s: %(devices)s devices in all") % words
    words["read"] = f"{words['read']:,}"
    return _("applied an export of %(source)s, %(read)s rows: %(devices)s devices in all") % words


def _questions_asked(what: What, _sections: list[str]) -> str:
    about = ", ".join(each["title"] for each in what["questions"])
    return _("asked %(who)s about %(about)s") % {"who": what["person"]["name"], "about": about}


def _answered(what: What, _sections: list[str]) -> str:
    words = _("did not know about %(about)s") if what["answered"] == "unknown" else _("answered about %(about)s")
    return words % {"about": what["about"]}


def _about(words: str) -> Callable[[What, list[str]], str]:
    return lambda what, _sections: _(words) % {"about": what["about"]}


def _upload_asked(what: What, _sections: list[str]) -> str:
    words = {"who": what["person"]["name"], "day": day_of(what["until"])}
    return _("asked %(who)s to upload an export until %(day)s") % words


def _upload_revoked(what: What, _sections: list[str]) -> str:
    return _("ended the upload link of %(who)s") % {"who": what["person"]["name"]}


def _present_read(what: What, _sections: list[str]) -> str:
    n = what["rows"]
    said = ngettext(
        "read a list of the roles that are held now, %(rows)s line",
        "read a list of the roles that are held now, %(rows)s lines",
        n,
    )
    return said % {"rows": f"{n:,}"}


def _ranked(what: What, _sections: list[str]) -> str:
    n = len(what["rows"])
    said = ngettext(
        "changed the order of the device groups: %(n)s has another rank",
        "changed the order of the device groups: %(n)s have another rank",
        n,
    )
    return said % {"n": f"{n:,}"}


def _gaps_closed(what: What, _sections: list[str]) -> str:
    n = len(what["rows"])
    said = ngettext(
        "closed the gaps in the ranks of the device groups: %(n)s has another rank",
        "closed the gaps in the ranks of the device groups: %(n)s have another rank",
        n,
    )
    return said % {"n": f"{n:,}"}


def _pasted(what: What, _sections: list[str]) -> str:
    n = len(what["rows"])
    return ngettext("added %(n)s device group at once", "added %(n)s device groups at once", n) % {"n": f"{n:,}"}


def _left_out(what: What, _sections: list[str]) -> str:
    """ "left out 3 systems of the inventory: RHEL 8, ..." """
    names = get_text_list([row["title"] for row in what["rows"]], _("and"))
    return _("left out of the inventory: %(names)s") % {"names": names}


def _timeline_placed(what: What, _sections: list[str]) -> str:
    n = len(what["rows"])
    return ngettext("laid down %(n)s date of the timeline", "laid down %(n)s dates of the timeline", n) % {"n": n}


def _converted(what: What, _sections: list[str]) -> str:
    n = sum(row["table"] == "tiers" for row in what["rows"])
    said = ngettext("converted %(n)s tier to unified RBAC", "converted %(n)s tiers to unified RBAC", n)
    return said % {"n": n} if n else _("planned unified RBAC")


def _plain(verb: str, what: What) -> str:
    told = [f"{_words(name)}: {_value(value)}" for name, value in what.items() if name not in HIDDEN and value]
    title = f" {what['title']}" if what.get("title") else ""
    return f"{_(verb)}{title}" + (f" ({'; '.join(told)})" if told else "")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name") or ", ".join(f"{_words(k)} {_value(v)}" for k, v in value.items() if v))
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)
    return str(value)


TELLERS: dict[str, Callable[[What, list[str]], str]] = {
    "project created": lambda _what, _sections: _("made the project from the standard template"),
    "facts changed": lambda _what, _sections: _("changed what the whole plan rests on"),
    "owner set": _owner,
    "archived": lambda _what, _sections: _("archived the project"),
    "restored": lambda _what, _sections: _("restored the project"),
    "phase started": _phase,
    "added": _row("added %(row)s to %(section)s"),
    "changed": _changed,
    "removed": _row("removed %(row)s from %(section)s"),
    "moved": _moved,
    "removal recorded": _row(gettext_noop("recorded that %(row)s is removed")),
    "removal confirmed": _row(gettext_noop("confirmed that %(row)s is removed")),
    "removal taken back": _row(gettext_noop("took back that %(row)s is removed")),
    "imported": _imported,
    "role given": _role_given,
    "role taken back": _role_taken,
    "handed over": _handed_over,
    "questions asked": _questions_asked,
    "question answered": _answered,
    "answer settled": _about(gettext_noop("settled the answer about %(about)s")),
    "answer declined": _about(gettext_noop("did not take over the answer about %(about)s")),
    "question withdrawn": _about(gettext_noop("withdrew the question about %(about)s")),
    "present access read": _present_read,
    "present access forgotten": lambda _what, _sections: _("deleted the list of the roles that are held now"),
    "upload asked": _upload_asked,
    "upload arrived": lambda _what, _sections: _("uploaded an export"),
    "upload revoked": _upload_revoked,
    "device groups ranked": _ranked,
    "rank gaps closed": _gaps_closed,
    "device groups added": _pasted,
    "access converted": _converted,
    "timeline placed": _timeline_placed,
    "systems left out": _left_out,
}
"""Verb -> how it is told. Apps above may add theirs; a verb that nobody tells is shown plainly."""
