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


def test_the_link_beside_the_difference_unfolds_the_whole_section_and_keeps_what_was_typed(
    asked, project, lead, ciso, editor, servers, page
):
    answer(request_of(asked, ciso), ciso)
    values = {"system": "rhel-8", "kind": "server", "count": 5}
    plan_actions.add_row(project=project, table=DEVICES, values=values, by=editor)
    page.goto(url(ask(project, lead, sections=("environment",))))
    page.locator("#comment").fill("Half of a sentence")
    whole = page.locator("#whole-environment")
    expect(whole.get_by_role("table")).to_have_count(0)
    page.get_by_role("link", name="Read the whole section").first.click()
    expect(whole.get_by_role("cell", name="100")).to_be_visible()
    expect(page.locator("#comment")).to_have_value("Half of a sentence")
