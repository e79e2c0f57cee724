"""Reading the data files, and looking a key up in what they hold."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

_DATA = Path(__file__).parent / "data"

T = TypeVar("T")


def read(name: str) -> Any:
    """The parsed data file of that name. Callers keep what they build from it; this reads the disk every time."""
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))


class UnknownKey(LookupError):
    """A key that the catalogue does not have; `nearest` are the keys most like it, best first."""

    what = "key"

    def __init__(self, key: str, known: Iterable[str]) -> None:
        self.key = key
        self.nearest: tuple[str, ...] = tuple(get_close_matches(key, list(known), n=3, cutoff=0.5))
        hint = f" Did you mean {' or '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(f"The catalogue has no {self.what} {key!r}.{hint}")


def look_up(rows: Mapping[str, T], key: str, error: type[UnknownKey]) -> T:
    """The row of that key, or the error that names the nearest ones."""
    try:
        return rows[key]
    except KeyError:
        raise error(key, rows) from None
