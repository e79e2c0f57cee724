"""Pictures that the server draws: widths are attributes of SVG, words beside them carry the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from projects import catalog
from projects.rules.count_history import Counted
from projects.rules.estate import Estate, Line, Sums
from tenants.templatetags.look import day

WIDTH, GAP, LEAST = 1000.0, 3.0, 4.0
MOST_DAYS = 8


class Rect(NamedTuple):
    css: str
    x: float
    width: float


class Bar(NamedTuple):
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


def _towards(most: int, parts: Iterable[tuple[str, int]]) -> tuple[Rect, ...]:
    """Parts side by side on a scale on which `most` fills the whole width."""
    rects, x = [], 0.0
    for css, number in parts:
        if number:
            width = max(WIDTH * number / max(most, 1), LEAST)
            rects.append(Rect(css, round(x, 1), round(min(width, WIDTH - x), 1)))
            x += width
    return tuple(rects)


def _css_of(line: Line) -> str:
    if line.needs_extra_step:
        return "bar-step"
    return {"cannot": "bar-cannot", "unknown": "bar-unplaced"}.get(line.route, "bar-as-is")


def systems_picture(estate: Estate) -> list[Bar]:
    """A bar for each system on one scale, in the colour of its support on the project's plan, in the page's order."""
    order = {system: place for place, system in enumerate(catalog.systems())}
    lines = sorted((line for line in estate.lines if line.count), key=lambda line: order.get(line.system, len(order)))
    most = max((line.count for line in lines), default=0)
    return [
        Bar(line.name, line.count, _towards(most, [(_css_of(line), line.count)]), catalog.ROUTE_LABELS[line.route])
        for line in lines
    ]


KIND_CSS = {"computer": "bar-as-is", "mobile": "bar-mobile", "server": "bar-server"}


class HistoryBar(NamedTuple):
    """The counts at the end of a day: the bar, and the same for the table beside it."""

    counted: Counted
    bar: Bar


def history_picture(days: Sequence[Counted]) -> list[HistoryBar]:
    """A bar for each day on which counts moved, on one scale, parted by kind; the newest last."""
    shown = days[-MOST_DAYS:]
    most = max((one.total for one in shown), default=0)
    return [
        HistoryBar(
            one,
            Bar(
                day(one.day),
                one.total,
                _towards(most, [(css, one.by_kind[kind]) for kind, css in KIND_CSS.items()]),
                ", ".join(one.sources),
            ),
        )
        for one in shown
    ]


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


class Span(NamedTuple):
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
