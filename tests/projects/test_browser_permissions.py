"""The matrix of permissions under somebody's hands: the keyboard, the marks that follow a tick, a phone, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect

from projects.models import Tier
from readiness.actions import ask_for_approval

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALERTS = "alerts.manage"


@pytest.fixture
def open_page(chromium: Browser, live_server: Any, lead: Any) -> Iterator[Callable[..., Page]]:
    """A browser of Lena's, of any width, with or without script; nothing may be refused by the policy."""
    said: list[str] = []
    client = Client()
    client.force_login(lead)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]

    def listen(message: ConsoleMessage) -> None:
        is_abort = message.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))  # a newer tick took its place
        if message.type in {"error", "warning"} and not is_abort:
            said.append(message.text)

    with ExitStack() as stack:

        def open_page(path: str, *, width: int = 1280, script: bool = True) -> Page:
            size: Any = {"width": width, "height": 900}
            context = chromium.new_context(base_url=live_server.url, viewport=size, java_script_enabled=script)
            stack.enter_context(context)
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
            page = context.new_page()
            page.on("console", listen)
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(path)
            return page

        yield open_page
        assert said == []


def matrix_of(project: Any) -> str:
    return f"/projects/{project.slug}/plan/access/permissions/"


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def permissions(project: Any, key: str = "tier-1") -> list[str]:
    return list(Tier.objects.get(project=project, key=key).permissions)


def test_the_keyboard_alone_ticks_and_saves(open_page, project, lead, ciso):
    ask_for_approval(project=project, due_on=project.created_at.date(), sections=["access"], by=lead)
    page = open_page(matrix_of(project))
    page.locator("#may-tier-1-0").focus()
    for key, cell in (
        ("ArrowRight", "tier-1-1"),
        ("ArrowDown", "tier-2-1"),
        ("ArrowDown", "tier-3-1"),
        ("ArrowDown", "tier-3-1"),  # the last tier: nowhere to go
        ("Home", "tier-3-0"),
        ("ArrowLeft", "tier-3-0"),
        ("End", "tier-3-19"),
        ("Control+Home", "tier-1-0"),
        ("Control+End", "tier-3-19"),
        ("Control+Home", "tier-1-0"),
        ("ArrowRight", "tier-1-1"),
    ):
        page.keyboard.press(key)
        assert focused(page) == f"may-{cell}", key
    explain = page.locator("[data-explain]")
    expect(explain).to_contain_text("Change the state of alerts, start automated investigations")
    expect(explain).to_contain_text("Older name: Alerts investigation.")
    expect(explain).to_contain_text("Tier 1: missing: its work needs it")
    expect(page.locator("#tier-tier-1")).to_contain_text("Lacks Alerts (manage)")
    page.keyboard.press("Space")
    expect(page.locator("#tier-tier-1")).not_to_contain_text("Lacks Alerts (manage)")  # the marks follow
    expect(page.locator("#tier-tier-1")).to_contain_text(
        "More than recommended, and its work needs it: Alerts (manage)."
    )
    expect(page.locator("#matrix-effect")).to_contain_text("1 tier is ticked otherwise than it is saved.")
    assert focused(page) == "may-tier-1-1"
    page.keyboard.press("ArrowRight")  # the keyboard goes on from where it was
    page.keyboard.press("Space")
    expect(page.locator("#tier-tier-1")).to_contain_text("Beyond its work: Response (manage).")
    page.keyboard.press("Space")
    expect(page.locator("#tier-tier-1")).not_to_contain_text("Beyond its work")
    assert ALERTS not in permissions(project)
    page.keyboard.press("Enter")
    page.get_by_text("The permissions of 1 tier are saved.").wait_for()
    assert permissions(project) == ["security_data_basics.read", "vulnerability_management.read", ALERTS]


def test_one_cell_of_the_matrix_is_reached_by_tab_and_the_next_tab_leaves_it(open_page, project):
    page = open_page(matrix_of(project))
    assert page.locator("#matrix input[type=checkbox][tabindex='0']").count() == 1
    page.locator("#may-tier-2-4").focus()
    page.locator("#may-tier-2-4").press("Space")
    expect(page.locator("#matrix-effect")).to_contain_text("1 tier is ticked otherwise")
    expect(page.locator("#matrix input[type=checkbox][tabindex='0']")).to_have_count(1)
    assert page.locator("#may-tier-2-4").get_attribute("tabindex") == "0"
    inherited = page.locator("#may-tier-2-3")
    expect(inherited).not_to_be_checked()
    expect(page.locator("td:has(#may-tier-2-3)")).to_contain_text("comes with Advanced live response (manage)")


