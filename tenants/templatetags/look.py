"""How things look on every page: icons, states, rings, dates and numbers. A built-in library; asks no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.dateformat import format as in_words
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext

from tenants import clock

register = template.Library()

MISSING = "–"
NO_BREAK = "\N{NO-BREAK SPACE}"

ICONS = frozenset(
    [
        "ask",
        "back",
        "brand",
        "changes",
        "check",
        "clock",
        "close",
        "cond",
        "copy",
        "date",
        "doc",
        "download",
        "down",
        "edit",
        "filter",
        "gear",
        "good",
        "hand",
        "here",
        "history",
        "key",
        "link",
        "lock",
        "logout",
        "mail",
        "na",
        "open",
        "pen",
        "person",
        "play",
        "plus",
        "print",
        "search",
        "server",
        "shield",
        "stale",
        "stop",
        "team",
        "trash",
        "unknown",
        "up",
        "upgrade",
        "upload",
        "wait",
        "warn",
    ]
)
"""The symbols of templates/look/sprite.html."""

STATES: dict[str, tuple[str, str]] = {
    "stop": ("stop", "status-stop"),
    "warn": ("warn", "status-warn"),
    "good": ("good", "status-good"),
    "calm": ("open", ""),
    # a project
    "not_started": ("open", ""),
    "waits": ("wait", ""),
    "almost_ready": ("cond", "status-warn"),
    "stopped": ("stop", "status-stop"),
    "can_start": ("good", "status-good"),
    "under_way": ("here", "status-good"),
    # a signature: dashed where it does not cover what is written now
    "approved": ("good", "status-good"),
    "conditional": ("cond", "status-good"),
    "changes": ("changes", "status-stop"),
    "stale": ("stale", "status-warn status-open"),
    "wait": ("wait", "status-open"),
    "expired": ("date", "status-open"),
    "withdrawn": ("back", "status-open"),
    # a check, a row
    "passed": ("good", "status-good"),
    "na": ("na", ""),
    "cannot": ("na", "status-stop"),
    "extra_step": ("upgrade", "status-warn"),
    "unknown": ("unknown", "status-warn"),
}
"""State: its icon, its classes."""

RINGS = {
    "": "mark",
    "good": "mark mark-good",
    "stale": "mark mark-stale",
    "changes": "mark mark-changes",
    "wait": "mark mark-wait",
}


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A symbol of the sprite, in the colour of its word. It says nothing to a screen reader: the word does."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"There is no icon {name!r}.")
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>', f"i {classes}".strip(), name
    )


@register.simple_tag
def status(state: str, word: str, href: str = "", symbol: str = "") -> SafeString:
    """Icon, word and tint of a state; a link if it leads anywhere. `symbol` takes another icon than the usual one."""
    if state not in STATES:
        raise template.TemplateSyntaxError(f"There is no state {state!r}.")
    usual, classes = STATES[state]
    classes = f"status {classes}".strip()
    picture = icon(symbol or usual)
    if href:
        return format_html('<a class="{}" href="{}">{}{}</a>', classes, href, picture, word)
    return format_html('<span class="{}">{}{}</span>', classes, picture, word)


@register.simple_tag
def mark(person: object, kind: str = "") -> SafeString:
    """A person's initials in a ring: solid covers what is written now, dashed does not. The name stands beside it."""
    if kind not in RINGS:
        raise template.TemplateSyntaxError(f"There is no ring {kind!r}.")
    letters = person if isinstance(person, str) else getattr(person, "name", "") or getattr(person, "email", "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', RINGS[kind], initials(letters))


@register.filter
def initials(name: str | None) -> str:
    """First letters of the first and the last word: Dana Reyes, DR. What stands in brackets has none."""
    words = [word for word in (name or "").split() if word[0].isalnum()]
    ends = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper()


@register.filter
def thousands(number: float | Decimal | None) -> str:
    """8639 becomes 8,639; nothing becomes a dash. A text stays as it is."""
    if number is None or number == "":
        return MISSING
    return number if isinstance(number, str) else f"{number:,}"


def _local(moment: date) -> date:
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


_is_on_paper: ContextVar[bool] = ContextVar("is_on_paper", default=False)


@contextmanager
def on_paper() -> Iterator[None]:
    """Every day has its year in this block: paper is read in other years too."""
    token = _is_on_paper.set(True)
    try:
        yield
    finally:
        _is_on_paper.reset(token)


def _this_year() -> int:
    """The year that is left out; none on paper."""
    return 0 if _is_on_paper.get() else timezone.localtime(clock.now()).year


@register.filter
def day(moment: date | None) -> str:
    """Fri 27 Nov, unbroken, in the reader's time zone; with the year if it is not this one."""
    if not moment:
        return MISSING
    moment = _local(moment)
    pattern = "D j M" if moment.year == _this_year() else "D j M Y"
    return _written(moment.year, moment.month, moment.day, pattern, get_language())


@lru_cache(maxsize=2000)
def _written(year: int, month: int, day: int, pattern: str, _language: str) -> str:
    """Lists name the same few days again and again, and writing one out is slow."""
    return in_words(date(year, month, day), pattern).replace(" ", NO_BREAK)


@register.filter
def moment(value: datetime | None) -> str:
    """Fri 20 Nov 09:02, unbroken, in the reader's time zone."""
    return f"{day(value)}{NO_BREAK}{in_words(_local(value), 'H:i')}" if value else MISSING


@register.filter
def since_days(value: date | None) -> int | None:
    """Whole days from that day to today, as the reader's calendar counts them; later than today: 0."""
    if not value:
        return None
    then = _local(value)
    if isinstance(then, datetime):
        then = then.date()
    return max((timezone.localtime(clock.now()).date() - then).days, 0)


@register.filter
def names(people: Iterable[object] | None) -> str:
    """Dana Reyes, Marcus Webb and Priya Nair."""
    return get_text_list([str(person) for person in people or ()], gettext("and"))


@register.filter
def fingerprint(digest: str | None, groups: int = 3) -> str:
    """The first letters of a hash in groups of four: 3f9a 71c2 0b4e …"""
    if not digest:
        return MISSING
    shown = digest[: 4 * groups]
    parts = [shown[at : at + 4] for at in range(0, len(shown), 4)]
    return " ".join([*parts, "…"] if len(digest) > len(shown) else parts)


@register.filter
def masked(address: str | None) -> str:
    """An address that a stranger may see: c•••@contoso.example."""
    name, at, place = (address or "").partition("@")
    return f"{name[:1]}•••@{place}" if at else MISSING


class Tidy(template.Node):
    def __init__(self, inside: template.NodeList) -> None:
        self.inside = inside

    def render(self, context: template.Context) -> SafeString:
        lines = "\n".join(line.strip() for line in self.inside.render(context).splitlines())
        while "\n\n\n" in lines:
            lines = lines.replace("\n\n\n", "\n\n")
        return SafeString(lines.strip() + "\n")  # nosec B703 - what the template rendered, only re-spaced


@register.tag
def tidy(parser: template.base.Parser, _token: template.base.Token) -> Tidy:
    """A text part, however its template is indented: no blank line twice, no space in front."""
    inside = parser.parse(("endtidy",))
    parser.delete_first_token()
    return Tidy(inside)


class Constant(template.Node):
    def __init__(self, inside: template.NodeList) -> None:
        self.inside = inside
        self.written: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language()
        if language not in self.written:
            self.written[language] = self.inside.render(context)
        return self.written[language]


@register.tag
def constant(parser: template.base.Parser, _token: template.base.Token) -> Constant:
    """What is the same on every page, for everybody: written once per language. Holds words, icons and addresses that
    depend on nothing; never a person, a project, a setting or a block."""
    inside = parser.parse(("endconstant",))
    parser.delete_first_token()
    return Constant(inside)
