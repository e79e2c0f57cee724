"""1. Home, list and overview: queries and CPU, with one project and with many in the tenant."""

from __future__ import annotations

import sys

from bench.start import Row, django, report, sizes

MOST_QUERIES, MOST_TIMES = 12, 3.0


def main() -> None:
    django()
    from bench import data
    from bench.web import Page, cpu, session_of
    from mdeprep.wsgi import application

    many, batches, each = sizes(full=(1000, 30, 7), quick=(30, 3, 5))
    pattern = data.pattern_project()
    pages: list[Page] = []
    for count in (1, many):
        tenant, lead = data.tenant_with_lead(f"Bench {count}")
        made = data.multiply(pattern, tenant, lead, count)
        cookie = session_of(lead)
        slug, first = made[0].slug, made[0].name
        for name, path, shows in (
            ("home", "/", (first, "Waiting for you")),
            ("list", "/projects/", (first, f"{count} project")),
            ("overview", f"/projects/{slug}/", (first, "As of change", "Next dates")),
        ):
            pages.append(Page(f"{name}, {count}", path, cookie, (*shows, lead.short_name), application))
    bare = Page("bare", "/bench/bare/", pages[-1].cookie, ("Bare list", "<td>"), application)
    data.analyse()
    queries = {page.name: page.queries() for page in pages}
    costs = cpu([bare, *pages], batches=batches, each=each)
    rows = [Row("bare list of 25", "CPU ms", round(costs.median("bare"), 2))]
    for name in ("home", "list", "overview"):
        few, lots = f"{name}, 1", f"{name}, {many}"
        rows.append(Row(few, "queries", queries[few], MOST_QUERIES))
        rows.append(Row(lots, "queries", queries[lots], queries[few]))
        rows += [Row(n, "x bare (CPU)", costs.ratio(n, "bare"), MOST_TIMES, costs.median(n)) for n in (few, lots)]
    report(rows)


if __name__ == "__main__":
    sys.exit(main())
