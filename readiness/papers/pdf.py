"""PDF out of our own HTML. Drawn by a worker or a command, never while somebody waits for a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenants.models import Tenant
from tenants.templatetags.look import on_paper

FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
A_FONT = {".ttf", ".otf", ".ttc"}


class NoPaper(Exception):
    """This computer lacks something that drawing a PDF needs; the message says what, in a sentence."""


@contextmanager
def at_home_in(tenant: Tenant) -> Iterator[None]:
    """Language and time zone of a tenant, whoever's worker draws; days with their year."""
    with translation.override(tenant.language), timezone.override(ZoneInfo(tenant.time_zone)), on_paper():
        yield


def pages_of(template: str, context: dict[str, Any]) -> Any:
    """A document of weasyprint: `pages`, and `write_pdf`. Nothing is fetched from anywhere. Raises NoPaper."""
    return draw(render_to_string(template, context))


def draw(html: str) -> Any:
    weasyprint = _weasyprint()
    return weasyprint.HTML(string=html, url_fetcher=_nothing_is_fetched()).render(
        stylesheets=[weasyprint.CSS(string=_style(), url_fetcher=_nothing_is_fetched())]
    )


def as_bytes(document: Any) -> bytes:
    """The same pages give the same bytes: no date and no number by chance."""
    return bytes(document.write_pdf(pdf_identifier=b"mdeprep"))


@cache
def _style() -> str:
    return (Path(settings.BASE_DIR) / "readiness" / "papers" / "paper.css").read_text(encoding="utf-8")


def _nothing_is_fetched() -> Any:
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=())


def _weasyprint() -> Any:
    try:
        import weasyprint  # loaded here: it takes a second and 50 MB, and only workers draw
    except OSError as error:
        library = str(error).partition("'")[2].partition("'")[0] or "Pango"
        raise NoPaper(
            _("PDFs cannot be drawn here: the library %(library)s is missing (on Debian: libpango-1.0-0, "
              "libpangoft2-1.0-0, libharfbuzz-subset0).") % {"library": library}
        ) from None  # fmt: skip
    if not any(_has_fonts(Path(folder)) for folder in (*FONTS, Path.home() / ".local/share/fonts")):
        raise NoPaper(_("PDFs cannot be drawn here: no fonts are installed (on Debian: fonts-liberation)."))
    return weasyprint


def _has_fonts(folder: Path) -> bool:
    return folder.is_dir() and any(path.suffix.lower() in A_FONT for path in folder.rglob("*"))
