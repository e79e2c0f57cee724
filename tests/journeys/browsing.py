"""Somebody with a browser: what people do, in their words."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.journeys.installation import PASSWORD, Installation, text_of

HEIGHTS = {390: 844}
expect.set_options(timeout=15_000)


class Person:
    """One person, one browser. `complaints` are the console's errors and warnings, refusals by the policy included."""

    def __init__(
        self, chromium: Browser, installation: Installation, email: str, *, width: int = 1280, scheme: Any = "light"
    ) -> None:
        self.installation, self.email = installation, email
        self.context = chromium.new_context(
            base_url=installation.address,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=scheme,
            has_touch=width < 500,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.context.on("console", self._listen)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("response", self._look_at)
        self.page: Page = self.context.new_page()
        self.expected_statuses: set[int] = set()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _look_at(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.complaints.append(f"{response.status} at {response.request.method} {response.url}")

    # Coming in
    def sign_in_with_password(self, password: str = PASSWORD) -> None:
        self.page.goto("/accounts/login/")
        self.page.get_by_text("Sign in with a password").click()
        self.page.locator("#id_login").fill(self.email)
        self.page.locator("#id_password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.is_in()

    def sign_in_with_code(self) -> None:
        """From the log-in page: ask for a code, read the mail, type it."""
        self.page.goto("/accounts/login/")
        self.page.get_by_label("Your e-mail address").fill(self.email)
        before = len(self.installation.inbox.to(self.email, about="code"))
        self.page.get_by_role("button", name="Mail me a code").click()
        self.type_the_code(after=before)
        self.is_in()

    def type_the_code(self, *, after: int = 0) -> None:
        mail = self.installation.inbox.wait_for(self.email, about="code", after=after)
        code = re.search(r"\b\d{4} ?\d{4}\b", text_of(mail))
        assert code, text_of(mail)
        self.page.locator("#id_code").fill(code[0])
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def come_in_by_card(self, name: str) -> None:
        """The log-in page of the demonstration."""
        self.page.goto("/accounts/login/")
        self.page.get_by_role("button", name=name).click()
        self.is_in()

    def is_in(self) -> None:
        expect(self.page).not_to_have_url(re.compile("/accounts/"))

    # Looking and doing
    def open(self, path: str) -> Page:
        response = self.page.goto(path)
        assert response is not None
        assert response.status == 200, f"{response.status} at {path}"
        return self.page

    def sees(self, text: str | re.Pattern[str]) -> Locator:
        found = self.page.get_by_text(text).first
        expect(found).to_be_visible()
        return found

    def press(self, name: str | re.Pattern[str], *, inside: Locator | None = None) -> None:
        (inside or self.page).get_by_role("button", name=name).first.click()

    def follow(self, name: str | re.Pattern[str], *, inside: Locator | None = None) -> None:
        (inside or self.page).get_by_role("link", name=name).first.click()
