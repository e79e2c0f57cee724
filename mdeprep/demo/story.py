"""Make the demonstration anew: empty the database, then let every project happen, day by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from mdeprep.demo import adatum, contoso_endpoint, contoso_pharma, contoso_retail, every_finding, fabrikam
from mdeprep.demo.days import ZONE, Days
from mdeprep.demo.people import Cast, make_people
from projects.models import Project
from readiness import actions as readiness
from tenants import clock, triggers
from tenants.wake import nobody_woken

PROJECTS: Sequence[Callable[[Cast, Days], Project]] = (
    contoso_endpoint.make,
    contoso_retail.make,
    contoso_pharma.make,
    fabrikam.make,
    adatum.make,
    every_finding.make,
    every_finding.make_second,
    every_finding.make_third,
)
KEPT = {model._meta.db_table for model in (ContentType, Permission, MigrationRecorder.Migration)}
"""What belongs to the program, not to its users."""


def reset() -> list[Project]:
    """Put the demonstration back, in one transaction: whoever looks meanwhile sees the one before. DEMO only."""
    if not settings.DEMO:
        raise PermissionDenied("The demonstration can be made in demo mode only.")
    with transaction.atomic(), nobody_woken():
        empty()
        return build(Days(clock.today(ZONE)))


def empty() -> None:
    """Delete every row of every table but the program's own. Numbers are not used again."""
    tables = [name for name in connection.introspection.django_table_names(only_existing=True, include_views=False)
              if name not in KEPT]  # fmt: skip
    with triggers.opened(*triggers.INSERT_ONLY):
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


def build(days: Days) -> list[Project]:
    """Let everything happen up to the present moment."""
    cast = make_people(days)
    made = [make(cast, days) for make in PROJECTS]
    for project in made:
        readiness.recompute(project.pk)
    return [Project.objects.select_related("tenant", "lead").get(pk=project.pk) for project in made]
