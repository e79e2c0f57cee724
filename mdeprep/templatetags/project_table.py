"""The rows of a list of projects. Made here, not in a template: 25 rows of 30 template tags cost twice the page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from itertools import groupby

from django import template
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mdeprep.home import ProjectLine, state_words
from readiness.rules.verdict import State
from tenants.models import User
from tenants.templatetags.look import day, status

register = template.Library()

CALM = '<span class="is-calm">{}</span>'
A_SLUG = "0"
"""Stands for any slug while an address is looked up once for all rows; a slug needs no escaping in an address."""


def _blockers(n: int) -> str:
    return ngettext("%(n)s blocker", "%(n)s blockers", n) % {"n": n}


def _days(n: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


def _since(waited_for: tuple[str, int]) -> int:
    return waited_for[1]


class Rows:
    """What all rows of one table share is looked up once: heads, chips of states, the address of an overview.

    Every method answers HTML; what people typed is escaped where it goes in.
    """

    def __init__(self, user: User, *, shows_customer: bool, is_portfolio: bool) -> None:
        self.user_id, self.user_name, self.shows_customer = user.pk, user.name, shows_customer
        self.count, self.count_days = cache(_blockers), cache(_days)
        self.chips = {str(state): status(str(state), word) for state, word in state_words().items()}
        self.not_judged, self.behind = (
            _calm(_("not judged yet")),
            f' <span class="sub">{_("being judged again")}</span>',
        )
        self.nothing, self.you, self.no_date = _calm("–"), _("you"), _calm(_("no date"))
        self.not_filled_in, self.and_ = _("Nothing filled in yet"), f" {_('and')} "
        self.before_slug, self.after_slug = reverse("readiness:overview", args=[A_SLUG]).rsplit(A_SLUG, 1)
        self.cells = [f'<td data-label="{escape(head)}">' for head in _heads(is_portfolio=is_portfolio)]
        self.customer = f'<td data-label="{escape(_("Customer"))}">'

    def html(self, line: ProjectLine) -> str:
        url = f"{self.before_slug}{line.slug}{self.after_slug}"
        state, stops, waits_for, next_date = self.cells
        return (
            (f"<tr>{self.customer}{escape(line.tenant)}</td>" if self.shows_customer else "<tr>")
            + f'<th scope="row"><a href="{url}">{escape(line.name)}</a></th>'
            + f"{state}{self.state(line)}</td>{stops}{self.stops(line, url)}</td>"
            + f"{waits_for}{self.waits_for(line)}</td>{next_date}{self.next_date(line)}</td></tr>"
        )

    def state(self, line: ProjectLine) -> str:
        return f"<span>{self.chips.get(line.state, self.not_judged)}{self.behind if line.is_behind else ''}</span>"

    def stops(self, line: ProjectLine, url: str) -> str:
        if line.state == State.NOT_STARTED:
            return self.not_filled_in
        if not line.blockers:
            return self.nothing
        title = f": {escape(line.stops)}" if line.stops else ""
        return f'<span><a class="num" href="{url}#stops">{self.count(line.blockers)}</a>{title}</span>'

    def waits_for(self, line: ProjectLine) -> str:
        if line.state == State.NOT_STARTED:
            return self.you if line.lead_id == self.user_id else escape(line.lead)
        if not line.waits_for:
            return f"<span>{self.nothing}</span>"
        since = groupby(line.waits_for, key=_since)
        return f"<span>{',<br>'.join(self.names([who for who, _days in each], days) for days, each in since)}</span>"

    def names(self, people: list[str], days: int) -> str:
        """Those who are waited for since one day: "Dana Reyes and Marcus Webb 2 days"."""
        said = [self.you if who == self.user_name else escape(who) for who in people]
        names = self.and_.join(filter(None, [", ".join(said[:-1]), said[-1]]))
        return f"{names} {self.count_days(days)}" if days else names

    def next_date(self, line: ProjectLine) -> str:
        if line.next_date is None:
            return self.no_date
        what, on = line.next_date
        return f"{escape(what)} {day(on)}"


def _heads(*, is_portfolio: bool) -> tuple[str, ...]:
    ball = _("Ball is with") if is_portfolio else _("Waits for")
    return _("Status"), _("What stops it"), ball, _("Next date")


def _calm(text: str) -> str:
    return CALM.format(escape(text))


@register.simple_tag
def project_rows(
    lines: Iterable[ProjectLine], user: User, shows_customer: bool = False, is_portfolio: bool = False
) -> SafeString:
    rows = Rows(user, shows_customer=shows_customer, is_portfolio=is_portfolio)
    return SafeString("\n".join(map(rows.html, lines)))  # nosec B703 - each method escapes what it puts in


@register.simple_tag
def project_heads(shows_customer: bool = False, is_portfolio: bool = False) -> SafeString:
    """The head of the same table."""
    heads = [*([_("Customer")] if shows_customer else []), _("Project"), *_heads(is_portfolio=is_portfolio)]
    return format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads))
