"""The administration in a real browser: its scripts run under the strict policy, and nothing is refused by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page

from tenants import actions
from tenants.models import Mail
from tests.conftest import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def said() -> list[str]:
    """What the browser complains about."""
    return []


@pytest.fixture
def page(chromium: Browser, live_server: Any, said: list[str]) -> Iterator[Page]:
    with chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()

        def listen(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                said.append(message.text)

        page.on("console", listen)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page


def come_in(page: Page, live_server: Any, user: Any) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def test_the_administration_works_under_the_strict_policy(page, live_server, said, tenant, admin, lead, project):
    team = actions.create_team(tenant=tenant, name="Endpoint engineering", by=admin)
    make_person(tenant, "Priya Nair")
    come_in(page, live_server, admin)
    for path in (
        "/admin/",
        "/admin/tenants/user/",
        "/admin/tenants/user/add/",
        f"/admin/tenants/user/{lead.pk}/change/",
        f"/admin/tenants/user/{lead.pk}/history/",
        "/admin/tenants/membership/",
        f"/admin/tenants/tenant/{tenant.pk}/change/",
        "/admin/tenants/team/add/",
        f"/admin/tenants/team/{team.pk}/delete/",
        "/admin/tenants/ledgerentry/",
        "/admin/tenants/mail/",
        "/admin/tenants/provider/",
        f"/admin/projects/project/{project.pk}/change/",
        f"/people/{lead.pk}/left/",
    ):
        response = page.goto(path)
        assert response is not None
        assert response.status == 200, path
        assert said == [], path
    # Django's own widget for choosing people is made by script
    page.goto(f"/admin/tenants/team/{team.pk}/change/")
    page.get_by_text("Available people").wait_for()
    page.locator("#id_members_from option", has_text="Lena Fischer").dblclick()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/tenants/team/")
    assert list(team.group.user_set.all()) == [lead]
    assert said == []


def test_no_list_is_wider_than_a_phone(page, live_server, tenant, admin, lead, project):
    priya = make_person(tenant, "Priya Nair-Vijayaraghavan")
    actions.create_team(tenant=tenant, name="Security operations", by=admin, members=[lead, priya])
    come_in(page, live_server, admin)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for name in (
        "tenants/user", "tenants/membership", "tenants/tenant", "tenants/team", "tenants/provider",
        "tenants/ledgerentry", "tenants/mail", "projects/project",
    ):  # fmt: skip
        page.goto(f"/admin/{name}/")
        wide[name] = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        for results in page.locator("#changelist .results").all():
            wide[name] += results.evaluate("it => it.scrollWidth - it.clientWidth")
    assert {name: more for name, more in wide.items() if more} == {}


def test_somebody_who_left_is_handed_over_from_the_first_page(page, live_server, said, tenant, admin, lead, project):
    priya = make_person(tenant, "Priya Nair")
    come_in(page, live_server, admin)
    page.goto("/admin/")
    page.get_by_label("Person").select_option(label="Lena Fischer")
    page.get_by_role("button", name="See what they own").click()
    page.get_by_label("Successor").select_option(label="Priya Nair")
    page.get_by_role("button", name="End the membership in Contoso today").click()
    page.get_by_text("Lena Fischer no longer belongs to Contoso.").wait_for()
    project.refresh_from_db()
    assert project.lead == priya
    assert said == []


def test_a_mail_of_the_demonstration_is_shown_as_it_was_sent(page, live_server, said, tenant):
    actions.invite(tenant=tenant, email="ciso@contoso.example", name="Dana Reyes", by=None)
    mail = Mail.objects.get(kind="invitation")
    page.goto(f"/demo/mails/{mail.pk}/")
    inside = page.frame_locator("iframe")
    button = inside.get_by_role("link", name="Come in")
    button.wait_for()
    # its own inline styles are applied: the button has the colour that the mail gives it
    assert button.evaluate("link => getComputedStyle(link).backgroundColor") in {"rgb(35, 73, 181)", "rgb(58, 98, 214)"}
    assert said == []
