"""The rows of a list of projects. Made here, not in a template: 25 rows of 30 template tags cost twice the page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mdeprep.home import ProjectLine
from readiness.rules.verdict import State
from tenants.models import User
from tenants.templatetags.look import day, status

register = template.Library()

BEHIND = ' <span class="sub">{}</span>'
CALM = '<span class="is-calm">{}</span>'
A_SLUG = "0"
"""Stands for any slug while an address is looked up once for all rows; a slug needs no escaping in an address."""


def state_words() -> dict[str, str]:
    return {
        State.STOPPED: _("Stopped"),
        State.WAITS: _("Waits"),
        State.ALMOST_READY: _("Almost ready"),
        State.CAN_START: _("Can start"),
        State.NOT_STARTED: _("Not started"),
    }


def _blockers(n: int) -> str:
    return ngettext("%(n)s blocker", "%(n)s blockers", n) % {"n": n}


def _days(n: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


class Rows:
    """What all rows of one table share is looked up once: heads, chips of states, the address of an overview."""

    def __init__(self, user: User, *, is_portfolio: bool) -> None:
        self.user_id, self.user_name, self.is_portfolio = user.pk, user.name, is_portfolio
        self.count, self.count_days = cache(_blockers), cache(_days)
        self.chips = {str(state): status(str(state), word) for state, word in state_words().items()}
        self.no_blocker, self.nobody = format_html(CALM, "–"), format_html("<span>{}</span>", format_html(CALM, "–"))
        self.no_date, self.behind = format_html(CALM, _("no date")), format_html(BEHIND, _("being judged again"))
        self.before_slug, self.after_slug = reverse("readiness:overview", args=[A_SLUG]).rsplit(A_SLUG, 1)
        cell = '<td data-label="{}">{{}}</td>'
        self.row = (
            "<tr>"
            + (format_html(cell, _("Customer")) if is_portfolio else "")
            + '<th scope="row"><a href="{}">{}</a></th>'
            + "".join(format_html(cell, head) for head in self.heads())
            + "</tr>"
        )

    @staticmethod
    def heads() -> tuple[str, ...]:
        return _("Status"), _("What stops it"), _("Waits for"), _("Next date")

    def html(self, line: ProjectLine) -> SafeString:
        url = f"{self.before_slug}{line.slug}{self.after_slug}"
        return format_html(
            self.row,
            *([line.tenant] if self.is_portfolio else []),
            url,
            line.name,
            self.state(line),
            self.stops(line, url),
            self.waits_for(line),
            self.next_date(line),
        )

    def state(self, line: ProjectLine) -> SafeString:
        chip = self.chips.get(line.state) or format_html(CALM, _("not judged yet"))
        return format_html("<span>{}{}</span>", chip, self.behind if line.is_behind else "")

    def stops(self, line: ProjectLine, url: str) -> str:
        if line.state == State.NOT_STARTED:
            return _("Nothing filled in yet")
        if not line.blockers:
            return self.no_blocker
        title = f": {line.stops}" if line.stops else ""
        return format_html(
            '<span><a class="num" href="{}#stops">{}</a>{}</span>', url, self.count(line.blockers), title
        )

    def waits_for(self, line: ProjectLine) -> SafeString | str:
        if line.state == State.NOT_STARTED:
            return _("you") if line.lead_id == self.user_id else line.lead
        if not line.waits_for:
            return self.nobody
        names = [self.name(who, days) for who, days in line.waits_for]
        lines = "{},<br>" * (len(names) - 1) + "{}"
        return format_html(f"<span>{lines}</span>", *names)

    def name(self, who: str, days: int) -> str:
        name = _("you") if who == self.user_name else who
        return f"{name} {self.count_days(days)}" if days else name

    def next_date(self, line: ProjectLine) -> str:
        if line.next_date is None:
            return self.no_date
        what, on = line.next_date
        return f"{what} {day(on)}"


@register.simple_tag
def project_rows(lines: Iterable[ProjectLine], user: User, is_portfolio: bool = False) -> SafeString:
    rows = Rows(user, is_portfolio=is_portfolio)
    return format_html_join("\n", "{}", ((rows.html(line),) for line in lines))


@register.simple_tag
def project_heads(is_portfolio: bool = False) -> SafeString:
    """The head of the same table."""
    heads = [*([_("Customer")] if is_portfolio else []), _("Project"), *Rows.heads()]
    return format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads))
