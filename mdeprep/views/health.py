"""Whether this process can serve: for load balancers, compose and scripts."""

from __future__ import annotations

import logging
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.generic.base import View

from tenants.views.base import SiteView, Who

logger = logging.getLogger(__name__)


class NotMigrated(Exception):
    """A migration waits to be applied."""


@cache
def _migrations_are_applied() -> None:
    """Looked up until it is so, and never again in this process: an exception is not cached."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated


class Health(SiteView, View):
    who = Who.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            _migrations_are_applied()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except NotMigrated:
            return self._not_now("The database waits for migrations: run manage.py migrate.")
        except DatabaseError as error:
            logger.warning("The database does not answer: %s", error)
            return self._not_now("The database does not answer.")
        return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})

    def _not_now(self, why: str) -> HttpResponse:
        return HttpResponse(f"{why}\n", status=503, content_type="text/plain", headers={"Cache-Control": "no-store"})
