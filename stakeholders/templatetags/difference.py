"""The lines of a difference. Made here, not in a template: forty lines of a dozen tags cost as much as the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stakeholders.rules.changes import Line

register = template.Library()

ROW = (
    '<tr><th scope="row">{sign}{what}{note}{detail}</th>'
    '<td class="{count}was">{was}</td><td class="{count}now">{now}</td></tr>'
)
NOTHING = SafeString()


@register.simple_tag
def difference_lines(lines: Iterable[Line]) -> SafeString:
    """{% difference_lines group.lines %}: a row of the table for each."""
    return format_html_join("\n", ROW, _told(lines))


def _told(lines: Iterable[Line]) -> Iterator[dict[str, str]]:
    signs = {"": NOTHING, "+": _sign("+", _("Added:")), "−": _sign("−", _("Removed:"))}
    for line in lines:
        yield {
            "sign": signs[line.sign],
            "what": line.what,
            "note": format_html(' <span class="is-stop">({})</span>', line.note) if line.note else NOTHING,
            "detail": format_html('<span class="sub">{}</span>', line.detail) if line.detail else NOTHING,
            "count": "count " if line.is_short else "",
            "was": line.was,
            "now": line.now,
        }


def _sign(sign: str, said: str) -> SafeString:
    marked = '<span class="sign-of" aria-hidden="true">{}</span><span class="visually-hidden">{} </span>'
    return format_html(marked, sign, said)
