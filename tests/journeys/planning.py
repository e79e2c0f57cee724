"""What a lead does on the pages of a plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from playwright.sync_api import Locator, expect

from tests.journeys.browsing import Person

DEED_OF_A_ROW = re.compile("^(Change|Describe)|, change$")
Value = str | int | bool | Sequence[str]


def fill(form: Locator, **values: Value) -> None:
    """Type or choose by the names of the fields; a list ticks boxes."""
    for name, value in values.items():
        field = form.locator(f'[name="{name}"]')
        kind = field.first.evaluate("it => it.type === 'checkbox' ? 'checkbox' : it.tagName.toLowerCase()")
        if kind == "select":
            field.select_option(str(value))
        elif kind != "checkbox":
            field.fill(str(value))
        elif isinstance(value, bool):
            field.set_checked(value)
        else:
            for one in value if not isinstance(value, (str, int)) else [value]:
                form.locator(f'[name="{name}"][value="{one}"]').check()


class Planner:
    """One project, seen by somebody who may change it."""

    def __init__(self, person: Person, slug: str) -> None:
        self.person, self.page = person, person.page
        self.url = f"/projects/{slug}/"

    def open(self, section: str) -> Planner:
        self.person.open(f"{self.url}plan/{section}/")
        return self

    def table(self, name: str) -> Locator:
        return self.page.locator(f"#table-{name}")

    def row(self, key: str) -> Locator:
        return self.page.locator(f"#row-{key}")

    def keys(self, table: str) -> list[str]:
        """The keys of the rows of a table, in the order of the page."""
        rows = self.table(table).locator("tbody[id^=row-]")
        return [str(row.get_attribute("id")).removeprefix("row-") for row in rows.all()]

    def add(self, table: str, **values: Value) -> None:
        self.page.locator(f'a[href*="/{table}/new/"]').first.click()
        form = self.page.locator(f"#new-{table} form")
        fill(form, **values)
        form.get_by_role("button", name=re.compile("^Add this")).click()
        expect(form).to_have_count(0)

    def edit(self, key: str) -> Locator:
        """Open a row for editing."""
        self.row(key).get_by_role("link", name=DEED_OF_A_ROW).click()
        expect(self.row(key).get_by_role("button", name=re.compile("^Save"))).to_be_visible()
        return self.row(key)

    def save(self, key: str) -> None:
        self.row(key).get_by_role("button", name=re.compile("^Save")).click()
        expect(self.row(key).get_by_role("button", name=re.compile("^Save"))).to_have_count(0)

    def change(self, key: str, **values: Value) -> None:
        fill(self.edit(key), **values)
        self.save(key)

    def takes(self, deed: Callable[[], None]) -> float:
        """Seconds that the server takes to answer what is posted by `deed`."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as found:
            deed()
        found.value.finished()
        return float(found.value.request.timing["responseEnd"]) / 1000

    def set_aside(self, key: str, because: str) -> None:
        """Say that a row does not apply."""
        row, deed = self.row(key), re.compile("^Does not apply")
        if not row.get_by_role("link", name=deed).count():
            self.edit(key)
        row.get_by_role("link", name=deed).click()
        row.get_by_label("It does not apply, because").fill(because)
        row.get_by_role("button", name="Say that it does not apply").click()
        expect(row.get_by_text(because)).to_be_visible()
