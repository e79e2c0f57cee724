"""3. Load and judge many projects: how many queries, and how long compared with fetching the bare rows."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.start import Row, django, report, sizes


def main() -> None:
    django()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench import data
    from projects.models import Project, SectionOwner
    from projects.tables import TABLES
    from readiness.judge import judgements
    from stakeholders.models import Decision, Request, Revision
    from stakeholders.tables import TABLES as MATRIX
    from tenants.models import Mail

    few, many, times = sizes(full=(10, 1000, 3), quick=(3, 20, 1))
    pattern = data.pattern_project()
    found: dict[int, list[Project]] = {}
    for count in (few, many):
        tenant, lead = data.tenant_with_lead(f"Judged {count}")
        data.multiply(pattern, tenant, lead, count)
        found[count] = list(Project.objects.filter(tenant=tenant).select_related("tenant", "lead"))
    data.analyse()

    def plain() -> int:
        """The rows that load reads, as the database gives them."""
        ids = [project.pk for project in found[many]]
        rows = [list(Project.objects.filter(pk__in=ids).values_list())]
        models: list[Any] = [table.model for table in (*TABLES.values(), *MATRIX.values())]
        rows += [list(model.objects.filter(project__in=ids).values_list()) for model in [*models, SectionOwner]]
        rows += [list(model.objects.filter(project_id__in=ids).values_list()) for model in (Decision, Revision)]
        requests = list(Request.objects.filter(round__project__in=ids).values_list())
        rows += [
            requests,
            list(Mail.objects.filter(subject_of__in=[f"request-{r[0]}" for r in requests]).values_list()),
        ]
        return sum(map(len, rows))

    queries = {}
    for count, projects in found.items():
        with CaptureQueriesContext(connection) as captured:
            judged = judgements(projects)
        queries[count] = len(captured)
        worst = {judgement.state for _subject, judgement in judged.values()}
        if len(judged) != count or worst != {"stopped"}:
            raise AssertionError(f"{len(judged)} of {count} projects judged: {worst}")
    whole = _cpu(lambda: judgements(found[many]), times)
    tuples = _cpu(plain, times)
    report(
        [
            Row(f"load and judge {few}", "queries", queries[few]),
            Row(f"load and judge {many}", "queries", queries[many], queries[few]),
            Row(f"load and judge {many}", "x plain tuples (CPU)", round(whole / tuples, 1), None, whole * 1000),
            Row(f"plain tuples of {many}: {plain()} rows", "CPU ms", round(tuples * 1000)),
            Row("load and judge one of them", "CPU ms", round(whole * 1000 / many, 2)),
        ]
    )


def _cpu(deed: Callable[[], Any], times: int) -> float:
    found = []
    for _ in range(times):
        began = time.process_time()
        deed()
        found.append(time.process_time() - began)
    return statistics.median(found)


if __name__ == "__main__":
    sys.exit(main())
