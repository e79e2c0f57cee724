"""Make the demonstration in an empty database, and keep what lists show of one of its projects."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.start import django


def main(pattern: str) -> None:
    django()
    from django.core.management import call_command
    from django.db import transaction

    from bench import data
    from mdeprep.demo import contoso_endpoint
    from mdeprep.demo.days import ZONE, Days
    from mdeprep.demo.people import make_people
    from readiness.actions import recompute
    from tenants import clock
    from tenants.wake import nobody_woken

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with transaction.atomic(), nobody_woken():
        days = Days(clock.today(ZONE))
        project = contoso_endpoint.make(make_people(days), days)
        recompute(project.pk)
    data.saved_pattern(Path(pattern))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