def test_pointing_at_a_permission_explains_it(open_page, project):
    page = open_page(matrix_of(project))
    page.locator("td:has(#may-tier-1-9)").hover()
    expect(page.locator("[data-explain]")).to_contain_text("Needs the Defender Vulnerability Management add-on.")


def test_the_explanation_stays_in_view_and_covers_no_cell_that_has_the_keyboard(open_page, project):
    page = open_page(matrix_of(project))
    page.set_viewport_size({"width": 1280, "height": 420})
    page.locator("#may-tier-1-1").focus()
    for cell in ("tier-1-1", "tier-2-1", "tier-3-1"):
        explain = page.locator("[data-explain]")
        expect(explain).to_contain_text("Change the state of alerts")
        expect(explain).to_be_in_viewport(ratio=0.9)
        box = page.locator(f"#may-{cell}").bounding_box()
        assert box["y"] + box["height"] <= explain.bounding_box()["y"], cell
        page.keyboard.press("ArrowDown")


def test_ticks_that_are_not_saved_are_not_lost_without_a_question(open_page, project):
    page = open_page(matrix_of(project))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#may-tier-1-1").check()
    expect(page.locator("#matrix-effect")).to_contain_text("1 tier is ticked otherwise")
    page.locator("#may-tier-1-1").uncheck()
    expect(page.locator("#matrix-effect")).to_contain_text("Ticked as it is saved.")
    page.reload()
    assert asked == []
    page.locator("#may-tier-1-1").check()
    page.get_by_role("link", name="Back to Access").click()
    page.wait_for_url("**/plan/access/")
    assert asked == ["beforeunload"]
    page.goto(matrix_of(project))
    page.locator("#may-tier-1-1").check()
    page.get_by_role("button", name="Save permissions of 3 tiers").click()
    page.get_by_text("The permissions of 1 tier are saved.").wait_for()
    assert asked == ["beforeunload"]


def test_many_quick_ticks_are_all_kept(open_page, project):
    page = open_page(matrix_of(project))
    page.locator("#may-tier-1-1").focus()
    for _ in range(5):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
    expect(page.locator("#tier-tier-1")).to_contain_text("File collection (manage)")
    page.get_by_role("button", name="Save permissions of 3 tiers").click()
    page.get_by_text("The permissions of 1 tier are saved.").wait_for()
    assert len(permissions(project)) == 7


def test_a_key_that_is_down_while_the_marks_arrive_still_ticks(open_page, project):
    page = open_page(matrix_of(project))
    held: list[Route] = []
    page.route("**/permissions/effect/", lambda route: held.append(route))
    page.locator("#may-tier-1-1").focus()
    with page.expect_request("**/permissions/effect/"):
        page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.down("Space")
    with page.expect_response("**/permissions/effect/"):
        held[0].continue_()
    page.unroute("**/permissions/effect/")
    page.wait_for_timeout(200)
    page.keyboard.up("Space")
    expect(page.locator("#matrix-effect")).to_contain_text("1 tier is ticked otherwise")
    for cell in ("#may-tier-1-1", "#may-tier-1-2"):
        expect(page.locator(cell)).to_be_checked()


def test_without_script_every_cell_is_a_plain_checkbox(open_page, project):
    page = open_page(matrix_of(project), script=False)
    assert page.locator("#matrix input[tabindex]").count() == 0
    page.locator("#may-tier-1-1").check()
    page.get_by_role("button", name="Save permissions of 3 tiers").click()
    expect(page.get_by_text("The permissions of 1 tier are saved.")).to_be_visible()
    assert ALERTS in permissions(project)


def test_on_a_phone_it_is_a_list_and_the_page_does_not_scroll_sideways(open_page, project):
    page = open_page(matrix_of(project), width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wrap = page.locator("[data-matrix]")
    assert wrap.evaluate("it => it.scrollWidth <= it.clientWidth")
    name = page.locator("label:has(#may-tier-1-1)")
    expect(name).to_be_visible()
    name.click()
    expect(page.locator("[data-explain]")).to_contain_text("Change the state of alerts")
    expect(page.locator("#tier-tier-1")).not_to_contain_text("Lacks Alerts (manage)")
    assert page.locator("label:has(#may-tier-1-1)").bounding_box()["height"] >= 44
    explain = page.locator("[data-explain]")
    expect(explain).to_be_in_viewport()


def test_choosing_tasks_shows_the_least_at_once(open_page, project):
    page = open_page(f"/projects/{project.slug}/plan/access/least/tiers/tier-1/")
    page.get_by_label("Maintain endpoint policies and enrolment").check()
    result = page.locator("#least-result")
    expect(result).to_contain_text("Intune Administrator")
    result.get_by_role("button", name="Save these tasks and take these permissions").click()
    page.get_by_text("Tier 1 has the permissions that its work takes, and no more.").wait_for()
    assert ALERTS in permissions(project)
