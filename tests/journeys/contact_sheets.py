"""Every page of the demonstration as it looks: python -m tests.journeys.contact_sheets OUT_DIR [PAGE …]

One picture per page: 1280 and 390 px, light and dark, side by side.
"""

from __future__ import annotations

import base64
import html
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser

from tests.browsers import launched
from tests.journeys.browsing import Person
from tests.journeys.installation import Installation
from tests.journeys.pages import PAGES, PageShown, mail_page

WAYS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
TALLEST = 4000
SHEET = """<!doctype html><meta charset=utf-8><style>
body {{ margin: 16px; font: 16px sans-serif; background: #888; color: #fff }}
div {{ display: flex; gap: 16px; align-items: start }} img {{ display: block }}
</style><p>{title}</p><div>{images}</div>"""


def main(folder: Path, wanted: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, launched() as browser:
        demo = Installation(Path(data), is_demo=True)
        with demo.running(lambda it: it.manage("demo_reset", "--verbosity=0")):
            _Sheets(browser, demo, folder).draw(wanted)


class _Sheets:
    def __init__(self, browser: Browser, demo: Installation, folder: Path) -> None:
        self.browser, self.demo, self.folder = browser, demo, folder
        self.people: dict[tuple[str, int, str], Person] = {}

    def draw(self, wanted: Sequence[str]) -> None:
        paper = self.browser.new_page(viewport={"width": 3500, "height": 1000})
        for shown in [*PAGES, mail_page(self.demo)]:
            if wanted and shown.name not in wanted:
                continue
            images = "".join(
                f'<img src="data:image/png;base64,{base64.b64encode(self.picture(shown, width, scheme)).decode()}">'
                for width, scheme in WAYS
            )
            paper.set_content(SHEET.format(title=html.escape(f"{shown.name} {shown.path}"), images=images))
            paper.screenshot(path=self.folder / f"{shown.name}.png", full_page=True)
            print(f"{shown.name}.png", flush=True)  # noqa: T201 - a command
        for person in self.people.values():
            for complaint in person.complaints:
                print(complaint)  # noqa: T201

    def picture(self, shown: PageShown, width: int, scheme: str) -> bytes:
        key = (shown.seen_by, width, scheme)
        if key not in self.people:
            self.people[key] = Person(self.browser, self.demo, "", width=width, scheme=scheme)
            if shown.seen_by:
                self.people[key].come_in_by_card(shown.seen_by)
        page = self.people[key].page
        page.goto(shown.path)
        page.wait_for_load_state("networkidle")
        tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        return page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
