"""Make the rows of bench.long_list in an empty database: python -m bench.crowd NUMBER PATTERN."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.start import django


def main(count: str, pattern: str) -> None:
    django()
    from django.core.management import call_command
    from django.db import transaction

    from bench import data

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        data.a_crowd(int(count), json.loads(Path(pattern).read_text(encoding="utf-8")))
    data.analyse()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
