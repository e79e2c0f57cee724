"""Where each fact comes from: the document, who published it, and when."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from projects.catalog._load import UnknownKey, look_up, read

_SITE = "https://learn.microsoft.com"


class Source(NamedTuple):
    """A document. `published_on` is None where the document carries no date; `url_path` is empty for our own rules."""

    key: str
    title: str
    publisher: str
    published_on: date | None
    url_path: str

    @property
    def url(self) -> str:
        """The full address, or nothing for a rule of our own."""
        return f"{_SITE}{self.url_path}" if self.url_path else ""


class UnknownSource(UnknownKey):
    """No source has this key."""

    what = "source"


@cache
def sources() -> Mapping[str, Source]:
    """Every source by its key."""
    return MappingProxyType(
        {
            key: Source(
                key=key,
                title=title,
                publisher="Microsoft" if url_path else "mdeprep",
                published_on=date.fromisoformat(day) if day else None,
                url_path=url_path,
            )
            for key, (title, day, url_path) in read("sources").items()
        }
    )


def source(key: str) -> Source:
    """The source of that key; raises UnknownSource."""
    return look_up(sources(), key, UnknownSource)
