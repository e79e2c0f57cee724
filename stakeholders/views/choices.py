"""The words of the page on which a person decides: its heading, the choices and what is on the buttons."""

from __future__ import annotations

from django.utils.translation import gettext as _

from stakeholders.document import Part
from stakeholders.forms import EACH, LATER
from stakeholders.rules.standing import ANSWERS, APPROVE, CHANGES, CONDITIONS, INPUT, NO_OBJECTION, NOTED, OBJECT
from stakeholders.views.reading import Reading, counted_sections


def heading_of(part: str, reading: Reading) -> str:
    words = {
        Part.SO: _("Approve %(sections)s, again") if reading.is_again else _("Approve %(sections)s"),
        Part.R: _("Give input on %(sections)s"),
        Part.I: _("Read %(sections)s"),
    }[Part(part)]
    return words % {"sections": reading.titles}


def choices_of(part: str, sections: int, *, counts: bool) -> list[dict[str, str]]:
    """The cards: value, the word in bold, what follows it, and what it means."""
    if sections > 1:
        what = _("all %(n)s sections as they are now") % {"n": sections}
    else:
        what = _("these numbers") if counts else _("this section as it is now")
    found = {
        Part.SO: [
            (
                APPROVE,
                _("Approve"),
                what,
                _("Counts may drift up to 5 % in a row, with no new operating system, before you are asked again.")
                if counts
                else "",
            ),
            (
                CONDITIONS,
                _("Approve on conditions"),
                "",
                _("What must be done, by whom, until when. If it is not done by then, your approval ends."),
            ),
            (CHANGES, _("Request changes"), "", _("Say what.")),
        ],
        Part.R: [
            (INPUT, _("Give input"), "", _("Write it below. Everybody who approves reads it.")),
            (NO_OBJECTION, _("No objection"), "", ""),
            (OBJECT, _("Object"), "", _("Say why. It blocks nothing by itself, but everybody who approves reads it.")),
        ],
        Part.I: [],
    }[Part(part)]
    return [{"value": value, "bold": bold, "rest": rest, "small": small} for value, bold, rest, small in found]


def each_choice_of(part: str) -> list[tuple[str, str]]:
    words = {
        APPROVE: _("Approve"),
        CONDITIONS: _("Conditions"),
        CHANGES: _("Changes"),
        INPUT: _("Input"),
        NO_OBJECTION: _("No objection"),
        OBJECT: _("Object"),
        NOTED: _("Noted"),
    }
    return [*((f"each-{answer}", words[answer]) for answer in ANSWERS[Part(part)]), (f"each-{LATER}", _("Later"))]


def buttons_of(part: str, sections: int, name: str) -> list[tuple[str, str]]:
    """The words on the button say the deed, its object and the person."""
    what = {"what": counted_sections(sections), "name": name}
    found = {
        Part.SO: [
            (APPROVE, _("Approve %(what)s as %(name)s")),
            (CONDITIONS, _("Approve %(what)s on conditions as %(name)s")),
            (CHANGES, _("Request changes as %(name)s")),
        ],
        Part.R: [
            (INPUT, _("Give input as %(name)s")),
            (NO_OBJECTION, _("Say “no objection” as %(name)s")),
            (OBJECT, _("Object as %(name)s")),
        ],
        Part.I: [(NOTED, _("Noted"))],
    }[Part(part)]
    each = [(EACH, _("Record an answer for each of %(what)s as %(name)s"))] if sections > 1 and part != Part.I else []
    return [(value, words % what) for value, words in [*found, *each]]
