"""9. Analyse a large access plan, compared with writing the same plan as canonical JSON, as its exports are."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from bench.start import Row, django, report, sizes


def main() -> None:
    django()
    from readiness.rules import checks  # noqa: F401 - registers the checks
    from readiness.rules.findings import CHECKS, run
    from tenants import canonical

    assignments, regions, groups, times = sizes(full=(200, 25, 2_000, 15), quick=(20, 3, 60, 3))
    plan = _plan(assignments, regions, groups)
    analysis = [check for check in CHECKS if check.section == "access" and check.name != "access_is_approved"]
    found = run(_subject(plan), analysis)
    hidden = [f for f in found if f.is_failed and f.check.name == "device_groups_can_match"]
    if len(found) < len(analysis) or not hidden:
        raise AssertionError(f"{len(found)} findings of {len(analysis)} checks, {len(hidden)} of them hidden groups")
    ratios, bare, analysing = [], [], []
    for _ in range(times):
        written = _cpu(lambda: canonical.text(msgspec.to_builtins(plan)))
        bare.append(_cpu(lambda: msgspec.json.encode(plan)))
        analysing.append(_cpu(lambda: run(_subject(plan), analysis)))
        ratios.append(analysing[-1] / written)
    rows = f"{assignments} assignments, {2 * regions} tiers x regions, {groups:,} device groups"
    report(
        [
            Row(f"analyse {rows}", "x plan as JSON (CPU)", round(statistics.median(ratios), 1), 10,
                statistics.median(analysing) * 1000),
            Row(f"analyse {rows}", "x msgspec's own JSON",
                round(statistics.median(a / b for a, b in zip(analysing, bare, strict=True)), 1)),
            Row(f"analyse {rows}", "findings", sum(1 for each in found if each.is_failed)),
        ]
    )  # fmt: skip


def _subject(plan: Any) -> Any:
    """Made anew for each run: what a subject has worked out once is kept with it."""
    from readiness.rules.findings import Subject

    return Subject(document=plan, standing=None, today=date(2026, 11, 22), owners={}, lead="")  # type: ignore[arg-type]


def _plan(assignments: int, regions: int, groups: int) -> Any:
    from projects import catalog
    from projects.document import ProjectFacts, rows
    from projects.document.sections import Access
    from stakeholders.document import Document

    roles, tasks, permissions = list(catalog.entra_roles()), list(catalog.tasks()), list(catalog.unified_permissions())
    return Document(
        project=ProjectFacts(name="Large", kind="deployment", plan="P2"),
        access=Access(
            settings=(rows.AccessSettings(key="s", planned="unified", global_administrators=4),),
            personas=tuple(
                rows.Persona(key=f"p{n}", name=f"Persona {n}", tasks=tuple(tasks[n % 20 : n % 20 + 3])) for n in range(20)
            ),
            assignments=tuple(
                rows.Assignment(
                    key=f"a{n}", persona=f"Persona {n % 20}", entra_role=roles[n % len(roles)], assignee=f"Group {n}",
                    held=("eligible", "active")[n % 2],
                )
                for n in range(assignments)
            ),
            tiers=tuple(
                rows.Tier(
                    key=f"t{n}", number=1 + n % 2, name=f"Tier {n}", region=f"R{n // 2}", tasks=tuple(tasks[:6]),
                    permissions=tuple(permissions[: 3 + n % 10]), groups=(f"SOC-{n}",),
                )
                for n in range(2 * regions)
            ),
            device_groups=tuple(_group(n, regions) for n in range(groups)),
        ),
    )  # fmt: skip


def _group(n: int, regions: int) -> Any:
    """Every kind of condition; one in fifty is hidden behind a wider one of better rank."""
    from projects.document import rows

    on, how, value = (
        ("domain", "ends", f"site{n}.contoso.example"),
        ("name", "starts", f"srv-{n:04}-"),
        ("tag", "is", f"T{n}"),
        ("name", "contains", f"-x{n:04}"),
    )[n % 4]
    if n % 50 == 49:
        on, how, value = "domain", "is", f"host.site{n - n % 4 - 4}.contoso.example"
    more = (("os", "is", "Windows11"), ("tag", "is", f"A{n}"), ("tag", "is", f"B{n}"))[: n % 4]
    return rows.DeviceGroup(
        key=f"g{n}", rank=n + 1, name=f"Group {n}", rule_on=on, rule_how=how, rule_value=value, more_rules=more,
        granted_to=(f"SOC-{n % (2 * regions)}",),
    )  # fmt: skip


def _cpu(deed: Callable[[], Any]) -> float:
    began = time.process_time()
    deed()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
