"""2. The project list of somebody who may see 100 projects, of many and of ten times as many."""

from __future__ import annotations

import sys

from bench.start import Row, django, report, sizes

MOST_QUERIES, MOST_TIMES, MOST_GROWTH = 6, 2.2, 1.15
SIZES = sizes(full=(10_000, 100_000), quick=(500, 1_500))


def main(*databases: str) -> None:
    """`databases`: the names of the smaller and of the larger one, made by bench.crowd."""
    django()
    from django.db import connection

    from bench import data
    from bench.web import Page, cpu, session_of, use
    from mdeprep.wsgi import application
    from tenants.models import User

    batches, each = sizes(full=(15, 20), quick=(3, 4))
    pages: list[Page] = []
    for size, database in zip(SIZES, databases, strict=True):
        use(database)
        cookie = session_of(User.objects.get(email=data.VIEWER))
        shows = ("<h1>100 projects</h1>", "Endpoint 000000", "1 to 25 of 100")
        pages.append(Page(f"bare {size}", "/bench/bare/", cookie, ("Bare list", "<td>"), application, database))
        pages.append(Page(f"list {size}", "/projects/", cookie, shows, application, database))
    queries = [page.queries() for page in pages[1::2]]
    costs = cpu(pages, batches=batches, each=each)
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    few, many = (f"list {size}" for size in SIZES)
    rows = []
    for size, count in zip(SIZES, queries, strict=True):
        rows.append(Row(f"list, 100 of {size:,}, {kind}", "queries", count, MOST_QUERIES))
    ratio, growth = costs.ratio(few, f"bare {SIZES[0]}"), costs.ratio(many, few)
    rows.append(Row(f"list, 100 of {SIZES[0]:,}, {kind}", "x bare (CPU)", ratio, MOST_TIMES, costs.median(few)))
    rows.append(
        Row(f"list, 100 of {SIZES[1]:,}, {kind}", f"x at {SIZES[0]:,}", growth, MOST_GROWTH, costs.median(many))
    )
    report(rows)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
