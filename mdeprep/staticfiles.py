"""What pages load: found without what packages bring beside it, named by content, compressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder
from whitenoise.storage import CompressedManifestStaticFilesStorage

LEFT_OUT = (
    *("*.md", "bootstrap.css*", "bootstrap-*", "bootstrap.rtl.*"),  # pages load bootstrap.min.css
    *("htmax*", "htmx-4*", "htmx-2.js", "ext", "guardian"),  # and htmx-2.min.js
    *("jquery.js", "select2.full.js", "xregexp.js"),  # the administration loads the short forms
    *("*/select2/i18n/[!e]*", "*/select2/i18n/e[!n]*", "gis", "account"),  # one language, no maps, own log-in pages
)
"""Names that are not collected: to compress them took most of a first start, and a web worker lists all that are."""


class OfFolders(FileSystemFinder):
    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        yield from super().list([*(ignore_patterns or ()), *LEFT_OUT])


class OfPackages(AppDirectoriesFinder):
    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        yield from super().list([*(ignore_patterns or ()), *LEFT_OUT])


class Manifest(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files; a stylesheet that names a missing source map does not stop the collection."""

    manifest_strict = False

    @property
    def patterns(self):  # type: ignore[no-untyped-def]
        return [(glob, rules) for glob, rules in super().patterns if glob == "*.css"]
