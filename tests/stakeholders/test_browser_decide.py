"""The decision page in a real browser: who signed before unfolds the whole section where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from projects import actions as plan_actions
from tests.stakeholders.conftest import DEVICES, answer, ask, request_of, signed_in
from tests.stakeholders.test_views_decide import url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Browser, live_server: Any, ciso: Any) -> Iterator[Page]:
    cookie = signed_in(ciso).cookies[settings.SESSION_COOKIE_NAME]
    with chromium.new_context(base_url=live_server.url, viewport={"width": 390, "height": 900}) as context:
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        yield context.new_page()


@pytest.fixture
def asked_again(asked, project, lead, ciso, editor, servers):
    """Dana has signed, a row was added since, and she is asked again: she reads the difference."""
    answer(request_of(asked, ciso), ciso)
    values = {"system": "rhel-8", "kind": "server", "count": 5}
    plan_actions.add_row(project=project, table=DEVICES, values=values, by=editor)
    return ask(project, lead, sections=("environment",))


def test_the_link_beside_the_difference_unfolds_the_whole_section_and_keeps_what_was_typed(page, asked_again):
    page.goto(url(asked_again))
    page.locator("#comment").fill("Half of a sentence")
    whole = page.locator("#whole-environment")
    expect(whole.get_by_role("table")).to_have_count(0)
    page.get_by_role("link", name="Read the whole section").first.click()
    expect(whole.get_by_role("cell", name="100")).to_be_visible()
    expect(page.locator("#comment")).to_have_value("Half of a sentence")


def test_the_printing_button_prints_the_whole_section_although_it_is_folded(page, asked_again):
    page.goto(url(asked_again))
    page.evaluate("() => { window.print = () => console.log(document.querySelector('#whole-environment').innerText); }")
    with page.expect_console_message() as printed:
        page.get_by_role("button", name="Print").click()
    assert "Windows Server 2019" in printed.value.text


def test_a_section_that_is_folded_is_printed_by_the_browser_itself_too(asked, ciso, page):
    page.goto(url(asked))
    page.emulate_media(media="print")
    whole = page.locator("#whole-environment")
    assert whole.get_attribute("open") is None
    assert (whole.locator("table").first.bounding_box() or {"height": 0})["height"] > 0
