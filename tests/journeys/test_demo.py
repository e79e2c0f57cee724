"""A visitor's two minutes, and every main page: reachable by everybody, in light and dark, on a phone and a desk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.browsing import Person
from tests.journeys.conftest import ON_SERVICES
from tests.journeys.installation import Installation
from tests.journeys.pages import DANA, LENA, MAIN, PAGES

pytestmark = [pytest.mark.browser]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""All that a page in the dark may do otherwise than in the light."""
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
if ON_SERVICES:
    WIDTHS, SCHEMES = (390,), ("light",)  # the pages are the same: one way says that they are there
Come = Callable[..., Person]


def test_a_visitor_reads_why_it_is_stopped_and_decides_as_dana_on_a_phone(demo: Installation, come: Come) -> None:
    lena = come(demo)
    lena.come_in_by_card(LENA)
    lena.follow("Contoso Endpoint 2027")
    lena.sees("You cannot start Setup yet: 4 blockers")
    stops = lena.page.locator("#stops .blocker h3")
    expect(stops).to_have_count(4)
    assert "101 servers have no licence" in stops.first.inner_text()

    dana = come(demo, width=390)
    dana.come_in_by_card(DANA)
    dana.follow("Mails of this demo")
    hers = dana.page.get_by_role("row", name="ciso@contoso.example").filter(has_text="Contoso Endpoint 2027")
    dana.follow(re.compile("^Approve by .*Contoso Endpoint 2027"), inside=hers)
    dana.page.frame_locator("iframe").get_by_role("link", name="Read and decide").click()
    dana.sees("Approve Environment, again")
    row = dana.page.get_by_role("row", name=re.compile("Servers in all"))
    expect(row).to_contain_text("337")
    expect(row).to_contain_text("446")
    dana.follow("Go to your decision")
    dana.page.locator("label.choice:has([value=approve])").click()
    dana.press("Approve 1 section as Dana Reyes")
    dana.sees("Your answer is recorded")
    dana.follow("Mails of this demo")
    dana.follow(re.compile("^Receipt"))
    lena.open(MAIN)
    lena.sees(re.compile("One signature on Environment is out of date"))
    refuse_a_form_whose_field_was_made_larger(lena)


def refuse_a_form_whose_field_was_made_larger(lena: Person) -> None:
    """The answer takes the form's place with what was typed, at the field that is wrong; the console stays silent."""
    lena.expected_statuses.add(422)
    page = lena.open(f"{MAIN}plan/access/")
    lena.follow("Add persona")
    form = page.locator("#new-personas form")
    duties = form.locator("[name=duties]")
    duties.fill("Keeps the portal")
    duties.evaluate("it => { it.style.height = '12rem' }")  # what pulling at its corner does
    lena.press(re.compile("^Add"), inside=form)
    expect(form.locator("[name=name]")).to_be_focused()
    expect(form.locator("[name=name]")).to_have_attribute("aria-invalid", "true")
    expect(duties).to_have_value("Keeps the portal")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_main_page_shuts_anybody_out_or_is_wider_than_the_screen(demo: Installation, come: Come, width: int) -> None:
    people: dict[str, Person] = {}
    problems: list[str] = []
    for shown in [page for page in PAGES if page.is_main]:
        if shown.seen_by not in people:
            people[shown.seen_by] = come(demo, width=width)
            if shown.seen_by:
                people[shown.seen_by].come_in_by_card(shown.seen_by)
        person = people[shown.seen_by]
        person.open(shown.path)
        for scheme in SCHEMES:
            person.page.emulate_media(color_scheme=scheme)
            asked = WCAG if scheme == SCHEMES[0] else COLOURS
            problems += [f"{shown.name}, {scheme}: {problem}" for problem in problems_of(person, asked)]
    assert problems == []


def problems_of(person: Person, asked: dict[str, Any]) -> list[str]:
    found = Axe().run(person.page, options=json.loads(json.dumps(asked))).response["violations"]
    problems = [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"][:3]
    ]
    wide = person.page.evaluate(
        """() => {
            const most = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= most) return [];
            return [...document.querySelectorAll("main *")]
                .filter(it => it.getBoundingClientRect().right > most + 1)
                .slice(0, 3).map(it => it.outerHTML.slice(0, 120));
        }"""
    )
    return problems + [f"wider than the screen: {one}" for one in wide]
