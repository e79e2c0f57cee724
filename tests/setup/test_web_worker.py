"""What a web worker loads before its first request: every start and every worker pays for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

LATER = {
    "celery": "by the first message",
    "pyarrow": "by the first import",
    "docx": "by the worker that writes Word",
    "weasyprint": "by the worker that writes PDF",
    "icalendar": "by the first calendar",
    "cryptography": "by the first receipt or pack",
    "pydantic": "never: 0.2 of a bare Django's start",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, mdeprep.wsgi; print(*sys.modules)"],
        env={
            **os.environ,
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "DJANGO_SETTINGS_MODULE": "mdeprep.settings",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


@pytest.mark.parametrize("package", LATER)
def test_what_few_requests_need_is_loaded_when_they_need_it(loaded, package):
    assert "mdeprep.urls" in loaded
    assert package not in loaded, f"{package} is loaded {LATER[package]}"
