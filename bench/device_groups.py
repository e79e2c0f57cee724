"""The page of 2,000 device groups, to a bare list of 25 rows and to itself at one group: queries and CPU."""

from __future__ import annotations

import sys
from typing import Any

from bench.start import Row, django, report, sizes

MOST_QUERIES, MOST_TIMES = 11, 10.0


def main() -> None:
    django()
    from bench import data
    from bench.web import Page, cpu, session_of
    from mdeprep.wsgi import application
    from projects.models import DeviceGroup

    many, batches, each = sizes(full=(2000, 30, 7), quick=(250, 3, 5))
    tenant, lead = data.tenant_with_lead("Bench device groups")
    made = data.multiply(data.pattern_project(), tenant, lead, 2)
    cookie = session_of(lead)
    pages: list[Page] = []
    for project, count in zip(made, (1, many), strict=True):
        DeviceGroup.objects.filter(project=project).delete()
        data.in_batches(DeviceGroup, (group(project, n) for n in range(1, count + 1)))
        path = f"/projects/{project.slug}/plan/access/device-groups/"
        pages.append(Page(f"device groups, {count}", path, cookie, ("Site 0001", lead.short_name), application))
    bare = Page("bare", "/bench/bare/", cookie, ("Bare list", "<td>"), application)
    data.analyse()
    queries = {page.name: page.queries() for page in pages}
    costs = cpu([bare, *pages], batches=batches, each=each)
    few, lots = (page.name for page in pages)
    report(
        [
            Row(few, "queries", queries[few], MOST_QUERIES),
            Row(lots, "queries", queries[lots], queries[few]),
            Row(lots, "x bare (CPU)", costs.ratio(lots, "bare"), MOST_TIMES, costs.median(lots)),
        ]
    )


def group(project: Any, n: int) -> Any:
    """A device group of a site, by its number."""
    from projects.models import DeviceGroup

    return DeviceGroup(
        project=project, key=f"g-{n}", position=n, rank=n, name=f"Site {n:04}", rule_on="domain", rule_how="ends",
        rule_value=f"s{n}.contoso.example", more_rules=[["tag", "is", f"T{n % 4}"]], granted_to=[f"SOC-{n % 50}"],
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
