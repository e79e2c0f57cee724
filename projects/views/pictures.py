"""Pictures that the server draws: widths are attributes of SVG, words beside them carry the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from projects.rules.estate import Sums

WIDTH, GAP, LEAST = 1000.0, 3.0, 4.0


@dataclass(frozen=True)
class Rect:
    css: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A line of a picture: its name, its number, its parts, and the same in words."""

    name: str
    number: int
    rects: tuple[Rect, ...]
    words: str


def shares(parts: Iterable[tuple[str, int]]) -> tuple[Rect, ...]:
    """Parts of a whole as rectangles side by side; what is too small to draw is drawn as a thin mark."""
    drawn = [(css, number) for css, number in parts if number]
    total = sum(number for _css, number in drawn)
    room = WIDTH - GAP * max(len(drawn) - 1, 0)
    widths = [max(room * number / total, LEAST) for _css, number in drawn] if total else []
    if widths:
        widths[widths.index(max(widths))] -= sum(widths) - room
    rects, x = [], 0.0
    for (css, _number), width in zip(drawn, widths, strict=True):
        rects.append(Rect(css, round(x, 1), round(width, 1)))
        x += width + GAP
    return tuple(rects)


def estate_bar(name: str, sums: Sums) -> Bar:
    """How much of a group can be onboarded as it is, after an extra step, or not at all."""
    parts = (
        ("bar-as-is", sums.as_they_are, _("as they are")),
        ("bar-step", sums.extra_step, _("need an extra step")),
        ("bar-cannot", sums.cannot, _("cannot be onboarded")),
        ("bar-ground", sums.unplaced, _("not placed")),
    )
    told = [f"{number:,} {what}" for _css, number, what in parts if number]
    words = (
        _("all %(number)s as they are") % {"number": f"{sums.total:,}"}
        if sums.total == sums.as_they_are
        else ", ".join(told)
    )
    return Bar(name, sums.total, shares((css, number) for css, number, _what in parts), words)


def pool_bar(name: str, need: int, have: int) -> Bar:
    """What a pool of licences covers of what needs one."""
    covered = min(need, have)
    parts = (("bar-good", covered), ("bar-cannot", need - covered))
    words = _("%(have)s covered of %(need)s") % {"have": f"{covered:,}", "need": f"{need:,}"}
    return Bar(name, need, shares(parts), words)


@dataclass(frozen=True)
class Span:
    """The first and the last day of a timeline; days become places in its picture."""

    first: date
    last: date

    def place(self, day: date) -> float:
        whole = max((self.last - self.first).days, 1)
        share = min(max((day - self.first).days / whole, 0.0), 1.0)
        return round(share * (WIDTH - 8.0), 1)

    def rect(self, css: str, starts: date | None, ends: date | None) -> Rect | None:
        """A bar from one day to the other; with one day only, a mark."""
        first, last = starts or ends, ends or starts
        if first is None or last is None:
            return None
        x = self.place(first)
        return Rect(css, x, max(self.place(last) - x, 8.0))


def span_of(days: Iterable[date | None]) -> Span | None:
    found = sorted(day for day in days if day)
    return Span(found[0], found[-1]) if found else None
