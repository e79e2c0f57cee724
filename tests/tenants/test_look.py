"""The tags and filters that every page uses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone
from django.utils.translation import override

from tenants import clock
from tenants.templatetags import look

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.fixture(autouse=True)
def _a_sunday_in_november(settings):
    settings.DEMO = True
    with clock.set_to(datetime(2026, 11, 22, 8, 12, tzinfo=UTC)), timezone.override("Europe/Dublin"):
        yield


def shown(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


def test_the_sprite_has_exactly_the_icons_that_may_be_asked_for():
    sprite = (TEMPLATES / "look" / "sprite.html").read_text()
    assert set(re.findall(r'id="i-([a-z]+)"', sprite)) == look.ICONS


def test_every_state_has_an_icon():
    assert {symbol for symbol, _ in look.STATES.values()} <= look.ICONS


def test_an_icon_is_silent_for_screen_readers():
    assert shown('{% icon "stop" %}') == (
        '<svg class="i" aria-hidden="true" focusable="false"><use href="#i-stop"/></svg>'
    )


def test_an_icon_takes_a_colour():
    assert 'class="i is-warn"' in shown('{% icon "warn" "is-warn" %}')


@pytest.mark.parametrize("asked", ['{% icon "heart" %}', '{% status "fine" "Fine" %}', '{% mark "Dana" "gold" %}'])
def test_what_does_not_exist_is_refused(asked):
    with pytest.raises(TemplateSyntaxError):
        shown(asked)


def test_a_status_is_icon_and_word():
    html = shown('{% status "stale" "Out of date" %}')
    assert html.startswith('<span class="status status-warn status-open"><svg')
    assert "#i-stale" in html
    assert html.endswith("Out of date</span>")


def test_a_status_can_lead_somewhere_and_take_another_icon():
    html = shown('{% status "stop" "4 blockers" href="#stops" symbol="lock" %}')
    assert html.startswith('<a class="status status-stop" href="#stops">')
    assert "#i-lock" in html


def test_a_status_escapes_its_word():
    assert "&lt;b&gt;" in shown('{% status "good" word %}', word="<b>")


class Somebody:
    def __init__(self, name: str, email: str = "") -> None:
        self.name, self.email = name, email


@pytest.mark.parametrize(
    ("person", "letters"),
    [
        ("Dana Reyes", "DR"),
        ("Dana", "D"),
        ("Anna Maria de Souza", "AS"),
        ("", ""),
        ("Head of Cyber Defense Operations Center (CDOC)", "HC"),
        (Somebody("Tomás Silva"), "TS"),
        (Somebody("", "ciso@contoso.example"), "C"),
    ],
)
def test_a_ring_carries_initials(person, letters):
    assert shown('{% mark person "good" %}', person=person) == (
        f'<span class="mark mark-good" aria-hidden="true">{letters}</span>'
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (8639, "8,639"),
        (0, "0"),
        (-1234, "-1,234"),
        (12.5, "12.5"),
        (Decimal(1000), "1,000"),
        (None, "–"),
        ("", "–"),
        ("141", "141"),
    ],
)
def test_thousands(number, text):
    assert look.thousands(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 11, 27), "Fri 27 Nov"),
        (date(2027, 1, 4), "Mon 4 Jan 2027"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thu 2 Jul"),  # summer time in Dublin
        (None, "–"),
        ("", "–"),
    ],
)
def test_a_day_is_unbroken_and_local(value, text):
    assert look.day(value) == text.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 20, 9, 2, tzinfo=UTC), "Fri 20 Nov 09:02"),
        (datetime(2025, 11, 20, 9, 2, tzinfo=UTC), "Thu 20 Nov 2025 09:02"),
        (None, "–"),
    ],
)
def test_a_moment_carries_its_time(value, text):
    assert look.moment(value) == text.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("value", "days"),
    [
        (date(2026, 11, 12), 10),
        (datetime(2026, 11, 21, 23, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 22, 0, 1, tzinfo=UTC), 0),
        (date(2026, 12, 1), 0),
        (None, None),
    ],
)
def test_days_since_are_calendar_days(value, days):
    assert look.since_days(value) == days


@pytest.mark.parametrize(
    ("digest", "groups", "text"),
    [
        ("3f9a71c20b4e99aa", 3, "3f9a 71c2 0b4e …"),
        ("3f9a71c20b4e99aa", 2, "3f9a 71c2 …"),
        ("3f9a71c20b4e99aa", 16, "3f9a 71c2 0b4e 99aa"),
        ("", 3, "–"),
    ],
)
def test_a_fingerprint_is_in_groups_of_four(digest, groups, text):
    assert look.fingerprint(digest, groups) == text


@pytest.mark.parametrize(
    ("address", "text"), [("ciso@contoso.example", "c•••@contoso.example"), ("no address", "–"), (None, "–")]
)
def test_a_masked_address_tells_only_the_first_letter_and_the_place(address, text):
    assert look.masked(address) == text


def test_tidy_leaves_no_blank_line_twice():
    assert shown("{% tidy %}\n\n  one\n{% if no %}x{% endif %}\n\n\n  two  \n\n{% endtidy %}") == "one\n\ntwo\n"


@pytest.mark.parametrize(
    ("people", "text"),
    [([], ""), (None, ""), (["Dana"], "Dana"), (["Dana", "Marcus", "Priya"], "Dana, Marcus and Priya")],
)
def test_names_in_a_row(people, text):
    assert look.names(people) == text


# what is the same for everybody


def test_what_is_constant_is_written_once_per_language():
    page = Template("{% constant %}{{ word }}{% endconstant %} {{ word }}")
    assert page.render(Context({"word": "one"})) == "one one"
    assert page.render(Context({"word": "two"})) == "one two"
    with override("de"):
        assert page.render(Context({"word": "drei"})) == "drei drei"
